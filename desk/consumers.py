"""The desk's WebSocket: lets the right people in, relays what is pushed, and keeps the agent's desk alive."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlsplit

from channels.db import database_sync_to_async
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_noop

from agents import services as agent_services
from agents.services import RING_LOST, SILENT
from calls.live import broadcasts
from calls.live.frames import as_text
from calls.payloads import time_json
from core.languages import sentence, speaking
from core.realtime.direct_send import DirectSendConsumer, Message
from desk.board_view import BoardView
from desk.own_presence import Handler, OwnPresence
from desk.serializers import OWN_TROUBLES
from desk.snapshot import snapshot_of
from desk.socket_auth import SIGNED_OUT, SUBPROTOCOL, Access, AccessRefused, access_of, language_wished_by

logger = logging.getLogger(__name__)

_MAX_FRAME = 4096
# A page's script is asked so often whether it still runs. A hidden page's timers may come once a minute; an answer to a
# frame comes at once.
ASK_SECONDS = 5.0
# Who has not been heard of for longer is taken for frozen: with the third question after the last answer, which came a
# moment after its own. The second, for programs that never answered a question: they need not, and ping by themselves.
SILENT_SECONDS, LONG_SILENT_SECONDS = 14.5, 60.0
# Rights that were looked at longer ago are looked at again: with every fourth question.
LOOK_SECONDS = 15.0
# Nothing is told on rights older than this, so that a program that reads no close frame hears nothing for long.
_TRUSTED_SECONDS = 30.0
_TOKEN_TRUSTED_SECONDS = 10.0


class DeskConsumer(OwnPresence, BoardView, DirectSendConsumer):
    """One open desk of one agent, or a program that listens for one. Frames: docs/desk-protocol.md.

    What it may do is what REST would allow: looked at when it opens, at every second question of ours, at each of its
    own frames, and after pushes may have been lost.
    """

    opened = ended = False
    # Whether its page said that it has a phone; whether it has answered a question ever, and owes an answer now.
    registered = answers = silent = False
    # Why the phone cannot ring, as the page says, or as was found out; and since when it could not be rung.
    trouble = ""
    unreachable_since: datetime | None = None
    # Rights may have ended without our having been told.
    doubted = False
    # Of the sentences that it is sent.
    language = ""
    # The type of the frame that it sent last; "" for one that cannot be read.
    _asked = ""
    _access: Access | None = None
    _tick: asyncio.TimerHandle | None = None

    async def connect(self) -> None:
        # A program is a desk, which can ring, only once it says that it has a phone.
        self.is_program = "device_token" in self.scope
        self.has_row = not self.is_program
        if not self.is_program and not _same_origin(self.scope):
            logger.warning("desk refused: foreign origin")
            await self.close()
            return
        self.language = language_wished_by(self.scope)
        await self.accept(SUBPROTOCOL if SUBPROTOCOL in self.scope.get("subprotocols", []) else None)
        try:
            access = await self._look()
        except AccessRefused as error:
            await self._end(str(error), error.code)
            return
        self.heard_at = time.monotonic()
        self.opened = True
        if self.has_row:
            await self._register(access.agent.pk)
        # Joined before the snapshot is read, and rights looked at once more: nothing falls between.
        self.listen()
        await self._listen_to(access)
        if await self._may_stay(tell=True):
            self._ask_later()

    @property
    def agent_id(self) -> int:
        return self._access.agent.pk if self._access else 0

    @database_sync_to_async
    def _register(self, agent_id: int) -> None:
        agent_services.desk_open(agent_id=agent_id, channel_name=self.channel_name)

    async def disconnect(self, code: int) -> None:
        if self._tick is not None:
            self._tick.cancel()
        self._board_closed()
        if self.opened:
            self.opened = False
            await self._unregister()

    @database_sync_to_async
    def _unregister(self) -> None:
        if agent_services.desk_close(channel_name=self.channel_name):
            broadcasts.presence_changed({self.agent_id})

    # --- What it may do ---------------------------------------------------------------------------------------------

    async def _may_stay(self, *, tell: bool = False) -> bool:
        """Looks at the rights; when there are none, the socket is closed, with the reason. Who may see something else
        than before listens to that from now on, and is sent a snapshot; with `tell`, in any case."""
        if self.ended:
            return False
        try:
            access = await self._look()
        except AccessRefused as error:
            await self._end(str(error), error.code)
            return False
        if await self._listen_to(access) or tell:
            await self._send(await self._snapshot(access))
        return True

    async def _look(self) -> Access:
        self.doubted = False
        self.looked_at = time.monotonic()
        access: Access = await self._read_access()
        return access

    @database_sync_to_async
    def _read_access(self) -> Access:
        with speaking(self.language):
            access = access_of(self.scope)
        self.language = access.agent.language or language_wished_by(self.scope)
        if self.opened and self.has_row and not self.silent:
            self._keep_row()
        return access

    def _keep_row(self) -> None:
        if agent_services.desk_seen(
            agent_id=self.agent_id,
            channel_name=self.channel_name,
            registered=self.registered and not self.silent,
            trouble=SILENT if self.silent else self.trouble,
            since=self.unreachable_since,
        ):
            broadcasts.presence_changed({self.agent_id})

    async def _listen_to(self, access: Access) -> bool:
        """Whether the groups are others than before."""
        before = self._access.groups if self._access else frozenset()
        self._access = access
        await self._show_board()
        for group in access.groups - before:
            await self.channel_layer.group_add(group, self.channel_name)
        for group in before - access.groups:
            await self.channel_layer.group_discard(group, self.channel_name)
        return access.groups != before

    # --- Whether somebody is there ----------------------------------------------------------------------------------

    def _ask_later(self) -> None:
        layer: Any = self.channel_layer
        loop = asyncio.get_running_loop()
        self._tick = loop.call_later(ASK_SECONDS, layer.remind, self.channel_name, {"type": "desk.ask"})

    async def desk_ask(self, message: Message) -> None:
        """Asks the page's script whether it still runs."""
        if self.ended:
            return
        if time.monotonic() - self.looked_at > LOOK_SECONDS and not await self._may_stay():
            return
        patience = LONG_SILENT_SECONDS if self.is_program and not self.answers else SILENT_SECONDS
        if not self.silent and time.monotonic() - self.heard_at > patience:
            await self._be_silent(True)
        await self._send({"type": "ping"})
        self._ask_later()

    async def _heard(self) -> None:
        if self.silent:
            await self._be_silent(False)
        self.heard_at = time.monotonic()

    async def _be_silent(self, silent: bool) -> None:
        """A phone whose page does not run cannot ring: everybody is told so, and told again when it does."""
        self.silent = silent
        if not self.registered:
            return
        if silent:
            self.unreachable_since = timezone.now() - timedelta(seconds=time.monotonic() - self.heard_at)
        await self._write_row()
        if not silent:
            await self._tell_restored(SILENT)

    async def _tell_restored(self, why: str) -> None:
        """Tells the agent for how long no call rang here, and why."""
        since, self.unreachable_since = self.unreachable_since, None
        if since is not None:
            until = timezone.now()
            await self._send(
                {"type": "reach.restored", "why": why, "since": time_json(since), "until": time_json(until)}
            )

    async def desk_ring_lost(self, message: Message) -> None:
        """A ring did not arrive at any desk of the agent: this one is to register its phone anew, and to say so."""
        if self.ended or not self.registered:
            return
        self.registered, self.trouble, self.unreachable_since = False, RING_LOST, timezone.now()
        await self._write_row()
        await self._send({"type": "phone.renew"})

    @database_sync_to_async
    def _write_row(self) -> None:
        self._keep_row()

    # --- What it says -----------------------------------------------------------------------------------------------

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        self._asked = ""
        try:
            if text_data is None or len(text_data) > _MAX_FRAME:
                raise ValueError
            frame = json.loads(text_data)
            handler = self._HANDLERS[frame["type"]]
            self._asked = frame["type"]
        except (ValueError, KeyError, TypeError, RecursionError):
            await self._error(gettext_noop("The desk sent something that cannot be read."))
            return
        if not self.opened or self.ended:
            return
        await self._heard()
        # An answer comes with every question of ours, and asks for nothing.
        if frame["type"] == "pong" or await self._may_stay(tell=frame["type"] == "desk.refresh"):
            await handler(self, frame)

    async def _on_ping(self, frame: dict[str, Any]) -> None:
        await self._send({"type": "pong"})

    async def _on_pong(self, frame: dict[str, Any]) -> None:
        self.answers = True

    async def _on_refresh(self, frame: dict[str, Any]) -> None:
        """The snapshot came with the look at the rights."""

    async def _on_phone_state(self, frame: dict[str, Any]) -> None:
        registered = frame.get("registered")
        if not isinstance(registered, bool):
            await self._error(gettext_noop("phone.state needs `registered`, true or false."))
            return
        lost, said = self.trouble == RING_LOST, frame.get("trouble")
        self.registered, self.has_row = registered, True
        if registered:
            self.trouble = ""
        elif not lost:
            # A phone that registers anew, as a ring did not arrive, has the same trouble until it has.
            self.trouble = said if said in OWN_TROUBLES else ""
        await self._set_phone_state()
        # Presence is the agent's, whom another tab may keep reachable: only this says that this very phone is known.
        await self._send({"type": "phone.state", "registered": registered})
        if registered and lost:
            await self._tell_restored(RING_LOST)

    @database_sync_to_async
    def _set_phone_state(self) -> None:
        agent_services.desk_phone_state(
            agent_id=self.agent_id,
            channel_name=self.channel_name,
            registered=self.registered,
            trouble=self.trouble,
        )
        broadcasts.presence_changed({self.agent_id})

    _HANDLERS: ClassVar[dict[str, Handler]] = {
        "ping": _on_ping,
        "pong": _on_pong,
        "desk.refresh": _on_refresh,
        "phone.state": _on_phone_state,
        **OwnPresence.HANDLERS,
        **BoardView.BOARD_HANDLERS,
    }

    # --- What it is told --------------------------------------------------------------------------------------------

    @database_sync_to_async
    def _snapshot(self, access: Access) -> dict[str, Any]:
        with speaking(self.language):
            return snapshot_of(access.agent)

    def text_to_send(self, message: Message) -> str | None:
        """What `broadcasts` pushed, while there is no doubt that this desk may have it."""
        if message["type"] != "desk.frame" or self.ended or self._is_stale() or not self._may_hear(message):
            return None
        return self._in_my_language(message)

    def _in_my_language(self, message: Message) -> str:
        text: str = message["text"]
        texts: dict[str, str] | None = message.get("texts")
        return text if texts is None else texts.get(self.language, text)

    def missed(self) -> None:
        """From the channel layer, before what may be the first message after a gap; `desk.missed` follows."""
        self.doubted = True

    def _is_stale(self) -> bool:
        trusted = _TOKEN_TRUSTED_SECONDS if self.is_program else _TRUSTED_SECONDS
        return self.doubted or time.monotonic() - self.looked_at > trusted

    def _may_hear(self, message: Message) -> bool:
        return self._access is not None and message["group"] in self._access.groups

    async def desk_frame(self, message: Message) -> None:
        """The same, when it had to wait for something."""
        if self.ended or (self._is_stale() and not await self._may_stay()):
            return
        if self._may_hear(message):
            await self._send_text(self._in_my_language(message))

    async def desk_missed(self, message: Message) -> None:
        """Pushes may have been lost, a sign-out among them; or somebody's rights have changed, or something else that
        the snapshot alone tells."""
        await self._may_stay(tell=True)

    async def desk_board(self, message: Message) -> None:
        """The board, as it was asked for; what is asked for now may be something else."""
        if self.ended or (self._is_stale() and not await self._may_stay()):
            return
        if self._shows(message["viewer"]):
            await self._send_text(message["text"])

    async def desk_sign_out(self, event: dict[str, Any]) -> None:
        """From `broadcasts.signed_out`: for this session, this device, or for all of the agent's."""
        if self._access is not None and event["session"] in ("", self._access.login):
            await self._end(self._said(event["message"]), SIGNED_OUT)

    async def _end(self, message: str, code: int) -> None:
        if self.ended:
            return
        self.ended = True
        await self._send({"type": "session.ended", "message": message})
        await self.close(code)

    async def _error(self, key: str) -> None:
        await self._send({"type": "error", "about": self._asked, "message": self._said(key)})

    def _said(self, key: str) -> str:
        with speaking(self.language):
            return sentence(key)

    async def _send(self, frame: dict[str, Any]) -> None:
        await self._send_text(as_text(frame))

    async def _send_text(self, text: str) -> None:
        # To somebody who has just left, a send raises OSError (ASGI, "WebSocket"). It must not end us before
        # `disconnect`, which closes the desk: its phone would be rung in vain.
        with suppress(OSError):
            await self.send(text)


def _same_origin(scope: Any) -> bool:
    """Whether a page of ours opened the socket: cookies alone would let any site's page in."""
    headers = dict(scope["headers"])
    origin = urlsplit(headers.get(b"origin", b"").decode("latin-1"))
    if not origin.scheme or not origin.netloc:
        return False
    public = urlsplit(settings.PUBLIC_BASE_URL)
    if public.scheme == "https" and origin.scheme != "https":
        # Whoever can change what a page without TLS says can be that page.
        return False
    if (origin.scheme, origin.netloc) == (public.scheme, public.netloc):
        return True
    # Another name of this server, such as 127.0.0.1: names are checked against ALLOWED_HOSTS in config.asgi.
    return bool(origin.netloc == headers.get(b"host", b"").decode("latin-1"))
