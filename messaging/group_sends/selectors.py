"""Reading the people of group sends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from core.folding import fold
from core.sql.literally import Literally
from messaging.group_sends.outcomes import DELIVERED, FAILED, RETRYABLE, TO_LOOK_AT, UNKNOWN
from messaging.group_sends.progress import ANSWERED
from messaging.models import SHOWN_STATES, GroupRecipient, GroupSend, RecipientState, SendState, Step
from telephony.number_search import digits_wanted, numbers_wanted

if TYPE_CHECKING:
    from messaging.group_sends.audience import Row

_HANDED = Q(state=RecipientState.HANDED)
_FILTERS: dict[str, Q] = {
    "all": ~Q(state=RecipientState.LEFT_OUT),
    "to-look-at": TO_LOOK_AT,
    "delivered": DELIVERED,
    "not-delivered": _HANDED & FAILED,
    "unknown": UNKNOWN,
    "retryable": RETRYABLE,
    "sent": Q(message__status="sent"),
    "waiting": Q(state=RecipientState.PENDING) | Q(message__step__in=[Step.WAITING, Step.HELD]),
    "left-out": Q(state=RecipientState.LEFT_OUT),
}
_HOLDS = (SendState.PAUSED, SendState.STOPPED)
# So many that wait are sorted in a moment; of more, the next page is found without.
_FEW = 5_000
SHOWN = (*_FILTERS, "replies")
SENDS_SHOWN = [state for state, _ in SHOWN_STATES]


def shown_as(state: str) -> Q:
    """Of sends: that people see them in this state (`GroupSend.shown_state`)."""
    later = Q(scheduled_for__gt=timezone.now())
    preparing = Q(state=SendState.PREPARING)
    also = {SendState.SCHEDULED: preparing & later, SendState.RUNNING: preparing & (Q(scheduled_for=None) | ~later)}
    return Q(state=state) | also[SendState(state)] if state in also else Q(state=state)


def recipient_list(send: GroupSend, *, show: str, search: str = "") -> QuerySet[GroupRecipient]:
    """The people of a send that was started, in its order. `show`: one of `SHOWN`."""
    rows = send.recipients.select_related("message").annotate(answered=ANSWERED)
    if show == "replies":
        rows = rows.filter(ANSWERED, _HANDED)
    elif show == "waiting" and send.counts.get("waiting", 0) <= _FEW and send.state not in _HOLDS:
        rows = rows.filter(pk__in=_few_waiting(send))
    else:
        rows = rows.filter(_FILTERS[show])
    if search:
        rows = rows.filter(_found_by(search))
    return rows.order_by("pk")


def _few_waiting(send: GroupSend) -> QuerySet[Any]:
    """What the filter finds where nothing is held, by indexes: who was not handed over, and whose text waits."""
    pending = send.recipients.filter(state=RecipientState.PENDING).order_by().values("pk")
    is_open = Literally("message__step", "waiting", "claimed", "unclear")
    return pending.union(send.recipients.filter(is_open, message__step=Step.WAITING).order_by().values("pk"))


def _found_by(search: str) -> Q:
    found = Q(searched__contains=fold(search))
    if digits := digits_wanted(search):
        found |= Q(number__icontains=digits) | Q(number__in=numbers_wanted(search))
    return found


def draft_rows_shown(rows: list[Row], *, show: str, search: str) -> Iterator[Row]:
    """The same of a draft's: who is left out, or all who get it."""
    wanted = fold(search)
    digits, numbers = digits_wanted(search), numbers_wanted(search)
    for row in rows:
        if bool(row.reason) != (show == "left-out"):
            continue
        if not search or wanted in fold(row.name) or (digits and digits in row.number) or row.number in numbers:
            yield row
