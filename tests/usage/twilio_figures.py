"""Twilio's usage records and price lists, as a test has them, behind the library's own resources."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import patch

from twilio.rest.api.v2010.account.call import CallInstance, CallList
from twilio.rest.api.v2010.account.message import MessageInstance, MessageList
from twilio.rest.api.v2010.account.usage.record.daily import DailyInstance, DailyList

from telephony.rest.client import get_client
from tests.telephony.account import refusal
from tests.twilio import ACCOUNT_SID

TODAY = datetime.now(UTC).date()


def day(back: int = 0) -> date:
    return TODAY - timedelta(days=back)


class Figures:
    """`records` by category and day; `prices` by sid. `fails_after`: how many rows are given before Twilio refuses."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, date], dict[str, Any]] = {}
        self.prices: dict[str, tuple[Any, Any]] = {}
        self.fails_after: int | None = None
        self.failure: Exception = refusal(429, 20429)
        self.asked: list[dict[str, Any]] = []
        self.meanwhile: Callable[[], object] = lambda: None
        self.as_of = datetime.now(UTC).replace(microsecond=0)

    def put(
        self, category: str, on: date, *, price: Any = "0", count: Any = "0", usage: Any = "0", **more: Any
    ) -> None:
        """As Twilio writes it: figures are strings."""
        self.records[category, on] = {
            "account_sid": ACCOUNT_SID, "category": category, "description": category.title(),
            "start_date": on.isoformat(), "end_date": on.isoformat(), "count": count, "count_unit": "calls",
            "usage": usage, "usage_unit": "minutes", "price": price, "price_unit": "usd",
            "as_of": self.as_of.isoformat(),
        } | more  # fmt: skip

    def _given(self, rows: list[Any]) -> Iterator[Any]:
        self.meanwhile()
        for number, row in enumerate(rows):
            if number == self.fails_after:
                raise self.failure
            yield row
        if self.fails_after is not None and self.fails_after >= len(rows):
            raise self.failure

    def daily(self, resource: Any, **options: Any) -> Iterator[DailyInstance]:
        self.asked.append(options)
        start, end = options["start_date"], options["end_date"]
        rows = [row for (_, on), row in sorted(self.records.items()) if start <= on <= end]
        version = get_client().api.v2010
        return self._given([DailyInstance(version, row, account_sid=ACCOUNT_SID) for row in rows])

    def calls(self, resource: Any, **options: Any) -> Iterator[CallInstance]:
        self.asked.append(options)
        return self._given(self._priced(CallInstance, "CA"))

    def messages(self, resource: Any, **options: Any) -> Iterator[MessageInstance]:
        self.asked.append(options)
        return self._given(self._priced(MessageInstance, "SM"))

    def _priced(self, kind: Any, prefix: str) -> list[Any]:
        version = get_client().api.v2010
        return [
            kind(version, {"sid": sid, "price": price, "price_unit": unit}, account_sid=ACCOUNT_SID)
            for sid, (price, unit) in self.prices.items()
            if sid.startswith(prefix)
        ]


@contextmanager
def figures_at_twilio() -> Iterator[Figures]:
    figures = Figures()
    with ExitStack() as stack:
        for kind, answer in (
            (DailyList, figures.daily), (CallList, figures.calls), (MessageList, figures.messages),
        ):  # fmt: skip
            stack.enter_context(patch.object(kind, "stream", autospec=True, side_effect=answer))
        yield figures
