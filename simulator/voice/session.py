"""One signalling socket: who is at its other end, and what they ask for."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from simulator.ports import MOST_MESSAGE_BYTES
from simulator.voice import frames, tokens
from simulator.voice.edges import EDGES, NEAREST
from simulator.voice.placed_call import PlacedCall
from simulator.voice.rung_call import RungCall

if TYPE_CHECKING:
    from simulator.voice.client import ClientCall
    from simulator.voice.exchange import Exchange
    from simulator.voice.frames import Payload
    from simulator.voice.tokens import Claims

log = logging.getLogger(__name__)

#: The SDK's `reconnectTimeout` is at most that (`pstream.ts`).
MOST_RECONNECT_SECONDS = 30.0


class Session:
    """Handles the messages of a socket one after the other.

    What the SDK queued while it was offline arrives right behind `listen`: until the token is found good, nothing
    else is acted on.
    """

    def __init__(
        self, exchange: Exchange, send: Callable[[str], None], shut: Callable[[], None], edge: str = NEAREST
    ) -> None:
        """`send` queues a text frame; `shut` ends the socket. Neither waits. `edge` is where the socket came to."""
        self._exchange = exchange
        self._send = send
        self._shut = shut
        self._edge = edge
        self.claims: Claims | None = None
        self.open = True
        self.reconnect_seconds = 0.0
        self._expiry: asyncio.TimerHandle | None = None
        self._handlers: dict[str, Callable[[Payload], Awaitable[None]]] = {
            "register": self._register,
            "invite": self._invite,
            "answer": self._answer,
            "reject": self._reject,
            "hangup": self._hang_up,
            "dtmf": self._digits,
            "message": self._message,
            "reinvite": self._reinvite,
        }
        exchange.sessions.add(self)

    @property
    def identity(self) -> str:
        return self.claims.identity if self.claims else ""

    def send(self, kind: str, payload: Payload) -> None:
        """Queues a message. On a closed socket it is lost, as it would be on a broken line."""
        if self.open:
            log.debug("-> %s %s", self.identity, kind)
            self._send(frames.encode(kind, payload))

    def close(self) -> None:
        """Ends the socket from our side."""
        self._shut()

    def closed(self) -> None:
        """The socket is gone. Its calls wait for it to come back."""
        if not self.open:
            return
        self.open = False
        self._forget_expiry()
        self._exchange.sessions.discard(self)
        self._exchange.registrations.remove(self.identity, self)
        for call in set(self._exchange.calls.values()):
            call.lost(self)

    async def receive(self, text: str) -> None:
        frame = frames.decode(text)
        if frame is None:
            return
        kind, payload = frame
        log.debug("<- %s %s", self.identity, kind)
        if kind == "listen":
            self._listen(payload)
        elif kind not in self._handlers:
            log.info("A browser sent a message of unknown type %r", kind)
        elif self.claims is not None:
            await self._handlers[kind](payload)
        elif kind == "invite":
            self._refuse_call(payload, frames.NOT_AUTHORISED, "No valid access token was given")

    # --- who it is --------------------------------------------------------------------------------------------------

    def _listen(self, payload: Payload) -> None:
        now = time.time()
        try:
            claims = tokens.verify(payload.get("token"), self._exchange.credentials, now)
            if self.claims is not None and claims.identity != self.claims.identity:
                raise tokens.TokenError(tokens.INVALID, "The new token is of another identity")
        except tokens.TokenError as error:
            self.send("error", frames.error(error.code, error.message))
            return
        self.claims = claims
        self.reconnect_seconds = _seconds(payload.get("reconnectTimeout"))
        self._forget_expiry()
        self._expiry = asyncio.get_running_loop().call_later(claims.expires - now, self._expired)
        token = {"identity": claims.identity, "ttl": claims.seconds_left(now)}
        place = {"edge": self._edge, "region": EDGES[self._edge], "home": tokens.REGION, "gateway": "simulator"}
        self.send("connected", {"token": token, **place})

    def _expired(self) -> None:
        """Nothing rings a browser whose token has ended, though a call that runs goes on."""
        self._exchange.registrations.remove(self.identity, self)
        self.send("error", frames.error(tokens.EXPIRED, "JWT is expired"))

    def _forget_expiry(self) -> None:
        if self._expiry is not None:
            self._expiry.cancel()
            self._expiry = None

    async def _register(self, payload: Payload) -> None:
        assert self.claims is not None  # noqa: S101
        media = payload.get("media")
        if not (isinstance(media, dict) and media.get("audio")):
            self._exchange.registrations.remove(self.identity, self)
            # Without it the SDK's `unregister()` never resolves.
            self.send("offline", {})
        elif self.claims.expired(time.time()):
            self.send("error", frames.error(tokens.EXPIRED, "JWT is expired"))
        elif not self.claims.incoming:
            self.send("error", frames.error(tokens.AUTHENTICATION_FAILED, "The token allows no incoming calls"))
        else:
            evicted = self._exchange.registrations.add(self.identity, self)
            self.send("ready", {})
            if evicted is not None:
                evicted.send("offline", {})

    # --- calls ------------------------------------------------------------------------------------------------------

    async def _invite(self, payload: Payload) -> None:
        if payload.get("reconnect"):
            await self._resume(payload)
            return
        claims, temporary_sid = self.claims, frames.text(payload, "callsid")
        assert claims is not None  # noqa: S101
        if claims.expired(time.time()):
            self._refuse_call(payload, tokens.EXPIRED, "JWT is expired")
        elif claims.application_sid is None:
            self._refuse_call(payload, tokens.AUTHENTICATION_FAILED, "The token allows no outgoing calls")
        elif temporary_sid not in self._exchange.calls:
            call = PlacedCall(self._exchange, self, temporary_sid)
            params = claims.outgoing_params | frames.call_params(payload)
            await call.place(claims.application_sid, params, frames.text(payload, "sdp"))

    async def _resume(self, payload: Payload) -> None:
        call = self._call(payload)
        if call is None or call.reconnect_token != payload["reconnect"]:
            self._refuse_call(payload, frames.RECONNECT_INVALID, "There is no such call to be resumed")
        else:
            await call.resume(self, frames.text(payload, "sdp"))

    def _refuse_call(self, payload: Payload, code: int, message: str) -> None:
        self.send("hangup", {"callsid": frames.text(payload, "callsid"), **frames.error(code, message)})

    async def _answer(self, payload: Payload) -> None:
        call = self._call(payload)
        if isinstance(call, RungCall):
            await call.answered(self, frames.text(payload, "sdp"))
        else:
            self._refuse_call(payload, frames.CANCELLED, "The call is over")

    async def _reject(self, payload: Payload) -> None:
        call = self._call(payload)
        if isinstance(call, RungCall):
            call.rejected(self)

    async def _hang_up(self, payload: Payload) -> None:
        if (call := self._call(payload)) is not None:
            call.hung_up(self)

    async def _digits(self, payload: Payload) -> None:
        if (call := self._call(payload)) is not None:
            call.digits(self, frames.text(payload, "dtmf"))

    async def _message(self, payload: Payload) -> None:
        """The SDK's `sendMessage()`, which is told what became of it."""
        call = self._call(payload)
        ids = {key: payload.get(key) for key in ("callsid", "voiceeventsid")}
        content, kind = payload.get("content"), frames.text(payload, "contenttype") or "application/json"
        if payload.get("messagetype") != frames.USER_MESSAGE:
            self.send("error", ids | frames.error(frames.BAD_MESSAGE_TYPE, "Call message type is invalid"))
        elif len(json.dumps(content).encode()) > MOST_MESSAGE_BYTES:
            self.send("error", ids | frames.error(frames.MESSAGE_TOO_LARGE, "Call message is too large"))
        elif call is not None and call.said(self, frames.text(payload, "voiceeventsid"), content, kind):
            self.send("ack", {"acktype": "message", **ids})

    async def _reinvite(self, payload: Payload) -> None:
        if (call := self._call(payload)) is not None:
            await call.restart_media(self, frames.text(payload, "sdp"))

    def _call(self, payload: Payload) -> ClientCall | None:
        """The call a message is about, if it is one of this identity's."""
        call = self._exchange.calls.get(frames.text(payload, "callsid"))
        if call is None or call.identity != self.identity:
            return None
        # Nobody has no name: one without an identity may touch only what this socket, or a lost one, is bound to.
        return call if self.identity or call.session in (self, None) else None


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    return min(max(0.0, float(value)), MOST_RECONNECT_SECONDS)
