"""When changes are pushed: at once, in turn, and once for many."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from calls.live.call_tree import CallTree, Withdrawal
from calls.live.push_queue import Offered, PushQueue
from calls.log.past_calls_cache import PastCallsCache
from calls.models import Call
from core.realtime import outbox
from core.sql.statements import on_postgresql
from tests import factories
from tests.twilio import CALLER

PATIENCE = 10


def tree(number: int, *withdrawals: Withdrawal) -> CallTree:
    return CallTree(Call(sid=f"CA{number:032x}"), withdrawals=list(withdrawals))


class Desk:
    """Notes what is pushed."""

    def __init__(self) -> None:
        self.pushed: list[list[Any]] = []
        self.fails = False

    def pending(self) -> PushQueue[list[Any]]:
        return PushQueue(self.make, self.pushed.append)

    def make(self, offered: Any, trees: Any) -> list[Any]:
        if self.fails:
            raise RuntimeError
        return [*offered, *trees]


@pytest.fixture
def later(monkeypatch) -> list[Callable[[], None]]:
    """What waits for the outbox, which does nothing by itself here."""
    waiting: list[Callable[[], None]] = []
    monkeypatch.setattr(outbox, "later", waiting.append)
    return waiting


def test_a_lone_change_is_pushed_by_whoever_brings_it(later):
    desk, one = Desk(), tree(1)

    desk.pending().add([one], [])

    assert desk.pushed == [[one]]
    assert later == []


def test_a_crowd_waits_for_the_outbox_and_so_does_who_comes_after(later):
    desk = Desk()
    pending = desk.pending()
    crowd = [tree(number) for number in range(3)]
    pending.add(crowd, [])
    pending.add([tree(9)], [])
    assert desk.pushed == []

    later.pop()()

    assert [[one.root.sid for one in push] for push in desk.pushed] == [[one.root.sid for one in (*crowd, tree(9))]]
    assert later == []


def test_a_call_that_changed_twice_is_pushed_once_as_it_is_now_with_all_that_happened(later):
    desk = Desk()
    pending = desk.pending()
    first, second = Withdrawal(1, "rejected"), Withdrawal(2, "answered-elsewhere")
    newest = tree(1, second)
    pending.add([tree(1, first), tree(2), newest], [])

    later.pop()()

    ((pushed, _),) = desk.pushed
    assert pushed is newest
    assert pushed.withdrawals == [first, second]


def test_one_push_at_a_time_and_what_came_meanwhile_is_pushed_next(later):
    entered, go_on, pushed = threading.Event(), threading.Event(), []

    def slow(offered: Any, trees: Any) -> list[str]:
        entered.set()
        assert go_on.wait(PATIENCE)
        return [one.root.sid for one in trees]

    pending = PushQueue(slow, pushed.append)
    first = threading.Thread(target=pending.add, args=([tree(1)], []))
    first.start()
    assert entered.wait(PATIENCE)

    pending.add([tree(2)], [])
    assert (pushed, later) == ([], [])
    go_on.set()
    first.join(PATIENCE)
    later.pop()()

    assert pushed == [[tree(1).root.sid], [tree(2).root.sid]]


def test_what_was_made_in_time_is_sent_as_it_is(later):
    desk, one = Desk(), tree(1)
    pending = desk.pending()
    assert pending.is_idle(1)

    pending.add([one], [], ["made"])

    assert desk.pushed == [["made"]]


def test_in_a_crowd_what_was_made_in_time_is_made_again_as_it_is_by_then(later):
    desk = Desk()
    pending = desk.pending()
    crowd = [tree(number) for number in range(3)]
    pending.add(crowd, [])
    assert not pending.is_idle(1)
    pending.add([tree(1)], [], ["made"])

    later.pop()()

    (pushed,) = desk.pushed
    assert "made" not in pushed
    assert len(pushed) == 3


def test_a_push_that_fails_keeps_back_no_other(later):
    desk, one = Desk(), Offered(tree(2), [1], [])
    pending = desk.pending()
    desk.fails = True
    with pytest.raises(RuntimeError):
        pending.add([tree(1)], [])
    desk.fails = False

    pending.add([], [one])

    assert desk.pushed[-1] == [one]


@pytest.mark.django_db
def test_a_history_is_asked_for_once_and_forgotten_when_there_are_too_many(django_assert_num_queries):
    past = factories.make_call(1)
    calls = [Call(sid=f"CA{number:032x}", caller=past.caller, called=past.called) for number in (7, 8)]
    cache = PastCallsCache(1)

    with django_assert_num_queries(1 if on_postgresql() else 2):
        assert [[one["sid"] for one in found] for found in cache.get(calls)] == [[past.sid], [past.sid]]
    with django_assert_num_queries(0):
        cache.get(calls[1:])
    with django_assert_num_queries(1):
        cache.get(calls[:1])


@pytest.mark.django_db
def test_a_history_that_was_found_is_not_asked_for(django_assert_num_queries):
    past, call = factories.make_call(1), Call(sid="CA" + "7" * 32, caller=CALLER)
    row = (
        past.sid,
        past.direction,
        past.caller,
        past.result,
        past.start_time,
        *(past.answer_time, past.end_time),
        *(None, "", ""),
        *[None] * 3,
    )
    cache = PastCallsCache(10)
    cache.put(call, [row])

    with django_assert_num_queries(0):
        found = cache.get([call])

    assert found == [cache.put(call, [row])]
    assert found == PastCallsCache(10).get([call])
