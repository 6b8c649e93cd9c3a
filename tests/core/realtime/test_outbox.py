"""From the threads that make frames to the channel layer: in order, and whatever goes wrong with one of them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest

from core.realtime import outbox
from core.realtime.channel_layer import Frames, ProcessChannelLayer


class Layer(ProcessChannelLayer):
    """Keeps what it is given; the first time, it is away."""

    def __init__(self, *, away: int = 0) -> None:
        super().__init__()
        self.away = away
        self.frames: list[tuple[str, dict[str, Any]]] = []

    async def group_send_many(self, frames: Frames) -> None:
        if self.away:
            self.away -= 1
            raise ConnectionError
        self.frames += frames


def serve(layer: Layer, scenario: Callable[[], Any]) -> None:
    async def server() -> None:
        outbox.start()
        try:
            async with asyncio.timeout(20):
                await scenario()
        finally:
            outbox.stop()

    with patch("core.realtime.outbox.get_channel_layer", return_value=layer):
        asyncio.run(server())


async def until(check: Callable[[], Any]) -> None:
    while not check():  # noqa: ASYNC110
        await asyncio.sleep(0.01)


def test_frames_leave_in_the_order_in_which_they_were_sent():
    layer = Layer()

    async def scenario() -> None:
        for number in range(1000):
            outbox.later(lambda number=number: outbox.send([("team.1", {"number": number})]))
        await until(lambda: len(layer.frames) == 1000)

    serve(layer, scenario)
    assert [message["number"] for _, message in layer.frames] == list(range(1000))


def test_each_threads_frames_stay_in_their_order_and_none_is_left_lying():
    layer = Layer()

    def speak(name: str) -> None:
        for number in range(500):
            outbox.send([(name, {"number": number})])

    async def scenario() -> None:
        speakers = [threading.Thread(target=speak, args=(name,)) for name in ("team.1", "team.2", "team.3")]
        for speaker in speakers:
            speaker.start()
        await until(lambda: len(layer.frames) == 1500)

    serve(layer, scenario)
    for name in ("team.1", "team.2", "team.3"):
        assert [message["number"] for group, message in layer.frames if group == name] == list(range(500))


@pytest.mark.django_db
def test_what_fails_does_not_hold_up_what_comes_after(caplog):
    layer = Layer(away=1)

    async def scenario() -> None:
        outbox.send([("team.1", {"number": 1})])
        await until(lambda: not layer.away)
        outbox.later(lambda: 1 / 0)  # type: ignore[arg-type, return-value]
        outbox.later(lambda: outbox.send([("team.1", {"number": 2})]))
        await until(lambda: layer.frames)

    serve(layer, scenario)
    assert layer.frames == [("team.1", {"number": 2})]
    assert "1 pushes could not be sent" in caplog.text
    assert "a push could not be made" in caplog.text


def test_what_changes_often_is_told_at_once_and_then_together(monkeypatch):
    layer, made = Layer(), []
    monkeypatch.setattr(outbox, "_GATHERED_SECONDS", 0.3)
    gathered = outbox.Gathered(lambda ids: made.append(sorted(ids)))

    async def scenario() -> None:
        gathered.put([1])
        await until(lambda: made == [[1]])
        gathered.put([2])
        gathered.put([3, 2])
        await until(lambda: len(made) == 2)
        gathered.put([4])
        await until(lambda: len(made) == 3)

    serve(layer, scenario)
    assert made == [[1], [2, 3], [4]]


def test_what_waits_when_a_server_stops_is_told_with_the_next(monkeypatch):
    layer, made = Layer(), []
    monkeypatch.setattr(outbox, "_GATHERED_SECONDS", 60)
    gathered = outbox.Gathered(lambda ids: made.append(sorted(ids)))

    async def scenario() -> None:
        gathered.put([1])
        await until(lambda: made)
        gathered.put([2])

    serve(layer, scenario)
    gathered.put([3])
    assert made == [[1], [2, 3]]
