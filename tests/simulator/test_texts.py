"""Texts of ours: made, fetched, listed, redacted, deleted, and what becomes of them."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from starlette.responses import Response
from twilio.base.exceptions import TwilioRestException

from tests.simulator.harness import ACCOUNT, APP, CALLER, SALES, SUPPORT, bench, until
from tests.simulator.rest_client import served
from tests.simulator.texting import DATE, MESSAGE_SHAPE, history, is_signed, misfits, run, sent, statuses, text

OTHER = "+12025550177"
MEDIA_SHAPE = {
    "sid": re.compile(r"ME[0-9a-f]{32}"),
    "account_sid": re.compile(r"AC[0-9a-f]{32}"),
    "parent_sid": re.compile(r"(SM|MM)[0-9a-f]{32}"),
    "content_type": str,
    "date_created": DATE,
    "date_updated": DATE,
    "uri": re.compile(r"/2010-04-01/Accounts/AC\w{32}/Messages/MM\w{32}/Media/ME\w{32}\.json"),
}
GERMAN = "+4930123456"


def test_a_text_is_queued_sent_and_delivered_and_the_callback_hears_of_each_but_the_first():
    async def scenario():
        async with served() as (b, work, _):
            created = await work(
                lambda client: client.messages.create(
                    to=CALLER, from_=SUPPORT, body="Hello", status_callback=f"{b.product.url}/told"
                )
            )
            await b.quiet()
            fetched = await work(lambda client: client.messages(created.sid).fetch())

            assert (created.status, created.direction, created.num_segments) == ("queued", "outbound-api", "1")
            assert (created.date_sent, created.price, created.error_code) == (None, None, None)
            assert (fetched.status, fetched.to, fetched.from_, fetched.body) == ("delivered", CALLER, SUPPORT, "Hello")
            assert fetched.date_sent.tzinfo is not None
            assert history(b.engine.world.messages[created.sid]) == ["queued", "sending", "sent", "delivered"]
            assert statuses(b, "/told") == ["sent", "delivered"]
            for told in b.product.at("/told"):
                assert is_signed(told)
                assert told.params | {"RawDlrDoneDate": ""} == {
                    "AccountSid": ACCOUNT,
                    "ApiVersion": "2010-04-01",
                    "From": SUPPORT,
                    "MessageSid": created.sid,
                    "MessageStatus": told.params["MessageStatus"],
                    "RawDlrDoneDate": "",
                    "SmsSid": created.sid,
                    "SmsStatus": told.params["MessageStatus"],
                    "To": CALLER,
                }

    run(scenario)


def test_every_answer_about_a_text_has_twilios_shape():
    async def scenario():
        async with bench() as b:
            b.product.answers["/photo"] = Response(b"jpeg", media_type="image/jpeg")
            await b.http.put(f"/sim/telephones/{OTHER}", json={"texts": "undelivered"})
            created = await text(b)
            await text(b, To=OTHER, MediaUrl=f"{b.product.url}/photo")
            await b.http.post("/sim/messages", json={"from": CALLER, "to": SUPPORT, "body": "Hi"})
            await b.quiet()

            answers = [created.json(), *(await b.rest("GET", "/Messages.json")).json()["messages"]]
            answers.append((await b.rest("GET", f"/Messages/{created.json()['sid']}.json")).json())

            assert len(answers) == 5
            assert [misfits(answer, MESSAGE_SHAPE) for answer in answers] == [[]] * 5

    run(scenario)


@pytest.mark.parametrize(
    ("rule", "ends", "code"),
    [
        ("deliver", ["sent", "delivered"], None),
        ("undelivered", ["sent", "undelivered"], "30003"),
        ({"result": "undelivered", "code": 30007}, ["sent", "undelivered"], "30007"),
        ({"result": "failed", "code": 30034}, ["failed"], "30034"),
        ("silent", ["sent"], None),
    ],
)
def test_a_telephone_does_with_texts_what_its_rule_says(rule, ends, code):
    async def scenario():
        async with bench() as b:
            await b.http.put(f"/sim/telephones/{CALLER}", json={"texts": rule})
            message = await sent(b, StatusCallback=f"{b.product.url}/told")
            await b.quiet()

            assert statuses(b, "/told") == ends
            assert b.product.at("/told")[-1].params.get("ErrorCode") == code
            assert str(message.error_code) == str(code)
            assert bool(message.error_message) == bool(code)

    run(scenario)


def test_a_landline_cannot_be_texted():
    async def scenario():
        async with bench() as b:
            await b.http.put(f"/sim/telephones/{CALLER}", json={"line_type": "landline"})
            message = await sent(b)
            await b.quiet()
            await b.http.put(f"/sim/telephones/{CALLER}", json={"line_type": "landline", "texts": "refuse"})
            refused = await text(b)

            assert (message.status, message.error_code) == ("undelivered", 30006)
            assert (refused.status_code, refused.json()["code"]) == (400, 21614)

    run(scenario)


def test_a_telephone_may_take_its_time():
    async def scenario():
        async with bench(speed=20) as b:
            await b.http.put(f"/sim/telephones/{CALLER}", json={"texts": {"result": "deliver", "delay": 10}})
            message = await sent(b)
            await b.quiet()

            times = dict(message.history)
            assert 0.45 <= (times["delivered"] - times["sent"]).total_seconds() < 5

    run(scenario)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"to": "nonsense"}, 21211),
        ({"to": "+15005550001"}, 21211),
        ({"to": "+15005550002"}, 21612),
        ({"to": "+15005550003"}, 21408),
        ({"to": "+15005550004"}, 21610),
        ({"to": "+15005550009"}, 21614),
        ({"to": "12345"}, 21265),
        ({"to": SUPPORT}, 21266),
        ({"from_": "?"}, 21212),
        ({"from_": "+15005550001"}, 21212),
        ({"from_": "+15005550007"}, 21606),
        ({"from_": "+15005550008"}, 21611),
        ({"from_": OTHER}, 21606),
        ({"from_": "12345"}, 21606),
        ({"from_": "Ringdesk"}, 21612),
        ({"from_": None}, 21603),
        ({"from_": None, "messaging_service_sid": "MG" + "9" * 32}, 21701),
        ({"body": ""}, 21602),
        ({"body": None}, 21602),
        ({"body": "x" * 1601}, 21617),
        ({"body": None, "media_url": ["ftp://h/x"]}, 21620),
        ({"media_url": ["http://h/x"] * 11}, 21623),
        ({"status_callback": "nowhere"}, 21609),
        ({"status_callback": "http://["}, 21609),
        ({"media_url": ["http://["]}, 21620),
        ({"application_sid": "AP" + "9" * 32}, 21218),
        ({"validity_period": 36_001}, 21624),
    ],
)
def test_a_text_that_twilio_does_not_take_is_refused_with_its_code(fields, code):
    async def scenario():
        async with served() as (b, work, _):
            given = {"to": CALLER, "from_": SUPPORT, "body": "Hello", **fields}
            given = {name: value for name, value in given.items() if value is not None}
            with pytest.raises(TwilioRestException) as refusal:
                await work(lambda client: client.messages.create(**given))

            assert (refusal.value.status, refusal.value.code) == (400, code)
            assert b.engine.world.messages == {}

    run(scenario)


@pytest.mark.parametrize("code", [21211, 21408, 21608, 21610, 21612, 21614])
def test_a_telephone_can_be_one_that_texts_are_refused_for(code):
    async def scenario():
        async with bench() as b:
            await b.http.put(f"/sim/telephones/{CALLER}", json={"texts": {"result": "refuse", "code": code}})
            refused = await text(b)

            assert (refused.status_code, refused.json()["code"]) == (400, code)
            assert CALLER in refused.json()["message"]
            assert set(refused.json()) == {"code", "message", "more_info", "status"}

    run(scenario)


def test_a_word_may_send_abroad():
    async def scenario():
        async with bench() as b:
            message = await sent(b, From="Ringdesk", To=GERMAN)
            await b.quiet()

            assert (message.status, message.from_) == ("delivered", "Ringdesk")

    run(scenario)


def test_the_callback_is_the_messages_own_else_the_one_of_its_application_or_of_its_numbers():
    async def scenario():
        async with bench() as b:
            b.engine.world.applications[APP].message_status_callback = f"{b.product.url}/app"
            await sent(b, StatusCallback=f"{b.product.url}/own", ApplicationSid=APP)
            await sent(b, ApplicationSid=APP)
            await b.quiet()
            assert (statuses(b, "/own"), statuses(b, "/app")) == (["sent", "delivered"], ["sent", "delivered"])

            b.product.received.clear()
            await sent(b)
            b.engine.world.number_for(SALES).sms_application_sid = APP
            from_sales = await sent(b, From=SALES)
            await b.quiet()
            assert {one.params["MessageSid"] for one in b.product.at("/app")} == {from_sales.sid}

    run(scenario)


def test_texts_are_listed_newest_first_and_found_by_number_and_day():
    async def scenario():
        async with served() as (b, work, _):
            first = await work(lambda client: client.messages.create(to=CALLER, from_=SUPPORT, body="1"))
            second = await work(lambda client: client.messages.create(to=OTHER, from_=SALES, body="2"))
            await b.quiet()
            b.engine.world.messages[first.sid].date_sent -= timedelta(days=2)
            today = date.fromisoformat(datetime.now(UTC).date().isoformat())

            async def found(**filters):
                listed = await work(lambda client: client.messages.list(**filters))
                return [message.sid for message in listed]

            assert await found() == [second.sid, first.sid]
            assert await found(to=CALLER) == [first.sid]
            assert await found(from_=SALES) == [second.sid]
            assert await found(to=CALLER, from_=SALES) == []
            assert await found(date_sent=today) == [second.sid]
            assert await found(date_sent_before=today - timedelta(days=1)) == [first.sid]
            assert await found(date_sent_after=today) == [second.sid]
            moment = datetime.now(UTC) - timedelta(days=1)
            assert await found(date_sent_after=moment) == [second.sid]
            assert await found(date_sent_before=moment) == [first.sid]
            for days, before in ((2, [first.sid]), (3, [])):  # a plain day, which is before and on it
                listed = await b.rest("GET", "/Messages.json", params={"DateSent<": str(today - timedelta(days=days))})
                assert [one["sid"] for one in listed.json()["messages"]] == before

    run(scenario)


def test_one_that_still_waits_is_listed_but_has_no_day_on_which_it_was_sent():
    async def scenario():
        async with served() as (b, work, _):
            await b.http.put(f"/sim/senders/{SUPPORT}", json={"queued": 30_000, "rate": 1})
            waiting = await work(lambda client: client.messages.create(to=CALLER, from_=SUPPORT, body="1"))

            today = datetime.now(UTC).date()
            listed = await work(lambda client: client.messages.list())
            assert [(one.sid, one.status, one.date_sent) for one in listed] == [(waiting.sid, "queued", None)]
            assert await work(lambda client: client.messages.list(date_sent_after=today - timedelta(days=1))) == []
            await b.http.post("/sim/reset")

    run(scenario)


def test_long_lists_have_pages():
    async def scenario():
        async with served() as (b, work, _):
            made = [(await sent(b, str(number))).sid for number in range(7)]
            listed = await work(lambda client: client.messages.list(page_size=3))
            page = await work(lambda client: client.messages.page(page_size=3))

            assert [message.sid for message in listed] == made[::-1]
            assert len(list(page)) == 3
            await b.quiet()

    run(scenario)


def test_a_text_is_redacted_and_deleted_once_it_is_complete():
    async def scenario():
        async with served() as (b, work, _):
            await b.http.put(f"/sim/senders/{SUPPORT}", json={"queued": 30_000, "rate": 1})
            message = await work(lambda client: client.messages.create(to=CALLER, from_=SUPPORT, body="Secret"))
            for attempt in (
                lambda client: client.messages(message.sid).update(body=""),
                lambda client: client.messages(message.sid).delete(),
            ):
                with pytest.raises(TwilioRestException) as refusal:
                    await work(attempt)
                assert (refusal.value.status, refusal.value.code) == (409, 20009)
            with pytest.raises(TwilioRestException) as refusal:
                await work(lambda client: client.messages(message.sid).update(status="canceled"))
            assert (refusal.value.status, refusal.value.code) == (400, 30409)

            await b.http.put(f"/sim/senders/{SUPPORT}", json={"queued": 0})
            await b.quiet()
            with pytest.raises(TwilioRestException) as refusal:
                await work(lambda client: client.messages(message.sid).update(body="Other"))
            redacted = await work(lambda client: client.messages(message.sid).update(body=""))
            gone = await work(lambda client: client.messages(message.sid).delete())
            with pytest.raises(TwilioRestException) as unknown:
                await work(lambda client: client.messages(message.sid).fetch())

            assert (refusal.value.status, refusal.value.code) == (400, 20001)
            assert (redacted.body, redacted.status, gone) == ("", "failed", True)
            assert (unknown.value.status, unknown.value.code) == (404, 20404)

    run(scenario)


def test_a_picture_is_fetched_sent_along_and_kept_for_the_account():
    async def scenario():
        async with served() as (b, work, _):
            b.product.answers["/photo"] = Response(b"jpeg", media_type="image/jpeg")
            created = await work(
                lambda client: client.messages.create(
                    to=CALLER, from_=SUPPORT, body="Look", media_url=[f"{b.product.url}/photo"]
                )
            )
            await b.quiet()
            listed = await work(lambda client: client.messages(created.sid).media.list())
            fetched = await work(lambda client: client.messages(created.sid).media(listed[0].sid).fetch())
            path = f"/Messages/{created.sid}/Media/{listed[0].sid}"
            shown = (await b.rest("GET", f"{path}.json")).json()
            data = await b.rest("GET", path)
            stranger = await b.http.get(f"/2010-04-01/Accounts/{ACCOUNT}{path}")
            await work(lambda client: client.messages(created.sid).media(listed[0].sid).delete())

            assert re.fullmatch(r"MM[0-9a-f]{32}", created.sid)
            assert (created.num_media, created.num_segments) == ("1", "1")
            assert (fetched.content_type, fetched.parent_sid) == ("image/jpeg", created.sid)
            assert set((await b.rest("GET", f"/Messages/{created.sid}/Media.json")).json()) >= {"media_list", "uri"}
            assert misfits(shown, MEDIA_SHAPE) == []
            assert (data.content, data.headers["content-type"]) == (b"jpeg", "image/jpeg")
            assert stranger.status_code == 401
            assert (await b.rest("GET", path)).status_code == 404
            assert (await b.rest("GET", f"/Messages/{created.sid}.json")).json()["num_media"] == "0"

    run(scenario)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Response("no", 404), 11200),
        (Response("#!/bin/sh", media_type="application/x-sh"), 12300),
        (Response(b"x" * 600_000, media_type="application/pdf"), 11751),
    ],
)
def test_a_picture_that_cannot_be_had_fails_the_text(answer, code):
    async def scenario():
        async with bench() as b:
            b.product.answers["/photo"] = answer
            message = await sent(b, MediaUrl=f"{b.product.url}/photo", StatusCallback=f"{b.product.url}/told")
            await b.quiet()

            assert (message.status, message.error_code) == ("failed", code)
            assert statuses(b, "/told") == ["failed"]
            assert code in b.warnings

    run(scenario)


def test_pictures_that_are_too_large_together_fail_the_text():
    async def scenario():
        async with bench() as b:
            b.product.answers["/photo"] = Response(b"x" * 3_000_000, media_type="image/png")
            message = await sent(b, MediaUrl=f"{b.product.url}/photo")
            two = await sent(b, MediaUrl=[f"{b.product.url}/photo"] * 2)
            await b.quiet()

            assert (message.error_code, two.status, two.error_code) == (None, "failed", 11751)

    run(scenario)


def test_a_field_that_does_nothing_is_warned_of_and_one_that_would_change_the_text_is_refused():
    async def scenario():
        async with bench() as b:
            taken = await text(b, ProvideFeedback="true", MaxPrice="1")
            plain = await text(b, ShortenUrls="false")
            refused = [await text(b, **fields) for fields in ({"ContentSid": "HX1"}, {"ShortenUrls": "true"})]
            await b.quiet()

            assert (taken.status_code, plain.status_code) == (201, 201)
            assert [(one.status_code, one.json()["code"]) for one in refused] == [(501, 20501)] * 2
            texts = [warning["text"] for warning in b.engine.inspector.warnings]
            assert sum("does nothing with" in one for one in texts) == 2

    run(scenario)


def test_one_of_our_numbers_texts_another():
    async def scenario():
        async with bench() as b:
            message = await sent(b, "Hello, Sales", To=SALES)
            told = (await until(lambda: b.product.at("/twilio/messaging/incoming/")))[0]
            await b.quiet()

            assert message.status == "delivered"
            assert (told.params["From"], told.params["To"], told.params["Body"]) == (SUPPORT, SALES, "Hello, Sales")
            assert told.params["MessageSid"] != message.sid

    run(scenario)
