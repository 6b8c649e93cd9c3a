"""The board is told to who has it open, when something has changed, and to nobody else."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agents.models import Agent
from agents.presence import Chosen, presence_set
from board import watch as board_watch
from board.selectors import scope_of
from board.watch import BoardWatch, Viewer, viewers
from calls.live import dispatcher
from calls.models import CallOffer
from tests import factories
from tests.board.days import answered, came
from tests.desk.desk_socket import DeskSocket, run
from tests.twilio import incoming, sid

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hedy(team) -> Agent:
    return factories.make_agent("hedy", team=team, role="supervisor")


@pytest.fixture(autouse=True)
def _no_viewers():
    yield
    for channel in viewers.all():
        viewers.remove(channel)


def looked(watch: BoardWatch, *boards: Viewer) -> list[Any]:
    found = watch.look({f"channel{number}": viewer for number, viewer in enumerate(boards)})
    return [(channel, json.loads(message["text"])["board"]) for channel, message in found]


def test_what_has_not_changed_is_told_once(hedy, line, ada):
    watch, viewer = BoardWatch(), Viewer(scope_of(hedy), "")

    assert len(looked(watch, viewer)) == 1
    assert looked(watch, viewer) == []

    answered(line, timezone.now(), after=1)
    ((_, board),) = looked(watch, viewer)
    assert board["all"]["figures"]["calls"] == 1


def test_what_has_not_changed_for_long_is_told_again_so_that_the_desk_knows_that_it_is_live(hedy, line, monkeypatch):
    watch, viewer = BoardWatch(), Viewer(scope_of(hedy), "")
    looked(watch, viewer)

    monkeypatch.setattr(board_watch, "_ALIVE_SECONDS", 0)

    assert len(looked(watch, viewer)) == 1


def test_who_opens_it_again_is_told_again(hedy, line):
    watch = BoardWatch()
    looked(watch, Viewer(scope_of(hedy), "", 1))

    assert len(looked(watch, Viewer(scope_of(hedy), "", 2))) == 1


def test_each_viewer_is_told_what_that_one_may_see_and_all_is_read_once(hedy, line, ada, stranger):
    admin = factories.make_agent("admin", is_superuser=True)
    two = [Viewer(scope_of(hedy), ""), Viewer(scope_of(admin), "")]
    looked(BoardWatch(), two[1])

    with CaptureQueriesContext(
        connection,
    ) as one:
        looked(BoardWatch(), two[1])
    with CaptureQueriesContext(connection) as both:
        told = looked(BoardWatch(), *two)

    assert [len(board["teams"]) for _, board in told] == [1, 2]
    assert len(both) == len(one)


def test_nothing_is_read_while_nobody_looks(django_assert_num_queries, db):
    with django_assert_num_queries(0):
        assert BoardWatch().look({}) == []


class Watching:
    """The web server's chore beside a test."""

    async def __aenter__(self) -> None:
        self.chore = asyncio.create_task(board_watch.watch_forever())
        await asyncio.sleep(0)

    async def __aexit__(self, *_: Any) -> None:
        self.chore.cancel()
        with suppress(asyncio.CancelledError):
            await self.chore


async def board(socket: DeskSocket, fits: Any = lambda board: True) -> Any:
    while True:
        told = (await socket.until("board.changed"))["board"]
        if fits(told):
            return told


def test_a_desk_that_opens_the_board_is_told_it_until_it_closes_it(hedy, ada, grace, line, twilio):
    socket = DeskSocket(hedy)

    async def scenario() -> None:
        async with Watching():
            await socket.open()
            assert dispatcher._onlookers == []
            await socket.send(type="board.open")
            assert (await board(socket))["all"]["figures"]["calls"] == 0
            await sync_to_async(twilio.webhook)("/twilio/voice/incoming/", incoming())
            told = await board(socket, lambda board: board["all"]["figures"]["calls"] == 1)
            states = {one["agent"]["name"]: one["state"] for one in told["agents"]}
            assert states["Ada"] == states["Grace"] == "ringing"
            await socket.send(type="board.close")
            await socket.nothing_of("board.changed")
            while dispatcher._onlookers:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            await socket.close()

    run(scenario)
    assert viewers.all() == {}


def test_what_a_supervisor_makes_of_an_agent_moves_the_board(hedy, ada, line):
    socket = DeskSocket(hedy)

    async def scenario() -> None:
        async with Watching():
            await socket.open()
            await socket.send(type="board.open", team=None)
            await board(socket)
            await sync_to_async(presence_set)(agent_id=ada.pk, chosen=Chosen("away"), by=hedy)
            told = await board(socket, lambda board: any(one["state"] == "away" for one in board["agents"]))
            (now,) = [one for one in told["agents"] if one["agent"]["id"] == ada.pk]
            assert now["set_by"]["name"] == "Hedy"
            await socket.close()

    run(scenario)


def test_agents_and_foreign_teams_are_refused_in_words(hedy, ada, stranger, line):
    agents, supervisors = DeskSocket(ada), DeskSocket(hedy)
    other = stranger.teams.get().pk

    async def scenario() -> None:
        async with Watching():
            await agents.open()
            await agents.send(type="board.open")
            assert (await agents.until("error"))["message"] == "Only supervisors and admins can do this."
            await supervisors.open()
            await supervisors.send(type="board.open", team=other)
            assert (await supervisors.until("error"))["message"] == "There is no such team among yours."
            for team in ("x", True, [1], {}, 1.5, "1"):
                await supervisors.send(type="board.open", team=team)
                assert "needs `team`" in (await supervisors.until("error"))["message"]
            await supervisors.send(type="board.open", team=2**70)
            assert (await supervisors.until("error"))["message"] == "There is no such team among yours."
            assert viewers.all() == {}
            await agents.close()
            await supervisors.close()

    run(scenario)


def test_who_is_no_supervisor_any_more_is_told_no_board_any_more(hedy, ada, line):
    socket = DeskSocket(hedy)

    def demote() -> None:
        hedy.role = "agent"
        hedy.save()

    async def scenario() -> None:
        async with Watching():
            await socket.open()
            await socket.send(type="board.open")
            await board(socket)
            await sync_to_async(demote)()
            assert (await socket.until("error"))["message"] == "Only supervisors and admins can do this."
            await socket.nothing_of("board.changed")
            assert viewers.all() == {}
            await socket.close()

    run(scenario)


def test_who_comes_to_another_team_sees_it_at_once(hedy, ada, stranger, line):
    socket = DeskSocket(hedy)

    async def scenario() -> None:
        async with Watching():
            await socket.open()
            await socket.send(type="board.open")
            assert len((await board(socket))["teams"]) == 1
            await sync_to_async(hedy.teams.add)(await stranger.teams.aget())
            await board(socket, lambda board: len(board["teams"]) == 2)
            await sync_to_async(hedy.teams.clear)()
            await board(socket, lambda board: board["teams"] == [])
            await socket.close()

    run(scenario)


def test_a_socket_that_is_gone_is_no_viewer(hedy, line):
    socket = DeskSocket(hedy)

    async def scenario() -> None:
        await socket.open()
        await socket.send(type="board.open")
        await socket.nothing_of("error")
        assert len(viewers.all()) == 1
        await socket.close()
        assert viewers.all() == {}

    run(scenario)


def test_who_leaves_the_team_that_was_looked_at_goes_on_with_the_others(hedy, ada, stranger, line):
    socket = DeskSocket(hedy)
    hedy.teams.add(stranger.teams.get())

    async def scenario() -> None:
        async with Watching():
            await socket.open()
            await socket.send(type="board.open", team=line.team_id)
            assert (await board(socket))["team"] == line.team_id
            await sync_to_async(hedy.teams.remove)(line.team_id)
            told = await board(socket, lambda board: board["team"] is None)
            assert [team["name"] for team in told["teams"]] == ["Sales"]
            await socket.close()

    run(scenario)


def test_a_webhook_sets_a_flag_for_the_board_and_asks_the_database_nothing_more(line, ada, twilio):
    def queries(number: int) -> int:
        # Her phone is free again, and rings.
        CallOffer.objects.all().delete()
        with CaptureQueriesContext(connection) as asked:
            twilio.webhook("/twilio/voice/incoming/", incoming(CallSid=sid("CA", number), From=f"+1202555012{number}"))
        return len(asked)

    queries(1)
    alone = queries(2)
    noticed: list[None] = []
    stop = dispatcher.look_on(lambda: noticed.append(None))
    try:
        assert queries(3) == alone
    finally:
        stop()
    assert noticed


def test_of_two_who_see_the_same_each_is_offered_what_that_one_may_supervise(hedy, team, line):
    now = timezone.now()
    joan = factories.make_agent("joan", team=team, role="supervisor", reachable=True)
    call = came(line, now, agent=joan, status="in-progress", answer_time=now)
    factories.make_call(900, parent=call, agent=joan, status="in-progress", direction="outbound-dial", answer_time=now)

    boards = looked(BoardWatch(), Viewer(scope_of(hedy), ""), Viewer(scope_of(joan), ""))

    found = [next(one for one in board["agents"] if one["agent"]["id"] == joan.pk) for _, board in boards]
    assert [one["may_supervise"] for one in found] == [True, False]
