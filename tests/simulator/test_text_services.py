"""Messaging Services: several numbers as one sender."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from twilio.base.exceptions import TwilioRestException

from tests.simulator.harness import CALLER, SALES, SUPPORT, bench, until
from tests.simulator.rest_client import served
from tests.simulator.texting import INCOMING, history, misfits, run, sent, statuses, text, text_us

OTHER = "+12025550177"
BERLIN = "+4930123456"
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
URL = (re.compile(r"https?://.+"), None)
METHOD = re.compile("GET|POST")

SERVICE_SHAPE = {
    "sid": re.compile(r"MG[0-9a-f]{32}"),
    "account_sid": re.compile(r"AC[0-9a-f]{32}"),
    "friendly_name": str,
    "date_created": STAMP,
    "date_updated": STAMP,
    "inbound_request_url": URL,
    "inbound_method": METHOD,
    "fallback_url": URL,
    "fallback_method": METHOD,
    "status_callback": URL,
    "sticky_sender": bool,
    "mms_converter": bool,
    "smart_encoding": bool,
    "scan_message_content": re.compile("inherit|enable|disable"),
    "fallback_to_long_code": bool,
    "area_code_geomatch": bool,
    "synchronous_validation": bool,
    "validity_period": int,
    "url": re.compile(r"https://messaging\.twilio\.com/v1/Services/MG\w{32}"),
    "links": dict,
    "usecase": str,
    "us_app_to_person_registered": bool,
    "use_inbound_webhook_on_number": bool,
}
MEMBER_SHAPE = {
    "sid": re.compile(r"PN[0-9a-f]{32}"),
    "account_sid": re.compile(r"AC[0-9a-f]{32}"),
    "service_sid": re.compile(r"MG[0-9a-f]{32}"),
    "date_created": STAMP,
    "date_updated": STAMP,
    "phone_number": re.compile(r"\+\d+"),
    "country_code": str,
    "capabilities": list,
    "url": re.compile(r"https://messaging\.twilio\.com/v1/Services/MG\w{32}/PhoneNumbers/PN\w{32}"),
}
SERVICES = "/messaging.twilio.com/v1/Services"


async def service(b, *numbers, **fields):
    """A service with these numbers, as the world has it."""
    answer = await b.http.post(SERVICES, auth=b.auth, data={"FriendlyName": "Desk", **fields})
    assert answer.status_code == 201, answer.text
    assert misfits(answer.json(), SERVICE_SHAPE) == []
    made = b.engine.world.services[answer.json()["sid"]]
    for number in numbers:
        sid = b.engine.world.number_for(number).sid
        added = await b.http.post(f"{SERVICES}/{made.sid}/PhoneNumbers", auth=b.auth, data={"PhoneNumberSid": sid})
        assert added.status_code == 201, added.text
        assert misfits(added.json(), MEMBER_SHAPE) == []
    return made


@pytest.mark.parametrize("body", ["", None])
def test_a_text_of_a_service_without_content_is_refused(body):
    async def scenario():
        async with bench() as b:
            made = await service(b, SUPPORT)
            refused = await text(b, body, From=None, MessagingServiceSid=made.sid)

            assert (refused.status_code, refused.json()["code"]) == (400, 21619)

    run(scenario)


def test_services_are_made_listed_changed_and_deleted():
    async def scenario():
        async with served() as (_, work, _url):
            made = await work(
                lambda client: client.messaging.v1.services.create(
                    friendly_name="Desk", inbound_request_url="http://h/in", sticky_sender=False, validity_period=60
                )
            )
            for number in range(4):
                await work(
                    lambda client, name=f"More {number}": client.messaging.v1.services.create(friendly_name=name)
                )
            changed = await work(
                lambda client: client.messaging.v1.services(made.sid).update(
                    status_callback="http://h/status", inbound_request_url=""
                )
            )
            listed = await work(lambda client: client.messaging.v1.services.list(page_size=2))
            fetched = await work(lambda client: client.messaging.v1.services(made.sid).fetch())
            await work(lambda client: client.messaging.v1.services(made.sid).delete())
            with pytest.raises(TwilioRestException) as gone:
                await work(lambda client: client.messaging.v1.services(made.sid).fetch())

            assert (made.inbound_request_url, made.sticky_sender, made.validity_period) == ("http://h/in", False, 60)
            assert (changed.status_callback, changed.inbound_request_url) == ("http://h/status", None)
            assert [one.friendly_name for one in listed] == ["Desk", "More 0", "More 1", "More 2", "More 3"]
            assert (fetched.friendly_name, fetched.smart_encoding) == ("Desk", True)
            assert (gone.value.status, gone.value.code) == (404, 20404)

    run(scenario)


def test_numbers_come_to_a_service_and_leave_it():
    async def scenario():
        async with served() as (b, work, _):
            number = b.engine.world.number_for(SALES)
            first, second = [
                await work(lambda client: client.messaging.v1.services.create(friendly_name="Desk")) for _ in range(2)
            ]

            def pool(client, sid=first.sid):
                return client.messaging.v1.services(sid).phone_numbers

            added = await work(lambda client: pool(client).create(phone_number_sid=number.sid))
            codes = []
            for sid in (first.sid, second.sid):
                with pytest.raises(TwilioRestException) as refusal:
                    await work(lambda client, sid=sid: pool(client, sid).create(phone_number_sid=number.sid))
                codes.append((refusal.value.status, refusal.value.code))
            listed = await work(lambda client: pool(client).list())
            fetched = await work(lambda client: pool(client)(number.sid).fetch())
            await work(lambda client: pool(client)(number.sid).delete())

            assert (added.phone_number, added.service_sid, fetched.sid) == (SALES, first.sid, number.sid)
            assert codes == [(409, 21710), (409, 21712)]
            assert [one.phone_number for one in listed] == [SALES]
            assert await work(lambda client: pool(client).list()) == []

    run(scenario)


def test_a_text_through_a_service_is_accepted_and_gets_its_sender_later():
    async def scenario():
        async with served() as (b, work, _):
            desk = await service(b, SUPPORT, StatusCallback=f"{b.product.url}/told")
            created = await work(
                lambda client: client.messages.create(to=CALLER, messaging_service_sid=desk.sid, body="x" * 161)
            )
            await b.quiet()
            message = b.engine.world.messages[created.sid]

            assert (created.status, created.from_, created.num_segments) == ("accepted", None, "0")
            assert history(message) == ["accepted", "queued", "sending", "sent", "delivered"]
            assert (message.from_, message.segments) == (SUPPORT, 2)
            assert statuses(b, "/told") == ["queued", "sent", "delivered"]
            assert {told.params["MessagingServiceSid"] for told in b.product.at("/told")} == {desk.sid}

            b.product.received.clear()
            await sent(b, From=None, MessagingServiceSid=desk.sid, StatusCallback=f"{b.product.url}/own")
            await b.quiet()
            assert (len(statuses(b, "/own")), statuses(b, "/told")) == (3, [])

    run(scenario)


def test_a_telephone_hears_from_the_same_number_again_if_senders_stick():
    async def scenario():
        async with bench(numbers=((SUPPORT, "a"), (SALES, "b"), ("+12065550100", "c"), (BERLIN, "d"))) as b:
            desk = await service(b, SUPPORT, SALES, "+12065550100", BERLIN)

            async def senders(to, count=3):
                messages = [await sent(b, From=None, To=to, MessagingServiceSid=desk.sid) for _ in range(count)]
                await b.quiet()
                return {message.from_ for message in messages}

            assert len(await senders(CALLER)) == 1
            assert await senders("+12065550142") == {"+12065550100"}
            assert await senders("+4930999999") == {BERLIN}
            await text_us(b, from_="+4930999999", to=SALES)
            await b.quiet()
            assert await senders("+4930999999") == {SALES}
            desk.sticky_sender = False
            assert await senders("+4930999999") == {BERLIN}

    run(scenario)


def test_the_sender_may_be_one_of_the_pool_and_no_other():
    async def scenario():
        async with bench() as b:
            desk = await service(b, SUPPORT)
            chosen = await sent(b, MessagingServiceSid=desk.sid)
            refused = await text(b, From=SALES, MessagingServiceSid=desk.sid)
            await b.quiet()

            assert chosen.from_ == SUPPORT
            assert refused.json()["code"] == 21606

    run(scenario)


def test_a_service_without_numbers_sends_nothing():
    async def scenario():
        async with bench() as b:
            desk = await service(b)
            message = await sent(b, From=None, MessagingServiceSid=desk.sid)
            await b.quiet()

            assert (history(message), message.error_code) == (["accepted", "failed"], 21703)

    run(scenario)


def test_a_full_queue_fails_a_text_that_was_accepted():
    async def scenario():
        async with bench() as b:
            desk = await service(b, SUPPORT)
            await b.http.put(f"/sim/senders/{SUPPORT}", json={"queued": 5_000_000})
            message = await sent(b, From=None, MessagingServiceSid=desk.sid)
            await until(lambda: message.complete)

            assert (history(message), message.error_code) == (["accepted", "queued", "failed"], 30001)
            await b.http.post("/sim/reset")

    run(scenario)


def test_a_service_writes_plain_quotes_unless_it_is_told_not_to():
    async def scenario():
        async with bench() as b:
            desk = await service(b, SUPPORT)
            smart = await sent(b, "“Hello”", From=None, MessagingServiceSid=desk.sid)
            plain = await sent(b, "“Hello”", From=None, MessagingServiceSid=desk.sid, SmartEncoded="false")
            alone = await sent(b, "“Hello”", SmartEncoded="true")
            await b.quiet()

            assert [message.body for message in (smart, plain, alone)] == ['"Hello"', "“Hello”", '"Hello"']

    run(scenario)


# --- later ------------------------------------------------------------------------------------------------------------


def later(**after):
    return (datetime.now(UTC) + timedelta(**after)).isoformat(timespec="seconds").replace("+00:00", "Z")


def test_a_scheduled_text_waits_for_its_time():
    async def scenario():
        async with bench(speed=2000) as b:
            desk = await service(b, SUPPORT, StatusCallback=f"{b.product.url}/told")
            fields = {"From": None, "MessagingServiceSid": desk.sid, "ScheduleType": "fixed"}
            message = await sent(b, SendAt=later(minutes=20), **fields)
            assert message.status == "scheduled"
            await b.quiet()

            times = dict(message.history)
            assert history(message) == ["scheduled", "queued", "sending", "sent", "delivered"]
            # Twenty minutes are 0.6 seconds here.
            assert (times["queued"] - times["scheduled"]).total_seconds() > 0.5
            assert statuses(b, "/told") == ["queued", "sent", "delivered"]

    run(scenario)


def test_a_scheduled_text_can_be_called_back():
    async def scenario():
        async with served() as (b, work, _):
            desk = await service(b, SUPPORT, StatusCallback=f"{b.product.url}/told")
            created = await work(
                lambda client: client.messages.create(
                    to=CALLER,
                    messaging_service_sid=desk.sid,
                    body="Later",
                    schedule_type="fixed",
                    send_at=datetime.now(UTC) + timedelta(days=7),
                )
            )
            canceled = await work(lambda client: client.messages(created.sid).update(status="canceled"))
            with pytest.raises(TwilioRestException) as refusal:
                await work(lambda client: client.messages(created.sid).update(status="canceled"))

            assert (created.status, canceled.status) == ("scheduled", "canceled")
            assert refusal.value.code == 30409
            await until(lambda: statuses(b, "/told") == ["canceled"])
            await b.http.post("/sim/reset")

    run(scenario)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"SendAt": "tomorrow"}, 35114),
        ({"SendAt": later(minutes=14)}, 35114),
        ({"SendAt": later(days=36)}, 35114),
        ({}, 35111),
        ({"ScheduleType": "sometime", "SendAt": later(days=1)}, 20001),
    ],
)
def test_a_time_that_cannot_be_scheduled_is_refused(fields, code):
    async def scenario():
        async with bench() as b:
            desk = await service(b, SUPPORT)
            given = {"From": None, "MessagingServiceSid": desk.sid, "ScheduleType": "fixed", **fields}
            refused = await text(b, **given)

            assert (refused.status_code, refused.json()["code"]) == (400, code)

    run(scenario)


def test_without_a_service_nothing_is_scheduled():
    async def scenario():
        async with bench() as b:
            message = await sent(b, ScheduleType="fixed", SendAt=later(days=1))
            await b.quiet()

            assert message.status == "delivered"
            assert "schedules" in b.engine.inspector.warnings[0]["text"]

    run(scenario)


# --- texts to us ------------------------------------------------------------------------------------------------------


def test_a_service_is_asked_about_texts_to_its_numbers_unless_it_leaves_them_to_those():
    async def scenario():
        async with bench() as b:
            desk = await service(
                b, SUPPORT, InboundRequestUrl=f"{b.product.url}/desk", FallbackUrl=f"{b.product.url}/f"
            )
            b.product.answers["/desk"] = "<Nonsense/>"
            message = await text_us(b)
            await b.quiet()
            assert b.product.at("/desk")[0].params["MessagingServiceSid"] == desk.sid
            assert b.product.at("/f")[0].params["ErrorCode"] == "12102"
            assert message.service_sid == desk.sid

            b.product.received.clear()
            desk.inbound_request_url = None
            await text_us(b)
            await b.quiet()
            assert b.product.received == []

            desk.use_inbound_webhook_on_number = True
            await text_us(b)
            await b.quiet()
            assert [one.path for one in b.product.received] == [INCOMING]

    run(scenario)


def test_a_service_without_a_url_takes_no_texts():
    async def scenario():
        async with bench() as b:
            desk = await service(b, SUPPORT)
            message = await text_us(b, media="photo")
            stop = await text_us(b, "STOP")
            await b.quiet()
            assert (message.status, message.price, stop.price) == ("received", None, None)

            listed = (await b.rest("GET", "/Messages.json", params={"From": CALLER})).json()["messages"]
            assert listed == []
            for path in (f"/Messages/{message.sid}.json", f"/Messages/{message.sid}/Media.json"):
                assert (await b.rest("GET", path)).status_code == 404
            shown = (await b.http.get("/sim/messages", params={"from": CALLER})).json()["messages"]
            assert [one["sid"] for one in shown] == [message.sid, stop.sid]
            records = (await b.rest("GET", "/Usage/Records.json?Category=sms-inbound")).json()["usage_records"]
            assert [one["count"] for one in records] == ["0"]
            assert (await text(b, MessagingServiceSid=desk.sid)).json()["code"] == 21610

            desk.use_inbound_webhook_on_number = True
            start = await text_us(b, "START")
            await b.quiet()
            assert (await b.rest("GET", f"/Messages/{start.sid}.json")).json()["status"] == "received"
            assert start.price is not None
            assert (await text(b, MessagingServiceSid=desk.sid)).status_code == 201
            await b.quiet()

    run(scenario)


def test_a_number_that_nobody_has_is_invalid_for_a_pool():
    async def scenario():
        async with bench() as b:
            desk = await service(b)
            for sid in ("PN" + "9" * 32, ""):
                answer = await b.http.post(
                    f"{SERVICES}/{desk.sid}/PhoneNumbers", auth=b.auth, data={"PhoneNumberSid": sid}
                )
                assert (answer.status_code, answer.json()["code"]) == (400, 21421)

    run(scenario)


def test_a_service_may_be_named_as_who_sends():
    async def scenario():
        async with bench() as b:
            desk = await service(b, SUPPORT)
            message = await sent(b, From=desk.sid)
            await b.quiet()
            assert (message.service_sid, message.from_, history(message)[0]) == (desk.sid, SUPPORT, "accepted")
            assert (await text(b, From="MG" + "9" * 32)).json()["code"] == 21701
            assert (await text(b, From="MG Motors", To="+442079460000")).json()["from"] == "MG Motors"
            await b.quiet()

    run(scenario)


def test_stop_to_one_number_of_a_service_blocks_them_all():
    async def scenario():
        async with bench() as b:
            desk = await service(b, SUPPORT, SALES, InboundRequestUrl=f"{b.product.url}/desk")
            await text_us(b, "STOP")
            await text_us(b, "Hello", to=SALES)
            await b.quiet()

            assert [one.params.get("OptOutType") for one in b.product.at("/desk")] == ["STOP", None]
            for fields in ({"MessagingServiceSid": desk.sid, "From": None}, {"From": SALES}, {"From": SUPPORT}):
                assert (await text(b, **fields)).json()["code"] == 21610
            assert (await text(b, To=OTHER)).status_code == 201
            await b.quiet()

    run(scenario)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"FriendlyName": ""}, 20001),
        ({"InboundRequestUrl": "nowhere"}, 21222),
        ({"FallbackUrl": "http://["}, 21222),
        ({"InboundMethod": "PUT"}, 20001),
        ({"StickySender": "perhaps"}, 20001),
        ({"ValidityPeriod": "0"}, 21624),
    ],
)
def test_a_service_that_cannot_be_is_refused(fields, code):
    async def scenario():
        async with bench() as b:
            answer = await b.http.post(SERVICES, auth=b.auth, data={"FriendlyName": "Desk", **fields})

            assert (answer.status_code, answer.json()["code"]) == (400, code)
            assert b.engine.world.services == {}

    run(scenario)


def test_other_hosts_ask_for_credentials_too():
    async def scenario():
        async with bench() as b:
            assert (await b.http.get(SERVICES)).status_code == 401

    run(scenario)
