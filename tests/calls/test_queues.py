"""Who waits, over REST, and callers who are taken by hand."""

from __future__ import annotations

import json
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone

from calls.live import fetching
from calls.models import Call, CallOffer, Conversation
from calls.payloads import time_json
from calls.queues import services
from calls.queues import watch as watch_module
from calls.queues.selectors import queue_looks, queues_of
from calls.queues.services import caller_take
from calls.queues.watch import QueueWatch
from telephony.errors import Unavailable
from tests import factories
from tests.calls.routes import Caller, box, make_route, team_step
from tests.twilio import sid

pytestmark = pytest.mark.django_db
TAKE = "/api/v1/queues/take/"


@pytest.fixture
def waiting(twilio, line, team, ada):
    """Ada's phone rings for the first, the second waits."""
    menu = {
        "id": "menu", "kind": "menu", "prompt": {"text": "Press 2."}, "no_input": "box", "wrong_input": "box",
        "keys": [{"digit": "2", "meaning": "Orders", "next": "team"}],
    }  # fmt: skip
    make_route(line, menu, team_step(team.pk), box())
    first = Caller(twilio, CallSid=sid("CA", 10), From="+12025550110")
    second = Caller(twilio, CallSid=sid("CA", 20), From="+12025550120")
    for caller in (first, second):
        caller.call()
        caller.press("2")
    assert (first.rings, second.verbs) == ([ada.identity], ["Enqueue"])
    return first, second


@pytest.fixture
def redirect():
    with patch.object(fetching, "call_redirect", autospec=True) as found:
        yield found


def take(client, agent, caller: Caller):
    client.force_login(agent)
    return client.post(TAKE, {"sid": caller.sid}, content_type="application/json")


def test_members_see_who_waits_what_they_chose_and_at_whose_phones_it_rings(client, waiting, ada, team):
    client.force_login(ada)

    (queue,) = client.get("/api/v1/queues/").json()["queues"]

    assert (queue["team"]["name"], queue["waiting"]) == ("Support", 1)
    first, second = queue["callers"]
    assert (first["state"], [one["id"] for one in first["rings_at"]]) == ("offered", [ada.pk])
    assert (second["state"], second["party"]["number"], second["place"]) == ("waiting", "+12025550120", 2)
    assert second["why"] == "pressed 2, Orders"


def to_call_back(line, number: int, minutes: int, **more) -> Conversation:
    """Somebody who hung up so many minutes ago, and keeps the place."""
    since = timezone.now() - timedelta(minutes=minutes)
    call = factories.make_call(number, line=line, status="completed", start_time=since)
    waits = {"state": "call-back", "waiting_since": since, "place_at": since, "team": line.team}
    return Conversation.objects.update_or_create(call=call, defaults=waits | more)[0]


def test_a_call_back_that_is_put_off_has_the_last_place(client, waiting, line, ada):
    later = timezone.now() + timedelta(hours=10)
    put_off = to_call_back(line, 30, 60, not_before=later)
    due = to_call_back(line, 31, 50, not_before=timezone.now() - timedelta(minutes=1))
    client.force_login(ada)

    (queue,) = client.get("/api/v1/queues/").json()["queues"]

    first, second = waiting
    assert [(one["sid"], one["place"]) for one in queue["callers"]] == [
        (due.pk, 1), (first.sid, 2), (second.sid, 3), (put_off.pk, 4),
    ]  # fmt: skip


def test_call_backs_push_nobody_on_the_line_out_of_the_list(client, waiting, line, ada):
    backs = [to_call_back(line, 100 + number, 60 + number) for number in range(55)]
    client.force_login(ada)

    (queue,) = client.get("/api/v1/queues/").json()["queues"]

    assert len(queue["callers"]) == 50
    # They are served first all the same.
    first, second = queue["callers"][-2:]
    assert [(one["sid"], one["place"]) for one in (first, second)] == [(waiting[0].sid, 56), (waiting[1].sid, 57)]
    assert [one["sid"] for one in queue["callers"][:2]] == [backs[-1].pk, backs[-2].pk]
    assert queue_looks()[line.team_id][2][-1][0] == waiting[1].sid


def test_who_waits_longest_is_told_of_those_on_the_line_and_of_call_backs(client, waiting, line, ada):
    back = to_call_back(line, 30, 300)
    client.force_login(ada)

    (queue,) = client.get("/api/v1/queues/").json()["queues"]

    assert (queue["waiting"], queue["call_backs"]) == (1, 1)
    assert queue["longest_since"] == next(one["since"] for one in queue["callers"] if one["sid"] == waiting[1].sid)
    assert queue["call_backs_since"] == time_json(back.waiting_since)


def test_others_see_nothing_of_it(client, waiting, stranger):
    client.force_login(stranger)

    assert [queue["team"]["name"] for queue in client.get("/api/v1/queues/").json()["queues"]] == ["Sales"]


def test_whoever_takes_a_caller_is_rung_though_busy_and_nobody_else(client, waiting, grace, redirect):
    grace.availability = "busy"
    grace.save()
    second = waiting[1]

    assert take(client, grace, second).status_code == 202
    second.ask(redirect.call_args.args[1])

    assert second.rings == [grace.identity]


def test_a_colleagues_ring_is_picked_up_and_rings_there_no_more(client, waiting, ada, grace, redirect):
    first = waiting[0]

    assert take(client, grace, first).status_code == 202
    assert CallOffer.objects.filter(call=first.sid, state="ringing").count() == 2, "it rings until Twilio has come"
    first.ask(redirect.call_args.args[1])

    assert first.rings == [grace.identity]
    assert list(CallOffer.objects.filter(call=first.sid, state="ringing").values_list("agent", flat=True)) == [grace.pk]


def test_what_twilio_refuses_is_said_and_leaves_everything_as_it_was(client, waiting, ada, grace):
    first = waiting[0]
    before = Conversation.objects.get(pk=first.sid)
    with patch.object(fetching, "call_redirect", autospec=True, side_effect=Unavailable("Twilio is away.")):
        response = take(client, grace, first)

    assert response.status_code == 502
    after = Conversation.objects.get(pk=first.sid)
    assert (after.state, after.answer, after.attempt) == (before.state, before.answer, before.attempt)
    assert list(CallOffer.objects.filter(call=first.sid, state="ringing").values_list("agent", flat=True)) == [ada.pk]


def test_two_who_take_the_same_caller(client, waiting, ada, grace, team, redirect):
    hedy = factories.make_agent("hedy", team=team, reachable=True)
    second = waiting[1]
    assert take(client, grace, second).status_code == 202
    second.ask(redirect.call_args.args[1])

    assert take(client, hedy, second).status_code == 202
    second.ask(redirect.call_args.args[1])

    assert second.rings == [hedy.identity]
    assert CallOffer.objects.filter(call=second.sid, state="ringing").count() == 1


def test_whose_phone_rings_already_takes_nobody_else(client, waiting, ada, redirect):
    response = take(client, ada, waiting[1])

    assert response.status_code == 409
    assert "rings already" in response.json()["detail"]


def test_whose_phone_cannot_ring_takes_nobody(client, waiting, team, redirect):
    away = factories.make_agent("away", team=team)

    assert take(client, away, waiting[1]).status_code == 409
    redirect.assert_not_called()


def test_nobody_takes_the_callers_of_other_teams(client, waiting, stranger, redirect):
    assert take(client, stranger, waiting[1]).status_code == 400


def test_a_caller_who_has_gone_is_not_taken(client, waiting, grace, redirect):
    second = waiting[1]
    second.leave_queue("hangup", CallStatus="completed")

    assert take(client, grace, second).status_code in (400, 409)
    redirect.assert_not_called()


@pytest.mark.parametrize("sid", ["", "x" * 65, "CA\x00", 7, None, ["CA1"]])
def test_a_bad_sid_is_answered(client, ada, sid):
    client.force_login(ada)

    assert client.post(TAKE, {"sid": sid}, content_type="application/json").status_code == 400


def test_a_teams_desks_are_told_when_its_queue_has_changed_and_only_then(waiting, team):
    watch = QueueWatch()

    (frame,) = watch.look(everybody)
    assert frame[0] == f"team.{team.pk}"
    assert '"queue.changed"' in frame[1]["text"]
    assert "gewählt: 2" in frame[1]["texts"]["de"]
    assert watch.look(everybody) == []


def test_a_queue_that_nobody_here_listens_to_is_not_read_and_what_comes_after_is_told(waiting, team):
    watch = QueueWatch()
    with patch.object(watch_module, "queues_of", autospec=True, side_effect=queues_of) as read:
        assert watch.look(lambda group: group != f"team.{team.pk}") == []
    read.assert_not_called()

    # Whoever comes now reads the queue as it is.
    assert watch.look(everybody) == []
    waiting[1].leave_queue("hangup", CallStatus="completed")
    assert [group for group, _frame in watch.look(everybody)] == [f"team.{team.pk}"]


def test_two_who_take_the_same_caller_and_are_both_refused_leave_everything_as_it_was(waiting, ada, grace, team):
    first = waiting[0]
    zoe = factories.make_agent("zoe", team=team, reachable=True)
    before = Conversation.objects.get(pk=first.sid)

    def refuses(*args, **more):
        if len(CallOffer.objects.filter(call=first.sid, state="ringing", rung_at=None)) == 1:
            with pytest.raises(Unavailable):
                caller_take(sid=first.sid, by=zoe)
        raise Unavailable("Not now.")

    with patch.object(fetching, "call_redirect", autospec=True, side_effect=refuses), pytest.raises(Unavailable):
        caller_take(sid=first.sid, by=grace)

    after = Conversation.objects.get(pk=first.sid)
    assert (after.state, after.attempt, after.answer) == (before.state, before.attempt, before.answer)
    assert not CallOffer.objects.filter(state="ringing", agent__in=[grace, zoe]).exists()


def test_a_caller_whom_a_colleague_answers_at_that_moment_is_left_in_the_talk(waiting, grace, redirect):
    first, offered = waiting[0], services._offer

    def answered_meanwhile(*args):
        try:
            return offered(*args)
        finally:
            Call.objects.filter(pk=first.sid).update(answer_time=timezone.now(), status="in-progress")

    with (
        patch.object(services, "_offer", autospec=True, side_effect=answered_meanwhile),
        pytest.raises(services.NotTaken, match="does not wait any more"),
    ):
        caller_take(sid=first.sid, by=grace)

    redirect.assert_not_called()


def test_of_two_takes_the_one_that_is_refused_leaves_the_other_to_its_agent(waiting, ada, grace, team):
    second = waiting[1]
    zoe = factories.make_agent("zoe", team=team, reachable=True)

    def refuses_the_second(*args, **more):
        if not CallOffer.objects.filter(call=second.sid, state="ringing", agent=zoe).exists():
            with pytest.raises(Unavailable):
                caller_take(sid=second.sid, by=zoe)
            return
        raise Unavailable("Not now.")

    with patch.object(fetching, "call_redirect", autospec=True, side_effect=refuses_the_second) as redirect:
        caller_take(sid=second.sid, by=grace)
    second.ask(redirect.call_args_list[0].args[1])

    assert second.rings == [grace.identity]
    assert not CallOffer.objects.filter(state="ringing", agent=zoe).exists()


def test_a_team_is_told_at_whose_phones_it_rings_whatever_the_call_came_by(twilio, line, team, ada, grace):
    """A line without a route has no queue, and its phones ring as well."""
    line.route = None
    line.save()
    watch = QueueWatch()
    watch.look(everybody)
    other = factories.make_team("Sales")
    ada.teams.add(other)
    Caller(twilio, CallSid=sid("CA", 60), From="+12025550160").call()

    told = {
        queue["team"]["id"]: queue["ringing"] for _group, frame in watch.look(everybody) for queue in [_queue_of(frame)]
    }

    assert {one["agent"]["id"] for one in told[team.pk]} == {ada.pk, grace.pk}
    assert {one["party"]["number"] for one in told[team.pk]} == {"+12025550160"}
    (hers,) = told[other.pk]
    assert (hers["agent"]["id"], hers["party"], hers["line"]) == (ada.pk, None, None), "not that team's caller"


def everybody(group):
    return True


def _queue_of(frame):
    return json.loads(frame["text"])["queue"]
