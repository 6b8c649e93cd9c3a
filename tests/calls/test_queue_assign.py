"""A supervisor gives a caller who waits to an agent."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest

from agents.models import Agent
from calls.live import fetching
from calls.models import CallEvent, CallOffer, Conversation
from calls.recorder.sentences import action_title
from telephony.errors import Unavailable
from tests import factories
from tests.calls.routes import Caller, box, make_route, team_step
from tests.twilio import sid

pytestmark = pytest.mark.django_db
ASSIGN = "/api/v1/queues/assign/"


@pytest.fixture
def waits(twilio, line, team, ada) -> Caller:
    """Ada's phone rings for another caller; this one waits."""
    make_route(line, team_step(team.pk), box())
    Caller(twilio, CallSid=sid("CA", 10), From="+12025550110").call()
    caller = Caller(twilio, CallSid=sid("CA", 20), From="+12025550120")
    caller.call()
    assert caller.verbs == ["Enqueue"]
    return caller


@pytest.fixture
def hedy(team) -> Agent:
    return factories.make_agent("hedy", team=team, role="supervisor")


@pytest.fixture
def redirect():
    with patch.object(fetching, "call_redirect", autospec=True) as found:
        yield found


def assign(client, by: Agent, caller: Caller, to: Any):
    client.force_login(by)
    return client.post(ASSIGN, {"sid": caller.sid, "agent": to}, content_type="application/json")


@pytest.mark.parametrize("availability", ["available", "busy"])
def test_the_agents_phone_rings_and_no_other(client, waits, hedy, grace, redirect, availability):
    Agent.objects.filter(pk=grace.pk).update(availability=availability)

    assert assign(client, hedy, waits, grace.pk).status_code == 202
    waits.ask(redirect.call_args.args[1])

    assert waits.rings == [grace.identity]


def test_who_gave_whom_to_whom_stands_on_the_time_line(client, waits, hedy, grace, redirect):
    assign(client, hedy, waits, grace.pk)

    event = CallEvent.objects.get(call_sid=waits.sid, name="assign")
    assert event.agent == hedy
    assert action_title(event) == "Hedy gave the caller to Grace"


@pytest.mark.parametrize("availability", ["away", "offline"])
def test_who_is_not_there_is_not_rung(client, waits, hedy, grace, redirect, availability):
    Agent.objects.filter(pk=grace.pk).update(availability=availability)

    answer = assign(client, hedy, waits, grace.pk)

    assert (answer.status_code, answer.json()["detail"]) == (
        409,
        "That agent cannot be reached now. Choose another.",
    )
    redirect.assert_not_called()
    assert Conversation.objects.get(pk=waits.sid).state == "waiting"


def test_whose_desk_is_closed_is_not_rung(client, waits, hedy, team, redirect):
    gone = factories.make_agent("gone", team=team)

    assert assign(client, hedy, waits, gone.pk).status_code == 409
    redirect.assert_not_called()


def test_whose_phone_rings_already_gets_no_second_caller(client, waits, hedy, ada, redirect):
    answer = assign(client, hedy, waits, ada.pk)

    assert (answer.status_code, answer.json()["detail"]) == (
        409,
        "That agent's phone rings already. Choose another.",
    )
    assert CallOffer.objects.filter(call=waits.sid).count() == 0


def test_agents_give_callers_to_nobody(client, waits, ada, grace, redirect):
    assert assign(client, ada, waits, grace.pk).status_code == 403


def test_callers_of_other_teams_are_given_to_nobody(client, waits, stranger, redirect):
    other = factories.make_agent("other", team=stranger.teams.get(), role="supervisor")

    answer = assign(client, other, waits, stranger.pk)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "sid")


def test_a_caller_is_given_to_nobody_of_other_teams_but_by_an_admin(client, waits, hedy, stranger, redirect):
    answer = assign(client, hedy, waits, stranger.pk)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "agent")

    admin = factories.make_agent("admin", is_superuser=True)
    assert assign(client, admin, waits, stranger.pk).status_code == 202


def test_a_caller_who_has_gone_is_given_to_nobody(client, waits, hedy, grace, redirect):
    waits.leave_queue("hangup", CallStatus="completed")

    assert assign(client, hedy, waits, grace.pk).status_code in (400, 409)
    redirect.assert_not_called()


def test_what_twilio_refuses_is_said_and_the_caller_waits_on(client, waits, hedy, grace):
    with patch.object(fetching, "call_redirect", autospec=True, side_effect=Unavailable("Twilio is away.")):
        assert assign(client, hedy, waits, grace.pk).status_code == 502

    assert Conversation.objects.get(pk=waits.sid).state == "waiting"
    assert not CallOffer.objects.filter(agent=grace, state="ringing").exists()


def test_two_supervisors_who_give_away_the_same_caller(client, waits, hedy, grace, team, redirect):
    tom = factories.make_agent("tom", team=team, reachable=True)
    assert assign(client, hedy, waits, grace.pk).status_code == 202
    waits.ask(redirect.call_args.args[1])

    assert assign(client, hedy, waits, tom.pk).status_code == 202
    waits.ask(redirect.call_args.args[1])

    assert waits.rings == [tom.identity]
    assert CallOffer.objects.filter(call=waits.sid, state="ringing").count() == 1


@pytest.mark.parametrize("agent", [0, -1, 2**40, "x", None, [1], True, 10**9])
def test_an_agent_who_cannot_be_is_a_wrong_field(client, waits, hedy, redirect, agent):
    assert assign(client, hedy, waits, agent).status_code == 400
    redirect.assert_not_called()
