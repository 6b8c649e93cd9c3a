"""What desks and their server say to each other about whether an agent can be reached."""

from __future__ import annotations

import time
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.dispatch import receiver
from django.utils import timezone

from agents import presence, services
from agents.models import Agent, AwayReason, Desk
from agents.presence import CallEnded
from desk.consumers import DeskConsumer
from tests.desk.desk_socket import DeskSocket, run
from tests.twilio import sid

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_desks(ada: Agent, grace: Agent) -> None:
    Desk.objects.all().delete()


async def presence_of(socket: DeskSocket, state: str, **facts: Any) -> dict[str, Any]:
    """The next presence of that state, and with these facts, that this desk is told of."""
    while True:
        told: dict[str, Any] = (await socket.until("presence.changed"))["presence"]
        if told["state"] == state and all(told[name] == value for name, value in facts.items()):
            return told


def test_a_reason_and_a_time_of_return_are_told_to_the_team(ada, grace, line):
    lunch = AwayReason.objects.create(name="Late lunch")
    socket, colleague = DeskSocket(ada), DeskSocket(grace)
    back = (timezone.now() + timezone.timedelta(minutes=30)).isoformat()

    async def scenario() -> None:
        snapshot = await socket.open()
        assert {"id": lunch.pk, "name": "Late lunch"} in snapshot["away_reasons"]
        await colleague.open()
        await socket.send(type="phone.state", registered=True)
        await socket.send(type="availability.set", availability="away", reason=lunch.pk, back_at=back)
        told = await presence_of(colleague, "away")
        assert told["reason"] == "Late lunch"
        assert told["back_at"].startswith(back[:19])
        await socket.close()
        await colleague.close()

    run(scenario)


@pytest.mark.parametrize(
    "wish",
    [
        {"availability": "asleep"},
        {},
        {"availability": None},
        {"availability": ["away"]},
        {"availability": "away", "reason": "x"},
        {"availability": "away", "reason": 2**80},
        {"availability": "away", "reason": 999_999},
        {"availability": "away", "back_at": "soon"},
        {"availability": "away", "back_at": "9999-12-31T23:59:59Z"},
    ],
)
def test_a_presence_that_there_is_not_is_answered_in_words(ada, wish):
    socket = DeskSocket(ada)

    async def scenario() -> None:
        await socket.open()
        await socket.send(type="availability.set", **wish)
        refused = await socket.until("error")
        assert (refused["about"], refused["message"][-1]) == ("availability.set", ".")
        # What its desk shows already is taken back.
        assert (await socket.until("presence.changed"))["presence"]["availability"] == "available"
        await socket.close()

    run(scenario)
    assert Agent.objects.get(pk=ada.pk).availability == "available"


def test_reasons_that_an_admin_changes_reach_the_desks_that_are_open(ada, line):
    lunch = AwayReason.objects.create(name="Late lunch")
    socket = DeskSocket(ada)

    async def scenario() -> None:
        assert {"id": lunch.pk, "name": "Late lunch"} in (await socket.open())["away_reasons"]
        lunch.is_active = False
        await sync_to_async(lunch.save)()
        assert "Late lunch" not in await names()
        await sync_to_async(AwayReason.objects.create)(name="Nap")
        assert "Nap" in await names()
        await sync_to_async(delete)()
        assert "Nap" not in await names()
        await socket.close()

    def delete() -> None:
        AwayReason.objects.get(name="Nap").delete()

    async def names() -> list[str]:
        return [reason["name"] for reason in (await socket.until("desk.snapshot"))["away_reasons"]]

    run(scenario)


def test_wrap_up_is_stayed_in_and_ended_by_the_desk(ada, team, line):
    team.wrap_up_seconds = 60
    team.save()
    socket = DeskSocket(ada)

    async def scenario() -> None:
        await socket.open()
        await socket.send(type="phone.state", registered=True)
        await presence_of(socket, "available")
        ended = CallEnded(ada.pk, team.pk, sid("CA", 1), timezone.now())
        await sync_to_async(presence.wrap_ups_begin)([ended])
        assert (await presence_of(socket, "wrap-up"))["wrap_up"]["stays"] is False
        await socket.send(type="wrapup.stay")
        while not (await presence_of(socket, "wrap-up"))["wrap_up"]["stays"]:
            pass
        await socket.send(type="wrapup.end")
        assert (await presence_of(socket, "available"))["wrap_up"] is None
        await socket.close()

    run(scenario)


def test_a_desk_says_why_its_phone_cannot_ring(ada, grace, line):
    socket, colleague = DeskSocket(ada), DeskSocket(grace)

    async def scenario() -> None:
        await socket.open()
        await colleague.open()
        await socket.send(type="phone.state", registered=False, trouble="microphone-blocked")
        await presence_of(colleague, "not-reachable", trouble="microphone-blocked")
        await socket.send(type="phone.state", registered=False, trouble="<script>")
        await presence_of(colleague, "not-reachable", trouble="")
        await socket.close()
        await presence_of(colleague, "not-reachable", trouble="closed")
        await colleague.close()

    run(scenario)


def test_a_page_that_answers_nothing_is_not_reachable_and_is_told_for_how_long_when_it_does(
    ada, grace, line, monkeypatch
):
    monkeypatch.setattr("desk.consumers.ASK_SECONDS", 0.1)
    monkeypatch.setattr("desk.consumers.SILENT_SECONDS", 0.35)
    # What a page that answers costs: no row for each answer.
    written: list[float] = []
    keep = DeskConsumer._keep_row
    monkeypatch.setattr(DeskConsumer, "_keep_row", lambda self: (written.append(time.monotonic()), keep(self)))
    socket, colleague = DeskSocket(ada), DeskSocket(grace)

    async def scenario() -> None:
        await socket.open()
        await colleague.open()
        await socket.send(type="phone.state", registered=True)
        await presence_of(colleague, "available")
        written.clear()
        for _ in range(6):
            await socket.until("ping")
            await socket.send(type="pong")
        assert written == []
        told = await presence_of(colleague, "not-reachable")
        assert (told["trouble"], bool(told["since"])) == ("silent", True)
        await socket.send(type="pong")
        restored = await socket.until("reach.restored")
        assert restored["why"] == "silent"
        assert restored["since"] < restored["until"]
        await presence_of(colleague, "available")
        await socket.close()
        await colleague.close()

    run(scenario)


def test_a_ring_that_did_not_arrive_makes_the_desk_register_its_phone_anew(ada, grace, line):
    socket, colleague = DeskSocket(ada), DeskSocket(grace)

    async def scenario() -> None:
        await socket.open()
        await colleague.open()
        await socket.send(type="phone.state", registered=True)
        await presence_of(colleague, "available")
        await sync_to_async(services.ring_unacknowledged)(ada.pk)
        await socket.until("phone.renew")
        assert (await presence_of(colleague, "not-reachable"))["trouble"] == "ring-lost"
        # An answer shows that the page runs, not that its phone rings.
        await socket.send(type="ping")
        await socket.until("pong")
        assert (await sync_to_async(ada.desks.get)()).registered is False
        await socket.send(type="phone.state", registered=False)
        assert (await presence_of(colleague, "not-reachable"))["trouble"] == "ring-lost"
        await socket.send(type="phone.state", registered=True)
        assert (await presence_of(colleague, "available"))["trouble"] == ""
        assert (await socket.until("reach.restored"))["why"] == "ring-lost"
        await socket.close()
        await colleague.close()

    run(scenario)


def test_a_ring_that_arrived_is_told_to_whoever_waits_for_it(ada):
    heard = []
    socket = DeskSocket(ada)

    @receiver(services.ring_acknowledged)
    def hear(sender: Any, agent_id: int, sid: str, **kwargs: Any) -> None:
        heard.append((agent_id, sid))

    async def scenario() -> None:
        await socket.open()
        await socket.send(type="ring.ack", sid=sid("CA", 1))
        for wrong in (None, 7, "CA1", sid("CA", 1) + "\n", "X" * 2000):
            await socket.send(type="ring.ack", sid=wrong)
            await socket.until("error")
        await socket.close()

    run(scenario)
    assert heard == [(ada.pk, sid("CA", 1))]


@pytest.mark.parametrize(
    ("said", "leg"), [({}, ""), ({"leg": sid("CA", 2)}, sid("CA", 2)), ({"leg": "CA2"}, ""), ({"leg": 7}, "")]
)
def test_a_desk_says_with_which_leg_it_has_answered(ada, said, leg):
    heard = []
    socket = DeskSocket(ada)

    @receiver(services.ring_acknowledged)
    def hear(sender: Any, announces_end: bool, leg: str, **kwargs: Any) -> None:
        heard.append((announces_end, leg))

    async def scenario() -> None:
        await socket.open()
        await socket.send(type="ring.ack", sid=sid("CA", 1), announces_end=True, **said)
        await socket.send(type="ping")
        await socket.until("pong")
        await socket.close()

    run(scenario)
    assert heard == [(True, leg)]
