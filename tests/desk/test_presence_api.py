"""Presence over REST."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from agents.models import AwayReason
from agents.presence import change_said
from tests import factories

pytestmark = pytest.mark.django_db


def client_of(agent: Any) -> Client:
    client = Client()
    client.force_login(agent)
    return client


def patch(by: Any, agent: Any, body: dict[str, Any]) -> Any:
    path = f"/api/v1/agents/{agent.pk}/presence/"
    return client_of(by).patch(path, body, content_type="application/json", secure=True)


@pytest.fixture
def hedy(team):
    return factories.make_agent("hedy", team=team, role="supervisor")


def test_a_supervisor_sets_a_member_of_the_team(ada, hedy):
    answer = patch(hedy, ada, {"availability": "busy"})

    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["set_by"]["name"]) == ("busy", "Hedy")


def test_a_supervisor_says_why_and_until_when_which_is_kept(ada, hedy):
    lunch = AwayReason.objects.get(name="Lunch")
    back_at = timezone.now() + timedelta(minutes=30)

    body = {"availability": "away", "reason": lunch.pk, "back_at": back_at.isoformat()}
    told = patch(hedy, ada, body).json()

    assert (told["state"], told["reason"], told["set_by"]["name"]) == ("away", "Lunch", "Hedy")
    kept = ada.presence_changes.get()
    assert (kept.after, kept.reason, kept.back_at, kept.by) == ("away", "Lunch", back_at, hedy)
    assert "by Hedy: Away. Lunch" in change_said(kept)


def test_who_never_chose_anything_is_available_since_the_desk_was_opened(ada):
    desk = factories.make_desk(ada)

    told = client_of(ada).get(f"/api/v1/agents/{ada.pk}/presence/", secure=True).json()

    assert (told["state"], told["set_at"]) == ("available", None)
    assert datetime.fromisoformat(told["since"]) == desk.opened_at


def test_a_colleague_does_not(ada, grace):
    assert patch(grace, ada, {"availability": "busy"}).status_code == 403


def test_who_is_in_no_common_team_is_nobody(ada, hedy, stranger):
    assert patch(hedy, stranger, {"availability": "busy"}).status_code == 404
    assert client_of(ada).get(f"/api/v1/agents/{stranger.pk}/presence/", secure=True).status_code == 404
    assert client_of(ada).get(f"/api/v1/agents/{2**70}/presence/", secure=True).status_code == 404


def test_a_supervisor_of_another_team_sees_nobody_of_this_one(ada):
    other = factories.make_agent("olga", team=factories.make_team("Sales"), role="supervisor")

    assert patch(other, ada, {"availability": "busy"}).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"availability": "asleep"}, "availability"),
        ({}, "availability"),
        ({"availability": "away", "reason": 999_999}, "reason"),
        ({"availability": "away", "back_at": "2099-01-01T00:00:00Z"}, "back_at"),
        ({"availability": "away", "by": 3}, "by"),
    ],
)
def test_a_wish_that_cannot_be_is_answered_with_the_field_that_is_wrong(ada, body, field):
    answer = patch(ada, ada, body)

    assert answer.status_code == 400
    assert field in str(answer.json())


def test_reasons_are_listed_in_their_order_without_those_of_old(ada):
    AwayReason.objects.all().delete()
    for position, (name, active) in enumerate([("Lunch", True), ("Smoking", False), ("Break", True)]):
        AwayReason.objects.create(name=name, position=position, is_active=active)

    answer = client_of(ada).get("/api/v1/away-reasons/", secure=True)

    assert [reason["name"] for reason in answer.json()] == ["Lunch", "Break"]
