"""The whole way: Twilio's API as the simulator has it, our figures, and its own record beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html import unescape
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from messaging.models import Direction, Message, Step
from messaging.services import thread_with
from simulator.usage.categories import LEAVES
from telephony.provisioning.services import Plan, apply, plan_triggers
from telephony.rest.client import get_client
from tests import factories
from tests.simulator.beside import Simulator
from tests.simulator.harness import ACCOUNT, CALLER, SUPPORT, TOKEN
from usage import selectors, tasks
from usage.categories import TREE
from usage.models import TOTAL, SpendLimit, UsageRecord
from usage.months import Month
from usage.prices import prices_refresh
from usage.services import usage_refresh
from usage.spending import spent_in
from usage.triggers import triggers_wanted

pytestmark = pytest.mark.django_db


@pytest.fixture
def simulator(settings) -> Iterator[Simulator]:
    with Simulator() as simulator:
        settings.TWILIO_API_BASE_URL = simulator.url
        settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = ACCOUNT, TOKEN
        settings.PUBLIC_BASE_URL = simulator.bench.product.url
        yield simulator


def month_with_a_change_of_summer_time() -> Month:
    """The last one that is over in which Berlin changed its clocks."""
    berlin, day = ZoneInfo("Europe/Berlin"), datetime.now(UTC).replace(hour=12)
    while True:
        before = day - timedelta(days=1)
        month = Month.of(before.date())
        changed = day.astimezone(berlin).utcoffset() != before.astimezone(berlin).utcoffset()
        if changed and month.last < datetime.now(UTC).date():
            return month
        day = before


def busy(day: date) -> dict[str, Any]:
    """Something in every category that has no parts, each day another."""
    return {"date": day.isoformat()} | {
        name: {"count": day.day + number, "usage": day.day * 2 + number, "price": f"{day.day / 100 + number:.2f}"}
        for number, name in enumerate(LEAVES)
    }


def test_every_figure_of_a_month_with_a_change_of_summer_time_is_that_of_the_simulators_own_record(
    simulator, settings, client
):
    settings.TIME_ZONE = "Europe/Berlin"
    month = month_with_a_change_of_summer_time()
    simulator.plant([busy(day) for day in month.days])
    record = simulator.record()

    refreshed = usage_refresh(days=(datetime.now(UTC).date() - month.first).days + 1)

    assert refreshed.problem == ""
    kept = {(row.day, row.category): row for row in selectors.records(month.first, month.last)}
    expected = {(day, name): tally for day in month.days for name, tally in record[day].items()}
    assert kept.keys() == expected.keys()
    assert len({category for _, category in kept}) > len(LEAVES)
    for key, tally in expected.items():
        row = kept[key]
        # Of the sum Twilio counts nothing, and what was used of it is money.
        count, used = (0, tally["price"]) if row.category == TOTAL else (tally["count"], tally["usage"])
        assert (row.count, row.usage, row.price) == (count, Decimal(used), Decimal(tally["price"])), key

    sums = selectors.table((month.first, month.last), (month.before.first, month.before.last))
    total = sum(Decimal(record[day][TOTAL]["price"]) for day in month.days)
    assert (sums.total_now, sums.other_now, sums.unknown) == (total, 0, [])
    assert sum(row.now.price for row in sums.rows if row.category in TREE) == total

    client.force_login(factories.make_agent("admin", is_superuser=True, is_staff=True))
    html = unescape(client.get(f"/admin/usage/?month={month}", secure=True).content.decode())
    assert f"All, counted once ${total:,.2f}" in " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_asked_twice_nothing_is_counted_twice_and_what_comes_later_is_added(simulator):
    simulator.plant([busy(datetime.now(UTC).date())])
    usage_refresh()
    first = UsageRecord.objects.get(category=TOTAL, day=datetime.now(UTC).date()).price
    usage_refresh()
    simulator.plant([{"date": datetime.now(UTC).date().isoformat(), "calls-outbound": {"count": 1, "price": "5"}}])
    usage_refresh()

    assert UsageRecord.objects.get(category=TOTAL, day=datetime.now(UTC).date()).price == first + 5


def test_a_trigger_that_provisioning_made_tells_of_a_limit_and_the_send_stops(
    simulator, twilio, django_capture_on_commit_callbacks
):
    """From the limit by way of Twilio's trigger and its signed callback to the guard."""
    SpendLimit.objects.create(period="monthly", amount=100)
    list(apply(Plan(tuple(plan_triggers(triggers_wanted())))))
    assert [step for step in plan_triggers(triggers_wanted()) if step.is_to_do] == []

    today = datetime.now(UTC).date()
    simulator.plant([{"date": today.isoformat(), "calls-outbound": {"count": 1, "price": "250"}}])
    simulator.quiet()

    (told,) = simulator.bench.product.at("/twilio/usage/trigger/")
    with (
        patch.object(tasks.refresh, "delay", autospec=True, side_effect=tasks.refresh) as delay,
        django_capture_on_commit_callbacks(execute=True),
    ):
        answer = twilio.webhook(told.path, told.params, signature=told.headers["x-twilio-signature"])

    assert (answer.status_code, delay.call_count) == (204, 1)
    (spent,) = spent_in(list(SpendLimit.objects.all()))
    assert spent.is_reached


def test_a_text_gets_the_price_that_the_simulator_settled(simulator, team):
    line = factories.make_line(team=team, number=SUPPORT)
    made = get_client().messages.create(to=CALLER, from_=SUPPORT, body="Hello")
    simulator.quiet()
    Message.objects.create(
        thread=thread_with(line, CALLER), sid=made.sid, sender=SUPPORT, recipient=CALLER, num_segments=1,
        direction=Direction.OUTBOUND, step=Step.TAKEN, created_at=timezone.now() - timedelta(hours=2),
    )  # fmt: skip

    assert prices_refresh().texts == 1
    price = Message.objects.get().price
    assert price is not None
    assert -price == Decimal(get_client().messages(made.sid).fetch().price)
