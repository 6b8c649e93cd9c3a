"""Changes that nobody pushed reach the desks all the same."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agents.models import DESK_LIFETIME, Agent
from calls.live import broadcasts, presence
from desk import presence_watch
from desk.presence_watch import PresenceWatch
from tests import factories
from tests.desk.desk_socket import DeskSocket, run

pytestmark = pytest.mark.django_db(transaction=True)


def told(frames: list[Any]) -> list[tuple[str, str]]:
    """Of each frame its group, and the state that it tells of."""
    found = []
    for group, message in frames:
        text = message.get("text")
        found.append((group, json.loads(text)["presence"]["state"] if text else message["type"]))
    return sorted(found)


@pytest.fixture(autouse=True)
def _nothing_told_yet() -> None:
    # Ids begin anew with every test.
    presence.last_told.clear()


@pytest.fixture
def watch(ada: Agent, grace: Agent) -> PresenceWatch:
    watch = PresenceWatch()
    assert watch.look() == []
    return watch


def test_nothing_is_told_while_nothing_changes(watch):
    assert watch.look() == []


def test_a_desk_whose_server_was_killed_lapses_and_everybody_is_told_once(watch, ada, team):
    ada.desks.update(seen_at=timezone.now() - DESK_LIFETIME - timedelta(seconds=1))

    assert told(watch.look()) == [(f"agent.{ada.pk}", "not-reachable"), (f"team.{team.pk}", "not-reachable")]
    assert watch.look() == []
    ada.desks.update(seen_at=timezone.now())
    assert {state for _, state in told(watch.look())} == {"available"}


def test_an_availability_that_was_written_past_our_services_is_told(watch, ada):
    Agent.objects.filter(pk=ada.pk).update(availability="busy")

    assert {state for _, state in told(watch.look())} == {"busy"}


def test_what_this_server_told_already_is_not_told_again(watch, ada):
    Agent.objects.filter(pk=ada.pk).update(availability="busy")
    broadcasts.presence_changed({ada.pk})

    assert watch.look() == []


def test_much_is_told_in_parts_each_of_which_is_read_when_it_is_due(watch, ada, grace, team, monkeypatch):
    monkeypatch.setattr(presence_watch, "_AT_ONCE", 1)
    Agent.objects.filter(pk__in=(ada.pk, grace.pk)).update(availability="busy")

    assert told(watch.look()) == [(f"agent.{ada.pk}", "busy"), (f"team.{team.pk}", "busy")]
    Agent.objects.filter(pk=grace.pk).update(availability="away")
    assert told(watch.go_on()) == [(f"agent.{grace.pk}", "away"), (f"team.{team.pk}", "away")]
    assert watch.go_on() == []


def test_many_of_a_team_are_told_to_it_in_one_frame_and_each_to_the_own_desks(watch, team, monkeypatch):
    monkeypatch.setattr(broadcasts, "_MANY", 2)
    Agent.objects.update(availability="busy")

    frames = {group: json.loads(message["text"]) for group, message in watch.look()}
    assert {frame["type"] for group, frame in frames.items() if group.startswith("agent.")} == {"presence.changed"}
    together = frames[f"team.{team.pk}"]
    assert together["type"] == "presences.changed"
    agent_ids = set(team.agents.values_list("pk", flat=True))
    assert {one["agent"]["id"] for one in together["presences"]} == agent_ids
    assert {one["state"] for one in together["presences"]} == {"busy"}


def test_what_could_not_be_told_is_told_at_the_next_look(watch, ada, grace, monkeypatch):
    monkeypatch.setattr(presence_watch, "_AT_ONCE", 1)
    Agent.objects.filter(pk__in=(ada.pk, grace.pk)).update(availability="busy")
    watch.look()

    assert {group for group, _ in told(watch.look())} >= {f"agent.{grace.pk}"}


@pytest.mark.parametrize("how", ["suspended", "leaves"])
def test_who_is_in_a_team_no_more_is_told_to_it_and_to_himself(watch, ada, team, how):
    if how == "suspended":
        Agent.objects.filter(pk=ada.pk).update(is_active=False)
    else:
        Agent.teams.through.objects.filter(agent=ada).delete()

    assert told(watch.look()) == [(f"agent.{ada.pk}", "desk.missed"), (f"team.{team.pk}", "desk.missed")]
    assert watch.look() == []


def test_who_comes_is_told_to_the_team(watch, team):
    newcomer = factories.make_agent("newcomer", team=team)

    assert told(watch.look()) == [(f"agent.{newcomer.pk}", "desk.missed"), (f"team.{team.pk}", "desk.missed")]


def test_an_admin_who_was_demoted_by_another_process_is_told(watch, ada):
    Agent.objects.filter(pk=ada.pk).update(is_superuser=True)

    assert told(watch.look()) == [(f"agent.{ada.pk}", "desk.missed")]


def test_the_server_tells_its_own_desks(ada, grace, monkeypatch, caplog):
    monkeypatch.setattr(presence_watch, "_PAUSE_SECONDS", 0.01)
    socket = DeskSocket(ada)

    async def scenario() -> None:
        await socket.open()
        really_look, looked, loop = PresenceWatch.look, asyncio.Event(), asyncio.get_running_loop()

        def look(watch: PresenceWatch) -> Any:
            found = really_look(watch)
            loop.call_soon_threadsafe(looked.set)
            return found

        monkeypatch.setattr(PresenceWatch, "look", look)
        chore = asyncio.create_task(presence_watch.watch_forever())
        await asyncio.wait_for(looked.wait(), 5)
        await Agent.objects.filter(pk=grace.pk).aupdate(availability="away")
        told = await socket.until("presence.changed")
        assert (told["presence"]["agent"]["id"], told["presence"]["state"]) == (grace.pk, "away")
        chore.cancel()
        await socket.close()

    run(scenario)
    assert "presence" not in caplog.text
