"""What a desk's socket may hear and do is what REST allows, all the time: not what it was when the socket opened."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.contrib.sessions.models import Session
from django.utils import timezone

from agents.models import Agent, Team
from calls.live import broadcasts
from desk import consumers
from tests import factories
from tests.calls.test_webhooks_incoming import INCOMING, STATUS
from tests.desk.desk_socket import DeskSocket, run, webhook
from tests.desk.test_socket_tokens import ProgramSocket, make_token
from tests.twilio import incoming, root_status

pytestmark = pytest.mark.django_db(transaction=True)


def behind_our_back(agent: Agent, **values: Any) -> None:
    """As another process does it, whose word about it was lost."""
    Agent.objects.filter(pk=agent.pk).update(**values)


def leave_team(agent: Agent) -> None:
    Agent.teams.through.objects.filter(agent=agent).delete()


def expire_sessions(agent: Agent) -> None:
    Session.objects.update(expire_date=timezone.now())


async def a_call_of_the_team_ends() -> None:
    await webhook(INCOMING, incoming())
    await webhook(STATUS, root_status("completed"))


ENDS = {
    "suspended": (lambda agent: behind_our_back(agent, is_active=False), 4403),
    "signed out everywhere": (lambda agent: behind_our_back(agent, sign_out_count=1), 4401),
    "new password": (lambda agent: behind_our_back(agent, password="!"), 4401),
    "a demo's": (lambda agent: behind_our_back(agent, is_demo=True), 4403),
    "session expired": (expire_sessions, 4401),
    "session gone": (lambda agent: Session.objects.all().delete(), 4401),
}


@pytest.mark.parametrize(
    ("how", "at"),
    [(how, "ping") for how in ENDS] + [("new password", at) for at in ("question", "gap", "refresh", "availability")],
)
def test_a_socket_whose_session_ended_is_closed(ada, how, at, monkeypatch):
    end, code = ENDS[how]
    socket = DeskSocket(ada)
    if at == "question":
        monkeypatch.setattr(consumers, "ASK_SECONDS", 0.01)
        monkeypatch.setattr(consumers, "LOOK_SECONDS", 0.0)

    async def scenario() -> None:
        await socket.open()
        await sync_to_async(end)(ada)
        if at == "gap":
            layer: Any = get_channel_layer()
            await layer.group_send(broadcasts.agent_group(ada.pk), {"type": "desk.missed"})
        elif at == "ping":
            await socket.send(type="ping")
        elif at == "refresh":
            await socket.send(type="desk.refresh")
        elif at == "availability":
            await socket.send(type="availability.set", availability="away")
        types = []
        while not types or types[-1] != "session.ended":
            types.append((await socket.next())["type"])
        assert set(types) <= {"ping", "session.ended"}
        assert await socket.closed_with() == code

    run(scenario)
    assert Agent.objects.get(pk=ada.pk).availability == "available"


@pytest.mark.parametrize("at", ["ping", "question"])
def test_who_left_a_team_hears_no_more_of_it(ada, grace, line, at, monkeypatch):
    socket, colleague = DeskSocket(ada), DeskSocket(grace)
    if at == "question":
        monkeypatch.setattr(consumers, "ASK_SECONDS", 0.01)
        monkeypatch.setattr(consumers, "LOOK_SECONDS", 0.0)

    async def scenario() -> None:
        assert (await socket.open())["lines"] != []
        await colleague.open()
        await sync_to_async(leave_team)(ada)
        if at == "ping":
            await socket.send(type="ping")
        snapshot = await socket.until("desk.snapshot")
        assert (snapshot["lines"], len(snapshot["presence"])) == ([], 1)
        await sync_to_async(behind_our_back)(grace, availability="away")
        await a_call_of_the_team_ends()
        await colleague.until("log.changed")
        await socket.nothing_of("log.changed", "call.incoming", "presence.changed")
        await socket.close()
        await colleague.close()

    run(scenario)


def test_who_joins_a_team_hears_of_it(ada, line):
    newcomer = factories.make_agent("newcomer")
    socket = DeskSocket(newcomer)

    async def scenario() -> None:
        assert (await socket.open())["lines"] == []
        await Agent.teams.through.objects.acreate(agent=newcomer, team=line.team)
        await socket.send(type="ping")
        assert len((await socket.until("desk.snapshot"))["lines"]) == 1
        await a_call_of_the_team_ends()
        await socket.until("log.changed")
        await socket.close()

    run(scenario)


def test_an_admin_who_was_demoted_hears_of_own_teams_only(stranger, ada, line):
    behind_our_back(stranger, is_superuser=True)
    socket, colleague = DeskSocket(stranger), DeskSocket(ada)

    async def scenario() -> None:
        assert len((await socket.open())["lines"]) == 1
        await colleague.open()
        await sync_to_async(behind_our_back)(stranger, is_superuser=False)
        await socket.send(type="ping")
        assert (await socket.until("desk.snapshot"))["lines"] == []
        await a_call_of_the_team_ends()
        await colleague.until("log.changed")
        await socket.nothing_of("log.changed")
        await socket.close()
        await colleague.close()

    run(scenario)


def removed_by_form(agent: Agent, team: Team) -> None:
    agent.teams.set([])


def removed_from_the_other_side(agent: Agent, team: Team) -> None:
    team.agents.remove(agent)


def cleared(agent: Agent, team: Team) -> None:
    agent.teams.clear()


def team_cleared(agent: Agent, team: Team) -> None:
    team.agents.clear()


def demoted(agent: Agent, team: Team) -> None:
    agent.is_superuser = False
    agent.save(update_fields=["is_superuser"])


@pytest.mark.parametrize("act", [removed_by_form, removed_from_the_other_side, cleared, team_cleared, demoted])
def test_what_our_own_code_changes_reaches_the_desk_at_once(ada, grace, team, act):
    if act is demoted:
        behind_our_back(ada, is_superuser=True)
        ada.refresh_from_db()
    socket = DeskSocket(ada)

    async def scenario() -> None:
        await socket.open()
        await sync_to_async(act)(ada, team)
        # Without a heartbeat.
        snapshot = await socket.until("desk.snapshot")
        names = [each["agent"]["name"] for each in snapshot["presence"]]
        assert names == (["Ada", "Grace"] if act is demoted else ["Ada"])
        await socket.close()

    run(scenario)


def test_colleagues_see_at_once_who_came_and_who_left(ada, team):
    newcomer = factories.make_agent("newcomer")
    socket = DeskSocket(ada)

    async def scenario() -> None:
        await socket.open()
        await sync_to_async(newcomer.teams.add)(team)
        assert len((await socket.until("desk.snapshot"))["presence"]) == 2
        await sync_to_async(newcomer.teams.remove)(team)
        assert len((await socket.until("desk.snapshot"))["presence"]) == 1
        await sync_to_async(newcomer.teams.add)(team)
        assert len((await socket.until("desk.snapshot"))["presence"]) == 2
        await sync_to_async(newcomer.delete)()
        assert len((await socket.until("desk.snapshot"))["presence"]) == 1
        await sync_to_async(team.delete)()
        assert (await socket.until("desk.snapshot"))["lines"] == []
        await socket.close()

    run(scenario)


def test_a_frame_that_waited_while_its_team_was_left_is_not_told(ada, grace, team):
    socket = DeskSocket(ada)

    async def scenario() -> None:
        await socket.open()
        await sync_to_async(leave_team)(ada)
        layer: Any = get_channel_layer()
        group = broadcasts.team_group(team.pk)
        frame = {"type": "desk.frame", "group": group, "text": '{"type": "test.frame"}'}
        # The look comes first, and the frame is behind it in the desk's queue.
        await layer.group_send_many([(group, {"type": "desk.missed"}), (group, frame)])
        assert (await socket.next())["type"] == "desk.snapshot"
        await socket.nothing_of("test.frame")
        await socket.close()

    run(scenario)


def test_after_a_gap_a_desk_is_told_nothing_before_its_rights_were_looked_at(ada, team):
    socket = DeskSocket(ada)

    async def scenario() -> None:
        await socket.open()
        await sync_to_async(Session.objects.all().delete)()
        layer: Any = get_channel_layer()
        members = layer._members if hasattr(layer, "_members") else layer._hub().members
        for listener in members.listeners.values():
            # What `core.realtime.redis_hub` says before it listens again.
            listener.missed()
        group = broadcasts.team_group(team.pk)
        await layer.group_send(group, {"type": "desk.frame", "group": group, "text": '{"type": "test.frame"}'})
        assert (await socket.next())["type"] == "session.ended"

    run(scenario)


def test_a_session_of_an_earlier_secret_key_stays_good_and_its_cookie_too(ada, settings):
    socket = DeskSocket(ada)
    key = socket.client.session.session_key
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-secret-key-for-tests-that-is-long-enough-to-be-one"

    async def scenario() -> None:
        assert (await socket.open())["type"] == "desk.snapshot"
        await socket.nothing_of("session.ended")
        await socket.close()

    run(scenario)
    assert Session.objects.filter(pk=key).exists()


class TestSomebodyIsThere:
    """The server asks, the page answers."""

    @pytest.fixture(autouse=True)
    def _quickly(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(consumers, "ASK_SECONDS", 0.02)
        monkeypatch.setattr(consumers, "SILENT_SECONDS", 0.3)

    async def rung(self, agent: Agent) -> bool:
        return await agent.desks.filter(registered=True).aexists()

    def test_a_page_that_stops_to_answer_is_out_of_reach_for_all_and_back_with_its_next_answer(self, ada, grace):
        ada.desks.all().delete()
        frozen, colleague = DeskSocket(ada), DeskSocket(grace)

        async def scenario() -> None:
            await colleague.open()
            await frozen.open()
            await frozen.send(type="phone.state", registered=True)
            assert (await colleague.until("presence.changed"))["presence"]["state"] == "available"
            await frozen.until("ping")
            await frozen.send(type="pong")
            # Frozen: asked again and again, it says nothing.
            assert (await colleague.until("presence.changed"))["presence"]["state"] == "not-reachable"
            assert not await self.rung(ada)
            await frozen.send(type="pong")
            assert (await colleague.until("presence.changed"))["presence"]["state"] == "available"
            assert await self.rung(ada)
            await frozen.close()
            await colleague.close()

        run(scenario)

    def test_a_page_that_answers_stays_without_a_timer_of_its_own(self, ada):
        ada.desks.all().delete()
        socket = DeskSocket(ada)

        async def scenario() -> None:
            await socket.open()
            await socket.send(type="phone.state", registered=True)
            for _ in range(30):
                await socket.until("ping")
                await socket.send(type="pong")
            assert await self.rung(ada)
            await socket.close()

        run(scenario)

    def test_a_program_that_never_answers_has_longer(self, ada, monkeypatch):
        ada.desks.all().delete()
        monkeypatch.setattr(consumers, "SILENT_SECONDS", 0.0)
        socket = ProgramSocket(make_token(ada))

        async def scenario() -> None:
            await socket.open()
            await socket.send(type="phone.state", registered=True)
            for _ in range(5):
                await socket.until("ping")
            assert await self.rung(ada)
            monkeypatch.setattr(consumers, "LONG_SILENT_SECONDS", 0.0)
            while await self.rung(ada):
                await socket.until("ping")
            await socket.close()

        run(scenario)

    def test_a_page_that_never_answered_has_not(self, ada, grace, line):
        ada.desks.all().delete()
        frozen = DeskSocket(ada)

        async def scenario() -> None:
            await frozen.open()
            await frozen.send(type="phone.state", registered=True)
            await frozen.until("phone.state")
            assert await self.rung(ada)
            while await self.rung(ada):
                await frozen.until("ping")
            await frozen.close()

        run(scenario)

    def test_an_answer_writes_nothing(self, ada):
        socket = DeskSocket(ada)

        async def scenario() -> None:
            await socket.open()
            await socket.until("ping")
            seen = await ada.desks.order_by("-pk").values_list("seen_at", flat=True).afirst()
            for _ in range(3):
                await socket.send(type="pong")
                await socket.until("ping")
            assert await ada.desks.order_by("-pk").values_list("seen_at", flat=True).afirst() == seen
            await socket.close()

        run(scenario)

    def test_nobody_is_asked_who_has_gone(self, ada):
        socket = DeskSocket(ada)

        async def scenario() -> None:
            await socket.open()
            await socket.close()
            layer: Any = get_channel_layer()
            members = layer._members if hasattr(layer, "_members") else layer._hub().members
            assert members.listeners == {}

        run(scenario)
