"""Queues and Members over the REST API, by Twilio's own client."""

import asyncio

import pytest
from twilio.base.exceptions import TwilioRestException

from tests.simulator.harness import CALLER, bench, twiml, until
from tests.simulator.rest_client import served

INCOMING = "/twilio/voice/incoming/"


async def callers(b, count: int):
    b.product.answers[INCOMING] = twiml('<Enqueue action="/dequeued">support</Enqueue>')
    calls = []
    for number in range(count):
        call = await b.call(f"+1202555{2000 + number}")
        await until(lambda call=call: b.engine.queues.get("support") and b.engine.queues["support"].find(call.sid))
        calls.append(call)
    return calls


async def hung_up(b, calls):
    for call in calls:
        call.party_hung_up()
    await b.quiet()


def test_a_queue_is_made_changed_listed_and_deleted():
    async def scenario():
        async with served() as (b, run, _):
            made = await run(lambda client: client.queues.create(friendly_name="sales"))
            changed = await run(lambda client: client.queues(made.sid).update(friendly_name="vip", max_size=7))
            fetched = await run(lambda client: client.queues(made.sid).fetch())
            listed = await run(lambda client: client.queues.list())
            await run(lambda client: client.queues(made.sid).delete())

            assert (made.friendly_name, made.max_size, made.current_size, made.average_wait_time) == (
                "sales",
                1000,
                0,
                0,
            )
            assert (changed.sid, changed.friendly_name, changed.max_size) == (made.sid, "vip", 7)
            assert (fetched.friendly_name, fetched.max_size) == ("vip", 7)
            assert fetched.date_updated >= fetched.date_created
            assert [queue.sid for queue in listed] == [made.sid]
            with pytest.raises(TwilioRestException) as error:
                await run(lambda client: client.queues(made.sid).fetch())
            assert (error.value.status, error.value.code) == (404, 20404)
            assert b.engine.queues == {}

    asyncio.run(scenario())


def test_a_queue_that_is_not_empty_is_not_deleted():
    async def scenario():
        async with served() as (b, run, _):
            calls = await callers(b, 1)
            sid = b.engine.queues["support"].sid
            with pytest.raises(TwilioRestException) as error:
                await run(lambda client: client.queues(sid).delete())
            assert error.value.status == 400
            await hung_up(b, calls)

            assert await run(lambda client: client.queues(sid).delete())

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"FriendlyName": "q" * 65},
        {"FriendlyName": "taken"},
        {"FriendlyName": "q", "MaxSize": "0"},
        {"FriendlyName": "q", "MaxSize": "5001"},
        {"FriendlyName": "q", "MaxSize": "many"},
        {"FriendlyName": "q", "MaxSize": "9" * 5000},
        {"FriendlyName": "q", "MaxSize": "²"},
    ],
)
def test_a_queue_that_cannot_be_is_refused(fields):
    async def scenario():
        async with bench() as b:
            await b.rest("POST", "/Queues.json", data={"FriendlyName": "taken"})
            answer = await b.rest("POST", "/Queues.json", data=fields)

            assert (answer.status_code, answer.json()["code"]) == (400, 20001)
            assert set(b.engine.queues) == {"taken"}

    asyncio.run(scenario())


def test_members_are_listed_a_page_at_a_time_in_the_order_they_wait():
    async def scenario():
        async with served() as (b, run, _):
            calls = await callers(b, 3)
            sid = b.engine.queues["support"].sid
            members = await run(lambda client: client.queues(sid).members.list(page_size=2))
            front = await run(lambda client: client.queues(sid).members("Front").fetch())
            last = await run(lambda client: client.queues(sid).members(calls[2].sid).fetch())
            queue = await run(lambda client: client.queues(sid).fetch())

            assert [(member.call_sid, member.position) for member in members] == [
                (call.sid, place) for place, call in enumerate(calls, 1)
            ]
            assert (front.call_sid, front.position, front.queue_sid) == (calls[0].sid, 1, sid)
            assert (last.position, last.wait_time) == (3, 0)
            assert last.date_enqueued >= front.date_enqueued
            assert (queue.current_size, queue.average_wait_time) == (3, 0)
            await hung_up(b, calls)

    asyncio.run(scenario())


def test_a_member_is_taken_out_and_sent_elsewhere_once():
    async def scenario():
        async with served() as (b, run, _):
            b.product.answers["/elsewhere"] = twiml('<Gather timeout="60"/>')
            first, second = await callers(b, 2)
            sid, url = b.engine.queues["support"].sid, f"{b.product.url}/elsewhere"
            taken = await run(lambda client: client.queues(sid).members("Front").update(url=url, method="GET"))
            again = await b.rest("POST", f"/Queues/{sid}/Members/{first.sid}.json", data={"Url": url})
            front = await run(lambda client: client.queues(sid).members("Front").fetch())
            await until(lambda: first.verb == "Gather")
            told = (await until(lambda: b.product.at("/dequeued")))[0].params

            assert taken.call_sid == first.sid
            assert again.status_code == 404
            assert front.call_sid == second.sid
            assert b.product.at("/elsewhere")[0].method == "GET"
            assert (told["CallSid"], told["QueueResult"]) == (first.sid, "redirected")
            await hung_up(b, (first, second))

    asyncio.run(scenario())


@pytest.mark.parametrize(("fields", "code"), [({}, 21205), ({"Url": "elsewhere"}, 21222)])
def test_a_member_stays_where_there_is_nowhere_to_be_sent(fields, code):
    async def scenario():
        async with bench() as b:
            (call,) = await callers(b, 1)
            queue = b.engine.queues["support"]
            answer = await b.rest("POST", f"/Queues/{queue.sid}/Members/Front.json", data=fields)

            assert (answer.status_code, answer.json()["code"]) == (400, code)
            assert queue.find(call.sid)
            await hung_up(b, [call])

    asyncio.run(scenario())


def test_a_smaller_size_keeps_who_is_there_and_a_deleted_queue_can_be_made_again():
    async def scenario():
        async with bench() as b:
            calls = await callers(b, 2)
            first = b.engine.queues["support"]
            await b.rest("POST", f"/Queues/{first.sid}.json", data={"MaxSize": "1"})
            assert [place.sid for place in first.places] == [call.sid for call in calls]
            await hung_up(b, calls)

            await b.rest("DELETE", f"/Queues/{first.sid}.json")
            again = await callers(b, 1)
            assert b.engine.queues["support"].sid != first.sid
            await hung_up(b, again)

    asyncio.run(scenario())


def test_members_of_no_queue_and_the_front_of_an_empty_one_are_not_found():
    async def scenario():
        async with bench() as b:
            made = (await b.rest("POST", "/Queues.json", data={"FriendlyName": "empty"})).json()
            for path in ("/Queues/QU1/Members.json", f"/Queues/{made['sid']}/Members/Front.json", "/Queues/QU1.json"):
                answer = await b.rest("GET", path)
                assert (answer.status_code, answer.json()["code"]) == (404, 20404)
            call = await b.call(CALLER)
            await b.quiet()
            assert (await b.rest("GET", f"/Queues/{made['sid']}/Members/{call.sid}.json")).status_code == 404

    asyncio.run(scenario())
