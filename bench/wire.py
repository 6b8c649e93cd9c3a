"""The load generator's end of a connection: raw HTTP/1.1, kept alive, as cheap as Python makes it."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

PATIENCE_SECONDS = 20


class Tally:
    """What came of a number of requests."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.statuses: Counter[int] = Counter()

    def add(self, status: int, seconds: float) -> None:
        self.statuses[status] += 1
        self.seconds.append(seconds)


class _Wire(asyncio.Protocol):
    """One TCP connection of a `Connection`, which may have had others before."""

    def __init__(self, owner: Connection) -> None:
        self.owner = owner

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.owner.opened(self)

    def data_received(self, data: bytes) -> None:
        if self.owner.wire is self:
            self.owner.heard(data)

    def connection_lost(self, error: Exception | None) -> None:
        if self.owner.wire is self:
            self.owner.lost()


class Connection:
    """Sends its requests one after the other, and connects again when the server hangs up after an answer."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.wire: _Wire | None = None
        self.received = b""
        self.busy = False

    def start(self, requests: list[bytes], tally: Tally, done: Callable[[], None]) -> None:
        self.requests: Iterator[bytes] = iter(requests)
        self.tally, self.done = tally, done
        self._next()

    def _next(self) -> None:
        request = next(self.requests, None)
        if request is None:
            self.done()
            return
        self.request, self.received, self.busy = request, b"", True
        self.began = time.perf_counter()
        self._send()

    def _send(self) -> None:
        if self.wire is None:
            self.connecting = asyncio.get_running_loop().create_task(self._connect())
        else:
            self.wire.transport.write(self.request)

    async def _connect(self) -> None:
        while time.perf_counter() - self.began < PATIENCE_SECONDS:
            try:
                await asyncio.get_running_loop().create_connection(lambda: _Wire(self), "127.0.0.1", self.port)
            except OSError:
                await asyncio.sleep(0.01)
            else:
                return
        self._finish(0)

    def opened(self, wire: _Wire) -> None:
        self.wire = wire
        wire.transport.write(self.request)

    def lost(self) -> None:
        self.wire = None
        if not self.busy:
            return
        if self.received:  # An answer that ends with the connection.
            self._finish(int(self.received[9:12]))
        elif time.perf_counter() - self.began > PATIENCE_SECONDS:
            self._finish(0)
        else:  # Closed while our request was on its way: a new connection, the same clock.
            self._send()

    def heard(self, data: bytes) -> None:
        self.received = self.received + data if self.received else data
        end = self.received.find(b"\r\n\r\n")
        if end == -1:
            return
        status = int(self.received[9:12])
        head = self.received[:end].lower()
        if status != 204 and not _is_complete(head, self.received, end + 4):
            return
        if self.wire is not None and b"connection: close" in head:
            self.wire.transport.abort()
            self.wire = None
        self._finish(status)

    def _finish(self, status: int) -> None:
        self.busy = False
        self.tally.add(status, time.perf_counter() - self.began)
        self._next()


def _is_complete(head: bytes, received: bytes, start: int) -> bool:
    at = head.find(b"content-length:")
    if at != -1:
        return len(received) - start >= int(head[at + 15 :].split(b"\r\n", 1)[0])
    return b"transfer-encoding: chunked" in head and received.endswith(b"0\r\n\r\n")


def connections_to(job: dict[str, Any]) -> list[Connection]:
    """A job's connections: spread evenly over the server's ports, as a proxy does."""
    ports = job["ports"]
    return [Connection(ports[number % len(ports)]) for number in range(job["connections"])]


async def post_all(connections: list[Connection], work: list[list[bytes]], tally: Tally) -> float:
    """Gives each connection its share of the work; returns when, on the clock, the last answer was there."""
    finished = asyncio.get_running_loop().create_future()
    left = len(work)

    def one_done() -> None:
        nonlocal left
        left -= 1
        if not left:
            finished.set_result(time.perf_counter())

    for connection, requests in zip(connections, work, strict=True):
        connection.start(requests, tally, one_done)
    ended: float = await asyncio.wait_for(finished, PATIENCE_SECONDS * 2)
    return ended
