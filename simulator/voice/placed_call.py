"""A call that a browser places: `device.connect()`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from simulator.ports import Unreachable
from simulator.voice import frames
from simulator.voice.client import ClientCall
from simulator.voice.peer import BadDescription

if TYPE_CHECKING:
    from simulator.ports import Leg
    from simulator.voice.exchange import Exchange
    from simulator.voice.session import Session


class PlacedCall(ClientCall):
    """Bound to one socket from the start. The answer to its offer is prepared at once, and sent when it is answered."""

    def __init__(self, exchange: Exchange, session: Session, temporary_sid: str) -> None:
        super().__init__(exchange, session.identity)
        self.session = session
        self._temporary_sid = temporary_sid
        self._description: asyncio.Task[str] | None = None

    async def place(self, application_sid: str, params: dict[str, str], offer: str) -> None:
        """Hands the call to the engine, and tells the SDK its real CallSid."""
        self.state = "ringing"
        self._exchange.calls[self._temporary_sid] = self
        try:
            leg = await self._exchange.engine.place_client_call(
                identity=self.identity, application_sid=application_sid, params=params, endpoint=self
            )
        except LookupError as error:
            await self.end(frames.APPLICATION_NOT_FOUND, str(error))
            return
        self.leg = leg
        if self._is("over"):
            leg.party_hung_up()
            return
        self._exchange.calls[leg.sid] = self
        if self.session is not None:
            self.session.send("ringing", {"callsid": leg.sid})
        peer = self._peer = self._exchange.open_peer(self.port.pull, self.port.push, self._loses_packet)
        self._description = self._exchange.tasks.spawn(peer.answer(offer))
        # Its failure is met by answer(); a call that is never answered need not hear of it.
        self._description.add_done_callback(lambda task: task.cancelled() or task.exception())

    async def ring(self, leg: Leg) -> None:
        raise Unreachable("A browser that calls cannot be rung")

    async def answer(self) -> None:
        if not self._is("ringing") or self._description is None:
            return
        try:
            description = await self._description
        except BadDescription as error:
            await self.end(frames.CONNECTION_ERROR, str(error))
            self._finish()
            return
        if not self._is("ringing") or self._peer is None or self.session is None:
            return
        self.state = "open"
        self._use(self._peer)
        self.session.send("answer", self._about(sdp=description))

    def hung_up(self, session: Session) -> None:
        if self._is("ringing") and session is self.session:
            self._finish()
        else:
            super().hung_up(session)

    def _sid(self) -> str:
        return super()._sid() or self._temporary_sid
