"""Conferences."""

import asyncio

import pytest
from starlette.responses import Response

from tests.simulator.harness import CALLER, bench, twiml, until

INCOMING = "/twilio/voice/incoming/"
SECOND = "+12025550143"


def conference(attributes: str = "") -> str:
    return twiml(
        f'<Dial action="/after"><Conference {attributes} statusCallback="/room" '
        'statusCallbackEvent="start end join leave">room-1</Conference></Dial>'
    )


def test_two_callers_meet_in_a_conference_that_ends_with_the_one_who_ends_it():
    async def scenario():
        async with bench() as b:
            ends = {CALLER: "true", SECOND: "false"}
            b.product.answers[INCOMING] = lambda request: conference(
                f'endConferenceOnExit="{ends[request.params["From"]]}"'
            )
            first = await b.call(CALLER)
            await until(lambda: "room-1" in b.engine.conferences)
            second = await b.call(SECOND)
            await until(lambda: b.engine.conferences["room-1"].started.is_set())
            await until(lambda: voices(first) == 1)
            first.party_hung_up()
            await b.quiet()

            events = [r.params["StatusCallbackEvent"] for r in b.product.at("/room")]
            assert sorted(events) == sorted(
                ["participant-join"] * 2 + ["conference-start"] + ["participant-leave"] * 2 + ["conference-end"]
            )
            after = {r.params["CallSid"]: r.params["DialCallStatus"] for r in b.product.at("/after")}
            assert after[second.sid] == "answered"
            assert second.status == "completed"
            assert b.engine.conferences == {}

    asyncio.run(scenario())


def test_a_participant_who_may_not_start_it_waits_for_one_who_may():
    async def scenario():
        async with bench() as b:
            b.product.answers["/wait"] = twiml("<Say>Please wait</Say>")
            b.product.answers[INCOMING] = conference('startConferenceOnEnter="false" waitUrl="/wait"')
            first = await b.call(CALLER)
            second = await b.call(SECOND)
            await until(lambda: first.captions and second.captions)

            assert not b.engine.conferences["room-1"].started.is_set()
            b.product.answers[INCOMING] = conference()
            third = await b.call("+12025550144")
            await until(lambda: type(second.endpoint.port.source).__name__ == "Mix")
            for call in (first, second, third):
                call.party_hung_up()
            await b.quiet()
            assert b.engine.conferences == {}

    asyncio.run(scenario())


def test_the_wait_document_is_asked_for_once_and_then_there_is_silence():
    async def scenario():
        async with bench() as b:
            b.product.answers["/wait"] = twiml("<Say>Please wait</Say>")
            b.product.answers[INCOMING] = conference('startConferenceOnEnter="false" waitUrl="/wait"')
            calls = [await b.call(number) for number in (CALLER, SECOND)]
            await until(lambda: all(call.captions for call in calls))
            b.product.answers["/round"] = twiml("<Say>Still waiting</Say>")
            b.product.answers[INCOMING] = twiml('<Enqueue waitUrl="/round">support</Enqueue>')
            in_queue = await b.call("+12025550144")
            await until(lambda: len(b.product.at("/round")) == 2)

            assert sorted(r.params["CallSid"] for r in b.product.at("/wait")) == sorted(call.sid for call in calls)
            assert [call.hearing for call in calls] == ["", ""]
            for call in (*calls, in_queue):
                call.party_hung_up()
            await b.quiet()

    asyncio.run(scenario())


@pytest.mark.parametrize("answer", [Response(status_code=500), "<Nonsense/>"])
def test_no_conference_is_made_with_one_whose_wait_document_fails(answer):
    async def scenario():
        async with bench() as b:
            b.product.answers["/wait"] = answer
            b.product.answers["/after"] = twiml("<Say>Goodbye</Say>")
            b.product.answers[INCOMING] = conference('waitUrl="/wait"')
            call = await b.call()
            await b.quiet()

            assert [caption["text"] for caption in call.captions] == ["Goodbye"]
            assert [r.params["DialCallStatus"] for r in b.product.at("/after")] == ["answered"]
            assert len(b.product.at("/wait")) == 1
            assert b.engine.conferences == {}

    asyncio.run(scenario())


@pytest.mark.parametrize("limit", ['hangupOnStar="true"', 'timeLimit="0.05"'])
def test_a_dial_ends_in_a_conference_as_it_does_elsewhere(limit):
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = conference()
            other = await b.call(SECOND)
            await until(lambda: "room-1" in b.engine.conferences)
            b.product.answers[INCOMING] = conference().replace("<Dial", f"<Dial {limit}")
            b.product.answers["/after"] = twiml("<Say>Goodbye</Say>")
            caller = await b.call()
            await until(lambda: len(b.product.at("/room")) >= 3)
            other.party_digits("*")
            if "Star" in limit:
                caller.party_digits("1*")
            await until(lambda: caller.over)

            assert [caption["text"] for caption in caller.captions] == ["Goodbye"]
            assert [r.params["DialCallStatus"] for r in b.product.at("/after")] == ["answered"]
            assert not other.over
            other.party_hung_up()
            await b.quiet()

    asyncio.run(scenario())


def coaching(coached: str) -> str:
    return conference(f'coach="{coached}"')


def voices(call) -> int:
    """How loud what a participant hears is, in speakers: each says 5000."""
    source = call.endpoint.port.source
    return 0 if source is None else int(source.read().max()) // 5000


def test_a_coach_hears_all_and_is_heard_by_the_coached_agent_only():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = conference()
            customer, agent = await b.call(CALLER), await b.call(SECOND)
            await until(
                lambda: "room-1" in b.engine.conferences and len(b.engine.conferences["room-1"].participants) == 2
            )
            b.product.answers[INCOMING] = coaching(agent.sid)
            coach = await b.call("+12025550144")
            await until(lambda: len(b.engine.conferences["room-1"].participants) == 3)
            await until(lambda: [voices(call) for call in (customer, agent, coach)] == [1, 2, 2])
            await until(lambda: len(b.product.at("/room")) == 4)
            joined = {r.params["CallSid"]: r.params for r in b.product.at("/room") if "CallSid" in r.params}
            assert {sid: params["Coaching"] for sid, params in joined.items()} == {
                customer.sid: "false",
                agent.sid: "false",
                coach.sid: "true",
            }
            for call in (customer, agent, coach):
                call.party_hung_up()
            await b.quiet()

    asyncio.run(scenario())


def test_nobody_coaches_one_who_is_not_there():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = coaching("CA" + "0" * 32)
            await b.call()
            await b.quiet()

            assert 13240 in b.warnings
            assert b.product.at("/after")[0].params["DialCallStatus"] == "failed"
            assert b.engine.conferences == {}

    asyncio.run(scenario())
