"""What desks say of their agents: available, busy, away or finished, done with wrap-up; that a ring has arrived; and
what was read."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, ClassVar

from channels.db import database_sync_to_async
from django.utils.translation import gettext_noop
from rest_framework import serializers

from agents.presence import PresenceRefused, presence_set, wrap_up_end, wrap_up_stay
from agents.services import ring_acknowledged, ring_left
from calls.control.actions import hang_up_announce
from calls.live import broadcasts
from calls.live.lost_callers import lost_caller_read
from desk.serializers import PresenceChangeSerializer

if TYPE_CHECKING:
    from desk.socket_auth import Access

Handler = Callable[[Any, dict[str, Any]], Awaitable[None]]
_SID = re.compile("CA[0-9a-f]{32}")


class OwnPresence:
    """A part of the desk's consumer. Each handler is called once the agent's rights have been looked at."""

    _access: Access | None

    async def _error(self, key: str) -> None:
        raise NotImplementedError

    async def _send(self, frame: dict[str, Any]) -> None:
        raise NotImplementedError

    async def _on_availability(self, frame: dict[str, Any]) -> None:
        body = PresenceChangeSerializer(data={key: value for key, value in frame.items() if key != "type"})
        try:
            await self._set_presence(body)
        except PresenceRefused as error:
            await self._refuse(str(error))
        except serializers.ValidationError:
            await self._refuse(gettext_noop("Choose available, busy, away or offline."))

    async def _refuse(self, key: str) -> None:
        """The desk shows a choice as it is made: it learns what still counts."""
        await self._error(key)
        for frame in await self._own_presence():
            await self._send(frame)

    @database_sync_to_async
    def _own_presence(self) -> list[dict[str, Any]]:
        return broadcasts.own_presence_frames(self._access.agent.pk) if self._access is not None else []

    @database_sync_to_async
    def _set_presence(self, body: PresenceChangeSerializer) -> None:
        body.is_valid(raise_exception=True)
        if self._access is not None:
            presence_set(agent_id=self._access.agent.pk, chosen=body.chosen(), by=self._access.agent)

    async def _on_wrap_up_end(self, frame: dict[str, Any]) -> None:
        await self._end_wrap_up()

    @database_sync_to_async
    def _end_wrap_up(self) -> None:
        if self._access is not None:
            wrap_up_end(agent=self._access.agent)

    async def _on_wrap_up_stay(self, frame: dict[str, Any]) -> None:
        await self._stay_in_wrap_up()

    @database_sync_to_async
    def _stay_in_wrap_up(self) -> None:
        if self._access is not None:
            wrap_up_stay(agent_id=self._access.agent.pk)

    async def _sid_of(self, frame: dict[str, Any], missing: str) -> str:
        """The call that a frame is about. "": it names none, and the desk is told so."""
        sid = frame.get("sid")
        if isinstance(sid, str) and _SID.fullmatch(sid):
            return sid
        await self._error(missing)
        return ""

    async def _on_ring_ack(self, frame: dict[str, Any]) -> None:
        sid = await self._sid_of(frame, gettext_noop("ring.ack needs `sid`, the call's."))
        if not sid:
            return
        leg = frame.get("leg")
        is_leg = isinstance(leg, str) and _SID.fullmatch(leg) is not None
        await self._acknowledge(sid, announces_end=frame.get("announces_end") is True, leg=str(leg) if is_leg else "")

    @database_sync_to_async
    def _acknowledge(self, sid: str, *, announces_end: bool, leg: str) -> None:
        if self._access is not None:
            ring_acknowledged.send(
                sender=OwnPresence,
                agent_id=self._access.agent.pk,
                sid=sid,
                announces_end=announces_end,
                leg=leg,
            )

    async def _on_ring_left(self, frame: dict[str, Any]) -> None:
        sid = await self._sid_of(frame, gettext_noop("ring.left needs `sid`, the call's."))
        if not sid:
            return
        await self._left(sid)

    @database_sync_to_async
    def _left(self, sid: str) -> None:
        if self._access is not None:
            ring_left.send(sender=OwnPresence, agent_id=self._access.agent.pk, sid=sid)

    async def _on_hang_up(self, frame: dict[str, Any]) -> None:
        sid = await self._sid_of(frame, gettext_noop("call.hang_up needs `sid`, the call's."))
        if not sid:
            return
        await self._announce_end(sid)

    @database_sync_to_async
    def _announce_end(self, sid: str) -> None:
        if self._access is not None:
            hang_up_announce(sid=sid, by=self._access.agent)

    async def _on_lost_caller_read(self, frame: dict[str, Any]) -> None:
        sid = await self._sid_of(frame, gettext_noop("lost_caller.read needs `sid`, the call's."))
        if not sid:
            return
        await self._read_of(sid)

    @database_sync_to_async
    def _read_of(self, sid: str) -> None:
        if self._access is not None:
            lost_caller_read(sid, by=self._access.agent)

    HANDLERS: ClassVar[dict[str, Handler]] = {
        "availability.set": _on_availability,
        "wrapup.end": _on_wrap_up_end,
        "wrapup.stay": _on_wrap_up_stay,
        "ring.ack": _on_ring_ack,
        "ring.left": _on_ring_left,
        "call.hang_up": _on_hang_up,
        "lost_caller.read": _on_lost_caller_read,
    }
