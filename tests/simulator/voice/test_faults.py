"""Faults on purpose between Twilio and the browser's phone."""

from __future__ import annotations

import asyncio

import pytest
import uvloop
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError

from simulator.voice import faulty
from tests.simulator.harness import bench, serving_app
from tests.simulator.voice.rig import collect, eventually
from tests.simulator.voice.test_media import expect_tone, telephone
from tests.simulator.voice.test_session import in_house, open_call

ABNORMAL = 1006


def set_faults(house, *rules):
    house.exchange.faults.replace({"seed": 1, "rules": list(rules)})


def media_losses(house):
    return sum(rule["fired"] for rule in house.exchange.faults.as_json()["rules"])


async def packets_lost(connection):
    report = await connection.getStats()
    return sum(stats.packetsLost for stats in report.values() if stats.type == "inbound-rtp")


def server_side(house):
    (peer,) = house.exchange.peers
    return peer._connection


def test_when_all_sound_is_lost_neither_side_hears_the_other_until_it_is_over():
    async def work(house):
        _, phone, leg = await open_call(house)
        other = telephone(house, "tone:900")
        leg.endpoint.port.hear(other.endpoint.port.listen())
        said = leg.endpoint.port.listen()
        await expect_tone(phone.heard, 900)
        await expect_tone(said, 700)

        set_faults(house, {"kind": "media-loss"})
        for source in (phone.heard, said):
            await collect(source, 0.3)  # what was on its way
            assert (await collect(source, 0.3))["rms"] == 0
        assert house.engine.legs
        house.exchange.faults.clear()

        await expect_tone(phone.heard, 900)
        await expect_tone(said, 700)
        await phone.close()

    in_house(work)


def test_lost_packets_show_in_the_statistics_of_both_sides():
    async def work(house):
        _, phone, leg = await open_call(house)
        telephone(house, "tone:900")
        await expect_tone(leg.endpoint.port.listen(), 700)
        set_faults(house, {"kind": "media-loss", "rate": 0.3})
        await eventually(lambda: media_losses(house) > 60, "nothing was lost")

        assert await packets_lost(phone._connection) > 5
        assert await packets_lost(server_side(house)) > 5
        await phone.close()

    in_house(work)


def test_only_the_sound_of_the_call_that_was_named_is_lost():
    async def work(house):
        _, phone, leg = await open_call(house)
        set_faults(house, {"kind": "media-loss", "match": {"call_sid": "CA" + "9" * 32}})
        await expect_tone(leg.endpoint.port.listen(), 700)
        missed = media_losses(house)
        set_faults(house, {"kind": "media-loss", "match": {"call_sid": leg.sid}})
        await eventually(lambda: media_losses(house) > 10, "nothing was lost")

        assert missed == 0
        await phone.close()

    in_house(work)


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_a_signalling_socket_is_cut_without_a_goodbye(monkeypatch, loop):
    monkeypatch.setattr(faulty, "DRAW_SECONDS", 0.01)

    async def scenario():
        async with bench(voice=None) as b, serving_app(b) as url:
            rules = [{"kind": "signalling-drop", "count": 1}]
            await b.http.post("/sim/faults", json={"rules": rules})
            address = f"{url.replace('http', 'ws')}/signal"
            async with connect(address) as cut:
                with pytest.raises(ConnectionClosedError):
                    await cut.recv()
            async with connect(address) as kept:
                health = (await b.http.get("/sim/health")).json()
                fired = (await b.http.get("/sim/faults")).json()["rules"][0]["fired"]
                await kept.send("\n")
                still_open = kept.close_code is None

            assert (cut.close_code, fired, still_open) == (ABNORMAL, 1, True)
            assert health["voice"]["sockets"] == 1

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(scenario())
