"""Agents whose app sleeps: Twilio wakes it by a push, and no socket tells us of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agents.models import Agent
from agents.selectors import agents_reachable, agents_with_reach, reach_slots
from core.sql.prepared import Param, Prepared
from core.sql.statements import fetch
from tests import factories
from tests.twilio import incoming
from tokens.models import Device, IssuedToken

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _push(settings: Any) -> None:
    settings.TWILIO_PUSH_CREDENTIAL_SID_IOS = "CR" + "1" * 32
    settings.TWILIO_PUSH_CREDENTIAL_SID_ANDROID = ""


@pytest.fixture
def agent(team) -> Agent:
    return factories.make_agent("grace", team=team, rings_mobile=True)


@pytest.fixture
def app(agent) -> Device:
    device = factories.make_device(agent, expiry=timezone.now() + timedelta(days=1))
    fetch_token(device)
    return device


def fetch_token(device: Device, *, days_ago: int = 0, platform: str = "ios") -> IssuedToken:
    then = timezone.now() - timedelta(days=days_ago)
    return IssuedToken.objects.create(
        agent=device.user, device=device, platform=platform, identity="agent_1", issued_at=then, expires_at=then
    )


def reachable_of(agent: Agent) -> list[Agent]:
    return fetch(Prepared(lambda: agents_reachable(Param("agent_ids")))(agent_ids=[agent.pk], **reach_slots()))[0]


def with_reach(agent: Agent) -> Agent:
    return fetch(Prepared(agents_with_reach)(agent_ids=[agent.pk], **reach_slots()))[0][0]


def reachable(agent: Agent) -> bool:
    rung = [found.pk for found in reachable_of(agent)]
    assert with_reach(agent).can_ring == (rung == [agent.pk])
    return rung == [agent.pk]


def test_a_signed_in_app_that_sleeps_is_rung(agent, app):
    assert reachable(agent)


def test_several_apps_and_tokens_make_one_ring(agent, app):
    fetch_token(app)
    fetch_token(factories.make_device(agent, "Another"))

    assert reachable(agent)


def test_without_the_switch_it_is_not(agent, app):
    Agent.objects.update(rings_mobile=False)

    assert not reachable(agent)


def test_without_a_push_credential_it_is_not(agent, app, settings):
    settings.TWILIO_PUSH_CREDENTIAL_SID_IOS = ""

    assert not reachable(agent)


def test_an_app_of_a_platform_without_one_is_not(agent, app, settings):
    settings.TWILIO_PUSH_CREDENTIAL_SID_IOS, settings.TWILIO_PUSH_CREDENTIAL_SID_ANDROID = "", "CR" + "2" * 32

    assert not reachable(agent)


@pytest.mark.parametrize(
    "change",
    [
        {"revoked_at": timezone.now()},
        {"expiry": timezone.now() - timedelta(seconds=1)},
        {"platform": "web"},
    ],
    ids=["revoked", "expired", "a browser's"],
)
def test_an_app_that_is_not_signed_in_is_not(agent, app, change):
    Device.objects.update(**change)

    assert not reachable(agent)


def test_an_app_whose_registration_twilio_has_forgotten_is_not(agent, app):
    IssuedToken.objects.all().delete()
    assert not reachable(agent)

    fetch_token(app, days_ago=366)
    assert not reachable(agent)

    fetch_token(app, days_ago=364)
    assert reachable(agent)


@pytest.mark.parametrize("change", [{"is_active": False}, {"may_receive_calls": False}])
def test_an_agent_who_may_not_be_called_is_not(agent, app, change):
    Agent.objects.filter(pk=agent.pk).update(**change)

    assert not list(reachable_of(agent))


def test_an_agent_who_is_away_is_not_rung(agent, app):
    Agent.objects.update(availability="away")

    assert not list(reachable_of(agent))


def test_a_caller_is_sent_to_the_app(agent, app, line, twilio):
    answer = twilio.webhook("/twilio/voice/incoming/", incoming())

    assert agent.identity in answer.content.decode()


def test_an_admin_switches_it_on(agent, admin_client):
    page = admin_client.get(f"/admin/agents/agent/{agent.pk}/change/", secure=True)

    assert 'name="rings_mobile"' in page.content.decode()
