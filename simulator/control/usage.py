"""Usage of days before the simulator was started, which nobody has seen."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from starlette.requests import Request

from simulator.control.common import Problem, read_body
from simulator.engine.calls import CallEngine
from simulator.inspector import Json
from simulator.usage.categories import LEAVES
from simulator.usage.ledger import Tally, today
from simulator.usage.usage import priced

MOST_DAYS = 800
MOST_COUNT = 1_000_000_000


async def show_usage(engine: CallEngine, request: Request) -> Json:
    """Every day that has any, with the sums of all categories."""
    return {"days": engine.usage.ledger.as_json()}


async def plant_usage(engine: CallEngine, request: Request) -> Json:
    """Adds what is said to have been used: so many `past_days` of a small desk's, or `days` with their categories."""
    body = await read_body(request)
    if unknown := sorted(set(body) - {"past_days", "days"}):
        raise Problem(f"There is no {unknown[0]!r}; expected past_days or days")
    past = body.get("past_days", 0)
    if isinstance(past, bool) or not isinstance(past, int) or not 0 <= past <= MOST_DAYS:
        raise Problem(f"past_days: expected a number of days, at most {MOST_DAYS}")
    given = body.get("days", [])
    if not isinstance(given, list):
        raise Problem("days: expected a list")
    bookings = [booking for one in given for booking in _bookings(one)]
    engine.usage.plant_past(past)
    for day, category, tally in bookings:
        engine.usage.book(day, category, tally)
    return await show_usage(engine, request)


def _bookings(given: object) -> list[tuple[date, str, Tally]]:
    """What a day says. Raises `Problem`."""
    if not isinstance(given, dict):
        raise Problem("days: expected objects with a date and categories")
    try:
        day = date.fromisoformat(str(given.get("date")))
    except ValueError as error:
        raise Problem(f"days: {given.get('date')!r} is no date in the form 2026-11-28") from error
    if not today() - timedelta(days=MOST_DAYS) <= day <= today():
        raise Problem(f"days: {day} is not within the last {MOST_DAYS} days")
    return [(day, name, _tally(name, value)) for name, value in given.items() if name != "date"]


def _tally(category: str, given: object) -> Tally:
    if category not in LEAVES:
        raise Problem(f"{category}: expected one of {', '.join(LEAVES)}")
    if not isinstance(given, dict) or set(given) - {"count", "usage", "price"}:
        raise Problem(f"{category}: expected an object with count, usage and price")
    count = given.get("count", 0)
    if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= MOST_COUNT:
        raise Problem(f"{category}: count must be a whole number")
    usage = _decimal(category, given.get("usage", count))
    if "price" in given:
        return Tally(count, usage, _decimal(category, given["price"]))
    return priced(category, count, usage)


def _decimal(category: str, given: object) -> Decimal:
    try:
        value = Decimal(str(given))
    except InvalidOperation:
        value = Decimal(-1)
    if isinstance(given, bool) or not value.is_finite() or not 0 <= value <= MOST_COUNT:
        raise Problem(f"{category}: usage and price must be numbers of at least 0")
    return round(value, 6)
