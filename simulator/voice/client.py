"""A call with a browser at its end: what placed and rung calls have in common."""

from __future__ import annotations

import asyncio
import logging
import secrets
from typing import TYPE_CHECKING, Literal

from simulator.voice import faulty, frames
from simulator.voice.browser_port import BrowserPort
from simulator.voice.peer import BadDescription, Peer

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.ports import AudioSource, Leg
    from simulator.voice.exchange import Exchange
    from simulator.voice.frames import Payload
    from simulator.voice.session import Session

log = logging.getLogger(__name__)

State = Literal["new", "ringing", "open", "over"]

#: After an ICE restart the browser still sends over the old connection for a moment.
OLD_PEER_SECONDS = 1.0


class ClientCall:
    """`ports.Endpoint` of a browser's leg.

    `session` is the socket it is bound to; sockets come and go, the call stays. Everything that changes `state` does
    so before it waits for anything.
    """

    def __init__(self, exchange: Exchange, identity: str) -> None:
        self._exchange = exchange
        self.identity = identity
        self.port = BrowserPort()
        #: Always given: without it the SDK turns a call into a zombie when its socket drops.
        self.reconnect_token = secrets.token_hex(16)
        self.state: State = "new"
        self.leg: Leg | None = None
        self.session: Session | None = None
        self._peer: Peer | None = None
        self._media_watch: asyncio.Task[None] | None = None
        self._socket_watch: asyncio.Task[None] | None = None

    # --- what the browser does --------------------------------------------------------------------------------------

    async def resume(self, session: Session, offer: str) -> None:
        """The browser is back on another socket, or has a new token. Its media never stopped: `offer` is ignored."""
        if self._is("open"):
            self.session = session
            self._stop_waiting()
            session.send("answer", self._about())

    async def restart_media(self, session: Session, offer: str) -> None:
        """The browser's connection broke: a new one takes over the port. aiortc cannot restart ICE."""
        if not self._is("open") or not self._bound_to(session):
            return
        peer = self._exchange.open_peer(self.port.pull, self.port.push, self._loses_packet)
        try:
            answer = await peer.answer(offer)
        except BadDescription as error:
            log.info("%s: %s", self.identity, error)
            self._exchange.close_peer(peer)
            return
        if self._is("over"):
            self._exchange.close_peer(peer)
            return
        if self._peer is not None:
            self._peer.silence()
            self._exchange.tasks.spawn(self._close_later(self._peer))
        self._use(peer)
        session.send("answer", self._about(sdp=answer))

    def hung_up(self, session: Session) -> None:
        if self._is("open") and self._bound_to(session):
            self._finish()

    def digits(self, session: Session, digits: str) -> None:
        if self.leg is not None and self._is("open") and self._bound_to(session):
            self.leg.party_digits(digits)

    def lost(self, session: Session) -> None:
        """A socket is gone: the call waits for the time that its page asked for."""
        if session is not self.session or self._is("over"):
            return
        self.session = None
        if session.reconnect_seconds > 0 and self._is("open"):
            self._stop_waiting()
            self._socket_watch = self._exchange.tasks.spawn(self._wait_for_socket(session.reconnect_seconds))
        else:
            self._finish()

    # --- what the engine does (ports.Endpoint) ----------------------------------------------------------------------

    async def ring(self, leg: Leg) -> None:
        raise NotImplementedError

    async def ringing(self) -> None:
        """The SDK was told at once when it dialled: it takes `ringing` for any call it has, so once is enough."""

    async def answer(self) -> None: ...

    @property
    def words(self) -> str:
        """Who talks into a browser's microphone is not understood."""
        return ""

    def utter(self, make: Callable[[], AudioSource]) -> float | None:
        return None

    def message(self, sid: str, content: object, content_type: str) -> bool:
        sessions = self._hearers()
        facts = {"content": content, "contenttype": content_type, "messagetype": frames.USER_MESSAGE}
        for session in sessions:
            session.send("message", {"callsid": self._sid(), "voiceeventsid": sid, **facts})
        return bool(sessions)

    async def end(self, code: int | None = None, message: str = "") -> None:
        if self._is("over"):
            return
        if self.session is not None:
            error = {} if code is None else frames.error(code, message)
            self.session.send("hangup", {"callsid": self._sid(), **error})
        self._close()

    def said(self, session: Session, sid: str, content: object, content_type: str) -> bool:
        """The browser sends a user-defined message. Whether there is a call to send it in."""
        if self.leg is None or self._is("over") or not self._bound_to(session):
            return False
        self.leg.party_message(sid, content, content_type)
        return True

    # --- inside -----------------------------------------------------------------------------------------------------

    def _hearers(self) -> list[Session]:
        """The sockets whose browsers are in the call, or are being rung."""
        return [self.session] if self.session is not None and not self._is("over") else []

    def _sid(self) -> str:
        return self.leg.sid if self.leg is not None else ""

    def _loses_packet(self) -> bool:
        return faulty.loses_packet(self._exchange.faults, self._sid())

    def _about(self, **more: str) -> Payload:
        return {"callsid": self._sid(), "reconnect": self.reconnect_token, **more}

    def _is(self, state: State) -> bool:
        """Asked anew each time: while something is waited for, the call goes on."""
        return self.state == state

    def _bound_to(self, session: Session) -> bool:
        """Whether a socket may speak for the call. What was queued while offline comes before the SDK resumes it."""
        return self.session is session or self.session is None

    def _use(self, peer: Peer) -> None:
        self._peer = peer
        if self._media_watch is not None:
            self._media_watch.cancel()
        self._media_watch = self._exchange.tasks.spawn(self._watch_media(peer))

    async def _watch_media(self, peer: Peer) -> None:
        """Ends the call when there is no connection in time, or when a lost one is not restarted."""
        try:
            async with asyncio.timeout(self._exchange.setup_seconds):
                await peer.connected.wait()
        except TimeoutError:
            log.info("%s: no media within %s s", self._sid(), self._exchange.setup_seconds)
        else:
            await peer.lost.wait()
            await asyncio.sleep(self._exchange.setup_seconds)
        if self.session is not None:
            failed = frames.error(frames.MEDIA_FAILED, "Media connection failed")
            self.session.send("hangup", {"callsid": self._sid(), **failed})
        self._finish()

    async def _wait_for_socket(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        log.info("%s: the browser did not come back within %s s", self._sid(), seconds)
        self._finish()

    def _stop_waiting(self) -> None:
        if self._socket_watch is not None:
            self._socket_watch.cancel()
            self._socket_watch = None

    async def _close_later(self, peer: Peer) -> None:
        await asyncio.sleep(OLD_PEER_SECONDS)
        self._exchange.close_peer(peer)

    def _finish(self) -> None:
        """The browser's side is over."""
        self._close()
        if self.leg is not None:
            self.leg.party_hung_up()

    def _close(self) -> None:
        """Gives everything back. Says nothing to anybody."""
        self.state = "over"
        self.port.hear(None)
        for sid in [sid for sid, call in self._exchange.calls.items() if call is self]:
            del self._exchange.calls[sid]
        current = asyncio.current_task()
        for task in (self._media_watch, self._socket_watch):
            if task is not None and task is not current:
                task.cancel()
        if self._peer is not None:
            self._exchange.close_peer(self._peer)
            self._peer = None
