"""Texts and the company's rules: an agent's, one by rule, and those to groups, when written and when sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agents.models import Agent, Role
from core.languages import sentence
from messaging.group_sends.feeding import feed
from messaging.models import Message, MissedCallText, Origin, Step
from messaging.outbox.claims import claim_next
from messaging.services import message_write
from messaging.threads.missed_calls import missed_calls_text
from routing.models import DoNotCall, OutgoingHours, OutgoingOverride
from tests import factories
from tests.messaging.group_sends.sends import Requests, make_people
from tests.messaging.texts import get, make_thread, send, signed_in
from tests.routing.outgoing.rows import BERLIN, DAY, NIGHT, clock, hours, listed, rule
from tests.twilio import CALLER, SUPPORT

pytestmark = pytest.mark.django_db
MESSAGES = "/api/v1/messages/"
REFUSED_HOURS = "It is 23:10 in Germany. Your company texts there from 08:00 to 21:00."
LISTED = "This number is on your company's do-not-call list, which holds for texts too."


@pytest.fixture
def hedy(team) -> Agent:
    return factories.make_agent("hedy", team=team, role=Role.SUPERVISOR)


def text(agent: Agent, to: str = BERLIN, *, at: Any = NIGHT, path: str = MESSAGES, **more: Any) -> tuple[int, str, str]:
    """The status, the kind of problem, and what is said."""
    body = {"body": "Hello"} | ({"line": SUPPORT, "to": to} if path == MESSAGES else {}) | more
    with clock(at):
        answer = send(signed_in(agent), path, body)
    found = answer.json()
    return answer.status_code, found.get("code", ""), found.get("detail", "")


def claimed(at: Any) -> list[str]:
    """To whom something is sent now."""
    with clock(at):
        return [one.recipient for one in claim_next("worker", 50).claimed]


def written_at(message: Message, at: Any) -> None:
    Message.objects.filter(pk=message.pk).update(created_at=at, due_at=at)


def problem_of(message: Message) -> str:
    message.refresh_from_db()
    return sentence(message.problem)


# --- An agent's ----------------------------------------------------------------------------------------------------


def test_countries_go_by_role_for_texts_alike(line, ada, hedy):
    rule("DE", agents=False, channels="texts")

    assert text(ada, at=DAY) == (
        409, "text_refused", "You are not allowed to text Germany. Ask a supervisor or your admin.",
    )  # fmt: skip
    assert text(hedy, at=DAY)[0] == 201


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("+19005551234", "Premium-rate numbers cannot be texted."),
        (
            "+447012345678",
            "Your company does not allow texts to personal numbers, which may cost much. Ask your admin.",
        ),
    ],
)
def test_dear_numbers_get_no_texts(line, ada, number, said):
    assert text(ada, number) == (409, "text_refused", said)


def test_countries_that_the_server_does_not_call_get_no_texts(line, ada, settings):
    settings.ALLOWED_REGIONS = ["US"]

    assert text(ada)[2] == "Your company does not allow texts to this country. Ask your admin."


def test_a_thread_with_an_emergency_number_stays_as_it_is(line, ada):
    thread = make_thread(line, "911")

    status, _code, said = text(ada, path=f"/api/v1/threads/{thread.pk}/messages/")

    assert (status, said) == (409, "Emergency numbers cannot be texted from Ringdesk. Use another telephone.")


def test_hours_are_kept_for_new_texts_and_in_threads(line, ada, hedy):
    hours()
    thread = make_thread(line, BERLIN)
    path = f"/api/v1/threads/{thread.pk}/messages/"

    assert text(ada) == text(ada, path=path) == (409, "text_refused", REFUSED_HOURS)
    assert text(hedy, path=path) == (409, "text_needs_reason", REFUSED_HOURS)
    assert not Message.objects.exists()
    assert text(ada, path=path, at=DAY)[0] == 201


def test_what_forbids_a_text_is_known_before_it_is_written(line, ada, hedy):
    hours(override_by="supervisors")

    def asked(agent: Agent, number: str, at: Any = NIGHT) -> tuple[str, str, bool]:
        with clock(at):
            found = get(signed_in(agent), "/api/v1/threads/closed/", line=line.pk, number=number).json()
        return found["closed"], found["message"], found["may_override"]

    assert asked(ada, BERLIN) == ("", REFUSED_HOURS, False)
    assert asked(hedy, BERLIN) == ("", REFUSED_HOURS, True)
    assert asked(hedy, BERLIN, DAY) == asked(ada, CALLER) == ("", "", False)
    listed(BERLIN, override_by="nobody")
    assert asked(hedy, BERLIN) == ("", LISTED, False)


def test_a_short_code_is_in_no_country(line, ada):
    hours("08:00", "08:01")
    rule("", agents=False)
    thread = make_thread(line, "22395")

    assert text(ada, path=f"/api/v1/threads/{thread.pk}/messages/")[0] == 201


def test_with_a_reason_it_is_sent_by_whom_the_rule_lets(line, ada, hedy):
    hours()

    assert text(ada, override="Please")[:2] == (409, "text_refused")
    assert not OutgoingOverride.objects.exists()
    assert text(hedy, override="She waits for it")[0] == 201
    row, message = OutgoingOverride.objects.get(), Message.objects.get()
    assert (row.agent, row.number, row.channel, row.reason, row.message_id, row.rules) == (
        hedy, BERLIN, "texts", "She waits for it", message.pk, ["hours"],
    )  # fmt: skip
    written_at(message, NIGHT)
    assert claimed(NIGHT + timedelta(hours=1)) == [BERLIN]


def test_a_reason_where_nothing_forbids_the_text_is_not_kept(line, hedy):
    assert text(hedy, override="Just so")[0] == 201
    assert not OutgoingOverride.objects.exists()


def test_the_same_text_under_its_key_is_one_override(line, hedy):
    hours()

    assert [text(hedy, override="She waits", key="one")[0] for _ in range(2)] == [201, 200]
    assert OutgoingOverride.objects.count() == 1


@pytest.mark.parametrize("reason", ["x" * 256, ["a"], {"a": 1}, "\x00"])
def test_an_odd_reason_is_answered(line, hedy, reason):
    hours()

    assert text(hedy, override=reason)[0] == 400
    assert not Message.objects.exists()


# --- When it is sent -----------------------------------------------------------------------------------------------


def write(line: Any, by: Agent | None, *, at: Any, number: str = BERLIN) -> Message:
    message = message_write(line, number, "Hello", origin=Origin.AGENT, by=by)
    written_at(message, at)
    return message


def test_what_was_written_in_time_may_leave_a_little_later_and_not_much(line, ada):
    hours("08:00", "21:00")
    last_minute = NIGHT.replace(hour=19, minute=58)
    soon, late = write(line, ada, at=last_minute), write(line, ada, at=last_minute, number="+493012345679")
    Message.objects.filter(pk=late.pk).update(due_at=NIGHT)

    assert claimed(last_minute + timedelta(minutes=5)) == [soon.recipient]
    assert claimed(NIGHT) == []
    assert problem_of(late) == REFUSED_HOURS


def test_who_came_on_the_list_meanwhile_gets_nothing(line, ada):
    message = write(line, ada, at=DAY)
    listed(BERLIN)

    assert claimed(DAY) == []
    assert (problem_of(message), message.step) == (LISTED, Step.REFUSED)


def test_the_writers_role_counts_and_of_who_is_gone_the_least(line, ada, hedy):
    rule("DE", agents=False)
    fine, _mine, _gone = (write(line, by, at=DAY, number=f"+49301234567{n}") for n, by in enumerate([hedy, ada, None]))

    assert claimed(DAY) == [fine.recipient]


def test_an_override_of_one_rule_is_none_of_another(line, hedy):
    hours()
    text(hedy, override="She waits for it")
    written_at(Message.objects.get(), NIGHT)
    listed(BERLIN, override_by="supervisors")

    assert claimed(NIGHT) == []
    assert problem_of(Message.objects.get()) == LISTED


# --- By rule -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["hours", "list", "place"])
def test_no_text_by_rule_goes_to_a_missed_caller_against_the_companys_rules(line, what):
    MissedCallText.objects.create(line=line, is_on=True, body="We missed your call.")
    ended = timezone.now() - timedelta(minutes=1)
    factories.make_call(
        line=line, direction="inbound", status="no-answer", result="missed", start_time=ended, end_time=ended
    )
    if what == "hours":
        hours("00:00", "23:59", weekdays=str((ended + timedelta(days=3)).isoweekday()))
    elif what == "list":
        listed(CALLER)
    else:
        rule("US", admins=False)

    missed_calls_text()

    assert not Message.objects.exists()
    OutgoingHours.objects.all().delete()
    DoNotCall.objects.all().delete()
    for row in type(rule("DE")).objects.all():
        row.delete()
    missed_calls_text()
    assert Message.objects.count() == 1


# --- Groups --------------------------------------------------------------------------------------------------------


@pytest.fixture
def requests(hedy) -> Requests:
    return Requests(hedy)


def test_a_draft_leaves_out_with_the_reason_who_may_not_be_texted(line, requests):
    fine, on_list = make_people(2)
    listed(on_list.numbers.get().number)
    german = factories.make_contact("Uwe", BERLIN)
    dear = factories.make_contact("Dear", "+19005551234")
    rule("DE", supervisors=False)
    hours("08:00", "08:01")

    draft = requests.draft(line, contacts=[fine.pk, on_list.pk, german.pk, dear.pk])

    assert {one["reason"]: one["text"] for one in draft["summary"]["reasons"]} == {
        "do-not-call": "1 is on the do-not-call list",
        "forbidden": "2 have numbers that your company does not text",
    }
    assert {one["why"] for one in requests.people(draft["id"], show="left-out")} == {
        "On the do-not-call list",
        "Your company does not text there",
    }


def test_each_person_of_a_send_is_texted_in_the_companys_hours_there(line, requests):
    factories.make_contact("Uwe", BERLIN)
    draft = requests.draft(line, numbers=[BERLIN, "+12025559999"], body="Hello")
    hours()
    requests.step(draft["id"], "start")

    with clock(NIGHT_LATER):
        feed(100)
    assert claimed(NIGHT_LATER) == ["+12025559999"]
    assert Message.objects.get().recipient == "+12025559999"
    morning = NIGHT_LATER.replace(hour=7, minute=0) + timedelta(days=1)
    with clock(morning):
        feed(100)
    assert claimed(morning) == [BERLIN]


# After whatever moment it is now.
NIGHT_LATER = NIGHT.replace(year=2096)


def test_a_text_to_a_group_that_is_late_in_the_outbox_waits_for_the_morning(line, requests):
    draft = requests.draft(line, numbers=[BERLIN], body="Hello")
    requests.step(draft["id"], "start")
    with clock(NIGHT_LATER):
        feed(100)
    hours()

    assert claimed(NIGHT_LATER) == []
    message = Message.objects.get()
    assert (message.step, message.due_at) == (Step.WAITING, NIGHT_LATER.replace(hour=7, minute=0) + timedelta(days=1))
    assert claimed(message.due_at) == [BERLIN]


def test_who_may_not_be_texted_any_more_is_refused_when_it_is_sent(line, requests):
    draft = requests.draft(line, numbers=[BERLIN], body="Hello")
    requests.step(draft["id"], "start")
    feed(100)
    listed(BERLIN)

    assert claim_next("worker", 50).claimed == ()
    (person,) = requests.people(draft["id"])
    assert person["why"] == LISTED


def test_ones_own_number_is_no_exception(line, requests):
    draft = requests.draft(line, numbers=["+12025559999"], body="Hello")
    listed(BERLIN)

    answer = requests.ask("POST", f"/api/v1/group-sends/{draft['id']}/to-myself/", {"number": BERLIN})

    assert (answer.status_code, answer.json()["detail"]) == (409, LISTED)
