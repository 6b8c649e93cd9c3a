"""GET /api/v1/numbers/check/: what a number means before it is called, and all that forbids it."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.translation import gettext_noop

from agents.models import Agent, Role
from calls.live import outgoing_guards
from contacts.models import BlockedNumber
from tests import factories
from tests.calls.log.test_call_api import signed_in
from tests.routing.outgoing.rows import BERLIN, DAY, NIGHT, clock, emergency, hours, listed, rule
from tests.twilio import SUPPORT

pytestmark = pytest.mark.django_db

SPENT = gettext_noop("This call would cost more than today's limit allows. Ask your admin.")


@pytest.fixture
def hedy(team) -> Agent:
    return factories.make_agent("hedy", team=team, role=Role.SUPERVISOR)


def check(agent: Agent, number: str) -> dict[str, Any]:
    found: dict[str, Any] = signed_in(agent).get("/api/v1/numbers/check/", {"number": number}, secure=True).json()
    return found


def test_it_shows_what_it_understood(ada, line):
    contact = factories.make_contact()
    factories.make_call(1, line=line)

    found = check(ada, " tel:(202) 555-0142 ")

    assert (found["valid"], found["e164"], found["display"]) == (True, "+12025550142", "(202) 555-0142")
    assert (found["country"], found["contact"]["id"], found["known_calls"]) == ("United States", contact.pk, 1)


@pytest.mark.parametrize(
    ("number", "message"),
    [
        ("", ""),
        ("2", "This number is too short for the United States."),
        ("+44 20 79", "This number is too short for the United Kingdom."),
        ("maya", "This is not a telephone number."),
        ("\x00\ud83d", "This is not a telephone number."),
        (SUPPORT, "This is the number you are calling from."),
    ],
)
def test_what_has_to_be_typed_anew_is_said_and_is_no_number(ada, line, number, message):
    found = check(ada, number.encode("utf-8", "replace").decode())

    assert (found["valid"], found["message"], found["e164"], found["display"]) == (False, message, None, None)


@pytest.mark.parametrize(
    ("number", "display", "message"),
    [
        ("+1 900 555 0142", "(900) 555-0142", "Premium-rate numbers cannot be called."),
        ("911", "911", "Emergency numbers cannot be called from Ringdesk. Use another telephone."),
        ("+12025550166", "(202) 555-0166", "This number is blocked. Ask a supervisor to unblock it."),
        (BERLIN, "+49 30 12345678", "You are not allowed to call Germany. Ask a supervisor or your admin."),
        ("+12025550167", "(202) 555-0167", "This number is on your company's do-not-call list."),
    ],
)
def test_a_whole_number_that_nobody_here_may_call_is_told_from_a_mistyped_one(ada, line, number, display, message):
    BlockedNumber.objects.create(number="+12025550166")
    rule("DE", agents=False)
    listed("+12025550167", override_by="nobody")

    found = check(ada, number)

    assert (found["valid"], found["message"], found["display"]) == (False, message, display)
    assert found["may_override"] is False


def test_who_may_call_anyway_is_told_so(ada, hedy, line):
    hours(override_by="supervisors")

    with clock(NIGHT):
        found = {agent.username: check(agent, BERLIN)["may_override"] for agent in (ada, hedy)}

    assert found == {"ada": False, "hedy": True}


def test_a_spend_limit_is_said_before_the_call_and_nobody_overrides_it(hedy, line, monkeypatch):
    monkeypatch.setattr(outgoing_guards, "_guards", [lambda number: SPENT if number.region == "DE" else ""])
    hours(override_by="supervisors")

    with clock(NIGHT):
        found = check(hedy, BERLIN)

    assert (found["valid"], found["message"], found["may_override"]) == (False, SPENT, False)
    assert found["e164"] == BERLIN
    with clock(DAY):
        assert check(hedy, "+12025550142")["valid"] is True


def test_who_calls_for_help_is_asked_about_no_money(ada, line, monkeypatch):
    monkeypatch.setattr(outgoing_guards, "_guards", [lambda number: SPENT])
    emergency(line)

    assert check(ada, "911")["valid"] is True


def test_an_agent_without_a_line_is_told_before_dialling(ada, settings):
    settings.TWILIO_CALLER_ID = ""

    found = check(ada, "+12025550142")

    assert (found["valid"], found["message"]) == (False, "You have no line to call from. Ask your admin.")
