"""A caller waits for a team, and is offered to whoever is free."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.utils import timezone

from agents.models import Agent, WebPushSubscription
from calls.live import dispatch, mending
from calls.live.queues import pace
from calls.models import Call, CallOffer, Conversation
from tests import factories
from tests.calls.routes import Caller, box, make_route, team_step
from tests.twilio import leg_status, rfc2822, root_status, sid

pytestmark = pytest.mark.django_db


@pytest.fixture
def route(line, team):
    return make_route(line, team_step(team.pk, hears={"text": "Please hold."}), box())


@pytest.fixture
def first(twilio):
    """Who has the only agent."""
    return Caller(twilio, CallSid=sid("CA", 10), From="+12025550110")


@pytest.fixture
def second(twilio):
    return Caller(twilio, CallSid=sid("CA", 20), From="+12025550120")


def conversation(caller: Caller) -> Conversation:
    return Conversation.objects.get(pk=caller.sid)


def free_again(twilio, agent, caller: Caller) -> None:
    """The agent talked with that caller, and hung up."""
    for sequence, status in enumerate(("in-progress", "completed")):
        fields = leg_status(agent.pk, status, sequence, leg=99) | {"ParentCallSid": caller.sid}
        twilio.webhook("/twilio/voice/offer-status/?attempt=1", fields)


def test_a_second_caller_waits_while_all_phones_ring_for_the_first(first, second, route, ada):
    first.call()
    second.call()

    assert (first.rings, second.verbs) == ([ada.identity], ["Enqueue"])
    assert conversation(second).state == "waiting"


def test_where_nobody_is_at_work_nobody_waits(first, route, ada):
    ada.availability = "away"
    ada.save()

    first.call()

    assert "Record" in first.verbs
    # Came to the team all the same: the board's service level counts who did.
    call = Call.objects.get(pk=first.sid)
    assert (call.waiting_since is not None, call.waited) == (True, 0)


def test_who_comes_to_a_full_queue_came_to_the_team(first, second, twilio, line, team, ada):
    make_route(line, team_step(team.pk, most_waiting=1, full="box"), box())
    first.call()
    second.call()
    third = Caller(twilio, CallSid=sid("CA", 30), From="+12025550130")
    third.call()

    assert "Record" in third.verbs
    call = Call.objects.get(pk=third.sid)
    assert (call.waiting_since is not None, call.waited) == (True, 0)


def test_whoever_waits_hears_the_place_music_and_what_the_team_says(first, second, route, ada):
    first.call()
    second.call()

    heard = second.wait(QueuePosition="1")

    gather = heard.find("Gather")
    assert "You are number 2 in line." in "".join(gather.find("Say").itertext())
    assert gather.find("Play").text.endswith("/static/calls/wait.wav")
    Conversation.objects.update(waiting_since=timezone.now() - timedelta(seconds=16))
    assert "Please hold." in "".join(second.wait().find("Gather").itertext())


def test_an_expected_wait_is_said_when_the_team_has_figures_of_its_own(first, second, route, ada, line):
    first.call()
    second.call()
    assert "minutes" not in "".join(second.wait().itertext())
    now = timezone.now()
    for number in range(30, 36):
        # One every five minutes, for a quarter of an hour each.
        answered = now - timedelta(minutes=5 * (number - 30))
        call = factories.make_call(
            number, line=line, waiting_since=answered - timedelta(minutes=15), answer_time=answered,
            start_time=answered - timedelta(minutes=16),
        )  # fmt: skip
        Conversation.objects.create(call=call, team=line.team, state="ended")
    cache.clear()

    assert "about 10 minutes" in "".join(second.wait().itertext())


def test_how_many_were_answered_at_once_says_nothing_of_how_long_others_wait(first, second, route, ada, line):
    first.call()
    second.call()
    now = timezone.now()
    for number in range(30, 36):
        came = now - timedelta(minutes=number - 29)
        call = factories.make_call(
            number, line=line, start_time=came, waiting_since=came, answer_time=came + timedelta(seconds=9)
        )
        Conversation.objects.create(call=call, team=line.team, state="ended")
        CallOffer.objects.create(call=call, agent=ada, created_at=came, state="ended")
    cache.clear()

    assert "minute" not in "".join(second.wait().itertext())


@pytest.mark.parametrize(
    ("waits", "seconds"),
    [
        ([(0, 60), (0, 90), (0, 120), (0, 150)], None),
        # Two agents, who have a caller every half minute.
        ([(0, 60), (0, 90), (0, 120), (0, 150), (0, 180)], 36),
        # Between them nobody waited for a long time.
        ([(0, 60), (10, 120), (900, 960), (910, 1020), (920, 1080)], 60),
        # Who called before the half hour, and was answered in it.
        ([(-600, 60), (-600, 120), (-600, 180), (-600, 240), (-600, 300)], 60),
    ],
)
def test_the_pace_of_a_queue(waits, seconds):
    now = timezone.now()
    at = [(now + timedelta(seconds=came), now + timedelta(seconds=answered)) for came, answered in waits]

    assert pace(reversed(at), since=now) == seconds


def test_as_soon_as_one_answers_the_others_ring_for_the_second(twilio, first, second, line, team, ada, grace):
    make_route(line, team_step(team.pk, strategy="all-at-once"), box())
    first.call()
    second.call()
    assert set(first.rings) == {ada.identity, grace.identity}
    fields = leg_status(ada.pk, "in-progress", 2, leg=99) | {"ParentCallSid": first.sid}
    twilio.webhook("/twilio/voice/offer-status/?attempt=1", fields)

    (fetch,) = dispatch.dispatch()

    assert (fetch.sid, fetch.turn) == (second.sid, 1)
    assert list(CallOffer.objects.filter(state="ringing").values_list("call", "agent")) == [(second.sid, grace.pk)]


def test_the_redirect_and_the_queues_action_get_the_same_answer_and_ring_once(twilio, first, second, route, ada):
    first.call()
    second.call()
    enqueued = second.document
    free_again(twilio, ada, first)
    dispatch.dispatch()

    second.ask("/twilio/voice/offer/?turn=1")
    by_redirect = second.text
    second.document = enqueued
    second.leave_queue("redirected")

    assert second.rings == [ada.identity]
    assert second.text == by_redirect
    assert CallOffer.objects.filter(call=second.sid).count() == 1


def test_who_was_not_fetched_leaves_the_queue_at_the_next_asking(twilio, first, second, route, ada):
    first.call()
    second.call()
    free_again(twilio, ada, first)
    dispatch.dispatch()

    assert [verb.tag for verb in second.wait()] == ["Leave"]
    second.leave_queue("leave")

    assert second.rings == [ada.identity]


def test_the_longest_wait_ends_it_at_the_next_asking(first, second, route, ada):
    first.call()
    second.call()
    Conversation.objects.update(waiting_since=timezone.now() - timedelta(seconds=121))
    Call.objects.update(waiting_since=timezone.now() - timedelta(seconds=121))

    assert [verb.tag for verb in second.wait()] == ["Leave"]
    second.leave_queue("leave")

    assert "Record" in second.verbs
    assert Call.objects.get(pk=second.sid).waited == 121


def test_a_key_ends_the_waiting(first, second, route, ada):
    first.call()
    second.call()

    assert [verb.tag for verb in second.wait(Digits="1")] == ["Leave"]
    second.leave_queue("leave")

    assert "Record" in second.verbs


def test_another_key_ends_nothing(first, second, route, ada):
    first.call()
    second.call()

    assert [verb.tag for verb in second.wait(Digits="7")] == ["Gather"]


@pytest.mark.parametrize("result", ["queue-full", "error", "system-error"])
def test_who_cannot_get_into_the_queue_goes_the_way_for_that(first, second, route, ada, result):
    first.call()
    second.call()

    second.leave_queue(result)

    assert "Record" in second.verbs


def test_who_hangs_up_while_waiting_is_logged_with_the_time_waited(twilio, first, second, route, ada):
    first.call()
    second.call()
    Call.objects.filter(pk=second.sid).update(waiting_since=timezone.now() - timedelta(seconds=40))

    second.leave_queue("hangup", CallStatus="completed")

    call = Call.objects.get(pk=second.sid)
    assert (call.status, call.result, call.waited) == ("completed", "missed", 40)
    assert conversation(second).state == "abandoned"
    assert dispatch.dispatch() == []


def test_who_hangs_up_is_offered_to_nobody_though_only_the_status_says_so(twilio, first, second, route, ada):
    first.call()
    second.call()
    twilio.webhook("/twilio/voice/status/", root_status("completed", CallSid=second.sid))
    free_again(twilio, ada, first)

    assert dispatch.dispatch() == []
    assert not CallOffer.objects.filter(call=second.sid).exists()


def test_an_agent_has_one_open_offer_whatever_asks(first, second, route, ada):
    first.call()
    made = CallOffer.objects.get()

    from calls.live.offers import offers_make

    assert offers_make(second.sid, [ada.pk], attempt=1, rung_at=None) == []
    assert CallOffer.objects.get() == made


def test_an_offer_whose_end_was_never_told_keeps_nobody_from_the_next(first, second, route, ada):
    first.call()
    CallOffer.objects.update(created_at=timezone.now() - timedelta(seconds=200))

    second.call()

    assert second.rings == [ada.identity]


def test_who_declined_is_left_alone_by_that_caller_but_not_by_others(twilio, first, second, route, ada):
    first.call()
    fields = leg_status(ada.pk, "busy", 1, leg=99) | {"ParentCallSid": first.sid}
    twilio.webhook("/twilio/voice/offer-status/?attempt=1", fields)

    first.ring_ends("busy")
    second.call()

    assert first.verbs == ["Enqueue"]
    assert second.rings == [ada.identity]


def test_the_skill_that_a_step_asks_for_is_the_name_of_a_team(first, line, team, ada, grace):
    factories.make_team("German").agents.add(grace)
    make_route(line, team_step(team.pk, skill="german"), box())
    ada.desks.update(opened_at=timezone.now() - timedelta(days=1))

    first.call()

    assert first.rings == [grace.identity]


@pytest.mark.parametrize("skilled", ["is at no work", "is in another team", "is nobody"])
def test_a_skill_that_nobody_at_work_has_keeps_no_caller_waiting_beside_free_agents(
    first, line, team, ada, grace, skilled
):
    german = factories.make_team("German")
    if skilled == "is at no work":
        german.agents.add(grace)
        Agent.objects.filter(pk=grace.pk).update(availability="away")
    elif skilled == "is in another team":
        german.agents.add(factories.make_agent("hans", team=german))
        grace.teams.remove(team)
    make_route(line, team_step(team.pk, skill="german"), box())

    first.call()

    assert ada.identity in first.rings


def test_who_waits_for_a_skill_is_for_all_once_the_last_who_has_it_has_gone(
    first, second, line, team, ada, grace, monkeypatch
):
    factories.make_team("German").agents.add(grace)
    make_route(line, team_step(team.pk, skill="german"), box())
    first.call()
    second.call()
    assert (first.rings, second.verbs, conversation(second).skill) == ([grace.identity], ["Enqueue"], "german")

    Agent.objects.filter(pk=grace.pk).update(availability="away")
    mender = mending.Mender()
    mender.look()
    # A moment without anybody is none: a page may be loaded again.
    assert conversation(second).skill == "german"
    monkeypatch.setattr(mending, "_GONE_FOR_SECONDS", 0.0)
    mender.look()

    assert conversation(second).skill == ""
    assert [fetch.sid for fetch in dispatch.dispatch()] == [second.sid]


def test_who_spoke_with_the_caller_last_is_rung_first_and_for_as_long_as_the_step_says(
    first, line, team, ada, grace, twilio
):
    factories.make_call(5, caller="+12025550110", agent=grace, result="answered", line=line)
    make_route(line, team_step(team.pk, strategy="all-at-once", first="last-agent", first_seconds=9), box())

    first.call()
    assert (first.rings, first.find("Dial").attrib["timeout"]) == ([grace.identity], "9")
    first.ring_ends()

    assert (first.rings, first.find("Dial").attrib["timeout"]) == ([ada.identity], "15")


@pytest.mark.parametrize("withheld", ["anonymous", "+266696687", ""])
def test_nobody_has_spoken_last_with_a_caller_who_withholds_the_number(line, team, ada, grace, twilio, withheld):
    """Grace has, with somebody else who did."""
    factories.make_call(5, caller="anonymous", agent=grace, result="answered", line=line)
    ada.desks.update(opened_at=timezone.now() - timedelta(days=1))
    make_route(line, team_step(team.pk, strategy="all-at-once", first="last-agent", first_seconds=9), box())
    caller = Caller(twilio, CallSid=sid("CA", 10), From=withheld)

    caller.call()

    assert (set(caller.rings), caller.find("Dial").attrib["timeout"]) == ({ada.identity, grace.identity}, "15")


def test_missed_rings_set_away_by_the_rule_of_the_team_whose_phones_rang(twilio, line, team):
    """Of a route that leads to another team than the line's."""
    sales = factories.make_team("Sales")
    type(sales).objects.filter(pk=sales.pk).update(away_when_missed=True)
    zoe = factories.make_agent("zoe", team=sales, reachable=True)
    make_route(line, team_step(sales.pk), box())

    for number in (70, 80):
        caller = Caller(twilio, CallSid=sid("CA", number), From=f"+120255501{number}")
        caller.call()
        assert caller.rings == [zoe.identity]
        caller.ring_ends("no-answer")
        twilio.webhook("/twilio/voice/status/", root_status("completed", CallSid=caller.sid, CallDuration="0"))

    zoe.refresh_from_db()
    assert (zoe.availability, zoe.presence_rule) == ("away", "missed")


def test_who_was_woken_for_a_caller_who_goes_on_elsewhere_reads_it(
    first, route, ada, monkeypatch, django_capture_on_commit_callbacks
):
    ada.desks.all().delete()
    WebPushSubscription.objects.create(agent=ada, endpoint="https://web.push.apple.com/1", p256dh="x", auth="y")
    mender, clock = mending.Mender(), [100.0]
    monkeypatch.setattr(mending.time, "monotonic", lambda: clock[0])

    with patch("agents.tasks.wake.delay") as delay, django_capture_on_commit_callbacks(execute=True):
        first.call()
        mender.look()
        clock[0] += 16
        (fetch,) = mender.look()
        first.ask(f"/twilio/voice/offer/?turn={fetch.turn}")

    assert "Record" in first.verbs
    (_, waits, _), (_, gone, _) = (one.args for one in delay.call_args_list)
    assert gone["tag"] == waits["tag"]
    assert (gone["path"], gone["is_silent"]) == ("", True)
    assert gone["title"].endswith("does not wait any more")


def test_a_caller_whose_line_is_deleted_meanwhile_goes_on(first, second, route, line, ada):
    first.call()
    second.call()
    line.delete()
    Conversation.objects.update(waiting_since=timezone.now() - timedelta(seconds=121))

    assert [verb.tag for verb in second.wait()] == ["Leave"]
    second.leave_queue()

    assert "Record" in second.verbs
    assert Conversation.objects.get(pk=second.sid).state == "message"


def talks(twilio, agent, caller: Caller, *, attempt: int = 1) -> None:
    """And hangs up just now."""
    for sequence, status in enumerate(("in-progress", "completed")):
        fields = leg_status(agent.pk, status, sequence, leg=99, Timestamp=rfc2822(timezone.now()))
        url = f"/twilio/voice/offer-status/?attempt={attempt}"
        twilio.webhook(url, fields | {"ParentCallSid": caller.sid})


@pytest.mark.parametrize(("seconds_of", "begins"), [("the team that took it", True), ("the line's team", False)])
def test_wrap_up_is_that_of_the_team_whose_phones_rang(twilio, line, team, seconds_of, begins):
    """Not of the team that the line belongs to."""
    sales = factories.make_team("Sales")
    wants = sales if begins else team
    wants.wrap_up_seconds = 60
    wants.save()
    seller = factories.make_agent("seller", team=sales, reachable=True)
    make_route(line, team_step(sales.pk), box())
    caller = Caller(twilio)
    caller.call()
    assert caller.rings == [seller.identity]

    talks(twilio, seller, caller)

    seller.refresh_from_db()
    assert (seller.wrap_up_until is not None) is begins


def test_after_two_teams_wrap_up_is_that_of_the_one_that_took_the_call(twilio, line, team, ada):
    sales = factories.make_team("Sales")
    sales.wrap_up_seconds = 60
    sales.save()
    seller = factories.make_agent("seller", team=sales, reachable=True)
    second = team_step(sales.pk) | {"id": "second"}
    make_route(line, team_step(team.pk, waited="second", nobody="second"), second, box())
    caller = Caller(twilio)
    caller.call()
    assert caller.rings == [ada.identity]
    Conversation.objects.update(waiting_since=timezone.now() - timedelta(hours=1))
    caller.ring_ends()
    assert caller.rings == [seller.identity]
    talks(twilio, seller, caller, attempt=2)

    seller.refresh_from_db()
    assert seller.wrap_up_until is not None
