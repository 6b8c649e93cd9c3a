"""A call that rings at every browser of an identity."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from simulator.ports import Unreachable
from simulator.voice import frames
from simulator.voice.client import ClientCall
from simulator.voice.peer import BadDescription, Peer

if TYPE_CHECKING:
    from simulator.ports import Leg
    from simulator.voice.frames import Payload
    from simulator.voice.session import Session

log = logging.getLogger(__name__)

API_VERSION = "2010-04-01"


def _key(name: str) -> str:
    """A parameter's name in `Params`. The SDK decodes values only, so nothing but its separators is encoded."""
    return name.replace("&", "%26").replace("=", "%3D")


@dataclass
class Offer:
    """The call as one browser was offered it: each has a connection of its own, and one of them wins."""

    session: Session
    peer: Peer


class RungCall(ClientCall):
    """Offered to all, bound to the socket whose browser answers first."""

    _offers: tuple[Offer, ...] = ()

    async def ring(self, leg: Leg) -> None:
        sessions = self._exchange.registrations.of(self.identity)
        if not sessions or not self._is("new"):
            raise Unreachable(f"Nobody is registered as {self.identity}")
        self.leg, self.state = leg, "ringing"
        self._exchange.calls[leg.sid] = self
        self._offers = tuple(
            Offer(session, self._exchange.open_peer(self.port.pull, self.port.push, self._loses_packet))
            for session in sessions
        )
        descriptions = await asyncio.gather(*(offer.peer.offer() for offer in self._offers))
        if not self._is("ringing"):
            return
        if not any(session.open for session in sessions):
            self._close()
            raise Unreachable(f"{self.identity} left while being rung")
        facts = self._facts(leg)
        for session, description in zip(sessions, descriptions, strict=True):
            session.send("invite", self._about(sdp=description) | {"parameters": facts})

    async def answered(self, session: Session, answer: str) -> None:
        """A browser accepts. The first wins; to the others the call is over."""
        offer = self._offer_to(session)
        if not self._is("ringing") or offer is None:
            if session is not self.session:
                late = frames.error(frames.CANCELLED, "The call was answered elsewhere")
                session.send("hangup", {"callsid": self._sid(), **late})
            return
        self._win(session, offer)
        try:
            await offer.peer.accept(answer)
        except BadDescription as error:
            log.info("%s: %s", self._sid(), error)
            session.send("hangup", {"callsid": self._sid(), **frames.error(frames.CONNECTION_ERROR, str(error))})
            self._finish()
            return
        if self._is("open") and self.leg is not None:
            self._use(offer.peer)
            self.leg.party_answered()

    async def resume(self, session: Session, offer: str) -> None:
        """While it still rings this is a hand-over: `connect({connectToken})` on another device answers it."""
        if not self._is("ringing"):
            await super().resume(session, offer)
            return
        taken = Offer(session, self._exchange.open_peer(self.port.pull, self.port.push, self._loses_packet))
        self._win(session, taken)
        try:
            description = await taken.peer.answer(offer)
        except BadDescription as error:
            log.info("%s: %s", self._sid(), error)
            await self.end(frames.CONNECTION_ERROR, str(error))
            self._finish()
            return
        if self._is("open") and self.leg is not None:
            self._use(taken.peer)
            session.send("answer", self._about(sdp=description))
            self.leg.party_answered()

    def rejected(self, session: Session) -> None:
        """One browser says no: the whole leg is refused, even where others still ring."""
        offer = self._offer_to(session)
        if self._is("ringing") and offer is not None and self.leg is not None:
            self._withdraw(offer)
            self.leg.party_rejected()

    def lost(self, session: Session) -> None:
        """While it rings nothing is lost yet: the SDK answers on its next socket, or the ringing ends in time."""
        if not self._is("ringing"):
            super().lost(session)

    async def end(self, code: int | None = None, message: str = "") -> None:
        if self._is("ringing"):
            self._cancel(self._offers)
        await super().end(code, message)

    def _facts(self, leg: Leg) -> Payload:
        """What becomes `call.parameters`."""
        facts = {
            "CallSid": leg.sid,
            "AccountSid": leg.account_sid,
            "From": leg.from_,
            "To": leg.to,
            "ApiVersion": API_VERSION,
        }
        if leg.stir_status:
            facts["StirStatus"] = leg.stir_status
        if leg.custom_parameters:
            facts["Params"] = "&".join(f"{_key(key)}={quote_plus(value)}" for key, value in leg.custom_parameters)
        return facts

    def _hearers(self) -> list[Session]:
        if self._is("ringing"):
            return [offer.session for offer in self._offers if offer.session.open]
        return super()._hearers()

    def _offer_to(self, session: Session) -> Offer | None:
        """The offer a browser speaks of: its socket's, or one whose socket is gone, for it may be back on another."""
        gone = None
        for offer in self._offers:
            if offer.session is session:
                return offer
            if not offer.session.open:
                gone = gone or offer
        return gone

    def _win(self, session: Session, winner: Offer) -> None:
        self.state = "open"
        self.session = session
        self._peer = winner.peer
        self._cancel(tuple(offer for offer in self._offers if offer is not winner))
        self._offers = ()

    def _cancel(self, offers: tuple[Offer, ...]) -> None:
        for offer in offers:
            if offer.session.open:
                offer.session.send("cancel", {"callsid": self._sid()})
            self._withdraw(offer)
        if not all(offer.session.open for offer in offers):
            # A page whose socket dropped rings on, and is back on a socket we did not ring: it may be any of these.
            rung = [offer.session for offer in offers]
            for session in self._exchange.registrations.of(self.identity):
                if session not in rung and session is not self.session:
                    session.send("cancel", {"callsid": self._sid()})

    def _withdraw(self, offer: Offer) -> None:
        self._offers = tuple(other for other in self._offers if other is not offer)
        self._exchange.close_peer(offer.peer)

    def _close(self) -> None:
        for offer in self._offers:
            self._withdraw(offer)
        super()._close()
