"""A browser's phone without a browser: the voice SDK's signalling, as `@twilio/voice-sdk` speaks it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote

import websockets
from aiortc import InvalidStateError

from bench.soak import sdp
from tests.simulator.voice.wire import Phone as Sound

Json = dict[str, Any]
RECONNECT_SECONDS = 30
REGISTER_SECONDS = 30.0
_temporary = itertools.count(1)


@dataclass(eq=False)
class PhoneCall:
    """One call as the SDK holds it. `state`: ringing, open, over."""

    sid: str
    incoming: bool
    params: dict[str, str] = field(default_factory=dict)
    offer: str = ""
    reconnect: str = ""
    state: str = "ringing"
    error: Json | None = None
    sound: Sound | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def move(self, state: str) -> None:
        self.state = state
        self.changed.set()
        self.changed = asyncio.Event()

    async def named(self, *, seconds: float) -> bool:
        """Whether a call that was placed here got its sid in time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.sid.startswith("TJS") and self.state != "over":
                    await self.changed.wait()
        return not self.sid.startswith("TJS")

    async def until(self, *states: str, seconds: float) -> bool:
        """Whether the call came to one of the states in time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.state not in states:
                    await self.changed.wait()
        return self.state in states


class Phone:
    """Registers, rings, calls; comes back by itself when its socket is lost, as the SDK does."""

    def __init__(
        self,
        url: str,
        token: Callable[[], Awaitable[str]],
        on_ring: Callable[[PhoneCall], None],
        on_registered: Callable[[bool], Awaitable[None]],
        *,
        with_sound: bool = False,
    ) -> None:
        self._url, self._token, self._on_ring, self._on_registered = url, token, on_ring, on_registered
        self._with_sound = with_sound
        #: The tone with which it speaks; 0: it is silent.
        self.hz = 700
        self.calls: dict[str, PhoneCall] = {}
        self._socket: websockets.ClientConnection | None = None
        self._waiting: list[tuple[str, Json]] = []
        #: Whether it rings while it has a call, as the page asks of the SDK for whoever may take a second one.
        self.takes_second = False
        #: Why its sockets were lost.
        self.losses: list[str] = []
        self.registered = asyncio.Event()
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def busy(self) -> bool:
        """The SDK ignores an `invite` while it has a call; one that only rings does not count."""
        return any(call.state == "open" or not call.incoming for call in self.calls.values())

    async def run(self) -> None:
        token = await self._token()
        async for socket in websockets.connect(self._url, ping_interval=None, proxy=None):
            keep = None
            try:
                await self._tell(socket, "listen", token=token, reconnectTimeout=RECONNECT_SECONDS, browserinfo={})
                # What was said while offline goes out behind `listen` (pstream.ts).
                self._socket, waiting, self._waiting = socket, self._waiting, []
                for kind, payload in waiting:
                    await self._tell(socket, kind, **payload)
                async for text in socket:
                    if text == "\n":
                        await socket.send("\n")
                        continue
                    frame = json.loads(text)
                    if frame["type"] == "connected":
                        await self._resume_all()
                        keep = keep or asyncio.create_task(self._register(socket))
                    await self._take(frame["type"], frame["payload"])
                self.losses.append("closed")
            except websockets.ConnectionClosed as closed:
                self.losses.append(str(closed))
            finally:
                self._socket = None
                self.registered.clear()
                if keep is not None:
                    keep.cancel()
                await self._give_up_dialling()
                await self._on_registered(False)

    async def _register(self, socket: websockets.ClientConnection) -> None:
        with contextlib.suppress(websockets.ConnectionClosed):
            while True:
                await self._tell(socket, "register", media={"audio": True})
                await asyncio.sleep(REGISTER_SECONDS)

    async def _resume_all(self) -> None:
        for call in list(self.calls.values()):
            if call.state == "open" and call.reconnect:
                again = {"callsid": call.sid, "sdp": sdp.description(setup="actpass"), "reconnect": call.reconnect}
                await self._say("invite", twilio={}, **again)

    async def _give_up_dialling(self) -> None:
        """A call that is still being placed ends with its socket."""
        for call in list(self.calls.values()):
            if not call.incoming and call.state == "ringing":
                await self._end(call)

    async def _tell(self, socket: websockets.ClientConnection, kind: str, **payload: Any) -> None:
        await socket.send(json.dumps({"type": kind, "payload": payload, "version": "1.6"}))

    async def _say(self, kind: str, **payload: Any) -> None:
        """Says it now, or on the next socket."""
        if self._socket is not None:
            with contextlib.suppress(websockets.ConnectionClosed):
                await self._tell(self._socket, kind, **payload)
                return
        self._waiting.append((kind, payload))

    async def rung_for(self, root: str, *, seconds: float) -> PhoneCall | None:
        """The call that rings here for this one; None when none does in time."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while loop.time() < deadline:
            for call in self.calls.values():
                if call.state == "ringing" and call.params.get("call_sid") == root:
                    return call
            await asyncio.sleep(0.1)
        return None

    # --- what the agent does ----------------------------------------------------------------------------------------

    async def answer(self, call: PhoneCall) -> None:
        if call.state != "ringing":
            return
        call.move("open")
        answer = sdp.description(setup="active")
        if self._with_sound:
            call.sound = Sound(self.hz)
            with contextlib.suppress(InvalidStateError):  # over meanwhile
                answer = await call.sound.answer(call.offer)
        await self._say("answer", callsid=call.sid, sdp=answer)

    async def reject(self, call: PhoneCall) -> None:
        if call.state == "ringing":
            await self._end(call)
            await self._say("reject", callsid=call.sid)

    async def hang_up(self, call: PhoneCall) -> None:
        if call.state != "over":
            await self._say("hangup", callsid=call.sid)
            await self._end(call)

    async def connect(self, params: dict[str, str]) -> PhoneCall:
        call = PhoneCall(f"TJS{next(_temporary):032x}", incoming=False)
        self.calls[call.sid] = call
        if self._with_sound:
            call.sound = Sound(self.hz)
            offer = await call.sound.offer()
        else:
            offer = sdp.description(setup="actpass")
        packed = "&".join(f"{quote(key, safe='')}={quote(value, safe='')}" for key, value in params.items())
        await self._say("invite", callsid=call.sid, sdp=offer, twilio={"params": packed})
        return call

    # --- what the gateway says --------------------------------------------------------------------------------------

    async def _take(self, kind: str, payload: Json) -> None:
        sid = payload.get("callsid", "")
        if kind == "ready":
            self.registered.set()
            await self._on_registered(True)
        elif kind == "invite" and (self.takes_second or not self.busy):
            facts = payload.get("parameters", {})
            call = PhoneCall(sid, incoming=True, offer=payload.get("sdp", ""), reconnect=payload.get("reconnect", ""))
            call.params = {**facts, **dict(parse_qsl(facts.get("Params", "")))}
            self.calls[sid] = call
            self._on_ring(call)
        elif kind == "ringing":
            self._rename(sid, payload)
        elif kind == "answer" and sid in self.calls:
            await self._opened(self.calls[sid], payload)
        elif kind in ("hangup", "cancel") and sid in self.calls:
            self.calls[sid].error = payload.get("error")
            await self._end(self.calls[sid])

    def _rename(self, sid: str, payload: Json) -> None:
        """The gateway names the call that we placed."""
        for old, call in list(self.calls.items()):
            if old.startswith("TJS"):
                del self.calls[old]
                call.sid = sid
                call.reconnect = payload.get("reconnect", call.reconnect)
                self.calls[sid] = call
                call.move(call.state)

    async def _opened(self, call: PhoneCall, payload: Json) -> None:
        call.reconnect = payload.get("reconnect", call.reconnect)
        if call.state == "ringing":
            call.move("open")
            if call.sound is not None and payload.get("sdp"):
                with contextlib.suppress(InvalidStateError):
                    await call.sound.accept(payload["sdp"])

    async def _end(self, call: PhoneCall) -> None:
        self.calls.pop(call.sid, None)
        call.move("over")
        if call.sound is not None:
            # aioice swallows the cancellation of whoever waits for a connection to close: this phone would never end.
            closing = asyncio.create_task(call.sound.close())
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)
            await asyncio.shield(closing)
