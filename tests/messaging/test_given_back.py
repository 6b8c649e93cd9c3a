"""Threads of agents who leave: the team's again on the same day, with what is unread."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import sync_to_async as sync
from django.core.cache import cache

from agents.services import agent_suspend
from messaging.models import Thread
from messaging.tasks import reconcile
from messaging.threads.giving_back import threads_give_back
from messaging.threads.selectors import unread_list
from messaging.threads.services import thread_assign, thread_give_back
from tests import factories
from tests.desk.desk_socket import DeskSocket, run
from tests.messaging.texts import INCOMING, make_thread, text
from tests.twilio import CALLER


@pytest.fixture
def hers(twilio: Any, line: Any, grace: Any) -> Thread:
    """Two texts came to a thread of Grace's, who has not read them."""
    thread = make_thread(line)
    thread_assign(thread, grace)
    for number in (1, 2):
        twilio.webhook(INCOMING, text(number))
    return Thread.objects.get()


def unread_of(agent: Any) -> list[tuple[int | None, int]]:
    return [(row["assigned_to"], row["unread"]) for row in unread_list(agent)]


def suspended(agent: Any) -> None:
    agent_suspend(agent=agent, by=None, address=None)


def moved(agent: Any) -> None:
    agent.teams.set([factories.make_team("Sales")])


def gone_by_the_teams_side(agent: Any) -> None:
    factories.make_team().agents.remove(agent)


def no_admin_any_more(agent: Any) -> None:
    agent.teams.clear()
    agent.is_superuser = True
    agent.save()
    agent.is_superuser = False
    agent.save()


def deleted(agent: Any) -> None:
    agent.delete()


@pytest.mark.django_db
@pytest.mark.parametrize("leaves", [suspended, moved, gone_by_the_teams_side, no_admin_any_more, deleted])
def test_what_they_have_not_read_is_unread_for_the_team(hers, ada, grace, leaves, django_capture_on_commit_callbacks):
    assert (unread_of(ada), unread_of(grace)) == ([], [(grace.pk, 2)])

    with django_capture_on_commit_callbacks(execute=True):
        leaves(grace)

    assert Thread.objects.get().assigned_to is None
    assert unread_of(ada) == [(None, 2)]


@pytest.mark.django_db
def test_what_the_team_has_read_meanwhile_is_no_news(hers, ada, grace, django_capture_on_commit_callbacks):
    Thread.objects.update(read_up_to=hers.last_message_id)

    with django_capture_on_commit_callbacks(execute=True):
        suspended(grace)

    assert unread_of(ada) == []


@pytest.mark.django_db
def test_who_stays_keeps_what_is_theirs(hers, ada, grace, line, django_capture_on_commit_callbacks):
    admin = factories.make_agent("root", is_superuser=True)
    thread_assign(make_thread(line, "+12025550199"), admin)

    with django_capture_on_commit_callbacks(execute=True):
        grace.first_name = "Amazing Grace"
        grace.save()
        suspended(ada)
    threads_give_back()

    assert set(Thread.objects.values_list("assigned_to", flat=True)) == {grace.pk, admin.pk}


@pytest.mark.django_db
def test_what_was_given_to_somebody_else_meanwhile_stays_theirs(hers, ada, grace):
    thread_assign(hers, ada)

    assert thread_give_back(hers.pk, grace.pk) is False

    assert Thread.objects.get().assigned_to == ada


@pytest.mark.django_db
def test_a_line_that_is_another_teams_is_found_within_the_hour(hers, ada, grace, line):
    line.team = factories.make_team("Sales")
    line.save()
    cache.delete("messaging.threads.given_back")

    reconcile()

    assert Thread.objects.get().assigned_to is None


@pytest.mark.django_db
def test_a_text_that_comes_counts_with_what_was_unread_before(twilio, hers, ada, grace):
    type(grace).objects.filter(pk=grace.pk).update(is_active=False)

    twilio.webhook(INCOMING, text(3, From=CALLER))

    assert unread_of(ada) == [(None, 3)]


@pytest.mark.django_db(transaction=True)
def test_desks_of_the_team_are_told_at_once(hers, ada, grace):
    desk = DeskSocket(ada)

    async def scenario() -> None:
        await desk.open()
        await sync(suspended)(grace)
        told = (await desk.until("thread.changed"))["thread"]
        assert (told["assigned_to"], told["unread"]) == (None, 2)
        await desk.close()

    run(scenario)
