"""Sound between browsers and telephones, and what is left of it afterwards."""

from __future__ import annotations

import asyncio
import itertools
import os
import threading

import aioice
import httpx
import pytest
from starlette.applications import Starlette

from simulator.voice.audio.sources import Tone
from tests.simulator.voice.rig import RigLeg, collect, eventually
from tests.simulator.voice.test_session import in_house, open_call
from tests.simulator.voice.wire import House, Phone


async def expect_tone(source, hz):
    """Waits until a source gives a tone."""
    found = None
    for _ in range(20):
        found = await collect(source, 0.5)
        if abs(found["hz"] - hz) < 6 and found["rms"] > 3000:
            return
    raise AssertionError(f"no {hz} Hz: {found}")


def telephone(house, voice="silence"):
    return house.engine.add(RigLeg(house.voice.telephone("+12025550142", voice)))


def client(house):
    transport = httpx.ASGITransport(app=Starlette(routes=house.routes))
    return httpx.AsyncClient(transport=transport, base_url="http://simulator:8001")


def test_a_browser_and_a_telephone_hear_each_other():
    async def work(house):
        _, phone, leg = await open_call(house)
        other = telephone(house, "tone:900")
        leg.endpoint.port.hear(other.endpoint.port.listen())
        other.endpoint.port.hear(leg.endpoint.port.listen())
        await expect_tone(phone.heard, 900)
        heard = await other.endpoint.port.heard(0.5)
        assert heard["hz"] == pytest.approx(700, abs=6)
        assert heard["rms"] > 3000
        await phone.close()

    in_house(work)


def test_a_telephone_costs_no_task_while_nobody_listens():
    async def work(house):
        tasks = asyncio.all_tasks()
        phones = [telephone(house, "tone:900") for _ in range(50)]
        for one, two in itertools.pairwise(phones):
            one.endpoint.port.hear(two.endpoint.port.listen())
        assert asyncio.all_tasks() == tasks
        assert await phones[0].endpoint.port.heard(0.2) != {"rms": 0, "peak": 0, "hz": 0}
        await eventually(lambda: asyncio.all_tasks() == tasks, "a task stays")

    in_house(work)


def test_a_telephone_says_its_words_again_and_again():
    async def work(house):
        source = telephone(house, "speech:one").endpoint.port.listen()
        assert source.duration is None
        await eventually(lambda: source._voice._samples, "espeak-ng said nothing")
        for _ in range(3):
            assert (await collect(source, 0.1))["peak"] >= 0
            for _ in range(100):
                source.read()

    in_house(work)


def test_a_browser_lends_a_telephone_its_microphone():
    async def work(house):
        leg = telephone(house, "tone:900")
        port = leg.endpoint.port
        port.hear(Tone(500))
        said = port.listen()
        await expect_tone(said, 900)
        async with client(house) as http:
            first, second = Phone(700), Phone(1100)
            for phone, hz in ((first, 700), (second, 1100)):
                answer = await http.post(
                    f"/sim/calls/{leg.sid}/audio", json={"sdp": await phone.offer(), "type": "offer"}
                )
                assert answer.status_code == 200, answer.text
                assert answer.json()["type"] == "answer"
                await phone.accept(answer.json()["sdp"])
                await expect_tone(said, hz)
                await expect_tone(phone.heard, 500)
            await eventually(lambda: house.voice.stats()["peers"] == 1, "the first browser stays attached")
        await second.close()
        await expect_tone(said, 900)
        await first.close()
        assert house.voice.stats()["peers"] == 0

    in_house(work)


def test_the_end_of_a_call_takes_the_browser_away():
    async def work(house):
        leg, phone = telephone(house), Phone()
        await phone.accept(await leg.endpoint.attach(await phone.offer()))
        await leg.endpoint.end()
        await eventually(lambda: house.voice.stats()["peers"] == 0, "the browser stays attached")
        with pytest.raises(LookupError):
            await leg.endpoint.attach(await Phone().offer())
        await phone.close()

    in_house(work)


@pytest.mark.parametrize(
    "body",
    [{"sdp": "nonsense", "type": "offer"}, {"sdp": "v=0", "type": "answer"}, {"sdp": 7, "type": "offer"}, []],
)
def test_a_bad_attachment_is_refused(body):
    async def work(house):
        leg = telephone(house)
        async with client(house) as http:
            answer = await http.post(f"/sim/calls/{leg.sid}/audio", json=body)
        assert (answer.status_code, "error" in answer.json()) == (400, True)
        await eventually(lambda: house.voice.stats()["peers"] == 0, "the browser stays attached")

    in_house(work)


def test_only_telephones_take_a_browser():
    async def work(house):
        offer = {"sdp": "v=0", "type": "offer"}
        browser = house.engine.add(RigLeg(house.voice.endpoint_for("ada")))
        async with client(house) as http:
            assert (await http.post("/sim/calls/CA0/audio", json=offer)).status_code == 404
            assert (await http.post(f"/sim/calls/{browser.sid}/audio", json=offer)).status_code == 409

    in_house(work)


def open_files():
    return len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0


def test_many_calls_leave_nothing_behind():
    async def work(house):
        for _ in range(12):
            wire, phone, leg = await open_call(house)
            await eventually(lambda: leg.endpoint._peer.connected.is_set(), "not connected")  # noqa: B023
            await leg.endpoint.end()
            wire.session.closed()
            house.engine.legs.clear()
            await phone.close()
        await eventually(lambda: set(house.voice.stats().values()) == {0}, lambda: f"left over: {house.voice.stats()}")

    in_house(work)
    before = open_files(), threading.active_count()
    in_house(work)
    after = open_files(), threading.active_count()
    assert after[0] <= before[0], f"{after[0] - before[0]} files stayed open"
    assert after[1] <= before[1], f"{after[1] - before[1]} threads stayed"


def test_closing_the_house_ends_all_that_goes_on():
    async def run():
        async with House() as house:
            phones = []
            for _ in range(5):
                wire, phone, _leg = await open_call(house)
                house.engine.legs.clear()
                phones.append((wire, phone))
            telephone(house).endpoint.port.hear(Tone(440))
            house.voice.say("some words")
            await house.voice.close()
            assert all(wire.shut and wire.got("hangup") for wire, _ in phones)
            assert set(house.voice.stats().values()) == {0}
            for _, phone in phones:
                await phone.close()

    asyncio.run(run())


def test_a_connection_closed_as_it_came_about_is_not_kept_alive():
    async def run():
        connection = aioice.Connection(ice_controlling=True)
        await connection.close()
        async with asyncio.timeout(1):
            await connection.query_consent()

    asyncio.run(run())
