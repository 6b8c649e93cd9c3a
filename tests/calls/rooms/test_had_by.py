"""Which agents had a call, in order: from what the log keeps of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from calls.models import Participant, Room, Transfer
from calls.payloads import agents_json
from calls.selectors import call_get
from tests import factories
from tests.twilio import sid

pytestmark = pytest.mark.django_db

START = timezone.now() - timedelta(minutes=30)
ROOT = sid("CA", 1)


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


@pytest.fixture
def grace(team):
    return factories.make_agent("grace", team=team)


@pytest.fixture
def root(line, ada):
    return factories.make_call(1, line=line, agent=ada, start_time=at(0), answer_time=at(1), end_time=at(9))


def handled(root, **changes):
    Room.objects.create(call=root, name="room", state=Room.State.OVER)
    type(root).objects.filter(pk=root.pk).update(is_handled=True, **changes)


def leg(number, agent, since, until, role=Participant.Role.AGENT, **more):
    """A leg of the call, and who was in the room by it."""
    known = {"direction": "outbound-dial", "answer_time": since, "end_time": until, "start_time": since}
    factories.make_call(number, parent_id=ROOT, agent=agent, **known)
    names = {"label": f"p{number}", "leg_sid": sid("CA", number), "agent": agent, "role": role}
    return Participant.objects.create(room_id=ROOT, joined_at=since, left_at=until, **names, **more)


def asked(one, giver, state, ended=None):
    """That participant was asked by an agent first."""
    to = {"from_agent": giver, "to_agent": one.agent, "participant": one}
    Transfer.objects.create(call_id=ROOT, mode="warm", state=state, created_at=one.joined_at, ended_at=ended, **to)


def had():
    """(name, from, to) of each, in minutes since the call began."""

    def minute(text):
        return text and round((datetime.fromisoformat(text) - START).total_seconds() / 60)

    rows = agents_json(call_get(ROOT))
    return [(row["agent"]["name"], minute(row["since"]), minute(row["until"])) for row in rows]


def test_who_answered_had_it_until_its_end(root):
    assert had() == [("Ada", 1, 9)]


def test_nobody_had_a_call_that_was_missed_or_that_colleagues_have_with_each_other(line, ada, grace):
    factories.make_call(1, line=line, start_time=at(0), end_time=at(1))
    factories.make_call(
        2, caller=f"client:{ada.identity}", called=f"client:{grace.identity}", agent=ada, colleague=grace,
        answer_time=at(1),
    )  # fmt: skip

    assert had() == []
    assert agents_json(call_get(sid("CA", 2))) == []


def test_who_was_given_the_call_had_it_after_the_giver(root, ada, grace):
    handled(root, agent=grace)
    leg(2, ada, at(1), at(4))
    leg(3, grace, at(5), at(9))

    assert had() == [("Ada", 1, 4), ("Grace", 5, 9)]


@pytest.mark.parametrize("state", ["handed-over", "merged"])
def test_who_was_asked_first_has_it_from_the_hand_over_on(root, ada, grace, state):
    handled(root, agent=grace)
    leg(2, ada, at(1), at(6))
    asked(leg(3, grace, at(4), at(9)), ada, state, at(6))

    assert had() == [("Ada", 1, 6), ("Grace", 6, 9)]


@pytest.mark.parametrize("state", ["cancelled", "failed", "consulting"])
def test_who_was_asked_alone_never_had_it(root, ada, grace, state):
    handled(root)
    leg(2, ada, at(1), at(9))
    asked(leg(3, grace, at(4), at(5)), ada, state, at(5))

    assert had() == [("Ada", 1, 9)]


def test_who_is_asked_and_goes_to_another_place_is_still_the_one_who_is_asked(root, ada, grace):
    handled(root, agent=grace)
    leg(2, ada, at(1), at(7))
    first = leg(3, grace, at(4), at(5))
    asked(first, ada, "handed-over", at(7))
    leg(4, grace, at(5), at(9), replaces=first)

    assert had() == [("Ada", 1, 7), ("Grace", 7, 9)]


def test_who_goes_on_at_another_place_had_it_all_the_time(root, ada):
    handled(root)
    first = leg(2, ada, at(1), at(4))
    leg(3, ada, at(4), at(9), replaces=first)

    assert had() == [("Ada", 1, 9)]


def test_who_gets_it_back_stands_there_twice(root, ada, grace):
    handled(root)
    leg(2, ada, at(1), at(3))
    leg(3, grace, at(4), at(6))
    leg(4, ada, at(7), None)

    assert had() == [("Ada", 1, 3), ("Grace", 4, 6), ("Ada", 7, None)]


def test_who_supervised_never_had_it_and_who_took_it_over_had_it_from_then_on(root, ada, grace):
    handled(root, agent=grace)
    leg(2, ada, at(1), at(6))
    leg(3, grace, at(2), at(4), role=Participant.Role.SUPERVISOR)
    assert had() == [("Ada", 1, 6)]

    leg(4, grace, at(5), at(9), takes_over=True)
    assert had() == [("Ada", 1, 6), ("Grace", 6, 9)]


def test_who_made_a_call_and_gave_it_away_had_it_first(line, ada, grace):
    root = factories.make_call(
        1, caller=f"client:{ada.identity}", called="+12025550142", line=line, agent=ada, start_time=at(0),
        answer_time=at(1), end_time=at(9),
    )  # fmt: skip
    factories.make_call(
        5, parent_id=ROOT, called="+12025550142", direction="outbound-dial", answer_time=at(1), end_time=at(9)
    )
    assert had() == [("Ada", 1, 9)]

    handled(root, agent=grace, leg_end_time=at(4))
    named = {"label": "ada", "leg_sid": ROOT, "agent": ada, "role": Participant.Role.AGENT}
    Participant.objects.create(room_id=ROOT, joined_at=at(3), left_at=at(4), **named)
    leg(3, grace, at(5), at(9))

    assert had() == [("Ada", 1, 4), ("Grace", 5, 9)]


def test_who_supervised_before_the_last_agent_came_and_took_over_then_had_it_last(root, ada, grace, team):
    hedy = factories.make_agent("hedy", team=team, role="supervisor")
    handled(root, agent=hedy)
    leg(2, ada, at(1), at(4))
    leg(4, hedy, at(2), at(9), takes_over=True)
    asked(leg(3, grace, at(3), at(6)), ada, "handed-over", at(4))
    assert had() == [("Ada", 1, 4), ("Grace", 4, 6), ("Hedy", 6, 9)]

    leg(5, ada, at(10), at(12))
    assert had()[2:] == [("Hedy", 6, 9), ("Ada", 10, 12)], "and what came later does not count"


def test_who_goes_to_another_place_while_a_colleague_talks_too_stands_there_once(root, ada, grace):
    handled(root)
    first = leg(2, ada, at(1), at(5))
    asked(leg(3, grace, at(3), at(8)), ada, "merged", at(4))
    leg(4, ada, at(5), at(9), replaces=first)

    assert had() == [("Ada", 1, 9), ("Grace", 4, 8)]
