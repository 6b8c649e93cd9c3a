"""What desks are told of supervision: the supervisor's own, the agent's, and who is asked for help."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import sync_to_async as sync
from rest_framework.test import APIClient

from calls.models import Participant
from calls.rooms import keeping
from tests import factories
from tests.calls.rooms.rooms import LEG, ROOT, Conference, rest_faked, talk
from tests.desk.desk_socket import DeskSocket, run
from tests.twilio import outgoing, sid

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = sid("CA", 70)


@pytest.fixture
def hedy(team):
    return factories.make_agent("hedy", team=team, role="supervisor", language="de")


def post(agent: Any, action: str, body: dict[str, Any]) -> int:
    client = APIClient()
    client.force_authenticate(agent)
    return client.post(f"/api/v1/calls/{ROOT}/{action}/", body, format="json", secure=True).status_code


def comes(twilio: Any, hedy: Any, **said: str) -> Conference:
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    twilio.webhook("/twilio/voice/outgoing/", outgoing(hedy.pk, "", CallSid=PHONE, supervise=ROOT))
    conference.tell("participant-join", PHONE, **said)
    return conference


def test_the_supervisors_desk_has_the_call_as_supervised_and_not_as_its_own(twilio, line, ada, hedy):
    talk(twilio, ada)
    desk, again = DeskSocket(hedy), DeskSocket(hedy)

    async def scenario() -> None:
        assert (await desk.open())["supervising"] is None
        assert await sync(post)(hedy, "supervise", {"mode": "listen"}) == 202
        noted = (await desk.until("supervising.changed"))["supervising"]
        assert (noted["call"]["sid"], noted["mode"], noted["state"]) == (ROOT, "listen", "calling")
        conference = await sync(comes)(twilio, hedy, Muted="true")
        while (now := (await desk.until("supervising.changed"))["supervising"])["state"] != "in":
            pass
        assert [one["role"] for one in now["call"]["participants"]] == ["customer", "agent", "supervisor"]
        snapshot = await again.open()
        assert (snapshot["supervising"]["call"]["sid"], snapshot["calls"]) == (ROOT, [])
        await again.close()
        await sync(conference.tell)("participant-leave", PHONE)
        while (await desk.until("supervising.changed"))["supervising"] is not None:
            pass
        await desk.close()

    with rest_faked():
        run(scenario)


def test_who_takes_over_has_the_call_and_the_agent_is_told_by_whom(twilio, line, ada, hedy):
    talk(twilio, ada)
    agents, supervisors, again = DeskSocket(ada), DeskSocket(hedy), DeskSocket(hedy)

    async def scenario() -> None:
        await agents.open()
        await supervisors.open()
        assert await sync(post)(hedy, "supervise", {"mode": "take-over"}) == 202
        await sync(comes)(twilio, hedy)
        told = await agents.until("call.taken_over")
        assert (told["sid"], told["by"]["id"]) == (ROOT, hedy.pk)
        assert told["message"] == "Hedy has taken over this call."
        while (await supervisors.until("supervising.changed"))["supervising"] is not None:
            pass
        snapshot = await again.open()
        assert [(one["call"]["sid"], one["mine"]) for one in snapshot["calls"]] == [(ROOT, "active")]
        for desk in (agents, supervisors, again):
            await desk.close()

    with rest_faked():
        run(scenario)


def test_a_colleague_who_was_taken_into_the_call_is_told_by_whom_it_was_taken_over(twilio, line, team, ada, hedy):
    grace = factories.make_agent("grace", team=team, reachable=True)
    talk(twilio, ada)
    desks = [DeskSocket(ada), DeskSocket(grace)]

    def merged() -> Conference:
        assert post(ada, "transfer", {"to": {"agent": grace.pk}, "mode": "warm"}) == 202
        conference = Conference(twilio)
        conference.join(LEG, ROOT)
        keeping.look(ROOT)
        conference.join(Participant.objects.get(agent=grace).leg_sid)
        assert post(ada, "merge", {}) == 202
        return conference

    def taken_over(conference: Conference) -> None:
        assert post(hedy, "supervise", {"mode": "take-over"}) == 202
        twilio.webhook("/twilio/voice/outgoing/", outgoing(hedy.pk, "", CallSid=PHONE, supervise=ROOT))
        conference.tell("participant-join", PHONE)

    async def scenario() -> None:
        for desk in desks:
            await desk.open()
        conference = await sync(merged)()
        await sync(taken_over)(conference)
        for desk in desks:
            told = await desk.until("call.taken_over")
            assert (told["sid"], told["message"]) == (ROOT, "Hedy has taken over this call.")
            await desk.close()

    with rest_faked():
        run(scenario)


def test_supervisors_of_the_team_are_told_at_once_that_help_is_wanted_and_that_it_is_not(twilio, line, ada, hedy):
    talk(twilio, ada)
    desk = DeskSocket(hedy)

    async def scenario() -> None:
        await desk.open()
        assert await sync(post)(ada, "help", {"wanted": True}) == 202
        wanted = await desk.until("help.changed")
        assert (wanted["sid"], wanted["agent"]["id"], wanted["since"] is None) == (ROOT, ada.pk, False)
        assert await sync(post)(ada, "help", {"wanted": False}) == 202
        assert (await desk.until("help.changed"))["since"] is None
        await desk.close()

    run(scenario)


def test_a_supervisor_who_takes_the_call_over_reads_that_no_help_is_wanted_any_more(twilio, line, ada, hedy):
    talk(twilio, ada)
    desk = DeskSocket(hedy)

    def takes_over() -> None:
        assert post(hedy, "supervise", {"mode": "take-over"}) == 202
        twilio.webhook("/twilio/voice/outgoing/", outgoing(hedy.pk, "", CallSid=PHONE, supervise=ROOT))
        conference = Conference(twilio)
        conference.join(LEG, ROOT)
        conference.tell("participant-join", PHONE)

    async def scenario() -> None:
        await desk.open()
        assert await sync(post)(ada, "help", {"wanted": True}) == 202
        assert (await desk.until("help.changed"))["since"] is not None
        await sync(takes_over)()
        assert (await desk.until("help.changed"))["since"] is None
        await desk.close()

    with rest_faked():
        run(scenario)


def test_a_desk_that_opens_knows_who_asks_for_help_in_the_calls_that_its_agent_may_supervise(twilio, line, ada, hedy):
    talk(twilio, ada)
    other = factories.make_agent("ruth", team=factories.make_team("Sales"), role="supervisor")
    grace = factories.make_agent("grace", team=line.team)
    assert post(ada, "help", {"wanted": True}) == 202

    async def scenario() -> None:
        for agent, wanted in ((hedy, [(ROOT, ada.pk)]), (ada, []), (grace, []), (other, [])):
            desk = await sync(DeskSocket)(agent)
            helps = (await desk.open())["helps"]
            assert [(each["sid"], each["agent"]["id"]) for each in helps] == wanted
            await desk.close()

    run(scenario)


def test_where_a_team_has_it_so_the_agents_desk_is_told_nothing_of_who_listens(twilio, line, team, ada, hedy):
    team.supervision_is_shown = False
    team.save()
    talk(twilio, ada)
    desk = DeskSocket(ada)

    async def scenario() -> None:
        await desk.open()
        await sync(post)(hedy, "supervise", {"mode": "listen"})
        conference = await sync(comes)(twilio, hedy, Muted="true")
        await sync(Participant.objects.filter(role="customer").update)(wanted_held=True)
        await sync(conference.tell)("participant-hold", ROOT, Hold="true")
        seen = ""
        while "participant" not in seen or '"held": true' not in seen:
            frame = await desk.until("call.status")
            seen = str(frame).replace("True", "true").replace("'", '"')
            assert "Hedy" not in seen
            assert PHONE not in seen
            assert "supervisor" not in seen
        await desk.close()

    with rest_faked():
        run(scenario)
