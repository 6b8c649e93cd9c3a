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
            await until(lambda: "room-1" in b.engine.rooms)
            second = await b.call(SECOND)
            await until(lambda: b.engine.rooms["room-1"].started.is_set())
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
            assert b.engine.rooms == {}

    asyncio.run(scenario())


def test_a_participant_who_may_not_start_it_waits_for_one_who_may():
    async def scenario():
        async with bench() as b:
            b.product.answers["/wait"] = twiml("<Say>Please wait</Say>")
            b.product.answers[INCOMING] = conference('startConferenceOnEnter="false" waitUrl="/wait"')
            first = await b.call(CALLER)
            second = await b.call(SECOND)
            await until(lambda: first.captions and second.captions)

            assert not b.engine.rooms["room-1"].started.is_set()
            b.product.answers[INCOMING] = conference()
            third = await b.call("+12025550144")
            await until(lambda: type(second.endpoint.port.source).__name__ == "Mix")
            for call in (first, second, third):
                call.party_hung_up()
            await b.quiet()
            assert b.engine.rooms == {}

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
