"""Usage: Twilio Docs, "UsageRecords resource". Days are GMT; numbers are strings, as Twilio has them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from simulator.identifiers import now
from simulator.rest.api import API, ApiRequest
from simulator.rest.errors import ApiError
from simulator.rest.paging import page_response
from simulator.usage.categories import CATEGORIES, TOTAL
from simulator.usage.ledger import Tally, days, today
from simulator.usage.triggers import plain

_OFFSET = re.compile(r"([+-]\d{1,5})days?")
#: Rows have no date of their own; pages need one, that grows.
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)

Span = tuple[date, date]


@dataclass(frozen=True)
class Row:
    """One record: a category in a span of days."""

    sid: str
    date_created: datetime
    category: str
    span: Span


def _by_month(start: date, end: date) -> list[Span]:
    """The months from one day to another, the newest first, each as far as it is asked for."""
    spans = []
    while end >= start:
        first = max(end.replace(day=1), start)
        spans.append((first, end))
        end = first - timedelta(days=1)
    return spans


def _by_year(start: date, end: date) -> list[Span]:
    spans = []
    while end >= start:
        first = max(end.replace(month=1, day=1), start)
        spans.append((first, end))
        end = first - timedelta(days=1)
    return spans


def _month_before(day: date) -> Span:
    last = day.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


#: The subresources: into which spans each cuts the days that are asked for. The last four ask for days of their own.
PERIODS: dict[str, Callable[[date, date], list[Span]]] = {
    "": lambda start, end: [(start, end)],
    "AllTime": lambda start, end: [(start, end)],
    "Daily": lambda start, end: [(day, day) for day in reversed(days(start, end))],
    "Monthly": _by_month,
    "Yearly": _by_year,
    "Today": lambda start, end: [(today(), today())],
    "Yesterday": lambda start, end: [(today() - timedelta(days=1),) * 2],
    "ThisMonth": lambda start, end: [(today().replace(day=1), today())],
    "LastMonth": lambda start, end: [_month_before(today())],
}


async def index(api: ApiRequest) -> Response:
    """The records of a category, or of every one, by the spans that the path names."""
    period = _period(api)
    category = api.request.query_params.get("Category", "")
    if category and category not in CATEGORIES:
        raise ApiError(20001, message=f"Category {category} is not known")
    if api.request.query_params.get("IncludeSubaccounts", "true").lower() not in ("true", "false"):
        raise ApiError(20001, message="IncludeSubaccounts must be true or false")
    # There are no subaccounts whose usage could be left out.
    ledger = api.engine.usage.ledger
    start = max(_day(api, "StartDate") or ledger.first_day, ledger.first_day)
    end = min(_day(api, "EndDate") or today(), today())
    spans = PERIODS[period](start, end) if start <= end else []
    wanted = [category] if category else sorted(CATEGORIES)
    as_of = now().isoformat(timespec="seconds")

    def rows() -> Iterator[Row]:
        moment = _EPOCH
        for name in wanted:
            for first, last in spans:
                moment += timedelta(microseconds=1)
                yield Row(f"{name}.{first}", moment, name, (first, last))

    def as_json(row: Row) -> dict[str, Any]:
        tally = ledger.sum(row.category, *row.span)
        return record_json(row, tally, api.engine.config.account_sid, period, as_of)

    return page_response(api, "usage_records", list(rows()), as_json)


def record_json(row: Row, tally: Tally, account_sid: str, period: str, as_of: str) -> dict[str, Any]:
    category, (start, end) = CATEGORIES[row.category], row.span
    base = f"{API}/Accounts/{account_sid}/Usage/Records"
    of_category = urlencode({"Category": category.name})
    of_span = f"{of_category}&{urlencode({'StartDate': start, 'EndDate': end})}"
    total = category.name == TOTAL
    return {
        "account_sid": account_sid,
        "api_version": "2010-04-01",
        "as_of": as_of,
        "category": category.name,
        "count": None if total else str(tally.count),
        "count_unit": category.count_unit,
        "description": category.description,
        "end_date": end.isoformat(),
        "price": plain(tally.price),
        "price_unit": "usd",
        "start_date": start.isoformat(),
        "subresource_uris": {
            _snake(name): f"{base}/{name}.json?{of_category}" for name in sorted(filter(None, PERIODS))
        },
        "uri": f"{base}{'/' if period else ''}{period}.json?{of_span}",
        "usage": plain(tally.price if total else tally.usage),
        "usage_unit": category.usage_unit,
    }


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


def _period(api: ApiRequest) -> str:
    name = api.request.url.path.rpartition("/")[2].removesuffix(".json")
    return "" if name == "Records" else name


def _day(api: ApiRequest, name: str) -> date | None:
    """A day as the query has it: itself, or so many days from today. Raises `ApiError`."""
    text = api.request.query_params.get(name, "").replace(" ", "+")
    if not text:
        return None
    if match := _OFFSET.fullmatch(text):
        return today() + timedelta(days=int(match[1]))
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ApiError(20001, message=f"{name} is no date: {text}") from error
