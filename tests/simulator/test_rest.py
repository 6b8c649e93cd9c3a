"""The REST API, used with Twilio's own client over real HTTP."""

import asyncio

import pytest
from twilio.base.exceptions import TwilioRestException

from tests.simulator.harness import (
    CALLER,
    SUPPORT,
    say,
    twiml,
    until,
)
from tests.simulator.rest_client import served


def test_a_call_made_through_the_api_rings_answers_and_runs_its_twiml():
    async def scenario():
        async with served() as (b, run, _):
            b.product.answers["/voice"] = say("Hello from us")
            await b.http.put(f"/sim/telephones/{CALLER}", json={"behaviour": "answer"})

            created = await run(
                lambda client: client.calls.create(
                    to=CALLER,
                    from_=SUPPORT,
                    url=f"{b.product.url}/voice",
                    status_callback=f"{b.product.url}/leg",
                    status_callback_event=["initiated", "ringing", "answered", "completed"],
                )
            )
            await b.quiet()
            fetched = await run(lambda client: client.calls(created.sid).fetch())

            assert (created.status, created.direction) == ("queued", "outbound-api")
            assert (fetched.status, fetched.to, fetched._from) == ("completed", CALLER, SUPPORT)
            assert fetched.duration == "0"
            assert fetched.start_time.tzinfo is not None
            assert b.product.statuses("/leg") == ["initiated", "ringing", "in-progress", "completed"]
            assert b.engine.find_leg(created.sid).captions[0]["text"] == "Hello from us"

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"to": "nonsense", "from_": SUPPORT, "url": "http://h/"}, 21217),
        ({"to": "+15005550003", "from_": SUPPORT, "url": "http://h/"}, 21215),
        ({"to": CALLER, "from_": "+12025550177", "url": "http://h/"}, 21210),
        ({"to": CALLER, "from_": "bogus", "url": "http://h/"}, 21212),
        ({"to": CALLER, "from_": SUPPORT}, 21205),
        ({"to": CALLER, "from_": SUPPORT, "url": "not a url"}, 21222),
        ({"to": CALLER, "from_": SUPPORT, "twiml": "x" * 4001}, 32018),
        ({"to": CALLER, "from_": SUPPORT, "application_sid": "AP" + "9" * 32}, 21218),
    ],
)
def test_a_call_that_cannot_be_made_is_refused_with_twilios_code(fields, code):
    async def scenario():
        async with served() as (_, run, _url):
            with pytest.raises(TwilioRestException) as refusal:
                await run(lambda client: client.calls.create(**fields))

            assert (refusal.value.status, refusal.value.code) == (400, code)

    asyncio.run(scenario())


def test_a_live_call_is_hung_up_and_an_ended_one_cannot_be():
    async def scenario():
        async with served() as (b, run, _):
            b.product.answers["/twilio/voice/incoming/"] = twiml('<Pause length="1"/><Say>x</Say><Gather timeout="9"/>')
            call = await b.call()
            await until(lambda: call.verb == "Gather")

            await run(lambda client: client.calls(call.sid).update(status="completed"))
            await b.quiet()
            with pytest.raises(TwilioRestException) as refusal:
                await run(lambda client: client.calls(call.sid).update(status="completed"))

            assert call.status == "completed"
            assert refusal.value.code == 21220

    asyncio.run(scenario())


def test_a_call_canceled_while_queued_or_ringing_is_told_only_once_it_has_begun():
    async def scenario():
        async with served() as (b, run, _):
            created = await run(
                lambda client: client.calls.create(
                    to=CALLER, from_=SUPPORT, twiml=say("x"), status_callback=f"{b.product.url}/leg"
                )
            )
            leg = b.engine.find_leg(created.sid)
            await until(lambda: leg.status == "ringing")
            await run(lambda client: client.calls(created.sid).update(status="canceled"))
            await b.quiet()

            assert leg.status == "canceled"
            assert b.product.statuses("/leg") == ["canceled"]

    asyncio.run(scenario())


def test_a_call_nobody_answers_ends_after_its_timeout():
    async def scenario():
        async with served() as (b, run, _):
            created = await run(
                lambda client: client.calls.create(to="client:nobody", from_=SUPPORT, twiml=say("x"), timeout=1)
            )
            await b.quiet()

            assert b.engine.find_leg(created.sid).status == "no-answer"

    asyncio.run(scenario())


def test_a_live_call_is_sent_elsewhere():
    async def scenario():
        async with served() as (b, run, _):
            b.product.answers["/twilio/voice/incoming/"] = twiml('<Gather timeout="60"/>')
            call = await b.call()
            await until(lambda: call.verb == "Gather")

            await run(lambda client: client.calls(call.sid).update(twiml=say("Moved")))
            await b.quiet()

            assert [caption["text"] for caption in call.captions] == ["Moved"]

    asyncio.run(scenario())


def test_lists_are_paged_and_filtered():
    async def scenario():
        async with served() as (b, run, _):
            b.product.answers["/twilio/voice/incoming/"] = twiml("<Reject/>")
            sids = [(await b.call(f"+1202555014{i}")).sid for i in range(5)]
            await b.quiet()

            every = await run(lambda client: client.calls.list(page_size=2))
            some = await run(lambda client: client.calls.list(from_="+12025550143"))
            none = await run(lambda client: client.calls.list(status="completed"))

            assert [call.sid for call in every] == sids[::-1]
            assert [call.sid for call in some] == [sids[3]]
            assert none == []

    asyncio.run(scenario())
