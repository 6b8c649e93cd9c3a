"""A text back to who called in vain: by rule, once a day, and never to who wants none."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.utils import timezone

from contacts.models import BlockedNumber, Consent, ContactNumber, LineType
from messaging.admin import MissedCallTextForm
from messaging.models import Message, MissedCallText, Step
from messaging.threads.missed_calls import is_within, missed_calls_text
from tests import factories
from tests.messaging.texts import make_message, make_thread
from tests.twilio import CALLER, SUPPORT

pytestmark = pytest.mark.django_db


@pytest.fixture
def rule(line) -> MissedCallText:
    return MissedCallText.objects.create(line=line, is_on=True, body="We missed your call. When may we ring you?")


def missed(line, number: int = 1, *, minutes: float = 1, **values):
    ended = timezone.now() - timedelta(minutes=minutes)
    start = ended - timedelta(seconds=20)
    known = {"direction": "inbound", "status": "no-answer", "result": "missed", "start_time": start, "end_time": ended}
    return factories.make_call(number, line=line, **(known | values))


def written() -> list[str]:
    return list(Message.objects.values_list("recipient", flat=True))


def test_an_admin_reads_by_which_clock_the_hours_are(settings):
    settings.TIME_ZONE = "Europe/Berlin"

    fields = MissedCallTextForm().fields

    for name in ("begins_at", "ends_at"):
        assert fields[name].help_text.endswith(". As the clock stands in Europe/Berlin.")


def test_a_missed_caller_gets_one_text_however_often_it_is_looked(line, rule):
    missed(line, 1, minutes=3)
    missed_calls_text()
    missed(line, 2, minutes=1)
    missed_calls_text()
    missed_calls_text()

    message = Message.objects.get()
    assert (message.recipient, message.origin, message.step, message.body) == (
        CALLER, "rule", Step.WAITING, rule.body,
    )  # fmt: skip


def test_nobody_is_forgotten_in_a_burst(line, rule):
    """Those who were missed first, and have their text, stand in nobody's way."""
    numbers = [f"+1202556{number:04}" for number in range(1, 202)]
    for number, caller in enumerate(numbers, start=1):
        missed(line, number, minutes=5, caller=caller)

    missed_calls_text()
    missed_calls_text()

    assert sorted(written()) == numbers


def test_who_has_a_text_costs_no_look_of_their_own(line, rule, django_assert_num_queries):
    for number in range(1, 21):
        missed(line, number, caller=f"+1202556{number:04}")
    missed_calls_text()

    with django_assert_num_queries(3):
        missed_calls_text()


def test_who_then_tries_a_line_that_texts_nobody_gets_the_text_of_the_first(line, team, rule):
    sales = factories.make_line(name="Sales", number="+12025550101", team=team)
    missed(line, 1, minutes=3)
    missed(sales, 2, minutes=1)

    missed_calls_text()

    assert Message.objects.get().thread.line == line


@pytest.mark.parametrize("result", ["answered", "voicemail", ""])
def test_who_is_answered_at_another_line_gets_none(line, team, rule, result):
    sales = factories.make_line(name="Sales", number="+12025550101", team=team)
    missed(line, 1, minutes=3)
    missed(sales, 2, minutes=1, result=result)

    missed_calls_text()

    assert written() == []


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"body": "Sorry {first name}!"}, "body", "write it without {first name}"),
        ({"begins_at": "09:00", "ends_at": "09:00"}, "ends_at", "The hours end when they begin."),
    ],
)
def test_a_rule_that_would_write_nonsense_or_nothing_is_refused(line, given, field, said):
    form = MissedCallTextForm({"line": line.pk, "is_on": "on", "body": "Sorry!", **given})

    assert said in str(form.errors[field])


def test_each_line_has_its_own_rule_and_most_have_none(line, team, rule):
    missed(factories.make_line(name="Sales", number="+12025550101", team=team))
    missed_calls_text()

    assert written() == []


@pytest.mark.parametrize(
    "values",
    [
        {"result": "answered"},
        {"result": "voicemail"},
        {"caller": "anonymous"},
        {"minutes": 30},
        *({"spam": action} for action in ("refuse", "voicemail", "mark")),
    ],
)
def test_only_who_was_missed_lately_and_can_be_texted_gets_one(line, rule, values):
    missed(line, **values)
    missed_calls_text()

    assert written() == []


def test_who_called_again_or_was_called_back_gets_none(line, rule):
    missed(line, 1, minutes=5)
    factories.make_call(2, line=line, status="completed", result="answered", start_time=timezone.now())
    missed_calls_text()

    assert written() == []


def forbid() -> None:
    Consent.objects.create(number=CALLER, sender=SUPPORT, state="forbidden", source="text")


def block() -> None:
    BlockedNumber.objects.create(number=CALLER)


def landline() -> None:
    factories.make_contact()
    ContactNumber.objects.update(line_type=LineType.LANDLINE)


@pytest.mark.parametrize("close", [forbid, block, landline])
def test_never_after_stop_and_never_to_a_blocked_number_or_a_landline(line, rule, close):
    close()
    missed(line)
    missed_calls_text()

    assert written() == []


@pytest.mark.parametrize("code", ["21614", "30006", "21211", "30005"])
def test_a_stranger_whose_number_took_no_text_gets_no_other(line, rule, code):
    before = timezone.now() - timedelta(days=3)
    make_message(make_thread(line), step=Step.TAKEN, status="undelivered", error_code=code, created_at=before)
    missed(line)
    missed_calls_text()

    assert Message.objects.filter(origin="rule").count() == 0


def test_a_stranger_from_whose_number_a_text_came_since_gets_one(line, rule):
    thread = make_thread(line)
    make_message(thread, step=Step.TAKEN, status="undelivered", error_code="30006")
    make_message(thread, direction="inbound", status="received")
    missed(line)
    missed_calls_text()

    assert Message.objects.filter(origin="rule").count() == 1


@pytest.mark.parametrize(("hours", "expected"), [(23, 1), (25, 2)])
def test_once_a_day_is_once_in_24_hours_also_past_midnight(line, rule, hours, expected):
    before = timezone.now() - timedelta(hours=hours)
    make_message(make_thread(line), origin="rule", key="missed:before", created_at=before)
    missed(line)
    missed_calls_text()

    assert Message.objects.count() == expected


def test_a_rule_that_is_off_writes_nothing(line, rule):
    MissedCallText.objects.update(is_on=False)
    missed(line)
    missed_calls_text()

    assert written() == []


@pytest.mark.parametrize(
    ("begins", "ends", "at", "within"),
    [
        (None, None, time(3), True), (time(9), time(18), time(9), True), (time(9), time(18), time(18), False),
        (time(9), time(18), time(3), False), (time(20), time(2), time(23), True), (time(20), time(2), time(1), True),
        (time(20), time(2), time(12), False),
    ],
)  # fmt: skip
def test_a_rule_keeps_to_its_hours(begins, ends, at, within):
    moment = timezone.localtime().replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    assert is_within(MissedCallText(begins_at=begins, ends_at=ends), moment) is within
