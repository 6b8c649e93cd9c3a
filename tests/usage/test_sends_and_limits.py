"""A spend limit stops a group send in the middle; raised, the send goes on, and nobody gets the text twice."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from messaging.group_sends.feeding import feed
from messaging.group_sends.progress import refresh
from messaging.models import Direction, GroupSend, Message, Origin, SendState, Step
from messaging.services import message_write, thread_with
from tests import factories
from tests.messaging.account import Account, twilio_is
from tests.messaging.group_sends.sends import SENDS, Requests, make_group, make_people, make_supervisor, work
from tests.twilio import CALLER
from tests.usage.twilio_figures import TODAY, day
from usage import costs, guard
from usage.models import SpendLimit, UsageRecord
from usage.spending import spent_in

pytestmark = pytest.mark.django_db
PEOPLE = 12


@pytest.fixture
def account():
    with twilio_is(Account()) as account:
        yield account


@pytest.fixture
def hedy(team):
    return Requests(make_supervisor(team))


@pytest.fixture
def send(hedy, line, account, settings):
    """Of twelve texts, of which each costs a tenth of a dollar; the line sends few at a time."""
    settings.MESSAGE_SEGMENTS_PER_SECOND = 1
    # What Twilio had counted before the send: a segment's price is known from it.
    as_of = timezone.now() - timedelta(seconds=1)
    for category, price, count in (("totalprice", "1", 0), ("sms-outbound", "1", 10)):
        UsageRecord.objects.create(
            category=category, day=day(), price=Decimal(price), count=count, price_unit="usd", as_of=as_of
        )
    draft = hedy.draft(line, groups=[make_group(*make_people(PEOPLE)).pk])
    hedy.step(draft["id"], "start")
    return GroupSend.objects.get(pk=draft["id"])


def send_some(number: int) -> None:
    """As if so many had gone out: Twilio has taken them, and has not counted them."""
    feed(1000)
    pks = list(Message.objects.filter(step=Step.WAITING).order_by("pk").values_list("pk", flat=True)[:number])
    Message.objects.filter(pk__in=pks).update(step=Step.TAKEN, sent_at=timezone.now(), status="sent", num_segments=1)
    guard.forget()


def test_a_limit_stops_a_send_in_the_middle_and_raised_lets_it_go_on(send, hedy, account, settings):
    limit = SpendLimit.objects.create(period="monthly", amount=Decimal("1.45"))
    send_some(4)
    assert guard.group_sends_paused() == ""
    send_some(1)
    refresh(send.pk)

    send.refresh_from_db()
    assert send.state == SendState.STOPPED
    stopped = hedy.get(f"{SENDS}{send.pk}/")
    assert "the month's spend limit is reached" in stopped["problem"]
    assert stopped["goes_on_by_itself"] is True
    before = Message.objects.filter(step=Step.TAKEN).count()
    work()
    assert Message.objects.filter(step=Step.TAKEN).count() == before == 5
    assert account.texts == []

    limit.amount = Decimal(100)
    limit.save()
    guard.forget()
    settings.MESSAGE_SEGMENTS_PER_SECOND = 10_000
    work()
    refresh(send.pk)

    send.refresh_from_db()
    assert (send.problem, send.state) == ("", SendState.FINISHED)
    assert len(account.texts) == PEOPLE - 5
    recipients = Counter(Message.objects.values_list("recipient", flat=True))
    assert set(recipients.values()) == {1}
    assert len(recipients) == PEOPLE


def test_a_send_that_a_person_paused_or_canceled_does_not_go_on_by_itself(send, hedy):
    limit = SpendLimit.objects.create(period="monthly", amount=Decimal("1.05"))
    send_some(1)
    refresh(send.pk)
    hedy.step(send.pk, "cancel")

    limit.delete()
    guard.forget()
    feed(1000)

    send.refresh_from_db()
    assert (send.state, send.problem) == (SendState.CANCELED, "")


def test_one_that_is_paused_while_a_limit_stops_it_stays_paused(send, hedy, account):
    limit = SpendLimit.objects.create(period="monthly", amount=Decimal("1.05"))
    send_some(1)
    refresh(send.pk)
    assert hedy.get(f"{SENDS}{send.pk}/")["state"] == "stopped"
    paused = hedy.step(send.pk, "pause")
    assert (paused["state"], paused["problem"]) == ("paused", "")

    limit.delete()
    guard.forget()
    work()

    send.refresh_from_db()
    assert (send.state, account.texts) == (SendState.PAUSED, [])


def test_one_that_is_resumed_while_a_limit_is_reached_waits_for_it(send, hedy, account, settings):
    limit = SpendLimit.objects.create(period="monthly", amount=Decimal("1.05"))
    send_some(1)
    hedy.step(send.pk, "pause")
    settings.MESSAGE_SEGMENTS_PER_SECOND = 10_000

    for _press in range(2):
        resumed = hedy.step(send.pk, "resume")
        assert resumed["state"] == "stopped"
        assert "spend limit is reached" in resumed["problem"]
        assert not Message.objects.filter(step=Step.WAITING).exists()
    limit.delete()
    guard.forget()
    work()

    assert len(account.texts) == PEOPLE - 1


def test_single_texts_are_not_stopped(send, line, account):
    SpendLimit.objects.create(period="monthly", amount=Decimal("0.5"))
    guard.forget()
    message_write(line, "+12025550142", "Your lamp is ready.", origin=Origin.AGENT, by=None)
    work()

    assert [text["to"] for text in account.texts] == ["+12025550142"]
    assert Message.objects.filter(origin=Origin.GROUP).count() == 0


def test_costs_are_by_send(send):
    send_some(2)
    Message.objects.filter(step=Step.TAKEN).update(price=Decimal("0.1"), price_unit="usd")

    (cost,) = costs.costs("group-send", TODAY, TODAY)

    assert (cost.id, cost.name, cost.texts, cost.texts_price) == (send.pk, str(send), 2, Decimal("0.2"))


def test_what_a_send_cost_is_a_sum_of_decimals_on_every_database(send, hedy, line):
    # SQLite adds floats: 65 times 0.0083 is 0.539499999999999 there.
    thread = thread_with(line, CALLER)
    values = {"thread": thread, "direction": Direction.OUTBOUND, "step": Step.TAKEN, "group_send": send}
    Message.objects.bulk_create(Message(**values, price=Decimal("0.0083"), price_unit="usd") for _ in range(65))

    refresh(send.pk)

    assert GroupSend.objects.get(pk=send.pk).counts["spent"] == "0.5395"


def test_an_earlier_attempt_counts_for_the_send_the_page_and_the_guard(send, hedy, client, settings):
    send_some(1)
    Message.objects.filter(step=Step.TAKEN).update(
        price=Decimal("0.1"), price_unit="usd", status="undelivered", error_code="30003"
    )
    settings.MESSAGE_SEGMENTS_PER_SECOND = 10_000
    hedy.step(send.pk, "retry")
    feed(1000)
    again = Message.objects.get(key__endswith="-1")
    Message.objects.filter(pk=again.pk).update(step=Step.TAKEN, sent_at=timezone.now(), status="sent", num_segments=1)
    refresh(send.pk)
    progress = hedy.get(f"{SENDS}{send.pk}/")["progress"]
    # The second is not settled yet; settled, it counts as well.
    assert (progress["spent"], progress["prices_missing"]) == ({"amount": "0.1", "unit": "USD"}, 1)
    Message.objects.filter(pk=again.pk).update(price=Decimal("0.1"), price_unit="usd")
    refresh(send.pk)
    SpendLimit.objects.create(period="monthly", amount=Decimal(10))

    progress = hedy.get(f"{SENDS}{send.pk}/")["progress"]
    (cost,) = costs.costs("group-send", TODAY, TODAY)
    (limit,) = spent_in(list(SpendLimit.objects.all()))
    client.force_login(factories.make_agent("admin", is_superuser=True, is_staff=True))
    page = client.get("/admin/usage/?by=group-send", secure=True)

    assert (progress["spent"], progress["prices_missing"]) == ({"amount": "0.2", "unit": "USD"}, 0)
    assert (cost.id, cost.texts, cost.texts_price) == (send.pk, 2, Decimal("0.2"))
    assert "$0.20" in page.content.decode()
    assert limit.estimated == Decimal("0.2")


def test_the_page_lists_them_by_their_title(send, client):
    send_some(1)
    client.force_login(factories.make_agent("admin", is_superuser=True, is_staff=True))

    assert str(send) in client.get("/admin/usage/?by=group-send", secure=True).content.decode()


def test_one_whose_time_comes_while_a_limit_is_reached_says_why_it_does_not_begin(hedy, line, account):
    UsageRecord.objects.create(category="totalprice", day=day(), price=2, price_unit="usd", as_of=timezone.now())
    limit = SpendLimit.objects.create(period="monthly", amount=Decimal(1))
    guard.forget()
    later = (timezone.now() + timedelta(minutes=5)).isoformat()
    draft = hedy.draft(line, groups=[make_group(*make_people(1)).pk], scheduled_for=later)
    hedy.step(draft["id"], "start")
    feed(1000)
    sends = GroupSend.objects.filter(pk=draft["id"])
    assert sends.get().state == SendState.SCHEDULED

    moment = timezone.now() - timedelta(seconds=1)
    sends.update(scheduled_for=moment)
    sends.get().recipients.update(due_at=moment)
    feed(1000)

    found = hedy.get(f"{SENDS}{draft['id']}/")
    assert (found["state"], "the month's spend limit is reached" in found["problem"]) == ("stopped", True)

    limit.delete()
    guard.forget()
    work()
    assert sends.get().state == SendState.FINISHED
    assert len(account.texts) == 1


def test_a_send_names_the_limit_that_stops_it_now(send, hedy, account):
    spent = {"price": 2, "price_unit": "usd", "as_of": timezone.now()}
    UsageRecord.objects.update_or_create(category="totalprice", day=day(), defaults=spent)
    daily = SpendLimit.objects.create(period="daily", amount=Decimal(1))
    send_some(1)
    refresh(send.pk)
    before = hedy.get(f"{SENDS}{send.pk}/")
    assert "today's spend limit is reached" in before["problem"]

    SpendLimit.objects.create(period="monthly", amount=Decimal(1))
    daily.delete()
    guard.forget()
    feed(1000)

    found = hedy.get(f"{SENDS}{send.pk}/")
    assert (found["state"], "the month's spend limit is reached" in found["problem"]) == ("stopped", True)
    assert found["revision"] > before["revision"]
