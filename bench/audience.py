"""Open desks, in a process of their own: `python -m bench.audience`, first a job as JSON, then orders, one a line.

open N        opens sockets until there are N
board 1       a supervisor opens the board, which stays open
latency K     K times: something happens to one of them; how long until its frame is here
published K   the same, of what is published in Redis without asking the floor to
fanout K      K times: something happens that all are told; how long until the last of them has its frame
idle S        waits; how many were closed by then
drop N        drops sockets without a word until there are N
"""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
import time
from typing import Any

from bench.traffic import INCOMING, STATUS, Call, Desk, post, raw
from bench.websocket import Socket, connect
from bench.wire import Connection, Tally, post_all

_PATIENCE = 3.0
_BOARD_PATIENCE = 20.0
_OPENED_AT_ONCE = 10
# About as long as a frame of the product's about a ringing call.
_FILLING = "x" * 900


class Audience:
    def __init__(self, job: dict[str, Any]) -> None:
        self.job = job
        self.sockets: list[Socket] = []
        self.marks: tuple[bytes, ...] = ()
        self.awaited: set[Socket] = set()
        self.doubles = 0
        self.last = 0.0
        self.done = asyncio.Event()
        self.number = secrets.randbits(80) << 32
        # Not where the first desk is: what its agent is told goes from one process to another.
        self.posting = Connection(job["ports"][-1])
        self.redis: asyncio.StreamWriter | None = None
        self.viewer: Socket | None = None

    def heard(self, socket: Socket, frame: bytes, at: float) -> None:
        if not self.marks or not all(mark in frame for mark in self.marks):
            return
        if socket not in self.awaited:
            self.doubles += 1
            return
        self.awaited.discard(socket)
        self.last = at
        if not self.awaited:
            self.done.set()

    async def open(self, count: int) -> dict[str, Any]:
        wanted, ports = self.job["people"][len(self.sockets) : count], self.job["ports"]
        for start in range(0, len(wanted), _OPENED_AT_ONCE):
            some = wanted[start : start + _OPENED_AT_ONCE]
            self.sockets += await asyncio.gather(
                *(
                    connect(ports[number % len(ports)], one["path"], f"sessionid={one['session']}", self.heard)
                    for number, one in enumerate(some, start)
                )
            )
        await asyncio.sleep(0.5)
        return {"open": len(self.sockets)}

    async def board(self, _count: int) -> dict[str, Any]:
        shown = asyncio.Event()
        told = 0

        def heard(_socket: Socket, frame: bytes, _at: float) -> None:
            nonlocal told
            if b"board.changed" in frame:
                told = len(frame)
                shown.set()

        cookie = f"sessionid={self.job['supervisor']['session']}"
        self.viewer = viewer = await connect(self.job["ports"][0], "/ws/desk/", cookie, heard)
        viewer.say('{"type": "board.open", "team": null}')
        await asyncio.wait_for(shown.wait(), _BOARD_PATIENCE)
        return {"bytes": told}

    async def _expect(self, sockets: list[Socket], *marks: str, request: bytes) -> float | None:
        """Milliseconds from the request until the last of the sockets has its frame; None when one never came."""
        self.marks = tuple(mark.encode() for mark in marks)
        self.awaited = set(sockets)
        self.done.clear()
        began = time.perf_counter()
        sending = asyncio.ensure_future(self._send(request))
        try:
            await asyncio.wait_for(self.done.wait(), _PATIENCE)
        except TimeoutError:
            return None
        finally:
            await sending
        return (self.last - began) * 1000

    async def _send(self, request: bytes) -> None:
        if request.startswith(b"*"):  # Redis's own protocol.
            if self.redis is None:
                self.drain, self.redis = await asyncio.open_connection("127.0.0.1", self.job["redis"])
            self.redis.write(request)
            await self.drain.readline()
        else:
            await post_all([self.posting], [[request]], Tally())

    async def latency(self, count: int, *, publish: bool = False) -> dict[str, Any]:
        found: list[float | None] = []
        rings: list[float | None] = []
        for _ in range(count):
            self.number += 1
            at = self.number % len(self.sockets)
            person, socket = self.job["people"][at], self.sockets[at]
            if self.job["floor"]:
                text = json.dumps({"mark": f"{self.number:x}", "filling": _FILLING})
                if publish:
                    request = _publish(f"bench.{person['id']}", text)
                else:
                    request = raw("POST", f"/publish/{person['id']}", text.encode(), {})
                found.append(await self._expect([socket], f"{self.number:x}", request=request))
            else:
                ring, answer = await self._one_call(person, socket)
                rings.append(ring)
                found.append(answer)
            await asyncio.sleep(0.01)
        return self._told(found) | {"rings": self._told(rings)}

    async def published(self, count: int) -> dict[str, Any]:
        return await self.latency(count, publish=True)

    async def _one_call(self, person: dict[str, Any], socket: Socket) -> tuple[float | None, float | None]:
        """A call that this agent's desk is told of: when it comes in, and when it is answered."""
        call = Call(Desk(person["line"], person["caller"], person["id"]), self.number)
        rings = await self._expect([socket], "call.incoming", call.root_sid, request=post(INCOMING, call.incoming()))
        answered = post(STATUS, call.leg("in-progress", 2))
        answers = await self._expect([socket], "call.status", call.root_sid, request=answered)
        self.marks = ()
        for fields in (call.leg("completed", 3), call.root_completed()):
            await self._send(post(STATUS, fields))
        return rings, answers

    async def fanout(self, count: int) -> dict[str, Any]:
        found: list[float | None] = []
        self.doubles = 0
        for _ in range(count):
            self.number += 1
            if self.job["floor"]:
                text = json.dumps({"mark": f"{self.number:x}", "filling": _FILLING})
                request = raw("POST", "/send/everybody", text.encode(), {})
                found.append(await self._expect(self.sockets, f"{self.number:x}", request=request))
            else:
                call = Call(Desk(self.job["line"], "+12025550142", 0), self.number)
                request = post(STATUS, call.root_completed())
                found.append(await self._expect(self.sockets, "log.changed", call.root_sid, request=request))
            await asyncio.sleep(0.05)
        return self._told(found) | {"doubles": self.doubles}

    def _told(self, found: list[float | None]) -> dict[str, Any]:
        return {"ms": [one for one in found if one is not None], "lost": found.count(None)}

    async def idle(self, seconds: int) -> dict[str, Any]:
        await asyncio.sleep(seconds)
        return {"closed": sum(socket.closed for socket in self.sockets)}

    async def drop(self, count: int) -> dict[str, Any]:
        for socket in self.sockets[count:]:
            socket.drop()
        self.sockets = self.sockets[:count]
        await asyncio.sleep(1)
        return {"open": sum(not socket.closed for socket in self.sockets)}


def _publish(channel: str, text: str) -> bytes:
    parts = [b"PUBLISH", channel.encode(), text.encode()]
    return b"*3\r\n" + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)


async def main() -> None:
    loop = asyncio.get_running_loop()
    audience = Audience(json.loads(sys.stdin.readline()))
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        order, _, number = line.strip().partition(" ")
        orders = ("open", "board", "latency", "published", "fanout", "idle", "drop")
        work = {name: getattr(audience, name) for name in orders}[order]
        print(json.dumps(await work(int(number))), flush=True)


if __name__ == "__main__":
    import uvloop

    uvloop.run(main())
