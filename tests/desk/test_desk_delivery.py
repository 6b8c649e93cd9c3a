"""What is pushed goes to each desk in its order, and a slow browser holds up nobody but itself."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from channels.layers import get_channel_layer

from agents.models import Agent, Desk
from calls.live import broadcasts, presence
from config.asgi import application
from core.realtime import direct_send
from tests.desk.desk_socket import DeskSocket, run, scope_of

pytestmark = pytest.mark.django_db(transaction=True)


class Browser:
    """A socket whose reading can be stopped, as a server tells it: a send then waits."""

    def __init__(self, agent: Agent) -> None:
        self.scope = scope_of(agent)
        self.reads = asyncio.Event()
        self.reads.set()
        self.sent: list[dict[str, Any]] = []
        self._says: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def open(self) -> None:
        self.visit = asyncio.create_task(application(self.scope, self._says.get, self._send))
        await self.says(type="websocket.connect")
        await until(lambda: self.frames("desk.snapshot"))

    async def says(self, **message: Any) -> None:
        await self._says.put(message)

    async def _send(self, message: dict[str, Any]) -> None:
        await self.reads.wait()
        self.sent.append(message)

    def frames(self, kind: str) -> list[dict[str, Any]]:
        frames = [json.loads(message["text"]) for message in self.sent if message["type"] == "websocket.send"]
        return [frame for frame in frames if frame["type"] == kind]

    def numbers(self) -> list[int]:
        return [frame["number"] for frame in self.frames("test.frame")]

    async def leave(self) -> None:
        await self.says(type="websocket.disconnect", code=1001)
        await asyncio.wait_for(self.visit, 10)


async def until(check: Callable[[], Any]) -> None:
    async with asyncio.timeout(10):
        while not check():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def message(group: str, number: int) -> dict[str, Any]:
    return {"type": "desk.frame", "group": group, "text": json.dumps({"type": "test.frame", "number": number})}


async def push(group: str, *numbers: int) -> None:
    layer: Any = get_channel_layer()
    await layer.group_send_many([(group, message(group, number)) for number in numbers])


def test_frames_keep_their_order(ada):
    browser = Browser(ada)

    async def scenario() -> None:
        await browser.open()

        await push(broadcasts.agent_group(ada.pk), *range(300))
        await until(lambda: 299 in browser.numbers())

        assert browser.numbers() == list(range(300))
        await browser.leave()

    run(scenario)


def test_a_slow_browser_gets_everything_in_order_once_it_reads_again(ada):
    browser = Browser(ada)

    async def scenario() -> None:
        await browser.open()
        browser.reads.clear()

        await push(broadcasts.agent_group(ada.pk), *range(5))
        await browser.says(type="websocket.receive", text='{"type": "desk.refresh"}')
        await push(broadcasts.agent_group(ada.pk), *range(5, 10))
        browser.reads.set()
        await until(lambda: 9 in browser.numbers())

        assert browser.numbers() == list(range(10))
        await until(lambda: len(browser.frames("desk.snapshot")) == 2)
        await browser.leave()

    run(scenario)


def test_a_slow_browser_delays_nobody_and_is_closed_when_it_is_too_far_behind(ada, grace, monkeypatch, team):
    monkeypatch.setattr(direct_send, "FAR_BEHIND", 20)
    Desk.objects.all().delete()

    slow, quick = Browser(ada), Browser(grace)

    async def scenario() -> None:
        await slow.open()
        await quick.open()
        slow.reads.clear()

        await push(broadcasts.team_group(team.pk), *range(100))
        await until(lambda: 99 in quick.numbers())
        await asyncio.wait_for(slow.visit, 10)

        assert quick.numbers() == list(range(100))
        assert slow.numbers() == []
        assert await Desk.objects.acount() == 1
        await quick.leave()

    run(scenario)
    assert not Desk.objects.exists()


def test_a_server_that_sends_no_more_ends_the_desk(ada):
    ada.desks.all().delete()

    browser = Browser(ada)

    async def scenario() -> None:
        await browser.open()

        async def closed() -> None:
            raise RuntimeError("Unexpected ASGI message 'websocket.send', after sending 'websocket.close'.")

        browser.reads.wait = closed  # type: ignore[assignment, method-assign]
        await push(broadcasts.agent_group(ada.pk), 1)
        await asyncio.wait_for(browser.visit, 10)

    run(scenario)
    assert not Desk.objects.exists()


def test_a_group_hears_of_a_frame_once(ada, grace, team):
    browsers = [Browser(ada), Browser(grace), Browser(ada)]

    async def scenario() -> None:
        for browser in browsers:
            await browser.open()

        await push(broadcasts.team_group(team.pk), 1)
        await push(broadcasts.team_group(team.pk), 2)
        await until(lambda: all(2 in browser.numbers() for browser in browsers))

        assert [browser.numbers() for browser in browsers] == [[1, 2]] * 3
        for browser in browsers:
            await browser.leave()

    run(scenario)


def test_the_snapshot_comes_before_what_is_pushed_while_it_is_read(ada, monkeypatch):
    reading, go_on = threading.Event(), threading.Event()
    presence_list = presence.presence_list

    def slow_presence_list(agent: Agent) -> Any:
        reading.set()
        assert go_on.wait(10)
        return presence_list(agent)

    monkeypatch.setattr("calls.live.presence.presence_list", slow_presence_list)

    browser = Browser(ada)

    async def scenario() -> None:
        opening = asyncio.create_task(browser.open())
        await asyncio.to_thread(reading.wait, 10)
        await push(broadcasts.agent_group(ada.pk), 1, 2)
        go_on.set()
        await opening
        await until(lambda: 2 in browser.numbers())

        kinds = [json.loads(sent["text"])["type"] for sent in browser.sent if sent["type"] == "websocket.send"]
        assert [kind for kind in kinds if kind != "ping"] == ["desk.snapshot", "test.frame", "test.frame"]
        await browser.leave()

    run(scenario)


def test_after_frames_may_have_been_lost_a_desk_gets_a_snapshot(ada):
    socket = DeskSocket(ada)

    async def scenario() -> None:
        await socket.open()
        layer: Any = get_channel_layer()
        await layer.group_send(broadcasts.agent_group(ada.pk), {"type": "desk.missed"})
        assert (await socket.next())["type"] == "desk.snapshot"
        await socket.close()

    run(scenario)


def test_after_a_sign_out_was_lost_a_desk_is_closed(ada):
    socket = DeskSocket(ada)

    async def scenario() -> None:
        await socket.open()
        # As if the push about it had been on its way when Redis went.
        await sync_to_async(socket.client.session.flush)()
        layer: Any = get_channel_layer()
        await layer.group_send(broadcasts.agent_group(ada.pk), {"type": "desk.missed"})
        assert (await socket.next())["type"] == "session.ended"
        assert await socket.closed_with() == 4401

    run(scenario)


def test_a_worker_or_a_command_may_send_with_channels_own_means(ada):
    socket = DeskSocket(ada)

    def from_elsewhere() -> None:
        layer: Any = get_channel_layer()
        group = broadcasts.agent_group(ada.pk)
        async_to_sync(layer.group_send)(group, message(group, 7))

    async def scenario() -> None:
        await socket.open()
        # A thread of its own, with an event loop of its own, as in a worker.
        worker = threading.Thread(target=from_elsewhere)
        worker.start()
        assert await socket.next() == {"type": "test.frame", "number": 7}
        await asyncio.to_thread(worker.join)
        await socket.close()

    run(scenario)
