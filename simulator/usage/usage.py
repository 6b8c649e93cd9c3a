"""Books what happens in the simulator, a moment after it happened, as Twilio does."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from simulator.config import Config
from simulator.leg import CallLeg
from simulator.message import TextMessage
from simulator.usage.ledger import Ledger, Tally, today
from simulator.usage.prices import PRICES, category_of_call, category_of_text, distance, is_toll_free, shown
from simulator.usage.triggers import UsageTrigger
from simulator.webhooks.callbacks import Callbacks
from simulator.world import Recording, World

#: Seconds until something has a price.
SETTLING = 2.0
#: What the account holds at the start, in US dollars.
CREDIT = Decimal(500)


class Usage:
    """The account's ledger and its triggers."""

    def __init__(self, config: Config, world: World, callbacks: Callbacks) -> None:
        self.config = config
        self.world = world
        self.ledger = Ledger()
        self.triggers: dict[str, UsageTrigger] = {}
        self._callbacks = callbacks
        #: Of what has no price yet. No tasks: whoever waits until all is quiet need not wait for money.
        self._settling: set[asyncio.TimerHandle] = set()
        self._book_numbers()

    def reset(self) -> None:
        """Begins anew, with the numbers that the world has now."""
        self.stop()
        self.ledger.clear()
        self.triggers.clear()
        self._book_numbers()

    def stop(self) -> None:
        """Nothing more gets a price."""
        for timer in self._settling:
            timer.cancel()
        self._settling.clear()

    @property
    def unsettled(self) -> int:
        return len(self._settling)

    def _book_numbers(self) -> None:
        for number in self.world.numbers.values():
            self.number_bought(number.phone_number)

    @property
    def balance(self) -> Decimal:
        return CREDIT - self.ledger.sum("totalprice", date.min, date.max).price

    # --- what happens -----------------------------------------------------------------------------------------------

    def call_ended(self, leg: CallLeg) -> None:
        """Only what was answered costs anything."""
        if leg.answered and leg.duration is not None:
            self._later(partial(self._settle_call, leg, max(1, math.ceil(leg.duration / 60))))

    def _settle_call(self, leg: CallLeg, minutes: int) -> None:
        category = category_of_call(leg)
        far = distance(leg.to) if category == "calls-outbound" else 1
        price = PRICES[category] * minutes * far
        leg.price = shown(price)
        self.book(today(), category, Tally(1, Decimal(minutes), price))
        leg.changed()

    def text_settles(self, message: TextMessage) -> None:
        """A text that went out, or came in."""
        self._later(partial(self._settle_text, message))

    def _settle_text(self, message: TextMessage) -> None:
        category, segments = category_of_text(message), message.segments
        far = 1 if message.inbound else distance(message.to)
        price = PRICES[category] * segments * far
        message.price = shown(price)
        self.book(today(), category, Tally(1, Decimal(segments), price))
        if not message.inbound and far == 1:
            fees = f"{category[:3]}-messages-carrierfees"
            self.book(today(), fees, Tally(1, Decimal(segments), PRICES[fees] * segments))
        message.changed()

    def recording_made(self, recording: Recording) -> None:
        minutes = Decimal(max(1, math.ceil(recording.duration / 60)))
        self.book(today(), "calls-recordings", Tally(1, minutes, PRICES["calls-recordings"] * minutes))

    def number_bought(self, phone_number: str) -> None:
        category = "phonenumbers-tollfree" if is_toll_free(phone_number) else "phonenumbers-local"
        self.book(today(), category, Tally(1, Decimal(1), PRICES[category]))

    def looked_up(self, category: str) -> None:
        self.book(today(), category, Tally(1, Decimal(1), PRICES[category]))

    def _later(self, act: Callable[[], None]) -> None:
        """Does it when prices settle."""

        def do() -> None:
            self._settling.discard(timer)
            act()

        timer = asyncio.get_running_loop().call_later(SETTLING / self.config.speed, do)
        self._settling.add(timer)

    def book(self, day: date, category: str, tally: Tally) -> None:
        """Adds to the ledger, and tells the triggers' callbacks that this makes fire."""
        self.ledger.book(day, category, tally)
        for trigger in self.triggers.values():
            if trigger.due(self.ledger):
                uri = record_uri(self.config.account_sid, trigger.usage_category)
                params = trigger.fire(self.ledger, self.config.account_sid, uri)
                self._callbacks.send(trigger, "usage-trigger", trigger.callback_url, trigger.callback_method, params)

    # --- what is said to have happened ------------------------------------------------------------------------------

    def plant_past(self, days: int) -> None:
        """Usage of so many days before today, as of a small desk: busy on weekdays, the same at every planting."""
        for day, category, tally in past(days):
            self.book(day, category, tally)


def record_uri(account_sid: str, category: str) -> str:
    return f"/2010-04-01/Accounts/{account_sid}/Usage/Records.json?Category={category}"


def past(days: int) -> Iterator[tuple[date, str, Tally]]:
    for back in range(days, 0, -1):
        day = today() - timedelta(days=back)
        weekend = day.weekday() >= 5
        busy = (day.toordinal() * 7) % 11 + (2 if weekend else 24)
        counts = {
            "calls-inbound-local": (busy, busy * 4),
            "calls-client": (busy, busy * 4),
            "calls-outbound": (busy // 2, busy),
            "calls-recordings": (busy // 4, busy // 2),
            "sms-inbound-longcode": (busy // 3, busy // 3),
            "sms-outbound-longcode": (busy * 2, busy * 3),
            "sms-messages-carrierfees": (busy * 2, busy * 3),
            "mms-outbound-longcode": (busy // 8, busy // 8),
        }
        if day.day == 1:
            counts["phonenumbers-local"] = (2, 2)
        for category, (count, usage) in counts.items():
            if count:
                yield day, category, priced(category, count, Decimal(usage))


def priced(category: str, count: int, usage: Decimal) -> Tally:
    """At the list's price."""
    return Tally(count, usage, PRICES[category] * usage)
