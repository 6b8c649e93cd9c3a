"""Conferences and queues."""

import asyncio

from tests.simulator.harness import CALLER, SALES, SUPPORT, bench, twiml, until

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
            await until(lambda: type(first.endpoint.port.source).__name__ == "Mix")

            assert first.endpoint.port.source.read().max() == 5000
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


def test_a_queue_holds_a_caller_until_somebody_takes_the_call():
    async def scenario():
        async with bench() as b:
            b.product.answers["/wait"] = twiml("<Say>You are next</Say>")
            waiting = twiml('<Enqueue waitUrl="/wait" action="/dequeued">support</Enqueue>')
            taking = twiml('<Dial action="/after"><Queue>support</Queue></Dial>')
            b.product.answers[INCOMING] = lambda r: waiting if r.params["To"] == SUPPORT else taking
            caller = await b.call(CALLER, SUPPORT)
            await until(lambda: caller.captions)
            agent = await b.call(SECOND, SALES)
            await until(lambda: agent.endpoint.port.source is not None and caller.endpoint.port.source is not None)
            await until(lambda: not b.engine.queues["support"].places)

            agent.party_hung_up()
            await until(lambda: b.product.at("/dequeued"))
            await b.quiet()

            assert b.product.at("/dequeued")[0].params["QueueResult"] == "bridged"
            assert b.product.at("/wait")[0].params["QueuePosition"] == "1"
            assert b.product.at("/after")[0].params["DialCallSid"] == caller.sid
            assert b.product.at("/after")[0].params["DialCallStatus"] == "completed"

    asyncio.run(scenario())


def test_a_queued_caller_who_is_sent_elsewhere_leaves_the_agent_free():
    async def scenario():
        async with bench() as b:
            waiting = twiml("<Enqueue>support</Enqueue>")
            taking = twiml('<Dial action="/after"><Queue>support</Queue></Dial>')
            b.product.answers[INCOMING] = lambda r: waiting if r.params["To"] == SUPPORT else taking
            caller = await b.call(CALLER, SUPPORT)
            await until(lambda: "support" in b.engine.queues)
            await b.call(SECOND, SALES)
            await until(lambda: type(caller.endpoint.port.source).__name__ == "Loud")

            await b.rest("POST", f"/Calls/{caller.sid}.json", data={"Twiml": twiml("<Say>Elsewhere</Say>")})
            await b.quiet()

            assert caller.captions[0]["text"] == "Elsewhere"
            assert b.product.at("/after")[0].params["DialCallStatus"] == "completed"

    asyncio.run(scenario())


def test_leave_takes_a_caller_out_of_the_queue():
    async def scenario():
        async with bench() as b:
            b.product.answers["/wait"] = twiml("<Leave/>")
            b.product.answers[INCOMING] = twiml('<Enqueue waitUrl="/wait" action="/dequeued">support</Enqueue>')
            await b.call()
            await b.quiet()

            assert b.product.at("/dequeued")[0].params["QueueResult"] == "leave"

    asyncio.run(scenario())


def test_a_caller_who_hangs_up_leaves_the_queue_too():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml('<Enqueue action="/dequeued">support</Enqueue>')
            call = await b.call()
            await until(lambda: b.engine.queues.get("support") and b.engine.queues["support"].places)
            call.party_hung_up()
            await b.quiet()

            assert b.product.at("/dequeued")[0].params["QueueResult"] == "hangup"
            assert b.engine.queues["support"].places == []

    asyncio.run(scenario())


def coaching(coached: str) -> str:
    return conference(f'coach="{coached}"')


def voices(b, call) -> int:
    """How loud a participant's mix is, in speakers: each says 5000."""
    return int(call.endpoint.port.source.read().max()) // 5000


def test_a_coach_hears_all_and_is_heard_by_the_coached_agent_only():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = conference()
            customer, agent = await b.call(CALLER), await b.call(SECOND)
            await until(lambda: "room-1" in b.engine.conferences and len(b.engine.conferences["room-1"].members) == 2)
            b.product.answers[INCOMING] = coaching(agent.sid)
            coach = await b.call("+12025550144")
            await until(lambda: len(b.engine.conferences["room-1"].members) == 3)
            await until(lambda: type(coach.endpoint.port.source).__name__ == "Mix")

            assert (voices(b, customer), voices(b, agent), voices(b, coach)) == (1, 2, 2)
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


def test_a_caller_sent_elsewhere_leaves_the_queue_and_its_action_is_told_at_once():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml('<Enqueue action="/dequeued">support</Enqueue>')
            b.product.answers["/dequeued"] = twiml("<Say>Never heard</Say>")
            caller = await b.call()
            await until(lambda: b.engine.queues.get("support") and b.engine.queues["support"].places)

            await b.rest("POST", f"/Calls/{caller.sid}.json", data={"Twiml": twiml("<Gather timeout='60'/>")})
            told = (await until(lambda: b.product.at("/dequeued")))[0].params

            assert (told["QueueResult"], told["CallStatus"]) == ("redirected", "in-progress")
            assert told["QueueSid"] == b.engine.queues["support"].sid
            await until(lambda: caller.verb == "Gather")
            caller.party_hung_up()
            await b.quiet()
            assert caller.captions == []
            assert len(b.product.at("/dequeued")) == 1

    asyncio.run(scenario())


def test_how_a_caller_leaves_who_was_taken_from_the_queue():
    async def scenario(leave, result):
        async with bench() as b:
            waiting = twiml('<Enqueue action="/dequeued">support</Enqueue>')
            taking = twiml("<Dial><Queue>support</Queue></Dial>")
            b.product.answers[INCOMING] = lambda r: waiting if r.params["To"] == SUPPORT else taking
            caller = await b.call(CALLER, SUPPORT)
            await until(lambda: b.engine.queues.get("support"))
            await b.call(SECOND, SALES)
            await until(lambda: type(caller.endpoint.port.source).__name__ == "Loud")
            await leave(b, caller)
            told = (await until(lambda: b.product.at("/dequeued")))[0].params
            await b.quiet()

            assert told["QueueResult"] == result

    async def sent_elsewhere(b, caller):
        await b.rest("POST", f"/Calls/{caller.sid}.json", data={"Twiml": twiml("<Hangup/>")})

    async def hung_up(b, caller):
        caller.party_hung_up()

    asyncio.run(scenario(sent_elsewhere, "redirected-from-bridged"))
    asyncio.run(scenario(hung_up, "bridged"))


def test_dialling_a_queue_that_does_not_exist_fails_at_once():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml('<Dial action="/after" timeout="600"><Queue>nobody</Queue></Dial>')
            await b.call()
            await b.quiet()

            after = b.product.at("/after")[0].params
            assert (after["DialCallStatus"], after["DialBridged"], "QueueSid" in after) == ("failed", "false", False)
            assert any("no queue 'nobody'" in warning["text"] for warning in b.engine.inspector.warnings)
            assert b.engine.queues == {}

    asyncio.run(scenario())
