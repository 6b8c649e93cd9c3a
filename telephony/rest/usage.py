"""What Twilio counted and what it charged: usage records, and the prices in the lists of calls and messages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_noop

from telephony.errors import CallGone, TelephonyError, translated
from telephony.rest.client import get_client

# The most that Twilio gives with one answer.
_PAGE = 1000


@dataclass(frozen=True, slots=True)
class UsageFacts:
    """One category on one day, which is Twilio's: it begins at midnight GMT."""

    category: str
    day: date
    description: str
    count: Decimal
    count_unit: str
    usage: Decimal
    usage_unit: str
    price: Decimal
    price_unit: str
    as_of: datetime | None

    @property
    def is_nothing(self) -> bool:
        return not (self.count or self.usage or self.price)


@dataclass(frozen=True, slots=True)
class PriceFacts:
    """What a call's leg, or a message, cost, as a positive figure; None while Twilio has not settled it."""

    sid: str
    price: Decimal | None
    price_unit: str


def usage_daily(start: date, end: date) -> Iterator[UsageFacts]:
    """Every category of each of these days, a thousand with each request. Of this account alone, not of accounts under
    it. Raises `TelephonyError`, also half-way.
    """
    with _readable():
        records = get_client().usage.records.daily
        for record in records.stream(start_date=start, end_date=end, include_subaccounts=False, page_size=_PAGE):
            facts = _usage(record)
            if facts is not None:
                yield facts


def call_prices(since: datetime) -> Iterator[PriceFacts]:
    """Of each leg that began since then. Raises `TelephonyError`, also half-way."""
    with _readable():
        for call in get_client().calls.stream(start_time_after=since, page_size=_PAGE):
            yield _price(call)


def message_prices(since: datetime) -> Iterator[PriceFacts]:
    """Of each message that was sent, or came in, since then. Raises `TelephonyError`, also half-way."""
    with _readable():
        for message in get_client().messages.stream(date_sent_after=since, page_size=_PAGE):
            yield _price(message)


@contextmanager
def _readable() -> Iterator[None]:
    """Like `translated`, but what is missing here is no call, and a figure that is none does not break the task."""
    try:
        with translated():
            yield
    except CallGone as error:
        raise TelephonyError(_NO_USAGE, code=error.code, permanent=True) from None
    except (ArithmeticError, ValueError):
        # The library reads prices and dates by itself while it lists.
        raise TelephonyError(_UNREADABLE) from None


_NO_USAGE = gettext_noop("Twilio gives no usage figures for this account.")
_UNREADABLE = gettext_noop("Twilio's figures could not be read.")


def _usage(record: Any) -> UsageFacts | None:
    """None for a record without category or day: it cannot be kept."""
    if not (record.category and isinstance(record.start_date, date)):
        return None
    as_of = parse_datetime(record.as_of or "")
    return UsageFacts(
        category=str(record.category)[:100],
        day=record.start_date,
        description=str(record.description or "")[:200],
        count=number(record.count) or Decimal(0),
        count_unit=str(record.count_unit or "")[:32],
        usage=number(record.usage) or Decimal(0),
        usage_unit=str(record.usage_unit or "")[:32],
        price=number(record.price) or Decimal(0),
        price_unit=currency(record.price_unit),
        as_of=as_of if as_of and as_of.tzinfo else None,
    )


def _price(resource: Any) -> PriceFacts:
    # Twilio says what it took from the account: -0.00750.
    price = number(resource.price)
    return PriceFacts(
        sid=str(resource.sid),
        price=None if price is None else abs(price),
        price_unit=currency(resource.price_unit),
    )


def number(text: object) -> Decimal | None:
    """A figure of Twilio's, most of which are strings; None for what is none: null, "", or no number at all."""
    try:
        found = Decimal(str(text).strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def currency(unit: object) -> str:
    """ISO 4217 in small letters: usage records write `usd`, calls `USD`."""
    return str(unit or "").strip().lower()[:8]
