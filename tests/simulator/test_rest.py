"""The REST API, used with Twilio's own client over real HTTP."""

import asyncio
import contextlib

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from tests.simulator.harness import (
    ACCOUNT,
    API_KEY,
    API_SECRET,
    APP,
    CALLER,
    SALES,
    SUPPORT,
    TOKEN,
    bench,
    say,
    serving_app,
    twiml,
    until,
)  # fmt: skip


class Rewriting(TwilioHttpClient):
    """Sends what is meant for any Twilio host to the simulator, under that host's name."""

    def __init__(self, base: str) -> None:
        super().__init__(timeout=10)
        self.base = base

    def request(self, method, url, *args, **kwargs):
        return super().request(method, url.replace("https://", f"{self.base}/"), *args, **kwargs)


@contextlib.asynccontextmanager
async def served(**settings):
    """A simulator on a port, and a function that runs blocking work with Twilio's client beside it."""
    async with bench(**settings) as b, serving_app(b) as url:
        client = Client(ACCOUNT, TOKEN, http_client=Rewriting(url))

        async def run(work):
            return await asyncio.to_thread(work, client)

        yield b, run, url


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


def test_numbers_are_listed_found_and_changed():
    async def scenario():
        async with served() as (b, run, _):
            numbers = await run(lambda client: client.incoming_phone_numbers.list())
            found = (await run(lambda client: client.incoming_phone_numbers.list(phone_number=SALES)))[0]
            changed = await run(
                lambda client: client.incoming_phone_numbers(found.sid).update(
                    voice_url=f"{b.product.url}/other", friendly_name="Shop"
                )
            )

            assert [n.phone_number for n in numbers] == [SUPPORT, SALES]
            assert numbers[0].voice_url == f"{b.product.url}/twilio/voice/incoming/"
            assert numbers[0].voice_fallback_url == f"{b.product.url}/twilio/voice/fallback/"
            assert numbers[0].status_callback == f"{b.product.url}/twilio/voice/status/"
            assert numbers[0].sms_url == f"{b.product.url}/twilio/messaging/incoming/"
            assert (changed.friendly_name, changed.capabilities["voice"]) == ("Shop", True)
            await b.call(to=SALES)
            await b.quiet()
            assert len(b.product.at("/other")) == 1

    asyncio.run(scenario())


def test_applications_are_made_listed_and_changed():
    async def scenario():
        async with served() as (b, run, _):
            seeded = await run(lambda client: client.applications(APP).fetch())
            made = await run(lambda client: client.applications.create(friendly_name="Two", voice_url="http://h/v"))
            await run(lambda client: client.applications(made.sid).update(voice_method="GET"))
            listed = await run(lambda client: client.applications.list())

            assert seeded.voice_url == f"{b.product.url}/twilio/voice/outgoing/"
            assert [(a.friendly_name, a.voice_method) for a in listed][1] == ("Two", "GET")

    asyncio.run(scenario())


def test_recordings_are_listed_fetched_and_deleted():
    async def scenario():
        async with served() as (b, run, _):
            b.product.answers["/twilio/voice/incoming/"] = twiml('<Record maxLength="0.1" action="/done"/>')
            call = await b.call()
            await b.quiet()

            recording = (await run(lambda client: client.recordings.list(call_sid=call.sid)))[0]
            fetched = await run(lambda client: client.recordings(recording.sid).fetch())
            await run(lambda client: client.recordings(recording.sid).delete())

            assert (fetched.call_sid, fetched.source, fetched.status) == (call.sid, "RecordVerb", "completed")
            assert await run(lambda client: client.recordings.list()) == []

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("user", "password", "status"),
    [(API_KEY, API_SECRET, 200), (API_KEY, TOKEN, 401), (ACCOUNT, "", 401), ("", "", 401)],
)
def test_only_good_credentials_are_let_in(user, password, status):
    async def scenario():
        async with bench() as b:
            response = await b.http.get(f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json", auth=(user, password))

            assert response.status_code == status
            if status == 401:
                assert response.json()["code"] == 20003

    asyncio.run(scenario())


def test_another_account_or_an_unknown_call_is_not_found():
    async def scenario():
        async with bench() as b:
            other = await b.http.get(f"/2010-04-01/Accounts/AC{'9' * 32}/Calls.json", auth=(ACCOUNT, TOKEN))
            unknown = await b.rest("GET", "/Calls/CAunknown.json")

            assert (other.status_code, other.json()["code"]) == (404, 20404)
            assert (unknown.status_code, unknown.json()["code"]) == (404, 20404)

    asyncio.run(scenario())


def test_what_the_simulator_does_not_know_is_refused_loudly():
    async def scenario():
        async with served() as (b, run, _):
            for work in (
                lambda client: client.messages.create(to=CALLER, from_=SUPPORT, body="x"),
                lambda client: client.lookups.v2.phone_numbers(CALLER).fetch(),
            ):
                with pytest.raises(TwilioRestException) as refusal:
                    await run(work)
                assert refusal.value.status == 501
            assert len(b.warnings) == 2

    asyncio.run(scenario())


def test_requests_are_written_down_without_their_password():
    async def scenario():
        async with bench() as b:
            await b.rest("GET", "/Calls.json")

            record = (await b.http.get("/sim/requests")).json()["requests"][-1]
            assert (record["direction"], record["status"], record["kind"]) == ("in", 200, "rest")
            assert "Authorization" not in record["headers"]

    asyncio.run(scenario())
