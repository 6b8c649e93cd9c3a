"""The soak's own phone, which speaks like the voice SDK."""

from __future__ import annotations

import asyncio
from typing import Any

import websockets

from bench.soak.phone import Phone, PhoneCall


class Connection:
    """Closes like aioice's: slowly, and whoever is cancelled while it waits is not."""

    def __init__(self) -> None:
        self.is_closing, self.may_close = asyncio.Event(), asyncio.Event()

    async def close(self) -> None:
        self.is_closing.set()
        try:
            await self.may_close.wait()
        except asyncio.CancelledError:
            await self.may_close.wait()


def test_a_phone_ends_when_it_is_told_to_while_a_call_of_its_own_is_taken_down():
    async def scenario() -> bool:
        async def gateway(socket: Any) -> None:
            await socket.send('{"type": "hangup", "payload": {"callsid": "CA1"}}')
            await socket.wait_closed()

        async def token() -> str:
            return "jwt"

        async def registered(_is: bool) -> None: ...

        async with websockets.serve(gateway, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            phone = Phone(f"ws://127.0.0.1:{port}", token, lambda call: None, registered)
            connection: Any = Connection()
            phone.calls["CA1"] = PhoneCall("CA1", incoming=True, state="open", sound=connection)
            running = asyncio.create_task(phone.run())
            await asyncio.wait_for(connection.is_closing.wait(), 10)

            running.cancel()

            done, _ = await asyncio.wait({running}, timeout=5)
            connection.may_close.set()
            running.cancel()
            return bool(done)

    assert asyncio.run(scenario())
