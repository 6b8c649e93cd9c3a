"""Faults on purpose, for texts: webhooks late, twice, out of order and lost; sends that get no answer."""

import asyncio

import httpx
import pytest
from twilio.base.exceptions import TwilioRestException

from tests.simulator.harness import ACCOUNT, CALLER, SUPPORT, TOKEN, bench, serving_app, until
from tests.simulator.rest_client import served
from tests.simulator.texting import FALLBACK, INCOMING, is_signed, run, sent, statuses, text_us


async def set_faults(b, *rules):
    response = await b.http.post("/sim/faults", json={"seed": 1, "rules": list(rules)})
    assert response.status_code == 200, response.text


def test_statuses_come_twice():
    async def scenario():
        async with bench() as b:
            await set_faults(b, {"kind": "webhook-duplicate", "match": {"path": "/told"}})
            await sent(b, StatusCallback=f"{b.product.url}/told")
            await b.quiet()

            assert sorted(statuses(b, "/told")) == ["delivered", "delivered", "sent", "sent"]

    run(scenario)


def test_statuses_overtake_each_other():
    async def scenario():
        async with bench() as b:
            await set_faults(b, {"kind": "webhook-reorder", "count": 1})
            await sent(b, StatusCallback=f"{b.product.url}/told")
            await b.quiet()

            assert statuses(b, "/told") == ["delivered", "sent"]

    run(scenario)


@pytest.mark.parametrize("match", [{"message_status": "sent"}, {"path": "/told"}])
def test_statuses_get_lost(match):
    async def scenario():
        async with bench() as b:
            await set_faults(b, {"kind": "webhook-drop", "count": 1, "match": match})
            message = await sent(b, StatusCallback=f"{b.product.url}/told")
            await b.quiet()

            assert (statuses(b, "/told"), message.status) == (["delivered"], "delivered")

    run(scenario)


def test_a_forged_text_has_a_signature_that_is_not_good():
    async def scenario():
        async with bench() as b:
            await set_faults(b, {"kind": "webhook-bad-signature", "count": 1})
            await text_us(b)
            await b.quiet()
            await text_us(b)
            await b.quiet()

            assert [is_signed(told) for told in b.product.at(INCOMING)] == [False, True]
            assert b.product.at(INCOMING)[0].headers["x-twilio-signature"]
            assert [one["fault"] for one in b.engine.inspector.requests if one["direction"] == "out"] == [
                "webhook-bad-signature",
                None,
            ]

    run(scenario)


def test_a_fault_can_be_kept_to_one_message():
    async def scenario():
        async with bench(speed=10) as b:
            messages = [await sent(b, StatusCallback=f"{b.product.url}/told") for _ in range(2)]
            await set_faults(b, {"kind": "webhook-drop", "match": {"message_sid": messages[0].sid}})
            await b.quiet()

            assert {one.params["MessageSid"] for one in b.product.at("/told")} == {messages[1].sid}

    run(scenario)


def test_a_rule_about_calls_leaves_texts_alone():
    async def scenario():
        async with bench() as b:
            await set_faults(b, {"kind": "webhook-drop", "match": {"call_status": "completed"}})
            await sent(b, StatusCallback=f"{b.product.url}/told")
            await b.quiet()

            assert statuses(b, "/told") == ["sent", "delivered"]

    run(scenario)


def test_a_text_that_cannot_be_told_goes_to_the_fallback():
    async def scenario():
        async with bench() as b:
            await set_faults(b, {"kind": "webhook-drop", "match": {"path": INCOMING}})
            message = await text_us(b)
            await b.quiet()

            [told] = b.product.at(FALLBACK)
            assert (told.params["ErrorCode"], told.params["MessageSid"]) == ("11205", message.sid)

    run(scenario)


def test_a_send_that_gets_no_answer_was_done_all_the_same():
    async def scenario():
        async with bench() as b, serving_app(b) as url:
            await set_faults(b, {"kind": "rest-timeout", "seconds": 0.05, "match": {"path": "/Messages.json"}})
            async with httpx.AsyncClient(auth=(ACCOUNT, TOKEN)) as client:
                with pytest.raises(httpx.RemoteProtocolError):
                    await client.post(
                        f"{url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
                        data={"To": CALLER, "From": SUPPORT, "Body": "Hello"},
                    )
            await b.quiet()

            assert [message.status for message in b.engine.world.messages.values()] == ["delivered"]

    run(scenario)


@pytest.mark.parametrize(("kind", "status"), [("rest-rate-limit", 429), ("rest-error", 503)])
def test_a_send_that_is_refused_was_not_done(kind, status):
    async def scenario():
        async with served() as (b, work, _):
            await set_faults(b, {"kind": kind, "count": 1, "match": {"path": "/Messages.json", "method": "POST"}})

            def send(client):
                return client.messages.create(to=CALLER, from_=SUPPORT, body="Hello")

            await work(lambda client: client.calls.list())
            await work(lambda client: client.messages.list())
            with pytest.raises(TwilioRestException) as refusal:
                await work(send)
            again = await work(send)
            await b.quiet()

            assert refusal.value.status == status
            assert list(b.engine.world.messages) == [again.sid]

    run(scenario)


def test_a_status_can_come_before_the_answer_to_the_send():
    async def scenario():
        async with bench() as b:
            await set_faults(b, {"kind": "rest-slow", "seconds": 60, "match": {"path": "/Messages.json"}})
            fields = {"To": CALLER, "From": SUPPORT, "Body": "Hello", "StatusCallback": f"{b.product.url}/told"}
            sending = asyncio.create_task(b.rest("POST", "/Messages.json", data=fields))
            await until(lambda: statuses(b, "/told") == ["sent", "delivered"])

            assert not sending.done()
            sending.cancel()

    run(scenario)
