"""A waiting caller is fetched by REST; what that refuses, what nobody told, and phones that do not ring."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agents.models import Desk
from agents.services import ring_acknowledged
from calls.live import dispatch, fetching, mending
from calls.live.dispatch import Fetch
from calls.live.locks import try_lock
from calls.live.offers import rung_in_vain
from calls.models import Call, CallOffer, Conversation
from telephony.errors import CallGone, InvalidNumber, Unavailable
from tests import factories
from tests.calls.routes import Caller, box, goodbye, make_route, team_step
from tests.twilio import leg_status, root_status, sid

pytestmark = pytest.mark.django_db


@pytest.fixture
def route(line, team):
    return make_route(line, team_step(team.pk, nobody="bye"), box(), goodbye("All have left."))


@pytest.fixture
def waiting(twilio, route, ada):
    """A caller who waits while Ada, alone, is on the phone."""
    first = Caller(twilio, CallSid=sid("CA", 10), From="+12025550110")
    first.call()
    talk(twilio, ada, first)
    second = Caller(twilio, CallSid=sid("CA", 20), From="+12025550120")
    second.call()
    assert second.verbs == ["Enqueue"]
    return second


def talk(twilio, agent, caller, status="in-progress"):
    fields = leg_status(agent.pk, status, 2 if status == "in-progress" else 3, leg=99)
    twilio.webhook("/twilio/voice/offer-status/?attempt=1", fields | {"ParentCallSid": caller.sid})


def hang_up(twilio, agent):
    """The agent's talk of before is over."""
    fields = leg_status(agent.pk, "completed", 3, leg=99) | {"ParentCallSid": sid("CA", 10)}
    twilio.webhook("/twilio/voice/offer-status/?attempt=1", fields)


def of(caller: Caller) -> Conversation:
    return Conversation.objects.get(pk=caller.sid)


def test_twilio_is_asked_to_fetch_the_caller_to_the_offers_address(twilio, waiting, ada):
    hang_up(twilio, ada)
    (fetch,) = dispatch.dispatch()

    with patch.object(fetching, "call_redirect", autospec=True) as redirect:
        assert fetching.fetch_caller(fetch)

    redirect.assert_called_once_with(
        waiting.sid,
        "https://desk.example.com/twilio/voice/offer/?turn=1",
        fallback_url="https://desk.example.com/twilio/voice/fallback/",
    )


def test_what_twilio_refuses_ends_the_offer_and_keeps_the_caller_waiting(twilio, waiting, ada):
    hang_up(twilio, ada)
    (fetch,) = dispatch.dispatch()

    with patch.object(fetching, "call_redirect", autospec=True, side_effect=Unavailable("Not now.")):
        assert not fetching.fetch_caller(fetch)

    offer = CallOffer.objects.get(call=waiting.sid)
    assert (of(waiting).state, offer.state, offer.reason) == ("waiting", "ended", "not-fetched")
    assert dispatch.dispatch() == [], "not at once again"
    Conversation.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    assert len(dispatch.dispatch()) == 1


def test_one_request_that_fails_costs_a_caller_no_more_than_asking_again(twilio, waiting, ada):
    hang_up(twilio, ada)
    (fetch,) = dispatch.dispatch()

    with patch.object(fetching, "call_redirect", autospec=True, side_effect=[Unavailable("Not now."), None]) as asked:
        assert fetching.fetch_caller(fetch, again_after=0.001)

    assert (asked.call_count, of(waiting).state) == (2, "offered")


@pytest.mark.parametrize(
    ("failure", "times"), [(Unavailable("Not now."), 2), (InvalidNumber("Never.", permanent=True), 1)]
)
def test_twilio_is_asked_once_more_and_only_what_it_may_do_later(twilio, waiting, ada, failure, times):
    hang_up(twilio, ada)
    (fetch,) = dispatch.dispatch()

    with patch.object(fetching, "call_redirect", autospec=True, side_effect=failure) as asked:
        assert not fetching.fetch_caller(fetch, again_after=0.001)

    assert (asked.call_count, of(waiting).state) == (times, "waiting")


def test_a_caller_who_comes_although_twilio_refused_is_offered_all_the_same(twilio, waiting, ada):
    hang_up(twilio, ada)
    (fetch,) = dispatch.dispatch()
    with patch.object(fetching, "call_redirect", autospec=True, side_effect=Unavailable("Silence.")):
        fetching.fetch_caller(fetch)

    waiting.ask("/twilio/voice/offer/?turn=1")

    assert waiting.rings == [ada.identity]


def test_a_refusal_that_comes_after_the_ring_began_changes_nothing(twilio, waiting, ada):
    hang_up(twilio, ada)
    (fetch,) = dispatch.dispatch()
    waiting.ask("/twilio/voice/offer/?turn=1")

    with patch.object(fetching, "call_redirect", autospec=True, side_effect=Unavailable("Silence.")):
        fetching.fetch_caller(fetch)

    assert CallOffer.objects.get(call=waiting.sid).state == "ringing"


def test_who_talks_by_then_is_not_taken_out_of_the_talk_by_a_fetch_that_comes_late(twilio, waiting, ada):
    hang_up(twilio, ada)
    (fetch,) = dispatch.dispatch()
    assert [verb.tag for verb in waiting.wait()] == ["Leave"], "Twilio is slow: the music ends before"
    waiting.leave_queue()
    assert waiting.rings == [ada.identity]
    fields = leg_status(ada.pk, "in-progress", 2, leg=98) | {"ParentCallSid": waiting.sid}
    twilio.webhook("/twilio/voice/offer-status/?attempt=1", fields)

    with patch.object(fetching, "call_redirect", autospec=True) as redirect:
        assert not fetching.fetch_caller(fetch)

    redirect.assert_not_called()


def test_a_caller_whom_twilio_does_not_know_any_more_waits_for_nobody(twilio, waiting, ada):
    hang_up(twilio, ada)
    (fetch,) = dispatch.dispatch()

    with patch.object(fetching, "call_redirect", autospec=True, side_effect=CallGone("Gone.")):
        fetching.fetch_caller(fetch)

    assert of(waiting).state == "abandoned"
    assert not CallOffer.objects.filter(state="ringing").exists()


def test_a_caller_whom_twilio_said_to_be_gone_and_who_hears_the_music_waits_on(twilio, waiting, ada):
    place = of(waiting).place_at
    hang_up(twilio, ada)
    (fetch,) = dispatch.dispatch()
    with patch.object(fetching, "call_redirect", autospec=True, side_effect=CallGone("Gone.")):
        fetching.fetch_caller(fetch)

    assert [verb.tag for verb in waiting.wait()] == ["Gather"]

    assert (of(waiting).state, of(waiting).place_at) == ("waiting", place)
    Conversation.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    assert [fetch.sid for fetch in dispatch.dispatch()] == [waiting.sid]


def test_a_process_that_was_killed_before_it_asked_is_made_up_for(twilio, waiting, ada):
    hang_up(twilio, ada)
    dispatch.dispatch()
    assert mending.Mender().look() == []
    Conversation.objects.update(fetched_at=timezone.now() - timedelta(seconds=5))

    assert mending.Mender().look() == [Fetch(waiting.sid, 1)]


def test_an_offer_to_a_caller_who_never_comes_ends(twilio, waiting, ada):
    hang_up(twilio, ada)
    dispatch.dispatch()
    long_ago = timezone.now() - timedelta(seconds=20)
    Conversation.objects.update(fetched_at=long_ago)
    CallOffer.objects.update(created_at=long_ago)

    assert mending.Mender().look() == []

    assert of(waiting).state == "waiting"
    assert not CallOffer.objects.filter(state="ringing").exists()


def test_a_call_that_ended_unheard_is_closed(twilio, waiting):
    Call.objects.filter(pk=waiting.sid).update(status="completed")

    mending.Mender().look()

    assert of(waiting).state == "abandoned"


def test_whoever_has_waited_for_long_enough_is_fetched(waiting):
    Conversation.objects.update(waiting_since=timezone.now() - timedelta(seconds=121))

    assert mending.Mender().look() == [Fetch(waiting.sid, 1)]
    waiting.ask("/twilio/voice/offer/?turn=1")

    assert "Record" in waiting.verbs


@pytest.fixture
def meanwhile(monkeypatch):
    """Between what a mender reads and what it does with it, another process does something."""

    def then(change):
        left = [change]

        def lock(sid):
            if left:
                left.pop()()
            return try_lock(sid)

        monkeypatch.setattr(mending, "try_lock", lock)

    return then


def test_of_two_processes_that_find_the_same_caller_one_has_twilio_fetch_them(waiting, meanwhile):
    Conversation.objects.update(waiting_since=timezone.now() - timedelta(seconds=121))
    by_the_other = []
    meanwhile(lambda: by_the_other.extend(mending.Mender().look()))

    assert mending.Mender().look() == []

    assert by_the_other == [Fetch(waiting.sid, 1)]


def test_of_two_processes_that_find_an_offer_that_was_not_fetched_one_makes_up_for_it(twilio, waiting, ada, meanwhile):
    hang_up(twilio, ada)
    dispatch.dispatch()
    Conversation.objects.update(fetched_at=timezone.now() - timedelta(seconds=5))
    by_the_other = []
    meanwhile(lambda: by_the_other.extend(mending.Mender().look()))

    assert mending.Mender().look() == []

    assert by_the_other == [Fetch(waiting.sid, 1)]


def test_who_was_sent_on_and_waits_for_the_next_team_is_not_sent_on_from_there(waiting, meanwhile):
    Conversation.objects.update(waiting_since=timezone.now() - timedelta(seconds=121))
    meanwhile(lambda: Conversation.objects.update(waiting_since=timezone.now(), turn=2))

    assert mending.Mender().look() == []

    assert of(waiting).send_on == ""


def test_when_the_last_agent_leaves_who_waits_is_told_and_sent_on(twilio, waiting, ada, monkeypatch):
    hang_up(twilio, ada)
    Desk.objects.all().delete()
    mender, clock = mending.Mender(), [100.0]
    monkeypatch.setattr(mending.time, "monotonic", lambda: clock[0])
    assert mender.look() == []
    clock[0] += 16

    assert mender.look() == [Fetch(waiting.sid, 1)]
    waiting.ask("/twilio/voice/offer/?turn=1")

    assert waiting.says == "Nobody is there to take your call any more. All have left."


def test_an_agent_who_loads_the_page_again_has_not_left(twilio, waiting, ada, monkeypatch):
    hang_up(twilio, ada)
    Desk.objects.all().delete()
    mender, clock = mending.Mender(), [100.0]
    monkeypatch.setattr(mending.time, "monotonic", lambda: clock[0])
    mender.look()
    factories.make_desk(ada)
    clock[0] += 10
    mender.look()
    Desk.objects.all().delete()
    clock[0] += 10

    assert mender.look() == []


@pytest.fixture
def ringing(twilio, route, ada, grace):
    caller = Caller(twilio)
    caller.call()
    return caller


def acknowledged_before(*agents):
    for agent in agents:
        call = factories.make_call(70 + agent.pk)
        CallOffer.objects.create(call=call, agent=agent, state="ended", acknowledged_at=timezone.now())


def rung_since(seconds: int) -> None:
    CallOffer.objects.filter(state="ringing").update(rung_at=timezone.now() - timedelta(seconds=seconds))


def test_a_desk_that_does_not_ring_is_passed_over_within_the_call(ringing, ada, grace):
    acknowledged_before(ada, grace)
    first = ringing.rings
    rung_since(5)

    (fetch,) = mending.Mender().look()
    ringing.ask(f"/twilio/voice/offer/?turn={fetch.turn}")

    assert len(ringing.rings) == 1
    assert ringing.rings != first
    assert CallOffer.objects.get(call=ringing.sid, attempt=1).reason == "not-acknowledged"


@pytest.fixture
def answered_all_the_same(twilio, ringing, ada, grace):
    """A desk was passed over, Twilio refused to fetch the caller, and the phone is answered."""
    acknowledged_before(ada, grace)
    offer = CallOffer.objects.get(state="ringing")
    rung_since(5)
    (fetch,) = mending.Mender().look()
    with patch.object(fetching, "call_redirect", autospec=True, side_effect=Unavailable("Not now.")):
        fetching.fetch_caller(fetch)
    talk(twilio, offer.agent, ringing)
    assert Call.objects.get(pk=ringing.sid).answer_time is not None
    Conversation.objects.update(not_before=None)
    return ringing


def test_who_talks_with_an_agent_who_was_passed_over_has_not_waited_for_long_enough(answered_all_the_same):
    Conversation.objects.update(waiting_since=timezone.now() - timedelta(seconds=121))

    assert mending.Mender().look() == []


def test_who_talks_with_an_agent_who_was_passed_over_is_not_sent_on_when_the_desks_close(
    answered_all_the_same, monkeypatch
):
    Desk.objects.all().delete()
    mender, clock = mending.Mender(), [100.0]
    monkeypatch.setattr(mending.time, "monotonic", lambda: clock[0])
    mender.look()
    clock[0] += 16

    assert mender.look() == []


def test_a_desk_that_says_that_it_rings_rings_on(ringing, ada, grace):
    acknowledged_before(ada, grace)
    offer = CallOffer.objects.get(state="ringing")
    ring_acknowledged.send(sender=None, agent_id=offer.agent_id, sid=ringing.sid)
    rung_since(5)

    assert mending.Mender().look() == []


@pytest.mark.parametrize(
    ("seconds", "more", "counts", "spared"),
    [
        # Ended at once, and nobody said that it rang: there was no phone.
        (1, {}, {}, {2: True, 4: False}),
        (1, {"acknowledged": True}, {1: 1}, {4: True, 9: False}),
        (20, {}, {1: 1}, {4: True, 9: False}),
        (1, {"reason": "rejected"}, {1: 1}, {50: True, 61: False}),
    ],
)
def test_what_found_no_phone_has_not_rung_and_is_tried_again_soon(line, ada, seconds, more, counts, spared):
    factories.make_call(1, line=line)
    rung_at = timezone.now()
    ended_at = rung_at + timedelta(seconds=seconds)
    CallOffer.objects.create(
        call_id=sid("CA", 1),
        agent=ada,
        state="ended",
        reason=more.get("reason", "not-answered"),
        rung_at=rung_at,
        acknowledged_at=rung_at if "acknowledged" in more else None,
        ended_at=ended_at,
    )

    for after, is_spared in spared.items():
        found, left_alone = rung_in_vain(ended_at + timedelta(seconds=after), [sid("CA", 1)])[sid("CA", 1)]
        assert list(found.values()) == list(counts.values())
        assert left_alone == (frozenset({ada.pk}) if is_spared else frozenset())


@pytest.fixture
def clock(monkeypatch):
    seconds = [100.0]
    monkeypatch.setattr(mending.time, "monotonic", lambda: seconds[0])
    return seconds


@pytest.mark.parametrize("how", ["closed", "silent"])
def test_a_phone_that_rang_and_is_gone_is_passed_over_when_it_does_not_come_back_at_once(
    ringing, ada, grace, how, clock
):
    offer = CallOffer.objects.get(state="ringing")
    ring_acknowledged.send(sender=None, agent_id=offer.agent_id, sid=ringing.sid)
    desks = Desk.objects.filter(agent=offer.agent)
    desks.delete() if how == "closed" else desks.update(registered=False, trouble="silent")
    mender = mending.Mender()

    assert mender.look() == []
    clock[0] += 3
    (fetch,) = mender.look()

    assert (fetch.sid, CallOffer.objects.get(pk=offer.pk).state) == (ringing.sid, "ended")
    # The row says already what is wrong with it.
    assert not Desk.objects.filter(agent=offer.agent, trouble="ring-lost").exists()


def test_a_page_that_is_loaded_again_while_it_rings_is_waited_for(ringing, ada, grace, clock):
    offer = CallOffer.objects.get(state="ringing")
    ring_acknowledged.send(sender=None, agent_id=offer.agent_id, sid=ringing.sid)
    desks, mender = Desk.objects.filter(agent=offer.agent), mending.Mender()
    desks.update(registered=False)
    mender.look()
    desks.update(registered=True)
    clock[0] += 2
    mender.look()
    desks.update(registered=False)
    clock[0] += 2

    assert mender.look() == []


def test_an_app_may_ring_on_when_the_desk_is_closed(ringing, ada, grace, clock):
    offer = CallOffer.objects.get(state="ringing")
    ring_acknowledged.send(sender=None, agent_id=offer.agent_id, sid=ringing.sid)
    type(ada).objects.update(rings_mobile=True)
    Desk.objects.filter(agent=offer.agent).delete()
    mender = mending.Mender()
    mender.look()
    clock[0] += 10

    assert mender.look() == []


@pytest.mark.parametrize(("says_so", "left"), [(True, "ringing"), (False, "ended")])
def test_of_a_ring_of_which_twilio_tells_nothing_the_desk_is_believed(ringing, ada, grace, says_so, left):
    offer = CallOffer.objects.get(state="ringing")
    if says_so:
        ring_acknowledged.send(sender=None, agent_id=offer.agent_id, sid=ringing.sid)
    rung_since(21)

    mending.Mender().look()

    assert CallOffer.objects.get(pk=offer.pk).state == left


def test_a_phone_that_has_never_said_so_is_given_its_time(ringing, ada, grace):
    rung_since(5)

    assert mending.Mender().look() == []


def test_an_app_that_is_woken_by_push_is_given_its_time(ringing, ada, grace):
    acknowledged_before(ada, grace)
    type(ada).objects.update(rings_mobile=True)
    rung_since(5)

    assert mending.Mender().look() == []


def test_nobody_acknowledges_for_somebody_else(ringing, ada, grace):
    offer = CallOffer.objects.get(state="ringing")
    other = grace if offer.agent_id == ada.pk else ada

    ring_acknowledged.send(sender=None, agent_id=other.pk, sid=ringing.sid)

    assert CallOffer.objects.get(state="ringing").acknowledged_at is None


def test_a_caller_who_hung_up_is_not_fetched(twilio, waiting, ada):
    twilio.webhook("/twilio/voice/status/", root_status("completed", CallSid=waiting.sid))
    hang_up(twilio, ada)

    assert mending.Mender().look() == []
    assert dispatch.dispatch() == []


@pytest.fixture
def sleeper(team, settings):
    """Hedy is available, her desk is closed, and her browser can be woken."""
    from agents.models import WebPushSubscription
    from agents.web_push import key_made

    settings.WEB_PUSH_PRIVATE_KEY = key_made()
    hedy = factories.make_agent("hedy", team=team)
    WebPushSubscription.objects.create(agent=hedy, endpoint="https://updates.push.services.mozilla.com/x")
    return hedy


def test_where_all_sleep_they_are_woken_and_the_caller_waits_for_them(twilio, route, sleeper):
    caller = Caller(twilio)
    with patch("calls.live.waking.wake", autospec=True) as wake:
        caller.call()

    assert caller.verbs == ["Enqueue"]
    ((agents, call), _) = wake.call_args
    assert ([agent.pk for agent in agents], call.sid) == ([sleeper.pk], caller.sid)


def test_whoever_was_woken_reads_that_the_caller_has_gone(twilio, route, sleeper):
    caller = Caller(twilio)
    caller.call()
    with patch("calls.live.journey.wake_over", autospec=True) as wake_over:
        caller.leave_queue("hangup", CallStatus="completed")

    assert [agent.pk for agent in wake_over.call_args.args[0]] == [sleeper.pk]


def test_whoever_was_woken_reads_who_took_the_call(twilio, route, sleeper, ada):
    ada.availability = "busy"
    ada.save()
    caller = Caller(twilio)
    caller.call()
    ada.availability = "available"
    ada.save()
    caller.leave_queue("leave")
    assert caller.rings == [ada.identity]
    talk(twilio, ada, caller)

    with patch("calls.live.journey.wake_over", autospec=True) as wake_over:
        mending.Mender().look()
        mending.Mender().look()

    assert [call.args[2] for call in wake_over.call_args_list] == [ada]


def test_a_named_agent_whose_desk_does_not_ring_is_left_for_the_next_step(twilio, line, stranger):
    acknowledged_before(stranger)
    agent = {"id": "boss", "kind": "agent", "agent": stranger.pk, "ring_seconds": 20, "next": "box"}
    make_route(line, agent, box(), name="Boss")
    caller = Caller(twilio)
    caller.call()
    assert caller.rings == [stranger.identity]
    rung_since(9)

    (fetch,) = mending.Mender().look()
    caller.ask(f"/twilio/voice/offer/?turn={fetch.turn}")

    assert "Record" in caller.verbs


def test_who_waits_for_a_team_that_is_deleted_goes_on_at_the_next_asking(waiting, team):
    Conversation.objects.filter(pk=waiting.sid).update(team=None)

    assert [verb.tag for verb in waiting.wait()] == ["Leave"]
    waiting.leave_queue()

    assert "Record" in waiting.verbs


def test_of_many_who_are_offered_each_costs_one_query_more(line, team, route):
    """For nobody else decides meanwhile. It is that of the past calls, all of which are asked for in one trip."""

    def asked(count: int) -> int:
        first = Conversation.objects.count()
        for number in range(first, first + count):
            factories.make_agent(f"agent{number}", team=team, reachable=True)
            call = factories.make_call(200 + number, line=line, status="in-progress", caller=f"+1202555{number:04}")
            since = timezone.now() - timedelta(seconds=5)
            Conversation.objects.create(
                call=call,
                team=team,
                state="waiting",
                waiting_since=since,
                place_at=since,
            )
        with CaptureQueriesContext(connection) as queries:
            assert len(dispatch.dispatch()) == count
        return len(queries)

    one = asked(1)

    assert asked(20) <= one + 19
    assert CallOffer.objects.filter(state="ringing").values("call").distinct().count() == 21
