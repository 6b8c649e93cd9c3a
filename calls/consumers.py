"""The desk's WebSocket: lets the right people in, relays what is pushed, and keeps the agent's desk alive."""

from __future__ import annotations

import json
import logging
import time
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from channels.db import database_sync_to_async
from django.conf import settings
from django.utils import timezone
from rest_framework.serializers import DateTimeField

from agents import services as agent_services
from agents.selectors import agent_get_active, team_ids_of
from calls import broadcasts, presence, selectors
from calls.prompt import Message, PromptConsumer
from calls.serializers import AgentSerializer, LineSerializer
from calls.socket_auth import SUBPROTOCOL, TokenRefused, agent_of_token

logger = logging.getLogger(__name__)

_SIGNED_OUT = 4401
_FORBIDDEN = 4403
_MAX_FRAME = 4096
# A token may be revoked at any time, by any process: one that was looked at longer ago is looked at again.
_TOKEN_TRUSTED_SECONDS = 10.0


class DeskConsumer(PromptConsumer):
    """One open desk of one agent, or a program that listens for one. Frames: docs/desk-protocol.md."""

    opened = ended = False

    async def connect(self) -> None:
        self.agent_id: int | None = None
        token: Any = self.scope.get("device_token")
        self.token: str | None = token
        if self.token is None and not _same_origin(self.scope):
            logger.warning("desk refused: foreign origin")
            await self.close()
            return
        await self.accept(SUBPROTOCOL if SUBPROTOCOL in self.scope.get("subprotocols", []) else None)
        if self.token is not None:
            if await self._token_holds():
                await self._open()
            return
        user: Any = self.scope["user"]
        if not user.is_authenticated:
            await self._end("You were signed out.", _SIGNED_OUT)
            return
        self.agent_id = user.pk
        self.login = self.scope["session"].session_key
        await self._open()

    async def _token_holds(self) -> bool:
        """Whether the token is still good; otherwise the socket is closed, with the reason."""
        try:
            self.agent_id, self.login = await self._agent_of_token()
        except TokenRefused as error:
            await self._end(str(error), _SIGNED_OUT)
            return False
        self.token_seen = time.monotonic()
        return True

    @database_sync_to_async
    def _agent_of_token(self) -> tuple[int, str]:
        agent, login = agent_of_token(self.token or "", self.scope)
        return agent.pk, login

    async def _open(self) -> None:
        groups = await self._register()
        if not groups:
            await self._end("Your account is not active. Ask your admin.", _FORBIDDEN)
            return
        # Joined before the snapshot is read: nothing falls between the two.
        self.opened = True
        self.listen()
        for group in groups:
            await self.channel_layer.group_add(group, self.channel_name)
        await self._send(await self._snapshot())

    @database_sync_to_async
    def _register(self) -> list[str]:
        """Opens the desk; says which groups it listens to, none for an agent who may not work here."""
        agent = agent_get_active(self.agent_id or 0)
        if agent is None:
            return []
        # A program is a desk, which can ring, only once it says that it has a phone.
        if self.token is None:
            agent_services.desk_open(agent_id=agent.pk, channel_name=self.channel_name)
        groups = [broadcasts.agent_group(agent.pk), *(broadcasts.team_group(pk) for pk in team_ids_of(agent))]
        if agent.is_superuser:
            groups.append(broadcasts.EVERYTHING_GROUP)
        return groups

    async def disconnect(self, code: int) -> None:
        if self.opened:
            self.opened = False
            await self._unregister()

    @database_sync_to_async
    def _unregister(self) -> None:
        if agent_services.desk_close(channel_name=self.channel_name):
            broadcasts.presence_changed({self.agent_id or 0})

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        try:
            if text_data is None or len(text_data) > _MAX_FRAME:
                raise ValueError
            frame = json.loads(text_data)
            handler = self._HANDLERS[frame["type"]]
        except (ValueError, KeyError, TypeError, RecursionError):
            await self._send({"type": "error", "message": "The desk sent something that cannot be read."})
            return
        if self.opened:
            await handler(self, frame)

    async def _on_ping(self, frame: dict[str, Any]) -> None:
        if await self._may_stay():
            await self._send({"type": "pong"})

    async def _may_stay(self) -> bool:
        """Whether nobody has signed this desk out; otherwise the socket is closed, with the reason."""
        if self.token is not None and not await self._token_holds():
            return False
        if await self._seen():
            return True
        await self._end("You were signed out.", _FORBIDDEN)
        return False

    @database_sync_to_async
    def _seen(self) -> bool:
        if self.token is None:
            session = self.scope["session"]
            # A session that was ended elsewhere is gone from the store.
            if session.session_key is None or not session.exists(session.session_key):
                return False
        return agent_services.desk_seen(agent_id=self.agent_id or 0, channel_name=self.channel_name)

    async def _on_refresh(self, frame: dict[str, Any]) -> None:
        await self._send(await self._snapshot())

    async def _on_phone_state(self, frame: dict[str, Any]) -> None:
        registered = frame.get("registered")
        if not isinstance(registered, bool):
            await self._send({"type": "error", "message": "phone.state needs `registered`, true or false."})
            return
        await self._set_phone_state(registered)
        # Presence is the agent's, whom another tab may keep reachable: only this says that this very phone is known.
        await self._send({"type": "phone.state", "registered": registered})

    @database_sync_to_async
    def _set_phone_state(self, registered: bool) -> None:
        agent_services.desk_phone_state(
            agent_id=self.agent_id or 0, channel_name=self.channel_name, registered=registered
        )
        broadcasts.presence_changed({self.agent_id or 0})

    async def _on_availability(self, frame: dict[str, Any]) -> None:
        try:
            await self._set_availability(str(frame.get("availability")))
        except ValueError:
            await self._send({"type": "error", "message": "Choose available, busy or away."})

    @database_sync_to_async
    def _set_availability(self, availability: str) -> None:
        agent_services.availability_set(agent_id=self.agent_id or 0, availability=availability)
        broadcasts.presence_changed({self.agent_id or 0})

    _HANDLERS = {
        "ping": _on_ping,
        "desk.refresh": _on_refresh,
        "phone.state": _on_phone_state,
        "availability.set": _on_availability,
    }

    @database_sync_to_async
    def _snapshot(self) -> dict[str, Any]:
        agent = agent_get_active(self.agent_id or 0)
        if agent is None:
            return {"type": "session.ended", "message": "Your account is not active. Ask your admin."}
        return {
            "type": "desk.snapshot",
            "now": DateTimeField().to_representation(timezone.now()),
            "agent": AgentSerializer(agent).data,
            "availability": agent.availability,
            "calls": broadcasts.live_json(presence.call_live_list(agent)),
            "presence": presence.presence_list(agent),
            "lines": LineSerializer(selectors.lines_for(agent), many=True).data,
        }

    def prompt_text(self, message: Message) -> str | None:
        """What `broadcasts` pushed, while there is no doubt that this desk may have it."""
        if message["type"] != "desk.frame" or self.ended or self._token_is_stale():
            return None
        text: str = message["text"]
        return text

    def _token_is_stale(self) -> bool:
        return self.token is not None and time.monotonic() - self.token_seen > _TOKEN_TRUSTED_SECONDS

    async def desk_frame(self, message: Message) -> None:
        """The same, when it had to wait for something."""
        if not self.ended and (not self._token_is_stale() or await self._token_holds()):
            await self._send_text(message["text"])

    async def desk_missed(self, message: Message) -> None:
        """From the channel layer: pushes may have been lost, a sign-out among them."""
        if not self.ended and await self._may_stay():
            await self._send(await self._snapshot())

    async def desk_sign_out(self, event: dict[str, Any]) -> None:
        """From `broadcasts.signed_out`: for this session, this device, or for all of the agent's."""
        if event["session"] in ("", self.login):
            await self._end(event["message"], _SIGNED_OUT)

    async def _end(self, message: str, code: int) -> None:
        self.ended = True
        await self._send({"type": "session.ended", "message": message})
        await self.close(code)

    async def _send(self, frame: dict[str, Any]) -> None:
        await self._send_text(broadcasts.as_text(frame))

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
