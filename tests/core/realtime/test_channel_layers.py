"""Both channel layers do what Channels says a layer does; and Redis may go and come back."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from channels.exceptions import ChannelFull
from redis.exceptions import RedisError

from core.realtime import channel_layer, redis_hub
from core.realtime.channel_layer import ProcessChannelLayer
from core.realtime.redis_layer import RedisChannelLayer
from scripts.servers import Server, find_program, start_redis

Message = dict[str, Any]
HELLO = {"type": "test.hello", "name": "Zoë", "numbers": [1, 2.5, None, True], "raw": b"\x00\xff"}
AFTER_LOSS = {"type": "test.missed"}


@pytest.fixture(scope="module")
def redis() -> Iterator[tuple[Server, str]]:
    if not find_program("redis-server"):
        pytest.skip("redis-server is not installed; make test-services sees to it")
    # The server's own user must be able to enter.
    place = Path("/tmp") / f"ringdesk-layer-{os.getpid()}"  # noqa: S108
    place.mkdir(mode=0o711)
    server = Server("redis", place / "redis")
    try:
        yield server, start_redis(server)
    finally:
        server.stop()
        shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(params=["process", "redis"])
def layer(request: pytest.FixtureRequest) -> Any:
    if request.param == "process":
        return ProcessChannelLayer(capacity=3)
    return redis_layer(request.getfixturevalue("redis")[1])


def redis_layer(url: str) -> RedisChannelLayer:
    return RedisChannelLayer(url=url, prefix="test/0", after_loss=AFTER_LOSS, capacity=3)


class Ear:
    """Takes all it hears."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        # How many messages had come by the time that some may have been lost.
        self.gaps: list[int] = []

    def missed(self) -> None:
        self.gaps.append(len(self.messages))

    def on_group_message(self, message: Message) -> Message | None:
        self.messages.append(message)
        return None


async def soon(layer: Any, channel: str) -> Message:
    message: Message = await asyncio.wait_for(layer.receive(channel), 10)
    return message


async def until(check: Callable[[], Any]) -> None:
    async with asyncio.timeout(20):
        while not check():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def test_what_is_sent_to_a_channel_is_received_there(layer):
    async def scenario() -> None:
        first, second = await layer.new_channel(), await layer.new_channel()
        await layer.send(first, HELLO)
        await layer.send(second, {"type": "test.other"})

        assert await soon(layer, first) == HELLO
        assert await soon(layer, second) == {"type": "test.other"}

    asyncio.run(scenario())


def test_a_channel_with_a_name_of_ones_own_is_received_from(layer):
    async def scenario() -> None:
        receiving = asyncio.create_task(soon(layer, "thumbnails"))
        while not receiving.done():
            # A layer may know of the receiver only a moment later.
            await layer.send("thumbnails", HELLO)
            await asyncio.wait([receiving], timeout=0.05)

        assert receiving.result() == HELLO

    asyncio.run(scenario())


def test_a_group_hears_each_message_once_in_order_and_only_while_it_is_a_member(layer):
    async def scenario() -> None:
        inside, outside = await layer.new_channel(), await layer.new_channel()
        for channel in (inside, inside, outside):
            await layer.group_add("team.1", channel)
        await layer.group_discard("team.1", outside)
        for number in range(3):
            await layer.group_send("team.1", {"type": "test.number", "number": number})
        await layer.group_send("team.2", HELLO)
        await layer.send(outside, HELLO)

        assert [(await soon(layer, inside))["number"] for _ in range(3)] == [0, 1, 2]
        assert await soon(layer, outside) == HELLO

    asyncio.run(scenario())


def test_members_of_a_group_cannot_change_each_others_message(layer):
    async def scenario() -> None:
        channels = [await layer.new_channel(), await layer.new_channel()]
        for channel in channels:
            await layer.group_add("team.1", channel)
        await layer.group_send("team.1", HELLO)
        first = await soon(layer, channels[0])
        first["numbers"].append("more")

        assert await soon(layer, channels[1]) == HELLO

    asyncio.run(scenario())


def test_who_listens_is_handed_what_groups_and_channels_are_told(layer):
    async def scenario() -> None:
        ear, channel = Ear(), await layer.new_channel()
        layer.listen(channel, ear)
        await layer.group_add("team.1", channel)
        await layer.group_send_many([("team.1", {"type": "test.number", "number": number}) for number in range(50)])
        await layer.send(channel, HELLO)
        await until(lambda: HELLO in ear.messages)

        assert [message.get("number") for message in ear.messages] == [*range(50), None]

    asyncio.run(scenario())


@pytest.mark.parametrize("way", ["group_send_many", "group_send_here"])
def test_others_have_their_turn_while_much_is_told(layer, way, monkeypatch):
    # Each message alone takes longer than anything may go on without a break.
    monkeypatch.setattr(channel_layer, "_AT_A_STRETCH_SECONDS", 0)

    async def scenario() -> None:
        ear, channel = Ear(), await layer.new_channel()
        layer.listen(channel, ear)
        await layer.group_add("team.1", channel)
        heard: list[int] = []

        async def others() -> None:
            while len(ear.messages) < 20:
                heard.append(len(ear.messages))
                await asyncio.sleep(0)

        turns = asyncio.create_task(others())
        await getattr(layer, way)([("team.1", {"type": "test.number", "number": number}) for number in range(20)])
        await asyncio.wait_for(turns, 10)

        # It looks before each next one comes; how the first of them was is not asked.
        assert {*range(1, 20)} <= set(heard), heard
        assert [message["number"] for message in ear.messages] == [*range(20)]

    asyncio.run(scenario())


def test_who_is_forgotten_hears_nothing_any_more(layer):
    async def scenario() -> None:
        gone, stays = Ear(), Ear()
        for ear in (gone, stays):
            channel = await layer.new_channel()
            layer.listen(channel, ear)
            await layer.group_add("team.1", channel)
            if ear is gone:
                forgotten = channel
        await layer.forget(forgotten)
        await layer.group_send("team.1", HELLO)
        await layer.send(forgotten, HELLO)
        await until(lambda: stays.messages)

        assert gone.messages == []

    asyncio.run(scenario())


def test_a_listener_that_fails_harms_no_other(layer):
    class Broken(Ear):
        def on_group_message(self, message: Message) -> Message | None:
            raise ValueError

    async def scenario() -> None:
        ears = [Broken(), Ear()]
        for ear in ears:
            channel = await layer.new_channel()
            layer.listen(channel, ear)
            await layer.group_add("team.1", channel)
        await layer.group_send("team.1", HELLO)
        await layer.group_send("team.1", HELLO)
        await until(lambda: len(ears[1].messages) == 2)

    asyncio.run(scenario())


def test_a_thread_with_a_loop_of_its_own_may_send(layer):
    async def scenario() -> None:
        channel = await layer.new_channel()
        await layer.group_add("team.1", channel)
        receiving = asyncio.create_task(soon(layer, channel))
        await asyncio.sleep(0)
        worker = threading.Thread(target=lambda: async_to_sync(layer.group_send)("team.1", HELLO))
        worker.start()

        assert await receiving == HELLO
        await asyncio.to_thread(worker.join)

    asyncio.run(scenario())


def test_a_queue_that_nobody_reads_does_not_grow():
    layer = ProcessChannelLayer(capacity=3)

    async def scenario() -> None:
        channel = await layer.new_channel()
        for _ in range(3):
            await layer.send(channel, HELLO)
        with pytest.raises(ChannelFull):
            await layer.send(channel, HELLO)

    asyncio.run(scenario())


@pytest.mark.parametrize("name", ["", "two words", "ü", "x" * 100, 7])
def test_names_that_channels_does_not_allow_are_refused(layer, name):
    async def scenario() -> None:
        with pytest.raises(TypeError):
            await layer.group_send(name, HELLO)
        with pytest.raises(TypeError):
            await layer.send(name, HELLO)

    asyncio.run(scenario())


def test_after_redis_was_away_everything_is_subscribed_again_and_listeners_are_told(redis, caplog):
    server, url = redis
    layer = redis_layer(url)

    async def scenario() -> None:
        ear, late = Ear(), Ear()
        channel = await layer.new_channel()
        layer.listen(channel, ear)
        await layer.group_add("team.1", channel)
        await layer.group_send("team.1", HELLO)
        await until(lambda: ear.messages)
        server.stop()
        with pytest.raises(RedisError):
            await layer.group_send("team.1", HELLO)
        # Somebody comes meanwhile.
        newcomer = await layer.new_channel()
        layer.listen(newcomer, late)
        await layer.group_add("team.2", newcomer)
        # Not in a thread: the server ends with the one that started it.
        server.start_again()
        await until(lambda: AFTER_LOSS in ear.messages and AFTER_LOSS in late.messages)
        await layer.group_send("team.1", {"type": "test.after"})
        await layer.group_send("team.2", {"type": "test.after"})
        await until(lambda: len(ear.messages) == 3 and len(late.messages) == 2)

        assert ear.messages == [HELLO, AFTER_LOSS, {"type": "test.after"}]
        assert late.messages == [AFTER_LOSS, {"type": "test.after"}]
        # Known before anything that came after the gap.
        assert (set(ear.gaps), set(late.gaps)) == ({1}, {0})

    asyncio.run(scenario())
    assert url not in caplog.text


def test_a_redis_that_says_nothing_any_more_is_left(redis, monkeypatch):
    monkeypatch.setattr(redis_hub, "_LOOK_SECONDS", 0.1)
    monkeypatch.setattr(redis_hub, "_CONNECT_SECONDS", 0.3)
    server, url = redis
    layer = redis_layer(url)

    async def scenario() -> None:
        ear, channel = Ear(), await layer.new_channel()
        layer.listen(channel, ear)
        assert server.process is not None
        os.kill(server.process.pid, signal.SIGSTOP)
        try:
            await until(lambda: layer._hub()._lost)
        finally:
            os.kill(server.process.pid, signal.SIGCONT)
        await until(lambda: AFTER_LOSS in ear.messages)

    asyncio.run(scenario())
