"""Answers that come in parts, as the server hands them on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

from django.http import StreamingHttpResponse

from config.server.handler import OneHopHandler
from tests.config.server.test_webhooks_over_asgi import scope

PART = b"x" * 70_000


class File:
    """Counts how often it was read, and remembers that it was closed."""

    def __init__(self, parts: int) -> None:
        self.parts, self.read, self.closed = parts, 0, False

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self.read == self.parts:
            raise StopIteration
        self.read += 1
        return PART

    def close(self) -> None:
        self.closed = True


async def _exchange(file: File, leaves_after: int | None = None) -> list[tuple[int, int]]:
    """For each part that was sent: how much had been read by then, and how long it was."""
    sent: list[tuple[int, int]] = []
    left = asyncio.Event()
    asked = False

    async def receive() -> dict[str, Any]:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        if message.get("body"):
            sent.append((file.read, len(message["body"])))
            if len(sent) == leaves_after:
                left.set()
                await asyncio.sleep(0)

    handler = OneHopHandler()
    with patch.object(handler, "get_response", lambda request: StreamingHttpResponse(file)):
        await handler(scope("/file", {}, method="GET"), receive, send)
    return sent


def test_no_part_is_read_before_the_last_one_was_sent():
    file = File(5)

    sent = asyncio.run(_exchange(file))

    # One piece of 64 KB and the rest of it for every part.
    assert {read for read, _ in sent} == {1, 2, 3, 4, 5}
    assert sum(length for _, length in sent) == 5 * len(PART)
    assert file.closed


def test_nothing_more_is_read_for_a_client_that_went_away():
    file = File(1000)

    asyncio.run(_exchange(file, leaves_after=4))

    assert file.read < 10
    assert file.closed
