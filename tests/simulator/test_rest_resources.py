"""The REST API besides calls, used with Twilio's own client over real HTTP."""

import asyncio
import re

import pytest
from twilio.base.exceptions import TwilioRestException

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
    twiml,
)
from tests.simulator.rest_client import served


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


def test_a_number_is_bought_by_its_area_code():
    async def scenario():
        async with bench() as b:

            async def buy(**fields):
                return await b.rest("POST", "/IncomingPhoneNumbers.json", data=fields)

            bought = [(await buy(AreaCode=area, FriendlyName="New")).json() for area in ("212", "212", "500")]
            assert [re.sub(r"\d{4}$", "", one["phone_number"]) for one in bought] == [
                "+1212555",
                "+1212555",
                "+1500555",
            ]
            assert len({one["phone_number"] for one in bought}) == 3
            assert {one["friendly_name"] for one in bought} == {"New"}
            for fields, code in (({"AreaCode": "533"}, 21452), ({"AreaCode": "12"}, 21451), ({}, 21421)):
                answer = await buy(**fields)
                assert (answer.status_code, answer.json()["code"]) == (400, code)

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
                assert response.headers["www-authenticate"] == 'Basic realm="Twilio API"'

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
                lambda client: client.messages.create(to=CALLER, from_=SUPPORT, content_sid="HX" + "0" * 32),
                lambda client: client.lookups.v2.phone_numbers(CALLER).fetch(fields="sim_swap"),
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
