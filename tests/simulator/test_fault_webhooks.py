"""Faults on purpose on the way from Twilio to the product."""

import asyncio

import pytest
from starlette.responses import Response

from tests.simulator.harness import bench, say, twiml, until

INCOMING = "/twilio/voice/incoming/"
FALLBACK = "/twilio/voice/fallback/"
STATUS = "/twilio/voice/status/"
LEG = (
    '<Dial><Client statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed">ada</Client></Dial>'
)


async def set_faults(b, *rules, seed=1):
    response = await b.http.post("/sim/faults", json={"seed": seed, "rules": list(rules)})
    assert response.status_code == 200, response.text


async def fired(b):
    return [rule["fired"] for rule in (await b.http.get("/sim/faults")).json()["rules"]]


async def shown(b, path):
    requests = (await b.http.get("/sim/requests")).json()["requests"]
    return [request for request in requests if path in request["url"]]


async def answered_call(b):
    """A call through to ada's browser and to its end; its leg has four status callbacks."""
    b.voice.behaviours["ada"] = "answer"
    b.product.answers[INCOMING] = twiml(LEG)
    call = await b.call()
    await until(lambda: call.children and call.children[0].answered)
    call.party_hung_up()
    await b.quiet()
    return call.children[0]


def test_without_rules_nothing_is_marked_as_a_fault():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml("<Reject/>")
            await b.call()
            await b.quiet()

            assert [request["fault"] for request in await shown(b, "/")] == [None, None]

    asyncio.run(scenario())


def test_a_dropped_status_callback_is_lost_for_good():
    async def scenario():
        async with bench() as b:
            await set_faults(b, {"kind": "webhook-drop", "match": {"path": STATUS}})
            b.product.answers[INCOMING] = twiml("<Reject/>")
            await b.call()
            await b.quiet()

            (request,) = await shown(b, STATUS)
            assert b.product.at(STATUS) == []
            assert (request["fault"], request["status"]) == ("webhook-drop", None)
            assert "11205" in request["error"]
            assert await fired(b) == [1]

    asyncio.run(scenario())


def test_a_dropped_request_for_twiml_leads_to_the_fallback():
    async def scenario():
        async with bench() as b:
            await set_faults(b, {"kind": "webhook-drop", "match": {"path": INCOMING}})
            b.product.answers[FALLBACK] = say("Please hold")
            call = await b.call()
            await b.quiet()

            (request,) = b.product.at(FALLBACK)
            assert b.product.at(INCOMING) == []
            assert request.params["ErrorCode"] == "11205"
            assert request.params["ErrorUrl"] == b.product.url + INCOMING
            assert [caption["text"] for caption in call.captions] == ["Please hold"]

    asyncio.run(scenario())


def test_when_the_fallback_is_dropped_too_the_call_ends_with_an_apology():
    async def scenario():
        async with bench() as b:
            await set_faults(b, {"kind": "webhook-drop"})
            call = await b.call()
            await b.quiet()

            assert b.product.received == []
            assert call.status == "completed"
            assert "application error" in call.captions[0]["text"]

    asyncio.run(scenario())


def test_a_delayed_webhook_waits_and_then_arrives():
    async def scenario():
        async with bench() as b:
            await set_faults(b, {"kind": "webhook-delay", "seconds": 3600, "match": {"path": INCOMING}})
            call = await b.call()
            await until(lambda: b.engine.faults.rules[0].fired)
            waiting = (list(b.product.received), call.status)
            call.party_hung_up()
            await b.quiet()
            await set_faults(b, {"kind": "webhook-delay", "seconds": 0.05, "match": {"path": INCOMING}})
            b.product.answers[INCOMING] = twiml("<Reject/>")
            await b.call()
            await b.quiet()

            assert waiting == ([], "ringing")
            assert len(b.product.at(INCOMING)) == 1
            assert [request["fault"] for request in await shown(b, INCOMING)] == ["webhook-delay"]

    asyncio.run(scenario())


def test_a_doubled_webhook_arrives_twice_alike_and_the_first_answer_counts():
    async def scenario():
        async with bench() as b:
            await set_faults(b, {"kind": "webhook-duplicate", "match": {"path": INCOMING}})
            arrived = []
            both = asyncio.Event()

            async def answer(request):
                arrived.append(request)
                if len(arrived) == 2:
                    both.set()
                await both.wait()  # each is answered only when both are there: they come at the same time
                return Response(say("Hello"), media_type="text/xml")

            b.product.answers[INCOMING] = answer
            call = await b.call()
            await b.quiet()

            one, two = b.product.at(INCOMING)
            same = ("x-twilio-signature", "i-twilio-idempotency-token")
            assert one.params == two.params
            assert [one.headers[name] for name in same] == [two.headers[name] for name in same]
            assert [caption["text"] for caption in call.captions] == ["Hello"]
            assert [r["fault"] for r in await shown(b, INCOMING)] == ["webhook-duplicate"] * 2

    asyncio.run(scenario())


def test_a_lost_answer_counts_as_none_in_time():
    async def scenario():
        async with bench() as b:
            await set_faults(b, {"kind": "webhook-lost-answer", "match": {"path": INCOMING}})
            b.product.answers |= {INCOMING: say("Never heard"), FALLBACK: say("Please hold")}
            call = await b.call()
            await b.quiet()

            (request,) = await shown(b, INCOMING)
            assert len(b.product.at(INCOMING)) == 1
            assert b.product.at(FALLBACK)[0].params["ErrorCode"] == "11200"
            assert [caption["text"] for caption in call.captions] == ["Please hold"]
            assert (request["fault"], request["status"]) == ("webhook-lost-answer", None)

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("kind", "policy", "tries"),
    [
        ("webhook-lost-answer", "rt", 3),
        ("webhook-lost-answer", "5xx", 1),
        ("webhook-error", "5xx", 3),
        ("webhook-error", "rt", 1),
    ],
)
def test_a_spoilt_answer_is_asked_for_again_when_the_url_says_so(kind, policy, tries):
    async def scenario():
        async with bench() as b:
            await set_faults(b, {"kind": kind, "match": {"path": INCOMING}})
            number = next(iter(b.engine.world.numbers.values()))
            number.voice_url += f"#rc=2&rp={policy}"
            b.product.answers |= {INCOMING: say("Hi"), FALLBACK: twiml("<Reject/>")}
            await b.call()
            await b.quiet()

            assert len(b.product.at(INCOMING)) == tries
            assert await fired(b) == [tries]

    asyncio.run(scenario())


def test_an_answer_made_an_error_is_treated_as_a_500():
    async def scenario():
        async with bench() as b:
            await set_faults(b, {"kind": "webhook-error", "match": {"path": INCOMING}})
            b.product.answers |= {INCOMING: say("Never heard"), FALLBACK: say("Please hold")}
            call = await b.call()
            await b.quiet()

            (request,) = await shown(b, INCOMING)
            assert b.product.at(FALLBACK)[0].params["ErrorCode"] == "11200"
            assert [caption["text"] for caption in call.captions] == ["Please hold"]
            assert (request["fault"], request["status"]) == ("webhook-error", 500)

    asyncio.run(scenario())


def test_a_status_callback_is_overtaken_by_the_next_one():
    async def scenario():
        async with bench() as b:
            await set_faults(b, {"kind": "webhook-reorder", "seconds": 3600, "match": {"path": "/leg"}})
            await answered_call(b)

            arrived = [request.params["SequenceNumber"] for request in b.product.at("/leg")]
            marked = [r["params"]["SequenceNumber"] for r in await shown(b, "/leg") if r["fault"] == "webhook-reorder"]
            assert sorted(arrived) == ["0", "1", "2", "3"]
            assert arrived.index("1") < arrived.index("0")
            assert arrived.index("3") < arrived.index("2")
            assert sorted(marked) == ["0", "2"]
            assert await fired(b) == [2]

    asyncio.run(scenario())


def test_a_status_callback_that_nothing_overtakes_is_sent_after_its_seconds():
    async def scenario():
        async with bench() as b:
            rule = {"kind": "webhook-reorder", "seconds": 0.05, "match": {"call_status": "completed"}}
            await set_faults(b, rule)
            await answered_call(b)

            assert b.product.statuses("/leg") == ["initiated", "ringing", "in-progress", "completed"]
            assert await fired(b) == [2]  # the caller's own leg, too
            assert b.engine.callbacks._held == {}

    asyncio.run(scenario())


def test_a_held_back_callback_is_forgotten_at_a_reset():
    async def scenario():
        async with bench() as b:
            await set_faults(b, {"kind": "webhook-reorder", "seconds": 3600})
            b.product.answers[INCOMING] = twiml("<Reject/>")
            call = await b.call()
            await until(lambda: b.engine.callbacks._held)
            await b.http.post("/sim/reset")

            assert call.over
            assert (b.engine.tasks, b.engine.callbacks._held) == (0, {})

    asyncio.run(scenario())


def test_while_the_network_is_cut_no_webhook_arrives_and_afterwards_they_do():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml("<Reject/>")
            await set_faults(b, {"kind": "network-cut", "seconds": 3600})
            await b.call()
            await b.quiet()
            cut = (list(b.product.received), await fired(b), [r["fault"] for r in await shown(b, "/twilio/")])
            await set_faults(b, {"kind": "network-cut", "seconds": 0.05})
            await until(lambda: not b.engine.faults.rules[0].active)
            await b.call()
            await b.quiet()

            assert cut == ([], [3], ["network-cut"] * 3)  # the TwiML, its fallback, and the status
            assert b.product.at(STATUS)
            assert await fired(b) == [0]

    asyncio.run(scenario())


def test_the_same_seed_breaks_the_same_requests_again():
    async def befallen(b):
        await set_faults(b, {"kind": "webhook-drop", "rate": 0.5, "match": {"path": STATUS}}, seed=11)
        sids = []
        for _ in range(12):
            sids.append((await b.call()).sid)
            await b.quiet()
        return [(sids.index(request["call_sid"]), request["fault"]) for request in (await shown(b, STATUS))[-12:]]

    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml("<Reject/>")
            first, second = await befallen(b), await befallen(b)

            assert first == second
            assert {fault for _, fault in first} == {None, "webhook-drop"}

    asyncio.run(scenario())


def test_calls_under_every_fault_at_once_end_and_leave_nothing_behind():
    kinds = ("delay", "drop", "duplicate", "reorder", "lost-answer", "error")

    async def scenario():
        async with bench() as b:
            rules = [{"kind": f"webhook-{kind}", "rate": 0.3} for kind in kinds]
            for rule in rules:
                rule |= {"seconds": 0.02} if rule["kind"] in ("webhook-delay", "webhook-reorder") else {}
            await set_faults(b, *rules)
            b.voice.behaviours["ada"] = "answer"
            b.product.answers |= {INCOMING: twiml(LEG), FALLBACK: say("Please hold")}
            before = len(asyncio.all_tasks())
            calls = [await b.call(hangup_after=0.5) for _ in range(40)]
            await b.quiet()

            assert all(call.over for call in calls)
            assert all(count > 0 for count in await fired(b))
            assert b.engine.callbacks._held == {}
            assert not [w for w in b.engine.inspector.warnings if "simulator failed" in w["text"]]
            await until(lambda: len(asyncio.all_tasks()) <= before)

    asyncio.run(scenario())
