"""What was used and what it costs: records, triggers, prices, the balance."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from twilio.base.exceptions import TwilioRestException

from simulator.usage.categories import CATEGORIES, LEAVES
from simulator.usage.categories import line as line_of
from simulator.usage.ledger import today
from simulator.usage.prices import PRICES
from tests.simulator.harness import ACCOUNT, APP, CALLER, SALES, SUPPORT, bench, say, twiml, until
from tests.simulator.rest_client import served
from tests.simulator.texting import is_signed, misfits, run, sent, text_us

GERMAN = "+4930123456"
DAY = re.compile(r"\d{4}-\d\d-\d\d")
NUMBER = re.compile(r"-?\d+(\.\d+)?")

RECORD_SHAPE = {
    "account_sid": re.compile(r"AC[0-9a-f]{32}"),
    "api_version": re.compile("2010-04-01"),
    "as_of": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00"),
    "category": str,
    "count": (NUMBER, None),
    "count_unit": str,
    "description": str,
    "end_date": DAY,
    "price": NUMBER,
    "price_unit": re.compile("usd"),
    "start_date": DAY,
    "subresource_uris": dict,
    "uri": re.compile(r"/2010-04-01/Accounts/AC\w{32}/Usage/Records.*\.json\?Category=.+"),
    "usage": NUMBER,
    "usage_unit": str,
}
PACKAGES = (
    "caller_name", "sim_swap", "call_forwarding", "line_status", "line_type_intelligence", "identity_match",
    "reassigned_number", "sms_pumping_risk", "phone_number_quality_score", "pre_fill",
)  # fmt: skip
LOOKUP_SHAPE = {
    "calling_country_code": (re.compile(r"\d{1,3}"), None),
    "country_code": (re.compile(r"[A-Z]{2}"), None),
    "phone_number": str,
    "national_format": (str, None),
    "valid": bool,
    "validation_errors": list,
    **dict.fromkeys(PACKAGES, (dict, None)),
    "url": re.compile(r"https://lookups\.twilio\.com/v2/PhoneNumbers/\+\d+"),
}
TRIGGER_SHAPE = {
    "account_sid": re.compile(r"AC[0-9a-f]{32}"),
    "api_version": re.compile("2010-04-01"),
    "callback_method": re.compile("GET|POST"),
    "callback_url": str,
    "current_value": NUMBER,
    "date_created": str,
    "date_fired": (str, None),
    "date_updated": str,
    "friendly_name": str,
    "recurring": (re.compile("daily|monthly|yearly|alltime"), None),
    "sid": re.compile(r"UT[0-9a-f]{32}"),
    "trigger_by": re.compile("count|usage|price"),
    "trigger_value": NUMBER,
    "uri": str,
    "usage_category": str,
    "usage_record_uri": str,
}


def used(b, category):
    tally = b.engine.usage.ledger.sum(category, date.min, date.max)
    return tally.count, tally.usage, tally.price


async def plant(b, day, **categories):
    body = {"days": [{"date": str(day), **{name.replace("_", "-"): value for name, value in categories.items()}}]}
    answer = await b.http.post("/sim/usage", json=body)
    assert answer.status_code == 200, answer.text


def test_every_category_leads_to_the_total_and_has_a_price_when_it_has_no_parts():
    assert all(line_of(name)[-1] == "totalprice" for name in CATEGORIES)
    assert line_of("calls-inbound-local") == ["calls-inbound-local", "calls-inbound", "calls", "totalprice"]
    assert set(PRICES) == set(LEAVES)


def test_a_call_has_its_price_a_moment_after_its_end_and_is_counted():
    async def scenario():
        async with served() as (b, work, _):
            b.product.answers["/twilio/voice/incoming/"] = say("Hello")
            call = await b.call()
            await until(lambda: call.over)
            before = await work(lambda client: client.calls(call.sid).fetch())
            await b.quiet()
            after = await work(lambda client: client.calls(call.sid).fetch())

            assert before.price is None or call.price
            assert (after.price, after.price_unit) == ("-0.00850", "USD")
            for category in ("calls", "calls-inbound", "calls-inbound-local"):
                assert used(b, category) == (1, 1, Decimal("0.0085"))
            assert used(b, "calls-outbound") == (0, 0, 0)

    run(scenario)


def test_calls_are_counted_by_what_they_were_and_those_that_nobody_answered_not_at_all():
    async def scenario():
        async with bench() as b:
            b.voice.behaviours["ada"] = "answer"
            b.product.answers["/twilio/voice/incoming/"] = twiml("<Dial><Client>ada</Client></Dial>")
            call = await b.call()
            await until(lambda: call.children and call.children[0].answered)
            call.party_hung_up()
            await b.quiet()
            await b.http.put(f"/sim/telephones/{CALLER}", json={"behaviour": "busy"})
            unanswered = b.engine.create_call(SUPPORT, CALLER, None, None, [])
            await b.quiet()

            assert (used(b, "calls-inbound-local")[0], used(b, "calls-client")[0], used(b, "calls")[0]) == (1, 1, 2)
            assert unanswered.price is None

    run(scenario)


def test_texts_have_a_price_by_segment_and_are_counted():
    async def scenario():
        async with bench() as b:
            long = await sent(b, "x" * 161)
            abroad = await sent(b, To=GERMAN)
            came_in = await text_us(b)
            picture = await text_us(b, media="photo")
            await b.quiet()
            await b.http.put(f"/sim/telephones/{CALLER}", json={"texts": "failed"})
            failed = await sent(b)
            await b.quiet()

            assert [one.price for one in (long, abroad, came_in, picture, failed)] == [
                "-0.01660", "-0.04150", "-0.00830", "-0.01650", None,
            ]  # fmt: skip
            assert used(b, "sms-outbound")[:2] == (2, 3)
            assert used(b, "sms-inbound")[:2] == (1, 1)
            assert used(b, "sms")[:2] == (3, 4)
            assert used(b, "mms-inbound")[:2] == (1, 1)
            assert used(b, "sms-messages-carrierfees")[:2] == (1, 2)

    run(scenario)


def test_numbers_recordings_and_lookups_are_counted():
    async def scenario():
        async with served() as (b, work, _):
            b.product.answers["/twilio/voice/incoming/"] = twiml('<Record maxLength="0.1" action="/done"/>')
            await b.call()
            await b.quiet()
            await work(lambda client: client.incoming_phone_numbers.create(phone_number="+18005550199"))
            await work(lambda client: client.lookups.v2.phone_numbers(CALLER).fetch())
            await work(lambda client: client.lookups.v2.phone_numbers(CALLER).fetch(fields="line_type_intelligence"))

            assert used(b, "phonenumbers")[:2] == (3, 3)
            assert used(b, "phonenumbers-tollfree")[:2] == (1, 1)
            assert used(b, "recordings")[:2] == (1, 1)
            assert used(b, "lookups")[:2] == (1, 1)
            total = used(b, "totalprice")[2]
            balance = await work(lambda client: client.balance.fetch())
            assert (balance.currency, Decimal(balance.balance)) == ("USD", round(Decimal(500) - total, 2))

    run(scenario)


# --- records ----------------------------------------------------------------------------------------------------------


def test_days_are_listed_by_category_newest_first():
    async def scenario():
        async with served() as (b, work, _):
            day = today() - timedelta(days=3)
            await plant(b, day, calls_inbound_local={"count": 3, "usage": 7}, calls_client={"count": 1, "price": "0.5"})

            listed = await work(lambda client: client.usage.records.daily.list(category="calls", start_date=day))
            assert [(one.start_date, one.end_date, one.count) for one in listed] == [
                (day + timedelta(days=3 - number), day + timedelta(days=3 - number), "4" if number == 3 else "0")
                for number in range(4)
            ]
            assert (listed[-1].usage, listed[-1].price) == ("8", Decimal("0.5595"))
            assert (listed[-1].count_unit, listed[-1].usage_unit, listed[-1].price_unit) == ("calls", "minutes", "usd")
            assert datetime.fromisoformat(listed[0].as_of).tzinfo is not None

    run(scenario)


def test_every_record_has_twilios_shape_and_strings_for_numbers():
    async def scenario():
        async with bench() as b:
            await b.http.post("/sim/usage", json={"past_days": 2})
            for name in ("", "/AllTime", "/Daily", "/LastMonth", "/Monthly", "/ThisMonth", "/Today", "/Yearly"):
                answer = (await b.rest("GET", f"/Usage/Records{name}.json?PageSize=1000")).json()
                records = answer["usage_records"]
                assert {record["category"] for record in records} == set(CATEGORIES), name
                assert [misfits(record, RECORD_SHAPE) for record in records if misfits(record, RECORD_SHAPE)] == []
                assert answer["next_page_uri"] is None

    run(scenario)


def test_a_sum_of_days_is_narrowed_by_dates_and_by_offsets_from_today():
    async def scenario():
        async with served() as (b, work, _):
            for back in (60, 20, 5):
                await plant(b, today() - timedelta(days=back), sms_outbound_longcode={"count": back})

            async def count(**filters):
                records = await work(lambda client: client.usage.records.list(category="sms-outbound", **filters))
                return [int(record.count) for record in records]

            assert await count() == [85]
            assert await count(start_date=today() - timedelta(days=30)) == [25]
            assert await count(start_date=today() - timedelta(days=60), end_date=today() - timedelta(days=20)) == [80]
            path = "/Usage/Records.json?Category=sms-outbound"
            offsets = (await b.rest("GET", f"{path}&StartDate=-30days&EndDate=-10days")).json()["usage_records"]
            future = (await b.rest("GET", f"{path}&StartDate=%2B1days")).json()["usage_records"]
            assert ([one["count"] for one in offsets], future) == (["20"], [])
            assert offsets[0]["start_date"] == str(today() - timedelta(days=30))
            wrong = [await b.rest("GET", f"/Usage/Records.json?{query}") for query in ("StartDate=soon", "Category=x")]
            assert [one.json()["code"] for one in wrong] == [20001, 20001]

    run(scenario)


def test_months_and_years_and_the_short_cuts_add_their_days_up():
    async def scenario():
        async with served() as (b, work, _):
            this_month = today().replace(day=1)
            last_month = this_month - timedelta(days=1)
            await plant(b, this_month, mms_outbound_longcode={"count": 2})
            await plant(b, last_month, mms_outbound_longcode={"count": 5})
            await plant(b, last_month.replace(day=1), mms_outbound_longcode={"count": 7})

            def counts(name, **filters):
                return lambda client: [
                    int(one.count) for one in getattr(client.usage.records, name).list(category="mms", **filters)
                ]

            assert await work(counts("monthly")) == [2, 12]
            assert await work(counts("this_month")) == [2]
            assert await work(counts("last_month")) == [12]
            assert await work(counts("all_time")) == [14]
            assert sum(await work(counts("yearly"))) == 14
            assert await work(counts("today")) == [2 if today() == this_month else 0]
            monthly = await work(lambda client: client.usage.records.monthly.list(category="mms"))
            assert (monthly[1].start_date, monthly[1].end_date) == (last_month.replace(day=1), last_month)

    run(scenario)


def test_records_come_in_pages():
    async def scenario():
        async with served() as (b, work, _):
            await b.http.post("/sim/usage", json={"past_days": 30})
            whole = await work(lambda client: client.usage.records.daily.list(category="calls", page_size=1000))
            parts = await work(lambda client: client.usage.records.daily.list(category="calls", page_size=7))

            assert len(whole) == 31
            assert [(one.start_date, one.count) for one in parts] == [(one.start_date, one.count) for one in whole]

    run(scenario)


def test_a_past_month_can_be_planted_and_is_the_same_each_time():
    async def scenario():
        planted = []
        for _ in range(2):
            async with bench() as b:
                answer = await b.http.post("/sim/usage", json={"past_days": 30})
                planted.append(answer.json()["days"])
                # Numbers are booked when the simulator begins, on the same day.
                assert len(planted[-1]) == 31
                await b.http.post("/sim/reset")
                assert len((await b.http.get("/sim/usage")).json()["days"]) == 1
        assert planted[0] == planted[1]

    run(scenario)


@pytest.mark.parametrize(
    "body",
    [
        {"past_days": -1},
        {"past_days": "30"},
        {"days": {}},
        {"days": [{}]},
        {"days": [{"date": "2020-01-01"}]},
        {"days": [{"date": str(today() + timedelta(days=3))}]},
        {"days": [{"date": str(today()), "calls": {"count": 1}}]},
        {"days": [{"date": str(today()), "calls-client": {"count": -1}}]},
        {"days": [{"date": str(today()), "calls-client": {"count": 1, "usage": "many"}}]},
        {"days": [{"date": str(today()), "calls-client": {"minutes": 1}}]},
        {"months": 1},
    ],
)
def test_nonsense_about_the_past_is_refused_and_changes_nothing(body):
    async def scenario():
        async with bench() as b:
            before = b.engine.usage.ledger.as_json()
            answer = await b.http.post("/sim/usage", json=body)

            assert (answer.status_code, b.engine.usage.ledger.as_json()) == (400, before)

    run(scenario)


# --- triggers ---------------------------------------------------------------------------------------------------------


def test_a_trigger_tells_its_callback_once_when_it_is_passed():
    async def scenario():
        async with served() as (b, work, _):
            trigger = await work(
                lambda client: client.usage.triggers.create(
                    callback_url=f"{b.product.url}/passed",
                    trigger_value="2",
                    usage_category="sms-outbound",
                    trigger_by="count",
                    friendly_name="Texts",
                )
            )
            for _ in range(3):
                await sent(b)
            await b.quiet()
            fetched = await work(lambda client: client.usage.triggers(trigger.sid).fetch())

            [told] = b.product.at("/passed")
            assert is_signed(told)
            assert told.params | {"DateFired": "", "IdempotencyToken": ""} == {
                "AccountSid": ACCOUNT,
                "CurrentValue": "2",
                "DateFired": "",
                "IdempotencyToken": "",
                "Recurring": "",
                "TriggerBy": "count",
                "TriggerValue": "2",
                "UsageCategory": "sms-outbound",
                "UsageRecordUri": f"/2010-04-01/Accounts/{ACCOUNT}/Usage/Records.json?Category=sms-outbound",
                "UsageTriggerSid": trigger.sid,
            }
            assert (trigger.current_value, trigger.date_fired) == ("0", None)
            assert fetched.current_value == "3"
            assert fetched.date_fired is not None

    run(scenario)


def test_a_recurring_trigger_looks_at_its_own_period_and_fires_again_in_the_next():
    async def scenario():
        async with bench() as b:
            await plant(b, today() - timedelta(days=1), sms_outbound_longcode={"count": 100})
            data = {
                "CallbackUrl": f"{b.product.url}/passed",
                "TriggerValue": "1",
                "UsageCategory": "sms",
                "Recurring": "daily",
            }
            made = (await b.rest("POST", "/Usage/Triggers.json", data=data)).json()
            await sent(b)
            await sent(b)
            await b.quiet()
            assert (made["current_value"], len(b.product.at("/passed"))) == ("0", 1)

            b.engine.usage.triggers[made["sid"]].date_fired -= timedelta(days=1)
            await sent(b)
            await b.quiet()
            assert len(b.product.at("/passed")) == 2

    run(scenario)


def test_triggers_are_made_relative_listed_changed_and_deleted():
    async def scenario():
        async with served() as (b, work, _):
            await plant(b, today(), sms_outbound_longcode={"count": 10})
            trigger = await work(
                lambda client: client.usage.triggers.create(
                    callback_url="http://h/a", trigger_value="+30", usage_category="sms", recurring="monthly"
                )
            )
            shown = (await b.rest("GET", f"/Usage/Triggers/{trigger.sid}.json")).json()
            changed = await work(
                lambda client: client.usage.triggers(trigger.sid).update(callback_url="http://h/b", friendly_name="New")
            )
            monthly = await work(lambda client: client.usage.triggers.list(recurring="monthly", usage_category="sms"))
            yearly = await work(lambda client: client.usage.triggers.list(recurring="yearly"))
            await work(lambda client: client.usage.triggers(trigger.sid).delete())

            assert misfits(shown, TRIGGER_SHAPE) == []
            assert (trigger.trigger_value, trigger.recurring) == ("40", "monthly")
            assert (changed.callback_url, changed.friendly_name) == ("http://h/b", "New")
            assert ([one.sid for one in monthly], yearly) == ([trigger.sid], [])
            assert await work(lambda client: client.usage.triggers.list()) == []

    run(scenario)


@pytest.mark.parametrize(
    "fields",
    [
        {"callback_url": "nowhere"},
        {"trigger_value": "many"},
        {"trigger_value": "-1"},
        {"trigger_value": "1e999999"},
        {"callback_url": "http://["},
        {"usage_category": "pigeons"},
        {"recurring": "hourly"},
        {"trigger_by": "weight"},
    ],
)
def test_a_trigger_that_cannot_be_is_refused(fields):
    async def scenario():
        async with served() as (b, work, _):
            given = {"callback_url": "http://h/", "trigger_value": "1", "usage_category": "sms", **fields}
            with pytest.raises(TwilioRestException) as refusal:
                await work(lambda client: client.usage.triggers.create(**given))

            assert refusal.value.status == 400
            assert b.engine.usage.triggers == {}

    run(scenario)


# --- lookups ----------------------------------------------------------------------------------------------------------


def test_a_number_is_looked_up():
    async def scenario():
        async with served() as (b, work, _):
            await b.http.put(f"/sim/telephones/{CALLER}", json={"line_type": "landline"})

            def look_up(number, **options):
                return work(lambda client: client.lookups.v2.phone_numbers(number).fetch(**options))

            plain = await look_up(CALLER)
            line = await look_up(CALLER, fields="line_type_intelligence")
            ours = await look_up(SALES, fields="line_type_intelligence")
            local = await look_up("030 123456", country_code="DE")
            long = await look_up("+141599299600")
            words = await look_up("nobody")

            raw = (await b.http.get(f"/lookups.twilio.com/v2/PhoneNumbers/{CALLER}", auth=b.auth)).json()
            assert misfits(raw, LOOKUP_SHAPE) == []
            assert (plain.valid, plain.validation_errors) == (True, [])
            assert (plain.phone_number, plain.national_format) == (CALLER, "(202) 555-0142")
            assert (plain.calling_country_code, plain.country_code) == ("1", "US")
            assert plain.line_type_intelligence is None
            assert (line.line_type_intelligence["type"], line.line_type_intelligence["error_code"]) == (
                "landline",
                None,
            )
            assert ours.line_type_intelligence["type"] == "nonFixedVoip"
            assert (local.phone_number, local.country_code, local.valid) == (GERMAN, "DE", True)
            assert (long.valid, long.validation_errors, long.national_format) == (False, ["TOO_LONG"], None)
            assert (words.valid, words.validation_errors) == (False, ["NOT_A_NUMBER"])

    run(scenario)


@pytest.mark.parametrize(
    ("number", "problems"),
    [
        ("5550100", ["TOO_SHORT"]),
        ("+1555555", ["TOO_SHORT"]),
        ("+15555550100", ["INVALID_BUT_POSSIBLE"]),
        ("+441632960001", ["INVALID_BUT_POSSIBLE"]),
        ("+999123456", ["INVALID_COUNTRY_CODE"]),
        ("+12025550199", []),
        ("+15005550006", []),
        ("+442079460000", []),
    ],
)
def test_a_number_that_nobody_can_have_is_not_valid(number, problems):
    async def scenario():
        async with bench() as b:
            answer = await b.http.get(f"/lookups.twilio.com/v2/PhoneNumbers/{number}", auth=b.auth)

            assert (answer.json()["valid"], answer.json()["validation_errors"]) == (not problems, problems)

    run(scenario)


@pytest.mark.parametrize(("fields", "status"), [("sim_swap", 501), ("horoscope", 400)])
def test_what_cannot_be_looked_up_is_said(fields, status):
    async def scenario():
        async with served() as (_, work, _url):
            with pytest.raises(TwilioRestException) as refusal:
                await work(lambda client: client.lookups.v2.phone_numbers(CALLER).fetch(fields=fields))

            assert refusal.value.status == status

    run(scenario)


def test_an_application_placing_calls_costs_as_a_client():
    async def scenario():
        async with bench() as b:
            b.product.answers["/twilio/voice/outgoing/"] = say("Hello")
            leg = await b.client_calls({"To": CALLER})
            await b.quiet()

            assert leg.application_sid == APP
            assert leg.price == "-0.00400"

    run(scenario)
