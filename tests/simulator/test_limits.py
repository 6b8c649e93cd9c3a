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


def test_a_country_that_the_account_may_not_call_is_refused_by_the_api_and_a_dial_calls_nobody_there():
    london = "+442079460100"

    async def scenario():
        async with bench() as b:
            shown = (await b.http.put("/sim/geo-permissions", json={"forbidden": ["+44"]})).json()
            b.product.answers[INCOMING] = twiml(f'<Dial action="/after">{london}</Dial>')
            b.product.answers["/after"] = twiml("<Hangup/>")
            call = await b.call()
            await b.quiet()
            refused = await make(b, london)
            room = await b.rest("POST", "/Conferences/room/Participants.json", data={"To": london, "From": SALES})
            noted = (await b.rest("GET", f"/Calls/{call.sid}/Notifications.json?Log=0")).json()["notifications"]
            allowed = (await make(b)).status_code
            b.engine.world.live_calls[0].party_rejected()
            await b.quiet()
            await b.http.post("/sim/reset")

            assert shown == {"forbidden": ["+44"]}
            after = b.product.at("/after")[0].params
            assert after["DialCallStatus"] == "failed"
            assert "DialCallSid" not in after
            assert call.children == []
            assert [(one["error_code"], one["call_sid"], one["log"]) for one in noted] == [("13227", call.sid, "0")]
            for answer in (refused, room):
                assert (answer.status_code, answer.json()["code"]) == (400, 21215)
            assert allowed == 201
            assert (await b.http.get("/sim/geo-permissions")).json() == {"forbidden": []}

    asyncio.run(scenario())


@pytest.mark.parametrize("forbidden", ["+44", ["44"], ["+"], [44], ["+44"] * 1001, {"+44": True}])
def test_what_is_no_beginning_of_numbers_is_refused(forbidden):
    async def scenario():
        async with bench() as b:
            assert (await b.http.put("/sim/geo-permissions", json={"forbidden": forbidden})).status_code == 400
            assert (await b.http.get("/sim/geo-permissions")).json() == {"forbidden": []}

    asyncio.run(scenario())


def test_what_is_wrong_with_a_call_is_among_its_notifications_and_no_other_calls():
    async def scenario():
        async with bench() as b:
            await limited(b, concurrent_calls=1)
            b.product.answers[INCOMING] = twiml(f'<Dial action="/after">{PHONE}</Dial>')
            b.product.answers["/after"] = twiml("<Hangup/>")
            call = await b.call()
            await b.quiet()
            path = f"/Calls/{call.sid}/Notifications.json"
            errors = (await b.rest("GET", path)).json()
            warnings = (await b.rest("GET", f"{path}?Log=1")).json()["notifications"]
            of_child = (await b.rest("GET", f"/Calls/{call.children[0].sid}/Notifications.json")).json()
            wrong = [await b.rest("GET", f"{path}?{query}") for query in ("Log=2", "MessageDate=soon")]
            unknown = await b.rest("GET", "/Calls/CAunknown/Notifications.json")
            later = (await b.rest("GET", f"{path}?MessageDate%3E=2999-01-01")).json()["notifications"]

            assert [one["error_code"] for one in errors["notifications"]] == ["10004"]
            assert errors["notifications"][0]["sid"].startswith("NO")
            assert (warnings, of_child["notifications"], later) == ([], [], [])
            assert [answer.status_code for answer in wrong] == [400, 400]
            assert unknown.status_code == 404

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
