"""How many calls the account may have, and how fast the REST API may make them."""

import asyncio

import pytest

from tests.simulator.harness import CALLER, SALES, bench, twiml, until

INCOMING = "/twilio/voice/incoming/"
PHONE = "+12025550150"


async def limited(b, **limits):
    answer = await b.http.put("/sim/limits", json=limits)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def make(b, to: str = PHONE):
    return await b.rest("POST", "/Calls.json", data={"To": to, "From": SALES, "Twiml": twiml("<Pause/>")})


def test_one_call_too_many_is_refused_by_the_api_and_busy_for_a_caller():
    async def scenario():
        async with bench() as b:
            shown = await limited(b, concurrent_calls=1)
            b.product.answers[INCOMING] = twiml('<Gather timeout="60"/>')
            first = await b.call()
            refused = await make(b)
            room = await b.rest("POST", "/Conferences/room/Participants.json", data={"To": PHONE, "From": SALES})
            second = await b.call("+12025550143")
            first.party_hung_up()
            await b.quiet()
            third = await b.call(CALLER)

            assert shown == {"concurrent_calls": 1, "calls_per_second": None}
            for answer in (refused, room):
                assert (answer.status_code, answer.json()["code"]) == (429, 10004)
            assert (second.status, second.ended_by) == ("busy", "simulator")
            assert b.engine.conferences == {}
            assert b.warnings == [10004]
            assert not third.over
            third.party_hung_up()
            await b.quiet()

    asyncio.run(scenario())


def test_a_dial_that_would_be_one_call_too_many_fails():
    async def scenario():
        async with bench() as b:
            await limited(b, concurrent_calls=1)
            b.product.answers[INCOMING] = twiml(f'<Dial action="/after">{PHONE}</Dial>')
            call = await b.call()
            await b.quiet()

            assert b.product.at("/after")[0].params["DialCallStatus"] == "failed"
            assert call.children[0].status == "failed"
            assert 10004 in b.warnings

    asyncio.run(scenario())


def test_calls_of_the_api_wait_for_their_turn():
    async def scenario():
        async with bench() as b:
            await limited(b, calls_per_second=2)
            made = [(await make(b)).json() for _ in range(3)]
            legs = [b.engine.find_leg(one["sid"]) for one in made]
            await until(lambda: legs[0].status == "ringing")
            assert [leg.status for leg in legs[1:]] == ["queued", "queued"]
            assert [round(int(one["queue_time"]), -2) for one in made] == [0, 500, 1000]
            await b.rest("POST", f"/Calls/{legs[2].sid}.json", data={"Status": "canceled"})
            await until(lambda: legs[1].status == "ringing")
            for leg in legs[:2]:
                leg.party_rejected()
            await b.quiet()

            assert legs[2].status == "canceled"

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "limits",
    [
        {"concurrent_calls": -1},
        {"concurrent_calls": True},
        {"concurrent_calls": 1.5},
        {"calls_per_second": 0},
        {"calls_per_second": "one"},
    ],
)
def test_a_limit_that_is_none_is_refused(limits):
    async def scenario():
        async with bench() as b:
            assert (await b.http.put("/sim/limits", json=limits)).status_code == 400
            assert (await b.http.get("/sim/limits")).json() == {"concurrent_calls": None, "calls_per_second": None}

    asyncio.run(scenario())


@pytest.mark.parametrize(("behaviour", "who"), [("voicemail", "machine_end_beep"), ("answer", "human")])
def test_who_answered_a_dial_is_told_while_the_two_are_connected(behaviour, who):
    async def scenario():
        async with bench() as b:
            await b.http.put(f"/sim/telephones/{PHONE}", json={"behaviour": behaviour})
            b.product.answers[INCOMING] = twiml(
                f'<Dial><Number machineDetection="DetectMessageEnd" amdStatusCallback="/amd">{PHONE}</Number></Dial>'
            )
            call = await b.call()
            told = (await until(lambda: b.product.at("/amd")))[0].params
            assert call.hearing == "party"
            call.party_hung_up()
            await b.quiet()

            assert (told["AnsweredBy"], told["CallSid"]) == (who, call.children[0].sid)

    asyncio.run(scenario())
