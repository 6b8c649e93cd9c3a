"""What is asked for in one place is sent together with what others ask for, and each finds its own answer."""

from __future__ import annotations

import pytest
from django.db import transaction

from agents.models import Agent
from core.sql.prepared import Param, Prepared
from core.sql.statements import Write, new_row
from core.sql.unit import NotFetched, UnitOfWork
from telephony.models import Webhook

_AGENTS = Prepared(lambda: Agent.objects.filter(username__in_array=Param("names")).order_by("username"))
_WEBHOOKS = Prepared(lambda: Webhook.objects.filter(sid__in_array=Param("sids")).order_by("sid"))
_INSERT = Write.insert(Webhook)


def row(sid: str) -> Webhook:
    return new_row(Webhook, sid=sid, params={})


def kept() -> list[str]:
    return list(Webhook.objects.order_by("sid").values_list("sid", flat=True))


@pytest.mark.django_db
def test_each_finds_its_own_rows(ada, grace):
    work = UnitOfWork()
    first, none, second = (work.read(_AGENTS(names=names)) for names in ([ada.username], [], [grace.username]))

    work.fetch()

    assert (first.rows, none.rows, second.rows) == ([ada], [], [grace])


@pytest.mark.django_db
def test_what_was_fetched_is_not_asked_for_again(ada):
    work = UnitOfWork()
    before = work.read(_AGENTS(names=[ada.username]))
    work.fetch()
    after = work.read(_WEBHOOKS(sids=["CA1"]))
    work.write(_INSERT([row("CA1")]))
    work.flush()

    work.fetch()

    assert before.rows == [ada]
    assert [one.sid for one in after.rows] == ["CA1"]


def test_rows_that_nobody_fetched_are_an_error_and_not_none():
    work = UnitOfWork()
    found = work.read(_AGENTS(names=[]))

    with pytest.raises(NotFetched):
        _ = found.rows


@pytest.mark.django_db(transaction=True)
def test_all_is_committed_together_in_the_order_in_which_it_was_written():
    work, seen = UnitOfWork(), []
    with transaction.atomic():
        transaction.on_commit(lambda: seen.append(kept()))
        work.write(_INSERT([row("CA1")]))
        work.write(_INSERT([row("CA2")]), _INSERT([row("CA3")]))
        work.during_commit(lambda: seen.append("during"))
        work.commit()

    assert seen == ["during", ["CA1", "CA2", "CA3"]]


@pytest.mark.django_db(transaction=True)
def test_what_is_due_during_a_commit_is_done_by_a_flush_as_well():
    work, seen = UnitOfWork(), []
    with transaction.atomic():
        work.write(_INSERT([row("CA1")]))
        work.during_commit(lambda: seen.append(kept()))
        work.flush()
        work.commit()

    assert seen == [["CA1"]]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_kept_of_what_failed():
    def fail() -> None:
        work = UnitOfWork()
        work.write(_INSERT([row("CA1")]))
        work.flush()
        raise LookupError

    with pytest.raises(LookupError), transaction.atomic():
        fail()

    assert kept() == []
