"""What each call and each text cost: Twilio settles it some hours later, and says it in its lists."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice

from django.db import transaction
from django.db.models import Exists, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from calls.models import TERMINAL, Call
from messaging.models import Message, Step
from messaging.prices import message_prices_set
from telephony.errors import TelephonyError
from telephony.rest.usage import PriceFacts, call_prices, message_prices
from usage.claims import ClaimLost, claiming, held
from usage.models import CallPrice, UsageRefresh
from usage.services import BUSY, refresh_failed

logger = logging.getLogger(__name__)

# Twilio has no price before that; what has none after the other time will get none.
_NOT_BEFORE, _NOT_AFTER = timedelta(hours=1), timedelta(hours=48)
# How far back the first look goes.
_FIRST_LOOK = timedelta(days=40)
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Priced:
    """How many calls' legs, and how many texts, have been settled. `problem`: in English, "" when all went well."""

    legs: int = 0
    texts: int = 0
    problem: str = ""


def prices_refresh() -> Priced:
    """Fills in the prices that Twilio has settled since the last look. One request for each thousand legs or texts,
    however many of them are open; what is settled is not asked for again. Raises nothing of Twilio's."""
    with claiming(UsageRefresh.What.PRICES) as claim:
        if claim is None:
            return Priced(problem=BUSY)
        now = timezone.now()
        row = UsageRefresh.objects.get(what=UsageRefresh.What.PRICES)
        since = row.settled_until or now - _FIRST_LOOK
        until = now - _NOT_BEFORE
        try:
            legs = _calls(since, until, now)
            texts = _texts(since, until)
        except TelephonyError as error:
            # What was read until then is kept: a price stays true.
            logger.warning("prices: %s (code %s)", error.key, error.code)
            refresh_failed(UsageRefresh.What.PRICES, claim, error.key)
            return Priced(problem=error.key)
        try:
            _note(claim, settled_until=_settled_until(since, until, now))
        except ClaimLost:
            return Priced(legs, texts, BUSY)
    if legs or texts:
        logger.info("prices: %d legs and %d texts are settled", legs, texts)
    return Priced(legs, texts)


@transaction.atomic
def _note(claim: str, *, settled_until: datetime) -> None:
    row = held(UsageRefresh.What.PRICES, claim)
    row.succeeded_at, row.failing_since, row.settled_until = timezone.now(), None, settled_until
    row.save(update_fields=["succeeded_at", "failing_since", "settled_until"])


def calls_open(since: datetime, until: datetime) -> QuerySet[Call]:
    """Legs that began in that time and are over, and whose price is not settled."""
    settled = CallPrice.objects.filter(call=OuterRef("pk"))
    return Call.objects.filter(
        ~Exists(settled), status__in=sorted(TERMINAL), start_time__gte=since, start_time__lt=until
    ).order_by()


def texts_open(since: datetime, until: datetime) -> QuerySet[Message]:
    """Texts of that time that Twilio took, or that came in, without a price."""
    went = Q(sent_at__gte=since, sent_at__lt=until)
    came = Q(sent_at__isnull=True, created_at__gte=since, created_at__lt=until)
    asked = Q(step=Step.TAKEN) | Q(step="")
    return Message.objects.filter(went | came, asked, price__isnull=True, sid__isnull=False).order_by()


# When Twilio had it: it may have waited for days before.
_AT_TWILIO = Coalesce("sent_at", "created_at")


def _calls(since: datetime, until: datetime, now: datetime) -> int:
    """Raises `TelephonyError`. Returns how many legs are settled now and were not before."""
    first = calls_open(since, until).aggregate(first=Min("start_time"))["first"]
    if first is None:
        return 0
    done = sum(_settle_calls(page, now) for page in _pages(call_prices(first - timedelta(minutes=1))))
    # What Twilio does not list any more, or never priced.
    left = calls_open(since, now - _NOT_AFTER).values_list("pk", flat=True)
    while sids := list(left[:_PAGE]):
        _write([CallPrice(call_id=sid, settled_at=now) for sid in sids])
        done += len(sids)
    return done


def _settle_calls(page: list[PriceFacts], now: datetime) -> int:
    facts_of = {facts.sid: facts for facts in page}
    known = calls_open(now - _FIRST_LOOK * 2, now).filter(pk__in=facts_of).values_list("pk", flat=True)
    rows = [
        CallPrice(call_id=sid, price=facts_of[sid].price, price_unit=facts_of[sid].price_unit, settled_at=now)
        for sid in known
        if facts_of[sid].price is not None
    ]
    _write(rows)
    return len(rows)


def _write(rows: list[CallPrice]) -> None:
    CallPrice.objects.bulk_create(rows, ignore_conflicts=True)


def _texts(since: datetime, until: datetime) -> int:
    """Raises `TelephonyError`. Returns how many texts have a price now and had none before."""
    first = texts_open(since, until).aggregate(first=Min(_AT_TWILIO))["first"]
    if first is None:
        return 0
    done = 0
    for page in _pages(message_prices(first - timedelta(minutes=1))):
        prices: dict[str, tuple[Decimal, str]] = {
            facts.sid: (facts.price, facts.price_unit) for facts in page if facts.price is not None
        }
        done += message_prices_set(prices)
    return done


def _settled_until(since: datetime, until: datetime, now: datetime) -> datetime:
    """Before that, nothing is open any more: the next look begins there."""
    calls: datetime | None = calls_open(since, until).aggregate(first=Min("start_time"))["first"]
    # A text without a price after all that time has none: it failed, or was canceled.
    late = texts_open(max(since, now - _NOT_AFTER), until)
    texts: datetime | None = late.aggregate(first=Min(_AT_TWILIO))["first"]
    # A call that goes on for hours began before others that are settled.
    earliest = min([one for one in (calls, texts) if one] + [until - timedelta(hours=5)])
    return max(since, earliest)


def _pages(found: Iterable[PriceFacts]) -> Iterator[list[PriceFacts]]:
    listed = iter(found)
    while page := list(islice(listed, _PAGE)):
        yield page
