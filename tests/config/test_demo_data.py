"""The people, lines and calls that `make run` begins with."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from agents.models import Agent
from calls.models import LIVE, Call, CallResult
from contacts.models import Contact
from simulator.config import DEMO_RECORDINGS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def simulator(settings):
    settings.SIMULATOR = True


def first_page(username: str) -> list[dict]:
    client = Client()
    client.force_login(Agent.objects.get(username=username))
    return client.get("/api/v1/calls/", secure=True).json()["results"]


@pytest.mark.parametrize("username", ["ada", "grace", "hedy", "admin"])
def test_nobody_begins_with_an_empty_log(username):
    call_command("load_demo_data")

    calls = first_page(username)

    assert len(calls) >= 5
    assert {"answered", "missed", "reached"} <= {call["result"] for call in calls}
    assert any(call["note"] for call in calls)
    assert any(call["outcome"] for call in calls)
    assert any(call["party"]["name"] == "Maya Okonkwo" for call in calls)


def test_its_calls_are_over_and_as_callbacks_would_have_left_them():
    call_command("load_demo_data")

    for call in Call.objects.filter(parent__isnull=True).prefetch_related("legs"):
        assert call.start_time < call.end_time <= timezone.now()
        assert call.duration == (call.end_time - call.start_time).total_seconds()
        assert call.result in CallResult.values
        assert (call.answer_time is None) == (call.result not in (CallResult.ANSWERED, CallResult.REACHED))
        assert call.legs.all()
        assert call.line is not None
    assert not Call.objects.filter(status__in=LIVE).exists()


@pytest.mark.parametrize("username", ["ada", "grace", "hedy", "admin"])
def test_everybody_finds_a_voicemail_that_the_simulator_has(username):
    call_command("load_demo_data")

    (call,) = (call for call in first_page(username) if call["result"] == "voicemail")

    (recording,) = call["recordings"]
    (kept,) = DEMO_RECORDINGS
    assert (recording["sid"], call["sid"], recording["duration"]) == (kept.sid, kept.call_sid, kept.seconds)
    assert call["party"]["name"] == "Tom Aldous"
    assert call["party"]["name"] in kept.words


def test_loading_it_again_changes_nothing():
    call_command("load_demo_data")
    Contact.objects.filter(name="Maya Okonkwo").update(note="Mine.")
    before = list(Call.objects.order_by("sid").values())

    call_command("load_demo_data")

    assert list(Call.objects.order_by("sid").values()) == before
    assert Contact.objects.get(name="Maya Okonkwo").note == "Mine."


def test_a_log_that_has_calls_is_left_alone():
    Call.objects.create(sid="CA" + "1" * 32)

    call_command("load_demo_data")

    assert Call.objects.count() == 1


def test_it_can_be_loaded_without_calls():
    call_command("load_demo_data", "--without-calls")

    assert Agent.objects.filter(is_demo=True).count() == 4
    assert not Call.objects.exists()


def test_there_is_none_without_the_simulator(settings):
    settings.SIMULATOR = False

    with pytest.raises(CommandError, match="SIMULATOR=True"):
        call_command("load_demo_data")

    assert not Agent.objects.exists()
