"""Callers in a queue: `<Enqueue>`, `<Dial><Queue>`, and how they come out of it."""

import asyncio

import pytest
from starlette.responses import Response

from tests.simulator.harness import CALLER, SALES, SUPPORT, bench, twiml, until

INCOMING = "/twilio/voice/incoming/"
SECOND = "+12025550143"


def enqueued(attributes: str = "", name: str = "support") -> str:
    return twiml(f'<Enqueue action="/dequeued" {attributes}>{name}</Enqueue>')


async def sent_to_queue(b, attributes: str = "", **call):
    """A caller who may be out of the queue again at once."""
    b.product.answers[INCOMING] = enqueued(attributes)
    return await b.call(**call)


async def waiting(b, attributes: str = "", **call):
    """A caller who is in the queue."""
    caller = await sent_to_queue(b, attributes, **call)
    await until(lambda: b.engine.queues.get("support") and b.engine.queues["support"].find(caller.sid))
    return caller


async def result(b) -> dict[str, str]:
    """What the action is told, which is asked once."""
    told = (await until(lambda: b.product.at("/dequeued")))[0].params
    await b.quiet()
    assert len(b.product.at("/dequeued")) == 1
    return told


def taking(url: str = "") -> str:
    return twiml(f'<Dial action="/after"><Queue {url}>support</Queue></Dial>')


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


@pytest.mark.parametrize("limit", ['hangupOnStar="true"', 'timeLimit="0.05"'])
def test_whoever_takes_a_caller_can_end_it_by_a_star_or_a_limit(limit):
    async def scenario():
        async with bench() as b:
            caller = await waiting(b)
            place = b.engine.enqueued[caller.sid].place
            b.product.answers[INCOMING] = taking().replace("<Dial", f"<Dial {limit}")
            b.product.answers["/after"] = twiml("<Say>Next, please</Say>")
            agent = await b.call(SECOND)
            await until(lambda: place.bridged)
            if "Star" in limit:
                agent.party_digits("*")
            told = await result(b)

            assert told["QueueResult"] == "bridged"
            assert [caption["text"] for caption in agent.captions] == ["Next, please"]
            assert [r.params["DialCallStatus"] for r in b.product.at("/after")] == ["completed"]

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


def test_the_wait_document_is_asked_for_again_with_where_the_caller_stands():
    async def scenario():
        async with bench() as b:
            b.product.answers["/wait"] = twiml("<Say>Please wait</Say>")
            first = await waiting(b, 'waitUrl="/wait" waitUrlMethod="GET"')
            second = await b.call(SECOND)
            asked = await until(lambda: [r for r in b.product.at("/wait") if second.sid in r.url][1:])

            assert asked[0].method == "GET"
            fields = {"QueuePosition": "2", "CurrentQueueSize": "2", "MaxQueueSize": "1000"}
            assert all(f"{name}={value}" in asked[0].url for name, value in fields.items())
            assert all(f"{name}=" in asked[0].url for name in ("QueueTime", "AvgQueueTime"))
            assert f"QueueSid={b.engine.queues['support'].sid}" in asked[0].url
            first.party_hung_up()
            await until(
                lambda: second.sid in b.product.at("/wait")[-1].url and "Position=1" in b.product.at("/wait")[-1].url
            )
            second.party_hung_up()
            await b.quiet()

    asyncio.run(scenario())


def test_keys_and_redirects_lead_through_the_wait_and_back_to_its_document():
    async def scenario():
        async with bench() as b:
            b.product.answers["/wait"] = twiml('<Gather numDigits="1" timeout="60" action="/choice"/>')
            b.product.answers["/choice"] = twiml("<Redirect>/other</Redirect>")
            b.product.answers["/other"] = twiml("<Say>Thank you</Say>")
            caller = await waiting(b, 'waitUrl="/wait"')
            await until(lambda: caller.verb == "Gather")
            caller.party_digits("1")
            await until(lambda: len(b.product.at("/wait")) == 2)

            assert b.product.at("/choice")[0].params["Digits"] == "1"
            assert [caption["text"] for caption in caller.captions] == ["Thank you"]
            assert b.engine.queues["support"].find(caller.sid)
            caller.party_hung_up()
            assert (await result(b))["QueueResult"] == "hangup"

    asyncio.run(scenario())


def test_hanging_up_a_waiting_caller_ends_the_call_and_tells_the_action():
    async def scenario():
        async with bench() as b:
            b.product.answers["/wait"] = twiml("<Hangup/>")
            caller = await sent_to_queue(b, 'waitUrl="/wait"')
            told = await result(b)

            assert (told["QueueResult"], told["CallStatus"]) == ("hangup", "completed")
            assert caller.ended_by == "twiml"

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (twiml("<Say>One</Say><Dial>+12025550150</Dial>"), 12200),
        (twiml("<Enqueue>other</Enqueue>"), 12200),
        (twiml('<Connect><Stream url="wss://h/"/></Connect>'), 12200),
        ("<Response><Say>", 12100),
        (Response("No", 500), 11200),
    ],
)
def test_a_wait_document_with_an_error_takes_the_caller_out_of_the_queue(document, code):
    async def scenario():
        async with bench() as b:
            b.product.answers["/wait"] = document
            b.product.answers["/dequeued"] = twiml("<Say>Something else, then</Say>")
            caller = await sent_to_queue(b, 'waitUrl="/wait"')
            told = await result(b)

            assert told["QueueResult"] == "error"
            assert code in b.warnings
            assert caller.captions[-1]["text"] == "Something else, then"
            assert b.engine.queues["support"].places == []

    asyncio.run(scenario())


@pytest.mark.parametrize(("name", "code"), [("", 14204), ("q" * 65, 14205)])
def test_a_queue_without_a_name_or_with_too_long_a_one_is_an_error(name, code):
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = enqueued(name=name)
            await b.call()
            told = await result(b)

            assert (told["QueueResult"], "QueueSid" in told) == ("error", False)
            assert code in b.warnings
            assert b.engine.queues == {}

    asyncio.run(scenario())


def test_a_full_queue_takes_nobody_until_there_is_room():
    async def scenario():
        async with bench() as b:
            await b.rest("POST", "/Queues.json", data={"FriendlyName": "support", "MaxSize": "1"})
            first = await waiting(b)
            await b.call(SECOND)
            told = (await until(lambda: b.product.at("/dequeued")))[0].params

            assert told["QueueResult"] == "queue-full"
            assert "QueueSid" not in told
            assert "QueueTime" not in told
            assert 14207 in b.warnings
            first.party_hung_up()
            await b.quiet()
            third = await waiting(b, from_="+12025550144")
            third.party_hung_up()
            await b.quiet()

    asyncio.run(scenario())


def test_an_enqueue_can_be_made_to_fail():
    async def scenario():
        async with bench() as b:
            rule = {"kind": "queue-system-error", "count": 1}
            await b.http.post("/sim/faults", json={"rules": [rule]})
            b.product.answers[INCOMING] = enqueued()
            await b.call()
            assert (await result(b))["QueueResult"] == "system-error"
            caller = await waiting(b)
            caller.party_hung_up()
            await b.quiet()

    asyncio.run(scenario())


def test_without_an_action_the_next_verb_runs_when_the_wait_is_over():
    async def scenario():
        async with bench() as b:
            b.product.answers["/wait"] = twiml("<Leave/>")
            b.product.answers[INCOMING] = twiml('<Enqueue waitUrl="/wait">support</Enqueue><Say>Too late</Say>')
            caller = await b.call()
            await b.quiet()

            assert [caption["text"] for caption in caller.captions] == ["Too late"]

    asyncio.run(scenario())


def test_which_answer_wins_when_a_waiting_caller_is_sent_elsewhere_can_be_chosen():
    async def scenario(rules, heard):
        async with bench() as b:
            await b.http.post("/sim/faults", json={"rules": rules})
            b.product.answers["/dequeued"] = twiml("<Say>The action</Say>")
            b.product.answers["/elsewhere"] = twiml("<Say>Elsewhere</Say>")
            caller = await waiting(b)
            await b.rest("POST", f"/Calls/{caller.sid}.json", data={"Url": f"{b.product.url}/elsewhere"})
            told = await result(b)

            assert told["QueueResult"] == "redirected"
            assert len(b.product.at("/elsewhere")) == 1
            assert [caption["text"] for caption in caller.captions] == [heard]

    asyncio.run(scenario([], "Elsewhere"))
    asyncio.run(scenario([{"kind": "queue-action-wins"}], "The action"))


def test_a_whisper_to_the_caller_comes_before_the_two_are_connected():
    async def scenario():
        async with bench() as b:
            b.product.answers["/whisper"] = twiml("<Gather/><Say>You will be connected</Say>")
            caller = await waiting(b)
            b.product.answers[INCOMING] = taking('url="/whisper"')
            taker = await b.call(SECOND, SALES)
            await until(lambda: caller.hearing == "party")
            caller.party_hung_up()
            told = await result(b)

            whispered = b.product.at("/whisper")[0].params
            assert (whispered["CallSid"], whispered["DequeingCallSid"]) == (caller.sid, taker.sid)
            assert {"QueueSid", "QueueTime"} <= set(whispered)
            assert caller.captions[-1]["text"] == "You will be connected"
            assert 12200 in b.warnings, "<Gather> is not among what a whisper may hold"
            assert told["QueueResult"] == "bridged"
            after = b.product.at("/after")[0].params
            assert (after["DialCallStatus"], after["DequeingCallSid"]) == ("completed", taker.sid)

    asyncio.run(scenario())


@pytest.mark.parametrize("leaver", ["caller", "taker"])
def test_a_caller_or_taker_gone_during_the_whisper_was_never_connected(leaver):
    async def scenario():
        async with bench() as b:
            b.product.answers["/whisper"] = twiml('<Pause length="100000"/>')
            caller = await waiting(b)
            b.product.answers[INCOMING] = taking('url="/whisper"')
            taker = await b.call(SECOND, SALES)
            await until(lambda: caller.verb == "Pause")
            (caller if leaver == "caller" else taker).party_hung_up()
            told = await result(b)

            assert told["QueueResult"] == "bridging-in-process"
            assert b.product.at("/after")[0].params["DialBridged"] == "false"

    asyncio.run(scenario())


def test_two_takers_get_the_callers_in_the_order_they_came():
    async def scenario():
        async with bench() as b:
            first = await waiting(b)
            second = await b.call(SECOND)
            await until(lambda: len(b.engine.queues["support"].places) == 2)
            b.product.answers[INCOMING] = taking()
            one = await b.call("+12025550145", SALES)
            await until(lambda: first.hearing == "party")
            other = await b.call("+12025550146", SALES)
            await until(lambda: second.hearing == "party")

            for call in (first, second, one, other):
                call.party_hung_up()
            await b.quiet()
            dequeued = {r.params["CallSid"]: r.params["DialCallSid"] for r in b.product.at("/after")}
            assert dequeued == {one.sid: first.sid, other.sid: second.sid}

    asyncio.run(scenario())


def test_who_waits_is_shown_as_it_changes():
    async def scenario():
        async with bench() as b:
            news = b.engine.inspector.subscribe()
            caller = await waiting(b)
            shown = (await b.http.get("/sim/queues")).json()["queues"]
            caller.party_hung_up()
            await b.quiet()
            told = []
            while not news.events.empty():
                event = news.events.get_nowait()
                told += [[one["call_sid"] for one in event["queue"]["waiting"]]] if event["type"] == "queue" else []

            assert [one["call_sid"] for one in shown[0]["waiting"]] == [caller.sid]
            assert (shown[0]["name"], shown[0]["max_size"]) == ("support", 1000)
            assert told == [[], [caller.sid], []]

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("kind", "results"), [("webhook-drop", ["error"]), ("webhook-error", ["error"]), ("webhook-duplicate", ["leave"])]
)
def test_faults_befall_the_wait_document_as_any_other_webhook(kind, results):
    async def scenario():
        async with bench() as b:
            await b.http.post("/sim/faults", json={"rules": [{"kind": kind, "match": {"path": "/wait"}}]})
            b.product.answers["/wait"] = twiml("<Leave/>")
            await sent_to_queue(b, 'waitUrl="/wait"')
            await b.quiet()

            assert [request.params["QueueResult"] for request in b.product.at("/dequeued")] == results
            assert len(b.product.at("/wait")) == {"webhook-drop": 0, "webhook-error": 1, "webhook-duplicate": 2}[kind]

    asyncio.run(scenario())
