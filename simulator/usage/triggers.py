"""Who is told when usage passes a value: Twilio Docs, "Usage Triggers"."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from http.cookiejar import CookieJar

from simulator.identifiers import moment, now, rfc2822
from simulator.usage.ledger import Ledger, today
from simulator.webhooks.sender import Params


@dataclass
class UsageTrigger:
    """A trigger. `recurring` is empty for one that fires once; else it may fire again in each new period."""

    sid: str
    usage_category: str
    trigger_value: Decimal
    callback_url: str
    callback_method: str = "POST"
    friendly_name: str = ""
    recurring: str = ""
    trigger_by: str = "usage"
    date_fired: datetime | None = None
    date_created: datetime = field(default_factory=moment)
    date_updated: datetime = field(default_factory=now)
    credentials: dict[str, tuple[str, str]] = field(default_factory=dict)
    cookies: CookieJar = field(default_factory=CookieJar)

    def begins(self, first_day: date) -> date:
        """The first day of the period that counts now."""
        day = today()
        if self.recurring == "daily":
            return day
        if self.recurring == "monthly":
            return day.replace(day=1)
        if self.recurring == "yearly":
            return day.replace(month=1, day=1)
        return first_day

    def current_value(self, ledger: Ledger) -> Decimal:
        tally = ledger.sum(self.usage_category, self.begins(ledger.first_day), today())
        values = {"count": Decimal(tally.count), "usage": tally.usage, "price": tally.price}
        return values[self.trigger_by]

    def due(self, ledger: Ledger) -> bool:
        """Whether it is to fire: passed, and not yet told of in this period."""
        begins = self.begins(ledger.first_day)
        if self.date_fired is not None and (not self.recurring or self.date_fired.date() >= begins):
            return False
        return self.current_value(ledger) >= self.trigger_value

    def fire(self, ledger: Ledger, account_sid: str, record_uri: str) -> Params:
        """Notes that it has fired, and gives what the callback says."""
        self.date_fired = now()
        params = {
            "AccountSid": account_sid,
            "CurrentValue": plain(self.current_value(ledger)),
            "DateFired": rfc2822(self.date_fired) or "",
            "IdempotencyToken": f"{self.sid}-FIRES-{uuid.uuid4()}",
            "Recurring": self.recurring,
            "TriggerBy": self.trigger_by,
            "TriggerValue": plain(self.trigger_value),
            "UsageCategory": self.usage_category,
            "UsageRecordUri": record_uri,
            "UsageTriggerSid": self.sid,
        }
        return list(params.items())


def plain(value: Decimal | int) -> str:
    """A number as Twilio writes it: no exponent, no zeros at the end."""
    text = f"{Decimal(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
