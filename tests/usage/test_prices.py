"""Prices of calls and texts, which Twilio settles later."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from agents.models import Agent
from messaging.models import Direction, Message, Origin, Step
from messaging.services import thread_with
from tests import factories
from tests.twilio import CALLER, sid
from tests.usage.twilio_figures import TODAY
from usage import costs
from usage.models import CallPrice, UsageRefresh
from usage.prices import Priced, prices_refresh
from usage.services import BUSY

pytestmark = pytest.mark.django_db


def ago(**time) -> object:
    return timezone.now() - timedelta(**time)


def call(number: int, *, hours: float = 3, **values):
    began = ago(hours=hours)
    return factories.make_call(
        number, **({"start_time": began, "end_time": began + timedelta(minutes=2), "duration": 61} | values)
    )


def message(number: int, line, **values) -> Message:
    return Message.objects.create(
        thread=thread_with(line, CALLER), sid=sid("SM", number), sender=line.number, recipient=CALLER,
        **({"direction": "outbound", "step": Step.TAKEN, "num_segments": 2, "created_at": ago(hours=3)} | values),
    )  # fmt: skip


def prices() -> dict[str, Decimal | None]:
    return {row.pk: row.price for row in CallPrice.objects.all()}


def test_a_call_gets_its_price_when_twilio_has_settled_it(figures):
    call(1)
    figures.prices[sid("CA", 1)] = (None, "USD")
    assert prices_refresh() == Priced()
    figures.prices[sid("CA", 1)] = ("-0.00850", "USD")

    assert prices_refresh().legs == 1
    assert CallPrice.objects.values_list("price", "price_unit").get() == (Decimal("0.0085"), "usd")


@pytest.mark.parametrize("open_price", [None, "", "n/a"])
def test_what_is_no_price_yet_is_asked_for_again(figures, open_price):
    call(1)
    figures.prices[sid("CA", 1)] = (open_price, "")

    prices_refresh()

    assert prices() == {}


def test_what_never_gets_a_price_is_settled_without_one_after_two_days(figures):
    call(1, hours=60, status="busy", duration=0)
    call(2, hours=60)
    figures.prices[sid("CA", 1)] = (None, "USD")

    assert prices_refresh().legs == 2
    assert prices() == {sid("CA", 1): None, sid("CA", 2): None}


def test_what_is_settled_is_not_asked_for_again(figures):
    call(1)
    figures.prices[sid("CA", 1)] = ("-0.01", "USD")
    prices_refresh()
    figures.asked.clear()

    prices_refresh()

    assert figures.asked == []


def test_living_and_young_calls_are_left_for_later(figures):
    call(1, status="in-progress", end_time=None)
    call(2, hours=0.5)

    prices_refresh()

    assert figures.asked == []


def test_many_open_calls_are_asked_for_in_one_list_from_the_oldest_on(figures):
    for number in range(1, 30):
        call(number, hours=3 + number)
        figures.prices[sid("CA", number)] = ("-0.01", "USD")

    assert prices_refresh().legs == 29
    (asked,) = figures.asked
    assert asked["page_size"] == 1000
    assert asked["start_time_after"] <= ago(hours=32)


def test_when_twilio_fails_half_way_prices_that_were_read_stay_and_the_rest_comes_later(figures, monkeypatch):
    from usage import prices as module

    monkeypatch.setattr(module, "_PAGE", 2)
    for number in range(1, 6):
        call(number, hours=3 + number)
        figures.prices[sid("CA", number)] = ("-0.01", "USD")
    figures.fails_after = 3

    assert prices_refresh().problem == "Twilio is busy. Try again in a moment."
    assert len(prices()) == 2
    assert UsageRefresh.objects.get(what="prices").failing_since

    figures.fails_after = None
    assert prices_refresh().legs == 3
    assert UsageRefresh.objects.get(what="prices").failing_since is None


def test_of_two_looks_at_once_one_asks(figures):
    from usage.claims import claiming

    call(1)
    with claiming("prices"):
        assert prices_refresh().problem == BUSY


def test_a_text_gets_its_price_from_the_list_too(figures, line):
    message(1, line)
    message(2, line, direction=Direction.INBOUND, step="")
    figures.prices[sid("SM", 1)] = ("-0.0158", "USD")
    figures.prices[sid("SM", 2)] = ("-0.0075", "usd")

    assert prices_refresh().texts == 2
    assert list(Message.objects.order_by("pk").values_list("price", "price_unit")) == [
        (Decimal("0.0158"), "usd"), (Decimal("0.0075"), "usd"),
    ]  # fmt: skip


def test_a_text_that_was_held_for_days_gets_its_price_when_it_has_gone_out(figures, line):
    message(1, line)
    figures.prices[sid("SM", 1)] = ("-0.0158", "USD")
    prices_refresh()
    message(2, line, created_at=ago(days=5), sent_at=ago(hours=2))
    figures.prices[sid("SM", 2)] = ("-0.0158", "USD")

    assert prices_refresh().texts == 1
    assert Message.objects.get(sid=sid("SM", 2)).price == Decimal("0.0158")


def test_a_price_that_is_there_stays(figures, line):
    message(1, line, price=Decimal("1"), price_unit="usd")
    message(2, line)
    figures.prices[sid("SM", 1)] = ("-7", "USD")

    prices_refresh()

    assert Message.objects.get(sid=sid("SM", 1)).price == 1


# --- What they add up to ---


def settle(number: int, price: str | None) -> None:
    CallPrice.objects.create(call_id=sid("CA", number), price=price and Decimal(price), price_unit="usd")


@pytest.fixture
def two_calls(line, ada: Agent):
    """One with two legs, all settled; one of another line whose second leg is open."""
    sales = factories.make_line(team=factories.make_team("Sales"), number="+12025550101", name="Sales")
    first = call(1, hours=0, line=line, agent=ada)
    call(2, hours=0, parent=first, agent=ada)
    call(3, hours=0, parent=first)
    second = call(4, hours=0, line=sales)
    call(5, hours=0, parent=second, line=None)
    settle(1, "0.0085")
    settle(2, "0.0040")
    settle(3, None)
    settle(4, "0.0100")
    return line, sales


def test_a_call_costs_what_all_of_its_legs_cost(two_calls):
    from calls.models import Call

    found = costs.call_cost(Call.objects.get(pk=sid("CA", 1)))
    other = costs.call_cost(Call.objects.get(pk=sid("CA", 4)))

    assert (found.price, found.price_unit, found.legs, found.open) == (Decimal("0.0125"), "usd", 3, 0)
    assert (other.price, other.open) == (Decimal("0.01"), 1)


def test_a_line_costs_what_its_calls_and_texts_cost(two_calls, figures):
    line, _ = two_calls
    message(1, line, created_at=timezone.now(), price=Decimal("0.02"))
    message(2, line, created_at=timezone.now())
    message(3, line, created_at=timezone.now(), step=Step.WAITING)

    found = {cost.name: cost for cost in costs.costs("line", TODAY, TODAY)}

    support = found["Support"]
    assert (support.calls, support.minutes, support.calls_price) == (1, 2, Decimal("0.0125"))
    assert (support.texts, support.segments, support.texts_price, support.open) == (2, 4, Decimal("0.02"), 1)
    assert support.price == Decimal("0.0325")
    assert (found["Sales"].calls_price, found["Sales"].open) == (Decimal("0.01"), 1)


def test_a_text_is_open_only_while_a_price_may_come(line):
    now = timezone.now()
    message(1, line, created_at=now, status="delivered")
    message(2, line, created_at=now, status="failed")
    message(3, line, created_at=now, status="canceled")
    message(4, line, created_at=now - timedelta(days=3, minutes=1), status="delivered")
    # One that was held.
    message(5, line, created_at=now - timedelta(days=4), sent_at=now, status="delivered")

    assert [cost.open for cost in costs.costs("line", TODAY - timedelta(days=5), TODAY)] == [2]


def test_an_agent_costs_the_own_calls_and_texts_and_the_rest_is_nobodys(two_calls, ada):
    line, _ = two_calls
    message(1, line, created_at=timezone.now(), price=Decimal("0.02"), origin=Origin.AGENT, written_by=ada)
    message(2, line, created_at=timezone.now(), price=Decimal("0.02"), origin=Origin.GROUP, written_by=ada)

    found = {cost.name: cost.price for cost in costs.costs("agent", TODAY, TODAY)}

    assert found == {"Ada": Decimal("0.0325"), "Nobody": Decimal("0.01")}


def test_a_day_is_twilios_and_ends_at_midnight_gmt():
    first, after = costs.between(TODAY, TODAY)

    assert (first.isoformat()[10:], after - first) == ("T00:00:00+00:00", timedelta(days=1))
