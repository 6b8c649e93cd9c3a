"""Adding and changing lines in Django admin: none on which callers reach nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
import requests
from django.test import Client
from twilio.rest.api.v2010.account.incoming_phone_number import IncomingPhoneNumberList

from agents.models import Agent, Team
from routing.models import Line
from routing.selectors import lines_for
from tests import factories
from tests.calls.test_webhooks_incoming import verbs
from tests.calls.test_webhooks_outgoing import OUTGOING
from tests.telephony.account import Account, account_at_twilio
from tests.twilio import outgoing

pytestmark = pytest.mark.django_db
ADD = "/admin/routing/line/add/"
OWN, FOREIGN = "+12025550101", "+12025550199"


@pytest.fixture
def account() -> Iterator[Account]:
    with account_at_twilio() as account:
        account.add_number(OWN)
        yield account


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(factories.make_agent("root", is_staff=True, is_superuser=True))
    return client


def fields(team: Team, number: str = OWN, **changes: Any) -> dict[str, Any]:
    values = {
        "name": "Sales",
        "number": number,
        "team": team.pk,
        "language": "en",
        "ring_seconds": 20,
        "goal_percent": 80,
        "goal_seconds": 20,
        "goal_wait_seconds": 120,
        "is_active": "on",
    }
    return {name: value for name, value in (values | {"takes_voicemail": "on"} | changes).items() if value is not None}


def saved(admin: Client, path: str, values: dict[str, Any]) -> tuple[bool, str]:
    """Whether it was, and all that the page says then."""
    response = admin.post(path, values, secure=True)
    if response.status_code == 302:
        response = admin.get(response["Location"], secure=True)
        return True, response.content.decode()
    return False, response.content.decode()


def test_a_line_with_a_number_of_the_account_is_saved(admin, account, team, ada):
    done, page = saved(admin, ADD, fields(team, "(202) 555-0101"))

    assert done, page
    assert Line.objects.get().number == OWN
    assert "could not be asked" not in page


def test_a_number_that_the_account_does_not_own_is_refused_with_the_reason(admin, account, team, ada):
    done, page = saved(admin, ADD, fields(team, FOREIGN))

    assert not done
    assert "The Twilio account has no such number" in page
    assert not Line.objects.exists()


def test_a_number_that_takes_no_calls_is_refused(admin, account, team, ada):
    account.add_number(FOREIGN, capabilities={"voice": False, "sms": True})

    assert not saved(admin, ADD, fields(team, FOREIGN))[0]


def test_it_is_saved_with_a_warning_when_twilio_cannot_be_asked(admin, team, ada):
    away = requests.ConnectionError("secret-host")
    with patch.object(IncomingPhoneNumberList, "list", autospec=True, side_effect=away):
        done, page = saved(admin, ADD, fields(team, FOREIGN))

    assert done
    assert "could not be asked: Twilio cannot be reached." in page
    assert "secret-host" not in page


def test_a_team_of_nobody_needs_voicemail(admin, account, team):
    factories.make_agent("gone", team=team, is_active=False)
    factories.make_agent("silent", team=team, may_receive_calls=False)

    done, page = saved(admin, ADD, fields(team, takes_voicemail=None))

    assert not done
    assert "callers would reach nobody" in page
    assert saved(admin, ADD, fields(team))[0]


def test_a_line_that_is_not_in_use_may_be_anything(admin, account, team):
    assert saved(admin, ADD, fields(team, FOREIGN, takes_voicemail=None, is_active=None))[0]

    line = Line.objects.get()
    done, page = saved(admin, f"/admin/routing/line/{line.pk}/change/", fields(team, FOREIGN))
    assert not done, "once it is switched on, it must be right"
    assert "has no such number" in page


def test_twilio_is_not_asked_about_a_number_that_stays(admin, team, line):
    with patch.object(IncomingPhoneNumberList, "list", autospec=True) as listed:
        done, page = saved(admin, f"/admin/routing/line/{line.pk}/change/", fields(team, line.number, name="Help"))

    assert done, page
    assert not listed.called


def test_a_number_that_is_none_is_not_asked_about(admin, team, ada):
    with patch.object(IncomingPhoneNumberList, "list", autospec=True) as listed:
        done, page = saved(admin, ADD, fields(team, "CALL ME"))

    assert not done
    assert "This is not a telephone number." in page
    assert not listed.called


def test_a_new_line_becomes_nobodys_caller_id(twilio, admin, account, team, line, ada):
    assert saved(admin, ADD, fields(team, name="A first name in the alphabet"))[0]

    response = twilio.webhook(OUTGOING, outgoing(ada.pk, "+12025550142"))

    assert verbs(response).find("Dial").attrib["callerId"] == line.number
    # The desk shows as chosen what is first.
    assert [each.number for each in lines_for(ada)] == [line.number, OWN]


@pytest.mark.parametrize(("teams", "warned"), [(False, True), (True, False)])
def test_leaving_an_agent_without_a_team_is_warned_of(admin, team, ada, teams, warned):
    values = {"username": "ada", "first_name": "Ada", "role": "agent", "availability": "available", "is_active": "on"}
    dates = {"date_joined_0": "2026-01-01", "date_joined_1": "10:00:00"}

    response = admin.post(
        f"/admin/agents/agent/{ada.pk}/change/", values | dates | ({"teams": [team.pk]} if teams else {}), secure=True
    )

    assert response.status_code == 302, response.content.decode()
    page = admin.get(response["Location"], secure=True).content.decode()
    assert ("Ada is in no team" in page) is warned
    assert Agent.objects.get(username="ada").teams.exists() is teams


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("goal_percent", 101),
        ("goal_percent", -1),
        ("goal_seconds", 0),
        ("goal_wait_seconds", 4000),
        ("goal_seconds", "x"),
    ],
)
def test_a_goal_that_there_cannot_be_is_refused_at_its_field(admin, team, account, field, value):
    response = admin.post(ADD, fields(team, **{field: value}))

    assert field in response.context["adminform"].errors
    assert not Line.objects.exists()
