"""Calls and the company's rules, as a browser, a telephone or anybody who has a token makes them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.models import Agent, Role
from calls.models import Call, CallEvent
from calls.recorder.timeline import call_timeline
from contacts.models import BlockedNumber
from core import brief_memory
from core.languages import sentence, speaking
from routing.models import OutgoingHours, OutgoingOverride
from tests import factories
from tests.calls.test_webhooks_incoming import verbs
from tests.calls.test_webhooks_outgoing import OUTGOING
from tests.messaging.texts import get, send, signed_in
from tests.routing.outgoing.rows import BERLIN, DAY, NIGHT, clock, emergency, hours, listed, rule
from tests.twilio import outgoing

pytestmark = pytest.mark.django_db
OVERRIDES, CHECK = "/api/v1/outgoing-overrides/", "/api/v1/numbers/check/"
REFUSED_HOURS = "It is 23:10 in Germany. Your company calls there from 08:00 to 21:00."
LISTED = "This number is on your company's do-not-call list."


@pytest.fixture
def hedy(team) -> Agent:
    return factories.make_agent("hedy", team=team, role=Role.SUPERVISOR)


@pytest.fixture
def root(team) -> Agent:
    return factories.make_agent("root", team=team, is_superuser=True, is_staff=True)


class Phone:
    """An agent's, which dials at a moment."""

    def __init__(self, twilio: Any) -> None:
        self.twilio, self.calls = twilio, 0

    def dials(self, agent: Agent, number: str, *, at: Any = NIGHT, call: int = 0, **fields: Any) -> str:
        """What is dialled; or what the agent hears instead, which the call keeps."""
        self.calls += 1
        sid = f"CA{call or self.calls:032}"
        with clock(at):
            response = self.twilio.webhook(OUTGOING, outgoing(agent.pk, number, CallSid=sid, **fields))
        dial = verbs(response).find("Dial")
        if dial is not None:
            return str(dial.find("Number").text)
        with speaking(agent.language):
            problem = sentence(Call.objects.get(pk=sid).problem)
        assert verbs(response).find("Say").text == problem
        return problem


@pytest.fixture
def phone(twilio, line) -> Phone:
    return Phone(twilio)


def override(agent: Agent, number: str = BERLIN, *, at: Any = NIGHT, reason: str = "She asked for it") -> Any:
    with clock(at):
        return send(signed_in(agent), OVERRIDES, {"to": number, "reason": reason})


def test_countries_and_prefixes_go_by_role(phone, ada, hedy, root):
    rule("DE", agents=False)
    rule("+4989", agents=False, supervisors=False)
    not_berlin = "You are not allowed to call Germany. Ask a supervisor or your admin."
    not_munich = "You are not allowed to call +4989. Ask a supervisor or your admin."

    assert phone.dials(ada, BERLIN) == not_berlin
    assert phone.dials(hedy, BERLIN) == BERLIN
    assert phone.dials(hedy, "+498912345678") == not_munich
    assert phone.dials(root, "+498912345678") == "+498912345678"
    assert phone.dials(ada, "+12025550142") == "+12025550142"


def test_hours_are_the_callees_by_the_number_or_by_what_the_contact_says(phone, ada):
    hours()

    assert phone.dials(ada, BERLIN) == REFUSED_HOURS
    assert phone.dials(ada, BERLIN, at=DAY) == BERLIN
    assert phone.dials(ada, "+12025550142") == "+12025550142"
    # She is in New York with her German telephone.
    factories.make_contact("Maya", BERLIN, time_zone="America/New_York")
    assert phone.dials(ada, BERLIN) == BERLIN


def test_a_number_on_the_list_is_not_called_until_it_is_removed(phone, ada):
    entry = listed(BERLIN)

    assert phone.dials(ada, BERLIN, at=DAY) == LISTED
    entry.removed_at = DAY
    entry.save()
    assert phone.dials(ada, BERLIN, at=DAY) == BERLIN


def test_a_listed_number_is_found_however_a_country_writes_it(phone, ada):
    listed("+5215512345678")

    assert phone.dials(ada, "+525512345678", at=DAY) == LISTED


def test_the_refused_call_keeps_its_sentence_for_each_reader(phone, ada):
    hours()
    ada.language = "de"
    ada.save()

    heard = phone.dials(ada, BERLIN)

    assert heard == "Dort (Deutschland) ist es 23:10 Uhr. Ihre Firma ruft dort von 08:00 bis 21:00 Uhr an."
    call = Call.objects.get()
    assert get(signed_in(ada), f"/api/v1/calls/{call.sid}/").json()["problem"] == heard
    assert len(call.problem) <= 255


@pytest.mark.parametrize("who", ["agent", "nobody"])
def test_whoever_may_not_override_gets_nothing_by_asking(phone, ada, hedy, who):
    hours(override_by="nobody" if who == "nobody" else "supervisors")
    agent = hedy if who == "nobody" else ada

    answer = override(agent)

    assert answer.status_code == (400 if who == "nobody" else 403)
    assert not OutgoingOverride.objects.exists()


def test_an_override_is_one_call_with_a_reason_that_is_seen_on_its_time_line(phone, hedy):
    hours()
    listed(BERLIN, override_by="supervisors")
    key = override(hedy).json()["id"]

    assert phone.dials(hedy, BERLIN) in (REFUSED_HOURS, LISTED)
    assert phone.dials(hedy, BERLIN, Override=key) == BERLIN
    call = Call.objects.get(problem="")
    row = OutgoingOverride.objects.get()
    assert (row.agent, row.number, row.reason, row.call_sid, row.used_at) == (
        hedy, BERLIN, "She asked for it", call.sid, NIGHT,
    )  # fmt: skip
    assert set(row.rules) == {"hours", "do-not-call"}
    assert set(map(sentence, row.refusal.splitlines())) == {REFUSED_HOURS, LISTED}
    said = {(entry.title, entry.detail) for entry in call_timeline(call, viewer=hedy)}
    assert ("Hedy called against a rule, with a reason", "She asked for it") in said
    # Once.
    assert phone.dials(hedy, BERLIN, Override=key) != BERLIN


def test_twilio_may_ask_twice_about_the_call(phone, hedy):
    hours()
    key = override(hedy).json()["id"]

    assert phone.dials(hedy, BERLIN, Override=key, call=7) == BERLIN
    assert phone.dials(hedy, BERLIN, Override=key, call=7) == BERLIN
    assert CallEvent.objects.filter(name="override").count() == 1


def test_an_override_is_for_its_agent_its_number_and_two_minutes(phone, ada, hedy, root):
    hours()
    key = override(hedy).json()["id"]

    assert phone.dials(ada, BERLIN, Override=key) == REFUSED_HOURS
    assert phone.dials(root, BERLIN, Override=key) == REFUSED_HOURS
    assert phone.dials(hedy, "+493099999999", Override=key) == REFUSED_HOURS
    assert phone.dials(hedy, BERLIN, at=NIGHT + timedelta(seconds=121), Override=key) != BERLIN
    assert phone.dials(hedy, BERLIN, at=NIGHT + timedelta(seconds=119), Override=key) == BERLIN


def test_who_lost_the_right_meanwhile_cannot_use_it(phone, hedy):
    hours()
    key = override(hedy).json()["id"]
    hedy.role = Role.AGENT
    hedy.save()

    assert phone.dials(hedy, BERLIN, Override=key) == REFUSED_HOURS


def test_it_covers_what_it_was_asked_for_and_no_more(phone, hedy):
    hours()
    key = override(hedy).json()["id"]
    listed(BERLIN, override_by="supervisors")

    assert phone.dials(hedy, BERLIN, Override=key) in (LISTED, REFUSED_HOURS)


@pytest.mark.parametrize("forbidden", ["blocked", "country", "premium"])
def test_what_nobody_may_override_stays_refused(phone, root, forbidden):
    hours()
    key = override(root).json()["id"]
    number = BERLIN
    if forbidden == "blocked":
        BlockedNumber.objects.create(number=BERLIN)
    elif forbidden == "country":
        rule("DE", admins=False, supervisors=False, agents=False)
    else:
        number = "+19005551234"

    assert override(root, number).status_code == 400
    assert phone.dials(root, number, Override=key) != number


@pytest.mark.parametrize(
    "fields",
    [
        {"Override": "x" * 5000},
        {"Override": ["one", "two"]},
        {"Override": "' OR 1=1 --"},
        {"Override": ""},
        {"override": "yes", "OVERRIDE": "1", "Reason": "please"},
        {"Override": "\x00"},
    ],
)
def test_whatever_a_browser_sends_allows_an_agent_nothing(phone, ada, hedy, fields):
    hours()
    override(hedy)

    assert phone.dials(ada, BERLIN, **fields) == REFUSED_HOURS
    assert OutgoingOverride.objects.get().used_at is None


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"to": BERLIN}, 400),
        ({"to": BERLIN, "reason": ""}, 400),
        ({"to": BERLIN, "reason": " \u200b "}, 400),
        ({"to": BERLIN, "reason": "x" * 256}, 400),
        ({"to": BERLIN, "reason": ["a"]}, 400),
        ({"to": "9" * 60, "reason": "a"}, 400),
        ({"to": "911", "reason": "a"}, 400),
        ({"to": "+12025550142", "reason": "a"}, 409),
        ({"to": BERLIN, "reason": "a", "agent": 1}, 400),
    ],
)
def test_odd_requests_for_an_override_are_answered(line, hedy, body, status):
    hours()
    with clock(NIGHT):
        answer = send(signed_in(hedy), OVERRIDES, body)

    assert answer.status_code == status
    assert not OutgoingOverride.objects.exists()


def test_the_desk_is_told_before_it_dials_and_whether_it_may_all_the_same(line, ada, hedy):
    hours()
    listed("+12025550177")

    def check(agent: Agent, number: str) -> tuple[bool, str, bool]:
        with clock(NIGHT):
            found = get(signed_in(agent), CHECK, number=number).json()
        return found["valid"], found["message"], found["may_override"]

    assert check(ada, BERLIN) == (False, REFUSED_HOURS, False)
    assert check(hedy, BERLIN) == (False, REFUSED_HOURS, True)
    # Of the list's entries, admins decide unless it is said otherwise.
    assert check(hedy, "+12025550177") == (False, LISTED, False)
    assert check(hedy, "+12025550142") == (True, "", False)
    assert check(hedy, "911")[2] is False


# --- Emergency numbers ---------------------------------------------------------------------------------------------

NO_EMERGENCY = "Emergency numbers cannot be called from Ringdesk. Use another telephone."


@pytest.mark.parametrize("number", ["911", "112", "999", "9-1-1", "９１１"])
def test_without_a_rule_nobody_calls_for_help_from_here(phone, root, number):
    assert phone.dials(root, number) == NO_EMERGENCY


def test_the_line_of_a_rule_dials_its_countrys_emergency_numbers_as_they_are(phone, line, ada):
    emergency(line)
    hours("08:00", "08:01", override_by="nobody")
    rule("", agents=False)
    rule("US", agents=False)

    assert phone.dials(ada, "911") == "911"
    assert phone.dials(ada, "9-1-1") != "911"
    call = Call.objects.get(problem="")
    assert (call.called, call.line, call.contact) == ("911", line, None)
    # Of other countries none: nobody would know where to send help.
    assert phone.dials(ada, "999") == NO_EMERGENCY


def test_another_line_says_which_one_may(phone, line, team, ada):
    other = factories.make_line(team=team, number="+12025550109", name="Front desk")
    emergency(other)

    assert phone.dials(ada, "911") == (
        "Emergency numbers can be called from Front desk only. Choose that line, or use another telephone."
    )
    assert phone.dials(ada, "911", LineId=other.pk) == "911"
    other.is_active = False
    other.save()
    assert phone.dials(ada, "911", LineId=other.pk) == NO_EMERGENCY


def test_a_lines_own_country_has_its_own_emergency_numbers(phone, team, ada):
    sydney = factories.make_line(team=team, number="+61291234567", name="Sydney")

    assert phone.dials(ada, "000", LineId=sydney.pk) == NO_EMERGENCY
    emergency(sydney, "AU")
    assert phone.dials(ada, "000", LineId=sydney.pk) == "000"


# --- What it costs -------------------------------------------------------------------------------------------------


def test_rules_are_read_once_in_some_seconds_and_at_once_after_a_change(phone, ada):
    hours("00:00", "23:59")
    phone.dials(ada, BERLIN)

    with CaptureQueriesContext(connection) as asked:
        assert phone.dials(ada, BERLIN) == BERLIN
    said = " ".join(one["sql"] for one in asked.captured_queries)
    assert (said.count('FROM "routing_donotcall'), said.count('FROM "routing_outgoing')) == (1, 0)

    OutgoingHours.objects.all().delete()
    hours("08:00", "21:00")
    assert phone.dials(ada, BERLIN) == REFUSED_HOURS


def test_another_process_hears_of_a_change_within_seconds(phone, ada, monkeypatch):
    assert phone.dials(ada, BERLIN) == BERLIN
    hours_row = OutgoingHours(begins_at="08:00", ends_at="21:00")
    # Written by somebody else: no signal comes here.
    OutgoingHours.objects.bulk_create([hours_row])

    assert phone.dials(ada, BERLIN) == BERLIN
    later = brief_memory.monotonic() + 5.1
    monkeypatch.setattr(brief_memory, "monotonic", lambda: later)
    assert phone.dials(ada, BERLIN) == REFUSED_HOURS
