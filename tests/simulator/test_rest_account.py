"""The account and its API keys, used with Twilio's own client over real HTTP."""

import asyncio

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.simulator.harness import ACCOUNT, API_KEY
from tests.simulator.rest_client import Rewriting, served


def test_the_account_is_active_and_keeps_its_token_to_itself():
    async def scenario():
        async with served() as (_, run, __):
            answer = await run(lambda client: client.api.accounts(ACCOUNT).fetch_with_http_info())

            assert (answer.data.sid, answer.data.status, answer.data.auth_token) == (ACCOUNT, "active", "")
            assert "date" in {name.lower() for name in answer.headers}

    asyncio.run(scenario())


def test_a_key_that_was_made_opens_the_door_until_it_is_deleted():
    async def scenario():
        async with served() as (_, run, url):
            made = await run(lambda client: client.new_keys.create(friendly_name="Two"))
            own = Client(made.sid, made.secret, ACCOUNT, http_client=Rewriting(url))

            assert len(await asyncio.to_thread(own.applications.list)) == 1
            await run(lambda client: client.keys(made.sid).delete())
            with pytest.raises(TwilioRestException) as refusal:
                await asyncio.to_thread(own.keys(made.sid).fetch)
            assert refusal.value.code == 20003

    asyncio.run(scenario())


def test_keys_are_listed_and_renamed_without_their_secrets():
    async def scenario():
        async with served() as (_, run, url):
            made = await run(lambda client: client.new_keys.create(friendly_name="Two"))
            await run(lambda client: client.keys(made.sid).update(friendly_name="Three"))
            listed = await run(lambda client: client.keys.list())
            raw = await asyncio.to_thread(
                Rewriting(url).request,
                "GET",
                f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Keys/{made.sid}.json",
                auth=(made.sid, made.secret),
            )

            assert [(key.sid, key.friendly_name) for key in listed] == [(API_KEY, "Ringdesk"), (made.sid, "Three")]
            assert raw.status_code == 200
            assert made.secret not in raw.text

    asyncio.run(scenario())


def test_a_keys_secret_is_not_written_down():
    async def scenario():
        async with served() as (b, run, _):
            made = await run(lambda client: client.new_keys.create(friendly_name="Two"))

            assert made.secret not in (await b.http.get("/sim/requests")).text

    asyncio.run(scenario())


def test_a_key_that_is_not_there_is_not_found():
    async def scenario():
        async with served() as (_, run, __):
            with pytest.raises(TwilioRestException) as refusal:
                await run(lambda client: client.keys("SK" + "9" * 32).fetch())

            assert (refusal.value.status, refusal.value.code) == (404, 20404)

    asyncio.run(scenario())
