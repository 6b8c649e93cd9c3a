"""What calls and texts cost by line, by agent and by group send: from the prices that Twilio has settled."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.selectors import agents_named
from calls.models import TERMINAL, Call
from core.text import in_sentence
from messaging.models import GroupSend, Message, Origin, Step
from messaging.prices import price_to_come
from routing.models import Line
from usage.models import CallPrice

_MONEY: Any = DecimalField(max_digits=18, decimal_places=6)
# There are days after it, for the hours that a call may last beyond them.
_LAST_DAY = date.max - timedelta(days=7)
BY = ("line", "agent", "group-send")


@dataclass(slots=True)
class Cost:
    """Of one line, agent or send. `open`: legs and texts that Twilio has not settled yet."""

    id: int | None
    name: str = ""
    calls: int = 0
    minutes: int = 0
    calls_price: Decimal = Decimal(0)
    texts: int = 0
    segments: int = 0
    texts_price: Decimal = Decimal(0)
    open: int = 0

    @property
    def price(self) -> Decimal:
        return self.calls_price + self.texts_price


@dataclass(frozen=True, slots=True)
class CallCost:
    """Of one call with all its legs. `price` is what is settled of it; None while nothing is."""

    price: Decimal | None
    price_unit: str
    legs: int
    open: int
    of_legs: dict[str, Decimal | None] = field(default_factory=dict)


def between(start: date, end: date) -> tuple[datetime, datetime]:
    """From the first moment of the first day to the one after the last day, as Twilio has days."""
    start, end = min(start, _LAST_DAY), min(end, _LAST_DAY)
    return (
        datetime.combine(start, time(), UTC),
        datetime.combine(end + timedelta(days=1), time(), UTC),
    )


def call_cost(call: Call) -> CallCost:
    """Twilio bills each leg; what a call cost is the sum of them."""
    legs = Call.objects.filter(Q(pk=call.pk) | Q(parent=call.pk)).order_by("start_time", "sid")
    sids = list(legs.values_list("pk", flat=True))
    prices = CallPrice.objects.in_bulk(sids)
    settled = [row.price for row in prices.values() if row.price is not None]
    return CallCost(
        price=sum(settled, Decimal(0)) if prices else None,
        price_unit=next((row.price_unit for row in prices.values() if row.price_unit), ""),
        legs=len(sids),
        open=len(sids) - len(prices),
        of_legs={sid: prices[sid].price if sid in prices else None for sid in sids},
    )


def open_count(start: date, end: date) -> int:
    """How many calls of that time, as people count them, have a leg whose price is open."""
    return _roots(start, end).filter(_open_legs(), status__in=sorted(TERMINAL)).count()


def _open_legs() -> Q:
    """A root call that has no row yet: its own leg is settled together with the others, or after them."""
    return ~Q(pk__in=CallPrice.objects.filter(call=OuterRef("pk")).values("call"))


def _roots(start: date, end: date) -> QuerySet[Call]:
    first, after = between(start, end)
    return Call.objects.filter(parent__isnull=True, start_time__gte=first, start_time__lt=after).order_by()


def _texts(start: date, end: date) -> QuerySet[Message]:
    first, after = between(start, end)
    # What was written in one month and sent in the next is billed then.
    sent = Q(sent_at__gte=first, sent_at__lt=after)
    other = Q(sent_at__isnull=True, created_at__gte=first, created_at__lt=after)
    return Message.objects.filter(sent | other).order_by()


def costs(by: str, start: date, end: date) -> list[Cost]:
    """The dearest first. What belongs to nobody any more is one row without an id."""
    found: dict[int | None, Cost] = {}
    if by in ("line", "agent"):
        _add_calls(found, by, start, end)
    texts = _texts(start, end)
    if by == "line":
        _add_texts(found, texts, "thread__line")
    elif by == "agent":
        _add_texts(found, texts.filter(origin=Origin.AGENT), "written_by")
    else:
        _add_texts(found, texts.filter(origin=Origin.GROUP), "group_send")
    _name(found, by)
    return sorted(found.values(), key=lambda cost: (-cost.price, cost.name.casefold(), cost.id or 0))


def _add_calls(found: dict[int | None, Cost], by: str, start: date, end: date) -> None:
    """Each root call once, with what all its legs cost."""
    first, after = between(start, end)
    for row in _roots(start, end).values(by).annotate(calls=Count("pk"), seconds=Sum("duration")):
        cost = found.setdefault(row[by], Cost(row[by]))
        cost.calls, cost.minutes = row["calls"], -(-(row["seconds"] or 0) // 60)
    # A leg begins after its call: those of the last one of the time reach beyond it.
    legs = Call.objects.filter(start_time__gte=first, start_time__lt=after + timedelta(hours=5)).order_by()
    root = Coalesce(F("parent"), F("pk"))
    owner = Subquery(Call.objects.filter(pk=OuterRef("root")).values(by)[:1])
    began = Subquery(Call.objects.filter(pk=OuterRef("root")).values("start_time")[:1])
    price = Subquery(CallPrice.objects.filter(call=OuterRef("pk")).values("price")[:1], output_field=_MONEY)
    settled = Subquery(CallPrice.objects.filter(call=OuterRef("pk")).values("settled_at")[:1])
    rows = (
        legs.annotate(root=root)
        .annotate(owner=owner, began=began, cost=price, settled=settled)
        .filter(began__gte=first, began__lt=after)
        .values("owner")
        .annotate(sum=Sum("cost"), left=Count("pk", filter=Q(settled__isnull=True)))
    )
    for row in rows:
        cost = found.setdefault(row["owner"], Cost(row["owner"]))
        cost.calls_price += row["sum"] or Decimal(0)
        cost.open += row["left"]


def _add_texts(found: dict[int | None, Cost], texts: QuerySet[Message], by: str) -> None:
    is_billed = Q(step__in=[Step.TAKEN, ""])
    rows = (
        texts.filter(is_billed)
        .values(by)
        .annotate(
            texts=Count("pk"),
            parts=Sum("num_segments"),
            sum=Sum("price"),
            left=Count("pk", filter=price_to_come(timezone.now())),
        )
    )
    for row in rows:
        cost = found.setdefault(row[by], Cost(row[by]))
        cost.texts += row["texts"]
        cost.segments += row["parts"] or 0
        cost.texts_price += row["sum"] or Decimal(0)
        cost.open += row["left"]


def _name(found: dict[int | None, Cost], by: str) -> None:
    names: dict[int, str] = defaultdict(str)
    ids = [pk for pk in found if pk is not None]
    if by == "line":
        names.update((line.pk, in_sentence(line.name)) for line in Line.objects.filter(pk__in=ids))
    elif by == "agent":
        names.update(agents_named(ids))
    else:
        names.update((send.pk, str(send)) for send in GroupSend.objects.filter(pk__in=ids))
    for pk, cost in found.items():
        cost.name = names.get(pk or 0) or _nobody(by)


def _nobody(by: str) -> str:
    return {"line": _("No line"), "agent": _("Nobody"), "group-send": _("Texts to groups")}[by]
