"""Lists of the REST API: pages that stay in place, filters that are kept, what is not built."""

import asyncio
import json
from datetime import timedelta

import pytest

from tests.simulator.harness import ACCOUNT, SUPPORT, TOKEN, bench, twiml, until
from tests.simulator.rest_client import served

INCOMING = "/twilio/voice/incoming/"


async def rejected(b, numbers) -> list[str]:
    """Calls that ended at once, oldest first."""
    b.product.answers[INCOMING] = twiml("<Reject/>")
    return [(await b.call(f"+120255502{number:02}")).sid for number in numbers]


async def page(b, uri: str):
    assert uri.startswith("/2010-04-01/Accounts/")
    return (await b.http.get(uri, auth=(ACCOUNT, TOKEN))).json()


def sids(page) -> list[str]:
    return [call["sid"] for call in page["calls"]]


def test_a_call_made_between_two_pages_is_on_none_of_those_that_follow():
    async def scenario():
        async with bench() as b:
            made = await rejected(b, range(6))
            await b.quiet()
            first = (await b.rest("GET", "/Calls.json?PageSize=2")).json()
            later = await rejected(b, [50])
            await b.quiet()
            second = await page(b, first["next_page_uri"])
            third = await page(b, second["next_page_uri"])

            assert [*sids(first), *sids(second), *sids(third)] == made[::-1]
            assert third["next_page_uri"] is None
            assert sids(await page(b, second["previous_page_uri"])) == [made[5], made[4]]
            newest = await page(b, first["first_page_uri"])
            assert sids(newest) == [later[0], made[5]]

    asyncio.run(scenario())


def test_a_call_deleted_between_two_pages_hides_none_of_those_that_follow():
    async def scenario():
        async with bench() as b:
            made = await rejected(b, range(6))
            await b.quiet()
            first = (await b.rest("GET", "/Calls.json?PageSize=2")).json()
            await b.rest("DELETE", f"/Calls/{made[4]}.json")  # the one that the token names
            second = await page(b, first["next_page_uri"])
            third = await page(b, second["next_page_uri"])

            assert [*sids(second), *sids(third)] == made[3::-1]
            assert (second["page"], second["start"], second["end"], second["page_size"]) == (1, 2, 3, 2)
            assert third["next_page_uri"] is None
            assert sids(await page(b, third["previous_page_uri"])) == sids(second)
            assert sids(await page(b, second["previous_page_uri"])) == [made[5]]

    asyncio.run(scenario())


def test_a_call_that_lives_cannot_be_deleted():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml('<Pause length="100000"/>')
            call = await b.call()
            refused = await b.rest("DELETE", f"/Calls/{call.sid}.json")
            call.party_hung_up()
            await b.quiet()

            assert (refused.status_code, refused.json()["code"]) == (409, 20009)
            assert refused.json()["message"].startswith("Cannot delete this resource before it is complete")
            assert (await b.rest("DELETE", f"/Calls/{call.sid}.json")).status_code == 204

    asyncio.run(scenario())


def test_links_are_written_as_twilio_writes_them():
    async def scenario():
        async with bench() as b:
            made = await rejected(b, range(3))
            await b.quiet()
            asked = "/Calls.json?To=%2B12025550100&StartTime%3E=2020-01-01&PageSize=1"
            for prefix in ("", "/api.twilio.com"):
                answer = await b.http.get(f"{prefix}/2010-04-01/Accounts/{ACCOUNT}{asked}", auth=(ACCOUNT, TOKEN))
                first = answer.json()

                base = f"/2010-04-01/Accounts/{ACCOUNT}{asked}"
                assert first["next_page_uri"] == f"{base}&Page=1&PageToken=PA{made[2]}"
                assert first["first_page_uri"] == first["uri"] == f"{base}&Page=0"
                assert first["previous_page_uri"] is None

    asyncio.run(scenario())


def test_a_page_number_without_a_token_is_the_clients_own_business():
    async def scenario():
        async with bench() as b:
            await rejected(b, range(3))
            await b.quiet()
            plain = (await b.rest("GET", "/Calls.json?PageSize=2")).json()
            numbered = (await b.rest("GET", "/Calls.json?PageSize=2&Page=1")).json()
            unknown = await b.rest("GET", f"/Calls.json?PageToken=PACA{'0' * 32}")

            assert sids(numbered) == sids(plain)
            assert (unknown.status_code, unknown.json()["code"]) == (400, 20001)

    asyncio.run(scenario())


def test_every_list_is_paged_by_twilios_client():
    async def scenario():
        async with served() as (_, run, _url):

            def work(client):
                for number in range(4):
                    client.applications.create(friendly_name=f"App {number}")
                    client.new_keys.create(friendly_name=f"Key {number}")
                    client.incoming_phone_numbers.create(phone_number=f"+1202555077{number}")
                every = (client.applications, client.keys, client.incoming_phone_numbers)
                return [[one.friendly_name for one in of.list(page_size=2)] for of in every]

            apps, keys, numbers = await run(work)
            assert apps == ["Ringdesk", "App 0", "App 1", "App 2", "App 3"]
            assert keys == ["Ringdesk", "Key 0", "Key 1", "Key 2", "Key 3"]
            assert len(numbers) == len(set(numbers)) == 6

    asyncio.run(scenario())


def test_the_second_page_of_a_calls_recordings_shows_none_of_another_call():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml('<Record maxLength="0.06" playBeep="false" action="/again"/>')
            b.product.answers["/again"] = twiml('<Record maxLength="0.06" playBeep="false" action="/done"/>')
            b.product.answers["/done"] = twiml("<Hangup/>")
            calls = [await b.call() for _ in range(3)]
            await b.quiet()

            for call in calls:
                first = (await b.rest("GET", f"/Calls/{call.sid}/Recordings.json?PageSize=1")).json()
                second = await page(b, first["next_page_uri"])
                shown = [*first["recordings"], *second["recordings"]]
                assert sorted(one["sid"] for one in shown) == sorted(call.recordings)
                assert {one["call_sid"] for one in shown} == {call.sid}
                assert second["next_page_uri"] is None
            unknown = await b.rest("GET", "/Calls/CAunknown/Recordings.json")
            assert (unknown.status_code, unknown.json()["code"]) == (404, 20404)
            future = (await b.rest("GET", "/Recordings.json?DateCreated%3E=2999-01-01")).json()
            assert future["recordings"] == []

    asyncio.run(scenario())


def test_before_a_day_is_before_it_begins():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml('<Record maxLength="0.06" playBeep="false" action="/done"/>')
            b.product.answers["/done"] = twiml("<Hangup/>")
            call = await b.call()
            await b.quiet()
            day = call.start_time.date()
            call.end_time = call.start_time
            recording = b.engine.world.recordings[call.recordings[0]]
            recording.date_created = call.start_time

            async def found(of, asked, date):
                listed = (await b.rest("GET", f"/{of}.json", params={asked: str(date)})).json()
                return [one["sid"] for one in listed[of.lower()]]

            for asked in ("StartTime", "EndTime"):
                assert await found("Calls", f"{asked}<", day) == []
                assert await found("Calls", f"{asked}<", day + timedelta(days=1)) == [call.sid]
                assert await found("Calls", f"{asked}>", day) == [call.sid]
            assert recording.sid not in await found("Recordings", "DateCreated<", day)
            assert recording.sid in await found("Recordings", "DateCreated<", day + timedelta(days=1))

    asyncio.run(scenario())


def test_a_calls_number_is_a_sid_or_null():
    async def scenario():
        async with bench() as b:
            b.voice.behaviours["ada"] = "manual"
            b.product.answers[INCOMING] = twiml("<Dial><Client>ada</Client></Dial>")
            b.product.answers["/twilio/voice/outgoing/"] = twiml(
                f'<Dial callerId="{SUPPORT}"><Number>+12025550150</Number></Dial>'
            )
            inbound = await b.call()
            outgoing = await b.client_calls({"To": "+12025550150"})
            await until(lambda: inbound.children and outgoing.children)
            shown = (await b.rest("GET", "/Calls.json")).json()["calls"]
            ours = b.engine.world.number_for(SUPPORT).sid

            assert {call["sid"]: call["phone_number_sid"] for call in shown} == {
                inbound.sid: ours,
                inbound.children[0].sid: None,
                outgoing.sid: None,
                outgoing.children[0].sid: ours,
            }
            for call in (inbound, outgoing):
                call.party_hung_up()
            await b.quiet()

    asyncio.run(scenario())


def test_a_new_keys_secret_is_plain_json_and_is_shown_to_nobody_else():
    async def scenario():
        async with bench() as b:
            answer = await b.rest("POST", "/Keys.json", data={"FriendlyName": "x"})

            assert answer.headers["content-type"] == "application/json"
            secret = answer.json()["secret"]
            told = json.dumps((await b.http.get("/sim/requests")).json())
            assert secret not in told
            assert "(shown once)" in told

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/Addresses.json"),
        ("POST", "/Messages/SM1/Feedback.json"),
        ("PUT", "/Calls.json"),
        ("GET", "/Recordings.json?ConferenceSid=CF1"),
        ("DELETE", "/Conferences/CF1/Recordings/RE1.json"),
    ],
)
def test_what_is_not_built_is_answered_in_twilios_shape(method, path):
    async def scenario():
        async with bench() as b:
            answer = await b.rest(method, path)

            body = answer.json()
            assert (answer.status_code, body["status"], body["code"]) == (501, 501, 20501)
            assert set(body) == {"code", "message", "more_info", "status"}
            assert body["more_info"].endswith("/20501")
            assert path.partition("?")[0].split("/")[1].split(".")[0] in body["message"]
            assert b.engine.inspector.warnings[-1]["level"] == "error"

    asyncio.run(scenario())
