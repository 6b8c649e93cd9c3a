"""Callers who hang up, keep their place, and are called back."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.utils import timezone

from agents.models import Desk, WebPushSubscription
from calls.live import call_back_rounds, call_backs, dispatch
from calls.log.to_do import missed_to_call_back
from calls.models import Call, CallEvent, CallOffer, Conversation
from calls.queues import services
from contacts.models import BlockedNumber
from core.languages import sentence
from routing.models import OpeningHours
from tests import factories
from tests.calls.routes import Caller, box, change_route, make_route, team_step
from tests.calls.test_webhooks_incoming import verbs
from tests.routing.outgoing.rows import hours, rule
from tests.twilio import leg_status, outgoing, rfc2822, root_status, sid

pytestmark = pytest.mark.django_db
MAYA = "+12025550142"
OUTGOING = "/twilio/voice/outgoing/"


def route_of(line, team, **more):
    return make_route(line, team_step(team.pk, call_back=True, call_back_after=60, **more), box())


@pytest.fixture
def route(line, team):
    return route_of(line, team)


@pytest.fixture
def busy(twilio, route, ada):
    """Ada's phone rings for somebody else."""
    caller = Caller(twilio, CallSid=sid("CA", 10), From="+12025550110")
    caller.call()
    assert caller.rings == [ada.identity]
    return caller


@pytest.fixture
def maya(twilio, busy):
    """She waits, for over a minute."""
    caller = Caller(twilio, CallSid=sid("CA", 20), From=MAYA)
    caller.call()
    assert caller.verbs == ["Enqueue"]
    waited(caller, 61)
    return caller


def waited(caller: Caller, seconds: int) -> None:
    since = timezone.now() - timedelta(seconds=seconds)
    Conversation.objects.filter(pk=caller.sid).update(waiting_since=since, place_at=since)
    Call.objects.filter(pk=caller.sid).update(waiting_since=since, start_time=since)


def of(caller: Caller) -> Conversation:
    return Conversation.objects.get(pk=caller.sid)


def asks(caller: Caller) -> None:
    """Presses 1 in the queue, hears that it is noted, and hangs up."""
    assert [verb.tag for verb in caller.wait(Digits="1")] == ["Leave"]
    caller.leave_queue()
    assert "we call you back" in caller.says
    assert caller.verbs == ["Say", "Hangup"]
    caller.twilio.webhook("/twilio/voice/status/", root_status("completed", CallSid=caller.sid, From=MAYA))


def is_free(caller: Caller) -> None:
    """Whoever rang there is gone."""
    caller.twilio.webhook("/twilio/voice/status/", root_status("completed", CallSid=caller.sid, CallDuration="0"))


def offered_to(caller: Caller) -> list[int]:
    rows = CallOffer.objects.filter(call=caller.sid, state="ringing", is_call_back=True)
    return list(rows.values_list("agent", flat=True))


@pytest.fixture
def due(maya, busy):
    """Ada is free, and is offered to call Maya back."""
    asks(maya)
    is_free(busy)
    dispatch.dispatch()
    return maya


def call_back(twilio, agent, caller: Caller, number: int = 30, **more):
    return twilio.webhook(
        OUTGOING, outgoing(agent.pk, "+12025559999", CallSid=sid("CA", number), CallBack=caller.sid, **more)
    )


def of_maya(number: int, status: str, sequence: int, **more):
    """A callback of the leg that rings at Maya's."""
    fields = leg_status(0, status, sequence, leg=number + 1, parent=number)
    return fields | {"From": "+12025550100", "To": MAYA} | more


def ends(twilio, agent, number: int = 30, status: str = "completed", **more):
    fields = root_status(status, CallSid=sid("CA", number), From=f"client:{agent.identity}")
    twilio.webhook("/twilio/voice/status/", fields | more)


def look() -> None:
    call_back_rounds.look(timezone.now())


def test_it_is_offered_after_so_long_and_only_then(maya):
    waited(maya, 30)
    heard = "".join(maya.wait().itertext())
    assert "Press 1" not in heard
    assert "".join(maya.wait(Digits="1").itertext()), "an early press is not heard"
    assert of(maya).state == "waiting"

    waited(maya, 61)

    assert "Press 1 and we call you back; you keep your place in line." in "".join(maya.wait().itertext())


def test_whoever_does_not_want_to_wait_presses_another_key_then(maya):
    waited(maya, 2)
    assert "press 2" in "".join(maya.wait().itertext())
    assert [verb.tag for verb in maya.wait(Digits="2")] == ["Leave"]

    maya.leave_queue()

    assert "Record" in maya.verbs


@pytest.mark.parametrize("number", ["anonymous", "+266696687", "+19005550142", "+12025550100"])
def test_who_cannot_be_called_is_not_offered_it(twilio, busy, number):
    caller = Caller(twilio, CallSid=sid("CA", 20), From=number)
    caller.call()
    waited(caller, 61)

    heard = "".join(caller.wait().itertext())

    assert "we call you back" not in heard
    assert [verb.tag for verb in caller.wait(Digits="1")] == ["Leave"]
    caller.leave_queue()
    assert "Record" in caller.verbs


def test_the_place_is_kept_without_a_living_leg(maya, team):
    before = of(maya).place_at

    asks(maya)

    conversation = of(maya)
    assert (conversation.state, conversation.call_back_to, conversation.place_at) == ("call-back", MAYA, before)
    assert Call.objects.get(pk=maya.sid).is_terminal


def test_asked_twice_the_answer_is_the_same(maya):
    asks(maya)
    text = maya.text

    maya.document = None
    response = maya.twilio.webhook(
        f"/twilio/voice/queue-action/?turn={of(maya).turn}", maya.fields | {"QueueResult": "leave"}
    )

    assert response.content.decode() == text
    assert of(maya).state == "call-back"


def test_hanging_up_before_the_goodbye_loses_nothing(maya):
    maya.wait(Digits="1")

    maya.leave_queue("hangup", CallStatus="completed")

    assert of(maya).state == "call-back"
    assert Call.objects.get(pk=maya.sid).is_terminal


def test_whoever_is_free_is_offered_it_and_nothing_else_besides(due, ada, twilio):
    assert offered_to(due) == [ada.pk]
    assert of(due).state == "back-offered"
    other = Caller(twilio, CallSid=sid("CA", 40), From="+12025550140")
    other.call()
    assert other.verbs == ["Enqueue"], "the phone is kept for the call-back"


def test_whoever_waits_longer_comes_first(maya, busy, twilio, ada):
    first = Caller(twilio, CallSid=sid("CA", 40), From="+12025550140")
    first.call()
    waited(first, 90)
    asks(maya)
    is_free(busy)

    fetches = dispatch.dispatch()

    assert [fetch.sid for fetch in fetches] == [first.sid]
    assert offered_to(maya) == []


def test_others_hear_the_places_of_call_backs_too(maya, twilio):
    asks(maya)
    other = Caller(twilio, CallSid=sid("CA", 40), From="+12025550140")
    other.call()

    assert "You are number 3 in line." in "".join(other.wait().itertext())


@pytest.mark.parametrize(("minutes", "number"), [(-1, 3), (10, 2)])
def test_a_call_back_that_is_put_off_is_before_nobody(maya, twilio, minutes, number):
    asks(maya)
    Conversation.objects.filter(pk=maya.sid).update(not_before=timezone.now() + timedelta(minutes=minutes))
    other = Caller(twilio, CallSid=sid("CA", 40), From="+12025550140")
    other.call()

    assert f"You are number {number} in line." in "".join(other.wait().itertext())


def test_the_agents_phone_calls_the_caller_whatever_number_it_asks_for(due, ada, line, twilio):
    dial = verbs(call_back(twilio, ada, due)).find("Dial")

    assert (dial.find("Number").text, dial.attrib["callerId"]) == (MAYA, line.number)
    assert of(due).state == "calling-back"
    assert CallOffer.objects.get(call=due.sid).state == "answered"


def test_asked_twice_it_is_dialled_alike_and_counted_once(due, ada, twilio):
    first, again = call_back(twilio, ada, due), call_back(twilio, ada, due)

    assert first.content == again.content
    assert of(due).call_back_tries == 1


def test_both_calls_are_one_row_of_the_log(due, ada, twilio):
    Call.objects.filter(pk=due.sid).update(note="Order 4711.", outcome="follow-up")

    call_back(twilio, ada, due)
    for sequence, status in enumerate(("initiated", "ringing", "in-progress", "completed")):
        twilio.webhook("/twilio/voice/status/", of_maya(30, status, sequence))
    ends(twilio, ada)
    look()

    row = Call.objects.get(parent=None, pk__in=[due.sid, sid("CA", 30)])
    assert (row.pk, row.result, row.note, row.outcome) == (sid("CA", 30), "reached", "Order 4711.", "follow-up")
    assert Call.objects.get(pk=due.sid).parent_id == row.pk
    assert row.waiting_since == Call.objects.get(pk=due.sid).waiting_since
    assert row.waited is not None
    assert of(due).state == "ended"


@pytest.mark.parametrize("whose", ["nobody's", "another's", "taken back"])
def test_what_is_not_offered_to_the_agent_is_not_dialled(due, ada, grace, twilio, whose):
    if whose == "taken back":
        services.call_back_decline(sid=due.sid, by=ada)
    agent = {"another's": grace}.get(whose, ada)
    if whose == "nobody's":
        Conversation.objects.filter(pk=due.sid).update(state="ended")

    said = verbs(call_back(twilio, agent, due)).find("Say").text

    assert said == "This call-back is not offered to you any more."
    assert of(due).call_back_tries == 0
    assert Call.objects.get(pk=due.sid).parent_id is None


@pytest.mark.parametrize("value", ["", "CA1", "x" * 600, "../", "\x00"])
def test_any_other_value_is_an_ordinary_call_or_a_sentence(ada, line, twilio, value):
    response = twilio.webhook(OUTGOING, outgoing(ada.pk, MAYA, CallBack=value))

    assert {verb.tag for verb in verbs(response)} <= {"Dial", "Say", "Hangup"}


def test_a_number_that_may_not_be_called_any_more_is_left_to_people(due, ada, twilio):
    BlockedNumber.objects.create(number=MAYA)

    response = call_back(twilio, ada, due)

    assert verbs(response).find("Dial") is None
    assert of(due).state == "not-reached"


def hours_from(now, begins: int, ends: int):
    """The company's calling hours, in hours from now at Maya's."""
    local = now.astimezone(ZoneInfo("America/New_York"))
    begin, end = local + timedelta(hours=begins), local + timedelta(hours=ends)
    hours(f"{begin:%H:%M}", f"{end:%H:%M}")
    return begin.replace(second=0, microsecond=0)


def test_an_hour_at_which_nobody_may_be_called_keeps_the_place_until_the_next_that_may(due, ada, twilio):
    place, begins = of(due).place_at, hours_from(timezone.now(), 2, 4)

    response = call_back(twilio, ada, due)

    assert verbs(response).find("Dial") is None
    conversation = of(due)
    assert (conversation.state, conversation.place_at, conversation.not_before) == ("call-back", place, begins)
    assert (offered_to(due), conversation.call_back_tries) == ([], 0)
    look()
    dispatch.dispatch()
    assert offered_to(due) == []


def test_what_no_hour_allows_is_left_to_people(due, ada, twilio):
    hours_from(timezone.now(), 2, 4)
    with patch.object(call_backs, "call_opens", autospec=True, return_value=None):
        call_back(twilio, ada, due)

    assert of(due).state == "not-reached"


def test_not_now_gives_it_to_the_next(due, ada, grace):
    services.call_back_decline(sid=due.sid, by=ada)
    assert of(due).state == "call-back"

    dispatch.dispatch()

    assert offered_to(due) == [grace.pk]


def test_nobody_takes_it_and_it_goes_back_to_its_place(due, ada):
    place = of(due).place_at
    CallOffer.objects.filter(call=due.sid).update(created_at=timezone.now() - timedelta(seconds=16))

    look()

    assert (of(due).state, of(due).place_at, offered_to(due)) == ("call-back", place, [])


def test_an_agent_without_an_open_desk_is_passed_over(maya, busy, ada, grace):
    asks(maya)
    is_free(busy)
    Desk.objects.all().delete()
    ada.rings_mobile = True
    ada.save()

    dispatch.dispatch()

    assert offered_to(maya) == []


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed"])
def test_not_reached_it_is_tried_again_after_a_pause(due, ada, twilio, status):
    call_back(twilio, ada, due)
    twilio.webhook("/twilio/voice/status/", of_maya(30, status, 3))
    ends(twilio, ada, CallDuration="9")
    look()

    conversation = of(due)
    assert (conversation.state, conversation.call_back_tries) == ("call-back", 1)
    assert timedelta(minutes=9) < conversation.not_before - timezone.now() <= timedelta(minutes=10)
    assert Call.objects.get(parent=None, pk__in=[due.sid, sid("CA", 30)]).pk == due.sid
    Conversation.objects.update(not_before=timezone.now())
    dispatch.dispatch()
    assert offered_to(due) == [ada.pk]
    call_back(twilio, ada, due, 50)
    assert Call.objects.get(parent=None, pk__in=[due.sid, sid("CA", 30), sid("CA", 50)]).pk == sid("CA", 50)
    assert of(due).call_back_tries == 2


def test_after_so_many_tries_it_is_left_to_people_with_a_sentence(due, ada, twilio):
    Conversation.objects.update(call_back_tries=2)
    call_back(twilio, ada, due)
    twilio.webhook("/twilio/voice/status/", of_maya(30, "busy", 3))
    ends(twilio, ada, CallDuration="9")

    look()

    row = Call.objects.get(pk=due.sid)
    assert (of(due).state, row.parent_id, row.outcome) == ("not-reached", None, "call-back")
    assert row in missed_to_call_back(Call.objects.all())
    assert sentence(row.problem) == "Called back 3 times, and not reached."


def test_while_it_is_pending_it_is_not_among_the_missed(due):
    assert not missed_to_call_back(Call.objects.filter(pk=due.sid)).exists()


@pytest.mark.parametrize("told", [[], ["initiated", "canceled"]])
def test_hung_up_before_it_rang_it_is_no_try_and_is_offered_to_the_next(due, ada, grace, twilio, told):
    call_back(twilio, ada, due)
    for sequence, status in enumerate(told):
        twilio.webhook("/twilio/voice/status/", of_maya(30, status, sequence))
    ends(twilio, ada, CallDuration="1")
    look()

    conversation = of(due)
    assert (conversation.state, conversation.call_back_tries, conversation.not_before) == ("call-back", 0, None)
    assert Call.objects.get(parent=None, pk__in=[due.sid, sid("CA", 30)]).pk == due.sid
    dispatch.dispatch()
    assert offered_to(due) == [grace.pk]


def test_hung_up_while_it_rang_it_is_a_try(due, ada, twilio):
    call_back(twilio, ada, due)
    for sequence, status in enumerate(("initiated", "ringing", "canceled")):
        twilio.webhook("/twilio/voice/status/", of_maya(30, status, sequence))
    ends(twilio, ada, CallDuration="9")
    look()

    assert of(due).call_back_tries == 1
    assert of(due).not_before is not None


def test_a_call_that_was_never_made_gives_the_place_back(due, ada, twilio):
    call_back(twilio, ada, due)
    Call.objects.filter(pk=sid("CA", 30)).delete()
    CallOffer.objects.update(created_at=timezone.now() - timedelta(minutes=2))

    look()

    assert (of(due).state, of(due).call_back_tries) == ("call-back", 0)
    assert Call.objects.get(pk=due.sid).parent_id is None


def test_whoever_calls_again_has_the_place_and_is_not_called_back(maya, twilio):
    asks(maya)
    place = of(maya).place_at

    again = Caller(twilio, CallSid=sid("CA", 40), From=MAYA)
    again.call()

    assert (of(again).state, of(again).place_at) == ("waiting", place)
    assert of(maya).state == "called-again"
    said = CallEvent.objects.filter(call_sid=maya.sid, name="call-back").last().outcome
    assert "called again" in said


@pytest.mark.parametrize("why", ["full", "nobody"])
def test_whoever_calls_again_and_cannot_wait_is_called_back_all_the_same(maya, twilio, line, team, why):
    line.refresh_from_db()
    change_route(line.route, team_step(team.pk, most_waiting=1, full="box"), box())
    asks(maya)
    place = of(maya).place_at
    if why == "full":
        Caller(twilio, CallSid=sid("CA", 30), From="+12025550130").call()
    else:
        Desk.objects.all().delete()

    again = Caller(twilio, CallSid=sid("CA", 40), From=MAYA)
    again.call()

    assert "Record" in again.verbs
    assert (of(maya).state, of(maya).place_at) == ("call-back", place)


def test_an_offer_ends_when_the_caller_calls_again_and_that_agent_gets_the_call(due, ada, twilio):
    again = Caller(twilio, CallSid=sid("CA", 40), From=MAYA)

    again.call()

    assert again.rings == [ada.identity]
    assert offered_to(due) == []


def test_whoever_was_talked_with_since_is_not_called_back(maya, ada, line):
    asks(maya)
    factories.make_call(70, caller=f"client:{ada.identity}", called=MAYA, agent=ada, result="reached")

    look()

    assert of(maya).state == "ended"


@pytest.fixture
def closed():
    return OpeningHours.objects.create(name="Never now", time_zone="UTC", week=[[]] * 7, switched="closed")


def of_hours(line, hours, rule):
    version = line.route.current
    version.steps["steps"][0] |= {"call_back_hours": hours.pk, "call_back_closed": rule}
    version.save()


def test_outside_its_hours_nobody_is_called_and_the_place_is_kept(line, closed, busy, route, twilio, ada):
    line.refresh_from_db()
    of_hours(line, closed, "keep")
    maya = Caller(twilio, CallSid=sid("CA", 20), From=MAYA)
    maya.call()
    waited(maya, 61)
    asks(maya)
    is_free(busy)

    look()
    dispatch.dispatch()

    assert (of(maya).state, offered_to(maya)) == ("call-back", [])
    closed.switched = "open"
    closed.save()
    Conversation.objects.update(not_before=timezone.now())
    look()
    dispatch.dispatch()
    assert offered_to(maya) == [ada.pk]


@pytest.mark.parametrize(
    ("hours_closed", "days", "state", "why"),
    [
        (None, 3.1, "not-reached", "Nobody was free"),
        (0, 2.9, "call-back", ""),
        (0, 3.1, "not-reached", "Nobody was free"),
        # Closed over a long weekend: then it is offered for three days.
        (88, 3.5, "call-back", ""),
        (88, 3.8, "call-back", ""),
        (88, 6.8, "not-reached", "Nobody was free"),
        # By hand, and forgotten.
        (2000, 29.0, "call-back", ""),
        (2000, 31.0, "not-reached", "kept for weeks"),
    ],
)
def test_it_is_given_up_once_it_could_have_been_made_for_three_days(maya, hours_closed, days, state, why):
    asks(maya)
    now = timezone.now()
    conversation = of(maya)
    if hours_closed is not None:
        always = OpeningHours.objects.create(
            name="Always, but now", time_zone="UTC", week=[[["00:00", "24:00"]]] * 7, switched="closed",
            switched_until=now + timedelta(hours=hours_closed),
        )  # fmt: skip
        conversation.terms["call_back"]["hours"] = always.pk
        conversation.save()

    call_back_rounds.look(now + timedelta(days=days))

    assert of(maya).state == state
    assert why in Call.objects.get(pk=maya.sid).problem


def test_one_that_is_put_off_is_not_given_up_meanwhile(maya):
    asks(maya)
    now = timezone.now()
    Conversation.objects.filter(pk=maya.sid).update(not_before=now + timedelta(days=5))

    call_back_rounds.look(now + timedelta(days=4))

    assert of(maya).state == "call-back"


def test_no_round_of_offers_comes_before_its_hours_are_looked_at(line, closed, busy, route, twilio, ada):
    line.refresh_from_db()
    of_hours(line, closed, "keep")
    maya = Caller(twilio, CallSid=sid("CA", 20), From=MAYA)
    maya.call()
    waited(maya, 61)
    asks(maya)
    is_free(busy)

    dispatch.dispatch()
    assert offered_to(maya) == [], "the round that the press woke"
    Conversation.objects.update(not_before=timezone.now())
    dispatch.dispatch()
    assert offered_to(maya) == [], "the round in which the pause is over"
    Conversation.objects.update(not_before=timezone.now() + timedelta(seconds=10))
    look()
    assert of(maya).not_before > timezone.now() + timedelta(seconds=30)


def test_many_who_are_kept_for_another_day_cost_no_look_each(line, team, django_assert_max_num_queries):
    always = OpeningHours.objects.create(name="Always", time_zone="UTC", week=[[["00:00", "24:00"]]] * 7)
    for number in range(20):
        call = factories.make_call(100 + number, caller=f"+1202555{number:04}", line=line)
        Conversation.objects.create(
            call=call, state="call-back", team=team, call_back_to=call.caller, call_back_asked_at=timezone.now(),
            terms={"call_back": {"to": call.caller, "hours": always.pk}},
        )  # fmt: skip

    cache.set(f"call-backs.wake.{team.pk}", True)
    with django_assert_max_num_queries(4):
        look()


def test_outside_its_hours_it_is_left_to_people_by_rule(line, closed, busy, route, twilio):
    line.refresh_from_db()
    of_hours(line, closed, "list")
    maya = Caller(twilio, CallSid=sid("CA", 20), From=MAYA)
    maya.call()
    waited(maya, 61)
    asks(maya)

    look()

    assert of(maya).state == "not-reached"
    assert missed_to_call_back(Call.objects.filter(pk=maya.sid)).exists()


def test_late_callbacks_of_the_first_call_end_no_offer(due, twilio):
    twilio.webhook("/twilio/voice/status/", root_status("completed", CallSid=due.sid, From=MAYA))
    twilio.webhook("/twilio/voice/status/", root_status("completed", CallSid=due.sid, From=MAYA, SequenceNumber="9"))

    assert len(offered_to(due)) == 1


def test_who_comes_when_so_many_wait_goes_on_at_once(line, team, ada, twilio):
    make_route(line, team_step(team.pk, most_waiting=1, full="box"), box())
    callers = [Caller(twilio, CallSid=sid("CA", n), From=f"+120255501{n}") for n in (10, 20, 30)]

    for caller in callers:
        caller.call()

    assert [caller.verbs[-1] for caller in callers[:2]] == ["Dial", "Enqueue"]
    assert "Record" in callers[2].verbs
    assert Call.objects.get(pk=callers[2].sid).waited == 0


CANCEL, DECLINE = "/api/v1/queues/call-backs/cancel/", "/api/v1/queues/call-backs/decline/"


def post(client, agent, path: str, caller: Caller):
    client.force_login(agent)
    return client.post(path, {"sid": caller.sid}, content_type="application/json")


def test_the_queue_shows_it_beside_those_who_wait(client, due, ada, grace):
    client.force_login(grace)

    (queue,) = client.get("/api/v1/queues/").json()["queues"]

    assert (queue["waiting"], queue["call_backs"]) == (0, 0), "it is offered just now"
    (caller,) = queue["callers"]
    assert (caller["state"], [one["id"] for one in caller["rings_at"]]) == ("call-back", [ada.pk])
    services.call_back_decline(sid=due.sid, by=ada)
    assert client.get("/api/v1/queues/").json()["queues"][0]["call_backs"] == 1


def test_members_of_the_team_take_it_out_of_the_queue_and_nobody_else(client, due, ada, stranger):
    assert post(client, stranger, CANCEL, due).status_code == 400
    assert of(due).state == "back-offered"

    assert post(client, ada, CANCEL, due).status_code == 200

    assert (of(due).state, offered_to(due)) == ("ended", [])
    assert post(client, ada, CANCEL, due).status_code == 400


def test_what_is_being_called_back_is_not_taken_away(client, due, ada, twilio):
    call_back(twilio, ada, due)

    assert post(client, ada, CANCEL, due).status_code == 409
    assert of(due).state == "calling-back"


def test_only_whom_it_is_offered_to_declines_it(client, due, ada, grace):
    assert post(client, grace, DECLINE, due).status_code == 400

    assert post(client, ada, DECLINE, due).status_code == 200

    assert of(due).state == "call-back"


def test_a_colleague_takes_it_by_hand_and_is_offered_it(client, due, ada, grace):
    assert post(client, grace, "/api/v1/queues/take/", due).status_code == 202

    assert offered_to(due) == [grace.pk]


def test_who_may_not_make_calls_is_offered_none_and_takes_none(client, maya, busy, ada, grace):
    ada.may_make_calls = False
    ada.save()
    asks(maya)
    is_free(busy)

    dispatch.dispatch()

    assert offered_to(maya) == [grace.pk]
    answer = post(client, ada, "/api/v1/queues/take/", maya)
    assert (answer.status_code, answer.json()["detail"]) == (409, "You are not allowed to make calls. Ask your admin.")
    assert offered_to(maya) == [grace.pk]


# --- Who may call -----------------------------------------------------------------------------------------------------


def offers_call_back(twilio, number: int = 20) -> bool:
    caller = Caller(twilio, CallSid=sid("CA", number), From=MAYA)
    caller.call()
    return call_backs.may_be_offered(of(caller))


def test_it_is_not_offered_where_nobody_of_the_team_may_make_calls(twilio, busy, ada):
    assert offers_call_back(twilio, 20)

    ada.may_make_calls = False
    ada.save()

    assert not offers_call_back(twilio, 21)


def test_it_is_offered_where_somebody_of_the_team_has_the_role_to_call_there(twilio, busy, grace):
    rule("US", agents=False)
    assert not offers_call_back(twilio, 20)

    grace.role = "supervisor"
    grace.save()

    assert offers_call_back(twilio, 21)


def test_an_agent_without_the_role_to_call_there_leaves_it_to_who_has_it(due, ada, grace, twilio):
    rule("US", agents=False)
    grace.role = "supervisor"
    grace.save()

    call_back(twilio, ada, due)

    assert of(due).state == "call-back"
    dispatch.dispatch()
    assert offered_to(due) == [grace.pk]


# --- Numbers that several people share --------------------------------------------------------------------------------


@pytest.fixture
def other_line(line):
    team = factories.make_team("Sales")
    return factories.make_line(team=team, number="+12025550199", name="Sales")


def test_a_talk_on_another_line_ends_no_call_back(maya, ada, other_line):
    asks(maya)
    stranger = factories.make_agent("seller", team=other_line.team)
    factories.make_call(
        70,
        caller=MAYA,
        called=other_line.number,
        line=other_line,
        agent=stranger,
        answer_time=timezone.now(),
        result="answered",
    )
    factories.make_call(
        71, caller=f"client:{stranger.identity}", called=MAYA, line=other_line, agent=stranger, result="reached"
    )

    look()

    assert of(maya).state == "call-back"


def test_a_talk_on_the_line_that_was_called_ends_it(maya, ada, line):
    asks(maya)
    factories.make_call(70, caller=MAYA, line=line, agent=ada, answer_time=timezone.now(), result="answered")

    look()

    assert of(maya).state == "ended"


def test_a_talk_with_the_same_team_on_another_line_ends_it(maya, ada, other_line, team):
    asks(maya)
    call = factories.make_call(
        70,
        caller=MAYA,
        called=other_line.number,
        line=other_line,
        agent=ada,
        answer_time=timezone.now(),
        result="answered",
    )
    Conversation.objects.create(call=call, team=team, state="ended")

    look()

    assert of(maya).state == "ended"


# --- Calling again ----------------------------------------------------------------------------------------------------


def test_whoever_calls_again_and_hangs_up_is_called_back_in_the_old_place(maya, twilio, ada):
    asks(maya)
    place = of(maya).place_at
    again = Caller(twilio, CallSid=sid("CA", 40), From=MAYA)
    again.call()
    look()
    assert of(maya).state == "called-again", "while she waits nobody calls her"

    again.leave_queue("hangup", CallStatus="completed")
    look()

    assert (of(maya).state, of(maya).place_at) == ("call-back", place)
    said = CallEvent.objects.filter(call_sid=maya.sid, name="call-back").last().outcome
    assert "keeps its place" in said


def test_whoever_calls_again_and_is_answered_is_not_called_back(maya, twilio, ada):
    asks(maya)
    again = Caller(twilio, CallSid=sid("CA", 40), From=MAYA)
    again.call()
    Call.objects.filter(pk=again.sid).update(agent=ada, answer_time=timezone.now())

    look()

    assert of(maya).state == "ended"


def test_whoever_calls_again_and_asks_again_has_one_call_back(maya, twilio, ada):
    asks(maya)
    place = of(maya).place_at
    again = Caller(twilio, CallSid=sid("CA", 40), From=MAYA)
    again.call()
    Conversation.objects.filter(pk=again.sid).update(waiting_since=timezone.now() - timedelta(seconds=61))

    asks(again)
    look()

    assert (of(maya).state, of(again).state, of(again).place_at) == ("ended", "call-back", place)


# --- What was not told of the caller's own leg ------------------------------------------------------------------------


def dial_over(twilio, agent, status: str, number: int = 30) -> None:
    fields = outgoing(agent.pk, MAYA, CallSid=sid("CA", number), CallStatus="completed")
    twilio.webhook(
        "/twilio/voice/dial-action/", fields | {"DialCallStatus": status, "DialCallSid": sid("CA", number + 1)}
    )


def test_a_talk_of_which_only_the_dials_end_tells_is_not_made_again(due, ada, twilio):
    call_back(twilio, ada, due)
    dial_over(twilio, ada, "completed")
    ends(twilio, ada, CallDuration="60")

    look()

    assert of(due).state == "ended"


def test_a_call_of_which_nothing_is_told_waits_for_twilios_own_list(due, ada, grace, twilio):
    call_back(twilio, ada, due)
    ends(twilio, ada, CallDuration="60")
    look()
    dispatch.dispatch()
    assert offered_to(due) == []
    assert of(due).not_before > timezone.now() + timedelta(minutes=4)

    twilio.webhook("/twilio/voice/status/", of_maya(30, "completed", 3, CallDuration="50"))
    look()

    assert of(due).state == "ended"


# --- Sentences --------------------------------------------------------------------------------------------------------

ASSIGN = "/api/v1/queues/assign/"


def assign(client, to, caller: Caller):
    client.force_login(factories.make_agent("head", is_staff=True, is_superuser=True))
    data = {"sid": caller.sid, "agent": to.pk}
    answer = client.post(ASSIGN, data, content_type="application/json")
    return answer.status_code, answer.json().get("detail")


def test_a_supervisor_hears_that_there_is_no_desk_to_call_from(client, due, grace):
    with patch.object(services, "has_open_desk", autospec=True, return_value=False):
        status, said = assign(client, grace, due)

    assert (status, said) == (409, "That agent has no desk open, where call-backs are made. Choose another.")
    assert of(due).state == "back-offered", "whoever it was offered to is offered it on"


def test_a_supervisor_hears_that_the_agent_is_offered_one_already(client, due, ada, twilio, grace):
    other = factories.make_call(50, caller="+12025550150", line=Call.objects.get(pk=due.sid).line)
    Conversation.objects.create(
        call=other, team=of(due).team, state="call-back", call_back_to="+12025550150", call_back_asked_at=timezone.now()
    )
    caller = Caller(twilio, CallSid=other.pk)

    assert assign(client, ada, caller) == (409, "That agent is offered a call-back already. Choose another.")


# --- Sleeping desks ---------------------------------------------------------------------------------------------------


@pytest.fixture
def asleep(maya, busy, ada):
    """Maya is to be called back, and nobody is at work: Ada's desk is asleep."""
    WebPushSubscription.objects.create(agent=ada, endpoint="https://push.example.com/1", p256dh="x", auth="y")
    asks(maya)
    is_free(busy)
    Desk.objects.all().delete()
    return maya


def woken(captured) -> list[tuple[int, str]]:
    with patch("agents.tasks.wake.delay") as delay, captured(execute=True):
        look()
        look()
    return [(one.args[0], one.args[1]["title"]) for one in delay.call_args_list]


def test_a_sleeping_desk_is_woken_for_it_once(asleep, ada, django_capture_on_commit_callbacks):
    assert woken(django_capture_on_commit_callbacks) == [(ada.pk, "Call (202) 555-0142 back for Support")]
    cache.delete(f"call-backs.wake.{of(asleep).team_id}")
    assert woken(django_capture_on_commit_callbacks) == []


def test_no_desk_is_woken_while_somebody_is_at_work(asleep, grace, django_capture_on_commit_callbacks):
    factories.make_desk(grace)

    assert woken(django_capture_on_commit_callbacks) == []


def test_no_desk_is_woken_before_it_is_due(asleep, django_capture_on_commit_callbacks):
    Conversation.objects.filter(pk=asleep.sid).update(not_before=timezone.now() + timedelta(minutes=10))

    assert woken(django_capture_on_commit_callbacks) == []


def test_who_was_woken_reads_who_calls_back(asleep, ada, grace, twilio, django_capture_on_commit_callbacks):
    Desk.objects.all().delete()
    assert woken(django_capture_on_commit_callbacks)
    factories.make_desk(grace)
    dispatch.dispatch()

    with patch("agents.tasks.wake.delay") as delay, django_capture_on_commit_callbacks(execute=True):
        call_back(twilio, grace, asleep)

    (told,) = delay.call_args_list
    assert (told.args[0], told.args[1]["title"]) == (ada.pk, "Grace calls back: (202) 555-0142")


def test_after_a_call_back_wrap_up_is_that_of_the_team_whose_queue_it_was_in(due, ada, twilio, other_line):
    sales = other_line.team
    sales.wrap_up_seconds = 60
    sales.save()
    Conversation.objects.filter(pk=due.sid).update(team=sales)
    call_back(twilio, ada, due)
    for sequence, status in enumerate(("initiated", "in-progress", "completed")):
        now = rfc2822(timezone.now())
        twilio.webhook("/twilio/voice/status/", of_maya(30, status, sequence, Timestamp=now))

    ends(twilio, ada, CallDuration="60", Timestamp=rfc2822(timezone.now()))

    ada.refresh_from_db()
    assert ada.wrap_up_until is not None
