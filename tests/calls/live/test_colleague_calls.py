"""An agent calls a colleague: who rings, what comes of it, who sees it, and what it is not counted in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from agents.models import Agent
from board.day import calls_by_agent, day_rows
from calls.live import presence
from calls.live.free_agents import free_agents
from calls.log.to_do import results_since
from calls.models import Call, CallOffer, Conversation
from calls.rooms.refusing import INTERNAL
from tests import factories
from tests.calls.test_webhooks_incoming import verbs
from tests.desk.desk_socket import DeskSocket, run
from tests.twilio import incoming, leg_status, outgoing, root_status, sid

pytestmark = pytest.mark.django_db

INCOMING, OUTGOING = "/twilio/voice/incoming/", "/twilio/voice/outgoing/"
ACTION, STATUS = "/twilio/voice/dial-action/", "/twilio/voice/status/"
ROOT, LEG = sid("CA", 1), sid("CA", 2)


def calls(twilio: Any, agent: Agent, colleague: Agent, **more: Any) -> Any:
    """The agent's phone calls the colleague's: what is answered."""
    return verbs(twilio.webhook(OUTGOING, outgoing(agent.pk, f"client:{colleague.identity}", **more)))


def leg(twilio: Any, agent: Agent, colleague: Agent, status: str, sequence: int, **more: Any) -> None:
    fields = leg_status(colleague.pk, status, sequence, **({"From": f"client:{agent.identity}"} | more))
    assert twilio.webhook(f"/twilio/voice/colleague-status/?call={ROOT}", fields).status_code == 204


def talk(twilio: Any, agent: Agent, colleague: Agent) -> None:
    calls(twilio, agent, colleague)
    leg(twilio, agent, colleague, "ringing", 1)
    leg(twilio, agent, colleague, "in-progress", 2)


def over(twilio: Any, agent: Agent, colleague: Agent, dialled: str, leg_ends: str = "") -> Any:
    """The `<Dial>` is over, and then the call: what is answered to the first."""
    if leg_ends:
        leg(twilio, agent, colleague, leg_ends, 3)
    asked = outgoing(agent.pk, f"client:{colleague.identity}", CallStatus="in-progress", DialCallStatus=dialled)
    answer = verbs(twilio.webhook(ACTION, asked))
    ends = root_status("completed", CallDuration="9") | outgoing(agent.pk, f"client:{colleague.identity}")
    twilio.webhook(STATUS, ends | {"CallStatus": "completed"})
    return answer


def said(answer: Any) -> str:
    return " ".join(answer.find("Say").itertext())


def rows(reader: Agent, **query: Any) -> list[dict[str, Any]]:
    client = Client()
    client.force_login(reader)
    found: list[dict[str, Any]] = client.get("/api/v1/calls/", query).json()["results"]
    return found


# --- Who rings --------------------------------------------------------------------------------------------------------


def test_the_colleagues_phone_rings_with_the_agents_name_and_no_number_is_called(twilio, ada, grace, line):
    answer = calls(twilio, ada, grace)

    dial = answer.find("Dial")
    assert [verb.tag for verb in answer] == ["Dial"]
    assert (dial.attrib["callerId"], dial.attrib["answerOnBridge"]) == (f"client:{ada.identity}", "true")
    client = dial.find("Client")
    assert client.find("Identity").text == grace.identity
    assert client.attrib["statusCallback"].endswith(f"/twilio/voice/colleague-status/?call={ROOT}")
    told = {one.attrib["name"]: one.attrib["value"] for one in client.iter("Parameter")}
    assert told == {"call_sid": ROOT, "caller": f"client:{ada.identity}", "name": "Ada"}
    call = Call.objects.get()
    assert (call.agent, call.colleague, call.line, call.contact, call.is_internal) == (ada, grace, None, None, True)
    assert list(CallOffer.objects.values_list("agent", "state")) == [(grace.pk, "ringing")]
    # Neither route nor queue has a part in it.
    assert not Conversation.objects.exists()


def test_a_line_that_is_chosen_and_a_company_without_lines_make_no_difference(twilio, ada, grace, settings):
    settings.TWILIO_CALLER_ID = ""

    assert calls(twilio, ada, grace, LineId="7").find("Dial/Client") is not None


def test_twilio_may_ask_twice_and_it_rings_once(twilio, ada, grace):
    first, second = calls(twilio, ada, grace), calls(twilio, ada, grace)

    assert (first.find("Dial/Client/Identity").text, second.find("Dial/Client/Identity").text) == (grace.identity,) * 2
    assert CallOffer.objects.count() == 1


def test_what_is_asked_again_when_it_is_over_rings_nobody(twilio, ada, grace):
    talk(twilio, ada, grace)
    over(twilio, ada, grace, "completed", "completed")

    again = calls(twilio, ada, grace)

    assert [verb.tag for verb in again] == ["Say", "Hangup"]
    assert (Call.objects.get(pk=ROOT).problem, CallOffer.objects.count()) == ("", 1)


def _away(grace: Agent) -> None:
    Agent.objects.filter(pk=grace.pk).update(availability="away")


def _busy(grace: Agent) -> None:
    Agent.objects.filter(pk=grace.pk).update(availability="busy")


def _finished(grace: Agent) -> None:
    Agent.objects.filter(pk=grace.pk).update(availability="offline")


def _no_desk(grace: Agent) -> None:
    grace.desks.all().delete()


def _wraps_up(grace: Agent) -> None:
    Agent.objects.filter(pk=grace.pk).update(wrap_up_until=timezone.now() + timedelta(minutes=1))


def _talks(grace: Agent) -> None:
    factories.make_call(50, status="in-progress", agent=grace, caller=f"client:{grace.identity}")


def _rings(grace: Agent) -> None:
    factories.make_call(51, status="ringing")
    CallOffer.objects.create(call_id=sid("CA", 51), agent=grace)


def _not_allowed(grace: Agent) -> None:
    Agent.objects.filter(pk=grace.pk).update(may_receive_calls=False)


def _suspended(grace: Agent) -> None:
    Agent.objects.filter(pk=grace.pk).update(is_active=False)


@pytest.mark.parametrize(
    ("is_so", "sentence"),
    [
        (_away, "Is away."),
        (_busy, "Is busy."),
        (_finished, "Has finished for today."),
        (_no_desk, "Cannot be reached now."),
        (_wraps_up, "Wraps up a call."),
        (_talks, "Is on a call."),
        (_rings, "That agent's phone rings already."),
        (_not_allowed, "There is no such colleague"),
        (_suspended, "There is no such colleague"),
    ],
)
def test_why_not_is_said_to_the_agent_in_the_words_of_the_transfer_search(twilio, ada, grace, is_so, sentence):
    is_so(grace)

    answer = calls(twilio, ada, grace)

    assert [verb.tag for verb in answer] == ["Say", "Hangup"]
    assert said(answer).startswith(sentence)
    assert Call.objects.get(pk=ROOT).problem.startswith(sentence)
    assert not CallOffer.objects.filter(call=ROOT).exists()


@pytest.mark.parametrize("to", ["client:agent_999999999999999999", "client:agent_0", "client:agent_", "client:bob"])
def test_who_is_nobody_is_not_called(twilio, ada, line, to):
    answer = verbs(twilio.webhook(OUTGOING, outgoing(ada.pk, to)))

    assert [verb.tag for verb in answer] == ["Say", "Hangup"]
    assert Call.objects.get().colleague is None


def test_nobody_calls_themselves(twilio, ada):
    assert said(calls(twilio, ada, ada)) == "That is you."


def test_who_talks_with_somebody_else_calls_no_colleague_beside_it(twilio, ada, grace):
    factories.make_call(50, status="in-progress", agent=ada, caller=f"client:{ada.identity}")

    assert said(calls(twilio, ada, grace)) == "You are in another call. End it first."
    assert not CallOffer.objects.exists()


def test_a_phone_that_may_not_call_for_the_agent_rings_nobody(twilio, ada, grace):
    Agent.objects.filter(pk=ada.pk).update(may_make_calls=False)

    assert said(calls(twilio, ada, grace)) == "You are not allowed to make calls. Ask your admin."
    assert not CallOffer.objects.exists()
    assert rows(grace) == []


def test_who_may_take_a_second_call_is_rung_softly(twilio, ada, grace, line):
    Agent.objects.filter(pk=grace.pk).update(may_take_second_call=True)
    Agent.objects.filter(pk=ada.pk).update(availability="away")
    twilio.webhook(INCOMING, incoming(CallSid=sid("CA", 60)))
    twilio.webhook(STATUS, leg_status(grace.pk, "in-progress", 2, leg=61, parent=60))

    assert calls(twilio, ada, grace).find("Dial/Client/Identity").text == grace.identity


# --- What it is for the two of them ----------------------------------------------------------------------------------


def test_neither_is_offered_a_caller_meanwhile_and_both_are_again_afterwards(twilio, ada, grace, line, team):
    talk(twilio, ada, grace)
    assert {now["state"] for now in presence.presence_of({ada.pk, grace.pk})} == {"on-call"}
    assert free_agents([team.pk]).free == []
    caller = verbs(twilio.webhook(INCOMING, incoming(CallSid=sid("CA", 70))))
    assert caller.find("Dial") is None

    over(twilio, ada, grace, "completed", "completed")

    assert {one.agent_id for one in free_agents([team.pk]).free} == {ada.pk, grace.pk}
    assert Agent.objects.filter(wrap_up_until__isnull=False).count() == 0


def test_who_is_rung_gets_no_caller_and_who_calls_neither(twilio, ada, grace, line, team):
    calls(twilio, ada, grace)

    assert free_agents([team.pk]).free == []


def test_no_second_call_rings_for_who_talks_with_a_colleague(twilio, ada, grace, stranger):
    Agent.objects.update(may_take_second_call=True)
    talk(twilio, ada, grace)

    for one in (ada, grace):
        answer = calls(twilio, stranger, one, CallSid=sid("CA", 80 + one.pk))
        assert said(answer) == "Is on a call."


@pytest.mark.parametrize(
    ("dialled", "leg_ends", "sentence", "result"),
    [
        ("busy", "busy", "Your colleague declined the call, or is on another.", "busy"),
        ("no-answer", "no-answer", "Your colleague did not answer.", "no-answer"),
        ("failed", "failed", "Your colleague cannot be reached now.", "failed"),
    ],
)
def test_a_call_that_comes_to_nothing_says_why_and_asks_for_no_message(
    twilio, ada, grace, line, monkeypatch, dialled, leg_ends, sentence, result
):
    monkeypatch.setattr("calls.live.presence.rings_missed", lambda **_: pytest.fail("no ring of a team's was missed"))
    calls(twilio, ada, grace)
    leg(twilio, ada, grace, "ringing", 1)

    answer = over(twilio, ada, grace, dialled, leg_ends)

    assert [verb.tag for verb in answer] == ["Say", "Hangup"]
    assert said(answer) == sentence
    call = Call.objects.get(pk=ROOT)
    assert (call.problem, call.result) == (sentence, result)
    assert CallOffer.objects.get().state == "ended"


def test_who_hangs_up_before_it_is_answered_is_missed_by_the_colleague(twilio, ada, grace):
    calls(twilio, ada, grace)
    leg(twilio, ada, grace, "ringing", 1)
    leg(twilio, ada, grace, "canceled", 2)
    ends = outgoing(ada.pk, f"client:{grace.identity}", CallStatus="no-answer", DialCallStatus="canceled")
    twilio.webhook(ACTION, ends)
    twilio.webhook(STATUS, ends | {"SequenceNumber": "0", "CallDuration": "0"})

    assert (rows(ada)[0]["result"], rows(grace)[0]["result"]) == ("canceled", "missed")
    assert rows(grace)[0]["agent"] is None
    assert CallOffer.objects.get().reason == "caller-hung-up"


def test_an_answer_of_ours_that_fails_is_a_sentence_never_an_application_error(twilio, ada, grace, monkeypatch):
    monkeypatch.setattr("calls.live.colleague_calls.call_record_internal", lambda work, asked: 1 / 0)

    answer = calls(twilio, ada, grace)

    assert said(answer) == "The call could not be started. Please try again."


def test_what_went_to_the_fallback_is_logged_as_the_call_that_it_was(twilio, ada, grace):
    asked = outgoing(ada.pk, f"client:{grace.identity}", ErrorCode="11200", ErrorUrl=f"https://x.example{OUTGOING}")
    answer = verbs(twilio.webhook("/twilio/voice/fallback/", asked))
    from telephony.webhooks import inbox

    inbox.drain()

    assert "Record" not in [verb.tag for verb in answer]
    assert Call.objects.get(pk=ROOT).colleague == grace


def test_what_a_browser_says_of_a_parent_is_not_believed(twilio, ada, grace, stranger):
    theirs = factories.make_call(90, status="in-progress", agent=stranger)
    calls(twilio, ada, grace)

    leg(twilio, ada, grace, "ringing", 1, ParentCallSid=theirs.sid)

    assert Call.objects.get(pk=LEG).parent_id == ROOT


# --- The log ---------------------------------------------------------------------------------------------------------


def test_one_row_is_read_from_both_sides(twilio, ada, grace):
    talk(twilio, ada, grace)
    over(twilio, ada, grace, "completed", "completed")

    (made,), (came,) = rows(ada), rows(grace)

    assert made["sid"] == came["sid"] == ROOT
    assert (made["internal"], came["internal"]) == (True, True)
    assert (made["incoming"], made["result"], made["agent"]["name"], made["party"]["name"]) == (
        False, "reached", "Ada", "Grace",
    )  # fmt: skip
    assert (came["incoming"], came["result"], came["agent"]["name"], came["party"]["name"]) == (
        True, "answered", "Grace", "Ada",
    )  # fmt: skip
    assert (made["contact"], made["line"], made["party"]["number"]) == (None, None, f"client:{grace.identity}")
    assert came["party"]["number"] == f"client:{ada.identity}"


@pytest.fixture
def missed(twilio, ada, grace):
    calls(twilio, ada, grace)
    over(twilio, ada, grace, "no-answer", "no-answer")


@pytest.mark.parametrize(
    ("query", "to_ada", "to_grace"),
    [
        ({}, True, True),
        ({"scope": "mine"}, True, True),
        ({"scope": "missed"}, False, True),
        ({"scope": "voicemail"}, False, False),
        ({"result": "missed"}, False, True),
        ({"result": "no-answer"}, True, False),
        ({"result": "missed", "search": "zzz"}, False, False),
        ({"status": "completed"}, True, True),
        ({"status": "completed", "scope": "missed"}, False, True),
    ],
)
def test_filters_are_about_what_is_read(missed, ada, grace, query, to_ada, to_grace):
    assert [bool(rows(ada, **query)), bool(rows(grace, **query))] == [to_ada, to_grace]


def test_filters_by_party_and_agent_find_both_sides(missed, ada, grace):
    party = {"party": f"client:{grace.identity}"}
    assert [len(rows(ada, **party)), len(rows(grace, **party))] == [1, 1]
    assert [len(rows(one, agent=one.pk)) for one in (ada, grace)] == [1, 1]
    assert rows(grace, agent=ada.pk, line=99) == []


def test_who_else_sees_it_are_supervisors_of_either_and_admins(missed, ada, grace, team, stranger):
    hedy = factories.make_agent("hedy", team=team, role="supervisor")
    other = factories.make_agent("other", team=stranger.teams.get(), role="supervisor")
    mate = factories.make_agent("mate", team=team)
    admin = factories.make_agent("root", is_superuser=True)

    assert [len(rows(one)) for one in (hedy, admin, mate, other, stranger)] == [1, 1, 0, 0, 0]
    (row,) = rows(hedy)
    assert (row["agent"]["name"], row["party"]["name"], row["result"]) == ("Ada", "Grace", "no-answer")
    assert [len(rows(one, scope="missed")) for one in (hedy, admin)] == [0, 0]


def test_it_counts_in_no_figure_about_callers(twilio, ada, grace, line, team):
    talk(twilio, ada, grace)
    over(twilio, ada, grace, "completed", "completed")
    now = timezone.now()

    assert day_rows(now, None) == []
    assert calls_by_agent(now, [ada.pk, grace.pk]) == {}
    assert results_since(now - timedelta(days=1)) == []


def test_the_board_shows_both_on_a_call_and_nobody_may_listen(client, twilio, ada, grace, team):
    admin = factories.make_agent("root", is_superuser=True)
    talk(twilio, ada, grace)
    client.force_login(admin)

    agents = {one["agent"]["id"]: one for one in client.get("/api/v1/board/").json()["agents"]}

    assert [agents[one.pk]["state"] for one in (ada, grace)] == ["on-call", "on-call"]
    assert not any(one["may_supervise"] for one in agents.values())


# --- What is asked of it ---------------------------------------------------------------------------------------------


def api(agent: Agent) -> APIClient:
    client = APIClient()
    client.force_authenticate(agent)
    return client


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("park/", {}),
        ("move/", {}),
        ("transfer/", {"to": {"number": "+12025550199"}, "mode": "blind"}),
        ("transfer/", {"to": {"number": "+12025550199"}, "mode": "warm"}),
        ("participants/", {"to": {"number": "+12025550199"}}),
    ],
)
@pytest.mark.parametrize("who", ["ada", "grace"])
def test_it_is_not_given_on_or_shared_and_says_why(request, twilio, ada, grace, path, body, who):
    talk(twilio, ada, grace)
    Agent.objects.update(may_take_second_call=True)
    agent = Agent.objects.get(username=who)

    answer = api(agent).post(f"/api/v1/calls/{ROOT}/{path}", body, format="json")

    assert (answer.status_code, answer.json()["detail"]) == (409, INTERNAL)
    assert Call.objects.get(pk=ROOT).is_handled is False


def test_help_and_supervision_are_for_calls_with_people_outside(twilio, ada, grace, team):
    hedy = factories.make_agent("hedy", team=team, role="supervisor", reachable=True)
    talk(twilio, ada, grace)

    asks = api(ada).post(f"/api/v1/calls/{ROOT}/help/", {"wanted": True}, format="json")
    listens = api(hedy).post(f"/api/v1/calls/{ROOT}/supervise/", {"mode": "listen"}, format="json")

    assert asks.status_code == listens.status_code == 409
    assert listens.json()["detail"] == "A call between colleagues is not supervised."


def test_both_may_note_and_the_note_is_one(twilio, ada, grace, stranger):
    talk(twilio, ada, grace)
    over(twilio, ada, grace, "completed", "completed")

    answer = api(grace).patch(f"/api/v1/calls/{ROOT}/", {"note": "Asked about the stand-up."}, format="json")

    assert answer.status_code == 200
    assert rows(ada)[0]["note"] == "Asked about the stand-up."
    assert api(stranger).patch(f"/api/v1/calls/{ROOT}/", {"note": "x"}, format="json").status_code == 404


def test_colleagues_are_found_by_name_with_why_not(ada, grace, stranger):
    _away(stranger)

    found = api(ada).get("/api/v1/colleagues/").json()

    assert [(one["presence"]["agent"]["name"], one["may"], one["why"], one["to"]) for one in found] == [
        ("Grace", True, "", f"client:{grace.identity}"),
        ("Stranger", False, "Is away.", f"client:{stranger.identity}"),
    ]
    assert [one["to"] for one in api(ada).get("/api/v1/colleagues/", {"q": " GRA\x00"}).json()] == [
        f"client:{grace.identity}"
    ]
    assert api(ada).get("/api/v1/colleagues/", {"q": "x" * 9999}).json() == []


# --- What desks are told ---------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_desks_are_told_each_from_its_side(twilio, ada, grace):
    here, there = DeskSocket(ada), DeskSocket(grace)
    from asgiref.sync import sync_to_async

    async def scenario() -> None:
        await here.open()
        await there.open()
        await sync_to_async(calls)(twilio, ada, grace)
        ring = (await there.until("call.incoming"))["live"]
        assert (ring["mine"], ring["call"]["party"]["name"], ring["call"]["incoming"]) == ("ringing", "Ada", True)
        assert ring["history"] == []
        live = (await here.until("call.status"))["live"]
        assert (live["mine"], live["call"]["party"]["name"], live["call"]["incoming"]) == ("active", "Grace", False)
        await sync_to_async(leg)(twilio, ada, grace, "in-progress", 2)
        live = (await there.until("call.status"))["live"]
        assert (live["mine"], live["call"]["party"]["name"]) == ("active", "Ada")
        await sync_to_async(over)(twilio, ada, grace, "completed", "completed")
        assert (await here.until("call.ended"))["call"]["result"] == "reached"
        assert (await there.until("call.ended"))["call"]["result"] == "answered"
        await here.close()
        await there.close()

    run(scenario)


@pytest.mark.django_db(transaction=True)
def test_a_ring_that_is_declined_ends_at_both(twilio, ada, grace):
    here, there = DeskSocket(ada), DeskSocket(grace)
    from asgiref.sync import sync_to_async

    async def scenario() -> None:
        await here.open()
        await there.open()
        await sync_to_async(calls)(twilio, ada, grace)
        await there.until("call.incoming")
        await sync_to_async(over)(twilio, ada, grace, "busy", "busy")
        assert (await there.until("call.withdrawn"))["reason"] == "rejected"
        told = await here.until("call.problem")
        assert (told["message"], told["permanent"]) == ("Your colleague declined the call, or is on another.", False)
        assert (await there.until("log.changed"))["call"]["result"] == "missed"
        await here.close()
        await there.close()

    run(scenario)
