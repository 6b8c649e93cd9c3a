"""Faults on purpose in the REST API, as the product's own client meets them."""

import asyncio

import httpx
import pytest
import uvloop
from twilio.base.exceptions import TwilioRestException

from tests.simulator.harness import ACCOUNT, CALLER, SUPPORT, TOKEN, bench, serving_app, twiml
from tests.simulator.rest_client import served

NUMBERS = f"/2010-04-01/Accounts/{ACCOUNT}/IncomingPhoneNumbers.json"


async def set_faults(b, *rules):
    response = await b.http.post("/sim/faults", json={"seed": 1, "rules": list(rules)})
    assert response.status_code == 200, response.text


def newest(b):
    return b.engine.inspector.requests[-1]


@pytest.mark.parametrize("status", [None, 500, 502])
def test_an_error_looks_like_one_of_twilios(status):
    async def scenario():
        async with served() as (b, run, _):
            await set_faults(b, {"kind": "rest-error", "status": status, "count": 1})

            def make_call(client):
                return client.calls.create(to=CALLER, from_=SUPPORT, twiml=twiml(""))

            with pytest.raises(TwilioRestException) as caught:
                await run(make_call)
            again = await run(make_call)

            assert (caught.value.code, caught.value.status) == (20500, status or 503)
            assert list(b.engine.world.calls) == [again.sid]
            assert [record["fault"] for record in b.engine.inspector.requests] == ["rest-error", None]

    asyncio.run(scenario())


@pytest.mark.parametrize(("code", "status"), [(10004, 429), (21215, 400), (99999, 400)])
def test_a_refusal_has_the_code_that_the_rule_names(code, status):
    async def scenario():
        async with bench() as b:
            await set_faults(b, {"kind": "rest-error", "code": code, "status": status})
            data = {"To": CALLER, "From": SUPPORT, "Twiml": twiml("")}
            response = await b.rest("POST", "/Calls.json", data=data)

            assert (response.status_code, response.json()["code"]) == (status, code)
            assert b.engine.world.calls == {}
            assert b.engine.faults.as_json()["rules"][0]["code"] == code

    asyncio.run(scenario())


def test_a_rate_limit_says_when_to_come_back_and_nothing_was_done():
    async def scenario():
        async with bench() as b:
            await set_faults(b, {"kind": "rest-rate-limit", "seconds": 1.5})
            data = {"To": CALLER, "From": SUPPORT, "Twiml": twiml("")}
            response = await b.rest("POST", "/Calls.json", data=data)

            assert response.status_code == 429
            assert response.json()["code"] == 20429
            assert response.headers["retry-after"] == "2"
            assert b.engine.world.calls == {}
            assert (newest(b)["fault"], newest(b)["status"]) == ("rest-rate-limit", 429)

    asyncio.run(scenario())


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop])
@pytest.mark.parametrize("kind", ["rest-timeout", "network-cut"])
def test_a_request_that_is_cut_off_gets_no_answer(kind, loop, caplog):
    async def scenario():
        async with bench() as b, serving_app(b) as url, httpx.AsyncClient(base_url=url) as client:
            seconds = 0 if kind == "rest-timeout" else 3600
            await set_faults(b, {"kind": kind, "seconds": seconds, "match": {"path": "/IncomingPhoneNumbers"}})

            with pytest.raises(httpx.TransportError):
                await client.get(NUMBERS, auth=(ACCOUNT, TOKEN))

            record = newest(b)
            assert (record["fault"], record["status"]) == (kind, None)
            assert "on purpose" in record["error"]
            assert (await client.get("/sim/faults")).json()["rules"][0]["fired"] == 1
            await client.delete("/sim/faults")
            assert (await client.get(NUMBERS, auth=(ACCOUNT, TOKEN))).status_code == 200

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(scenario())
    assert [record for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")] == []


def test_a_request_that_times_out_was_served_all_the_same():
    async def scenario():
        async with bench() as b, serving_app(b) as url, httpx.AsyncClient(base_url=url) as client:
            await set_faults(b, {"kind": "rest-timeout", "seconds": 3600})
            data = {"To": CALLER, "From": SUPPORT, "Twiml": twiml("")}

            with pytest.raises(httpx.ReadTimeout):
                await client.post(
                    f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json", auth=(ACCOUNT, TOKEN), data=data, timeout=0.3
                )

            assert [leg.to for leg in b.engine.world.calls.values()] == [CALLER]

    asyncio.run(scenario())


def test_a_request_cut_by_the_network_was_not_served():
    async def scenario():
        async with bench() as b, serving_app(b) as url, httpx.AsyncClient(base_url=url) as client:
            await set_faults(b, {"kind": "network-cut", "seconds": 3600})
            data = {"To": CALLER, "From": SUPPORT, "Twiml": twiml("")}

            with pytest.raises(httpx.TransportError):
                await client.post(f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json", auth=(ACCOUNT, TOKEN), data=data)

            assert b.engine.world.calls == {}

    asyncio.run(scenario())


def test_a_cut_comes_before_every_other_fault_wherever_it_stands():
    async def scenario():
        async with bench() as b:
            await set_faults(b, {"kind": "rest-slow", "seconds": 0}, {"kind": "network-cut", "seconds": 3600})

            with pytest.raises(ConnectionAbortedError):
                await b.rest("GET", "/IncomingPhoneNumbers.json")

            assert [rule["fired"] for rule in b.engine.faults.as_json()["rules"]] == [0, 1]

    asyncio.run(scenario())


def test_a_slow_answer_comes_in_the_end():
    async def scenario():
        async with bench() as b:
            await set_faults(b, {"kind": "rest-slow", "seconds": 0.05})
            response = await b.rest("GET", "/IncomingPhoneNumbers.json")

            assert response.status_code == 200
            assert newest(b)["fault"] == "rest-slow"
            assert newest(b)["duration_ms"] >= 50

    asyncio.run(scenario())


def test_a_fault_can_be_kept_to_one_call():
    async def scenario():
        async with bench() as b:
            b.product.answers["/twilio/voice/incoming/"] = twiml("<Reject/>")
            one, other = await b.call(), await b.call()
            await b.quiet()
            await set_faults(b, {"kind": "rest-error", "match": {"call_sid": one.sid}})

            statuses = [(await b.rest("GET", f"/Calls/{call.sid}.json")).status_code for call in (one, other)]
            await set_faults(b, {"kind": "rest-error", "match": {"call_status": "completed"}})
            unmatched = (await b.rest("GET", f"/Calls/{one.sid}.json")).status_code

            assert (statuses, unmatched) == ([503, 200], 200)

    asyncio.run(scenario())
