"""A WebSocket's client end as cheap as Python makes it: hundreds of them must not slow down what they measure."""

from __future__ import annotations

import asyncio
import base64
import os
import time
from collections.abc import Callable
from typing import Any

from bench.servers import BASE_URL, HOST

_TEXT, _CLOSE, _PING = 1, 8, 9


class Socket(asyncio.Protocol):
    """One socket. `heard(socket, frame, at)` is called for each text frame that comes."""

    def __init__(self, path: str, cookie: str, heard: Callable[[Socket, bytes, float], None]) -> None:
        self.path, self.cookie, self.heard = path, cookie, heard
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.shaken = self.closed = False
        self.buffer = b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        lines = [
            f"GET {self.path} HTTP/1.1",
            f"Host: {HOST}",
            f"Origin: {BASE_URL}",
            f"Cookie: {self.cookie}",
            "X-Forwarded-Proto: https",
            "X-Forwarded-For: 192.0.2.17",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
            "Sec-WebSocket-Version: 13",
        ]
        transport.write("\r\n".join(lines).encode() + b"\r\n\r\n")

    def connection_lost(self, error: Exception | None) -> None:
        self.closed = True
        if not self.opened.done():
            self.opened.set_exception(ConnectionError(self.buffer[:200].decode("latin-1")))

    def data_received(self, data: bytes) -> None:
        at = time.perf_counter()
        self.buffer += data
        if not self.shaken:
            head, mark, rest = self.buffer.partition(b"\r\n\r\n")
            if not mark:
                return
            if b" 101 " not in head[:20]:
                self.transport.abort()
                return
            self.shaken, self.buffer = True, rest
        while self._take_frame(at):
            pass

    def _take_frame(self, at: float) -> bool:
        """Takes one whole frame off the buffer; False when there is none. Servers do not mask theirs."""
        buffer = self.buffer
        if len(buffer) < 2:
            return False
        length, start = buffer[1] & 127, 2
        if length == 126:
            length, start = int.from_bytes(buffer[2:4], "big"), 4
        elif length == 127:
            length, start = int.from_bytes(buffer[2:10], "big"), 10
        if len(buffer) < start or len(buffer) < start + length:
            return False
        frame, self.buffer = buffer[start : start + length], buffer[start + length :]
        code = buffer[0] & 15
        if code == _TEXT:
            # The first frame says that the server is done with opening.
            if not self.opened.done():
                self.opened.set_result(None)
            self.heard(self, frame, at)
        elif code == _PING:
            self.transport.write(bytes([0x8A, 0x80 | len(frame)]) + bytes(4) + frame)
        elif code == _CLOSE:
            self.closed = True
        return True

    def say(self, text: str) -> None:
        """Up to 125 bytes, masked with zeros, as a client has to mask."""
        data = text.encode()
        self.transport.write(bytes([0x81, 0x80 | len(data)]) + bytes(4) + data)

    def drop(self) -> None:
        """As a laptop's lid does it: without a word."""
        self.transport.abort()


async def connect(port: int, path: str, cookie: str, heard: Callable[[Socket, bytes, float], None]) -> Socket:
    """A socket that has had its first frame."""
    loop = asyncio.get_running_loop()
    _, socket = await loop.create_connection(lambda: Socket(path, cookie, heard), "127.0.0.1", port)
    await asyncio.wait_for(socket.opened, 30)
    return socket
