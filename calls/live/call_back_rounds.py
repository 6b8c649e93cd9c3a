"""What nobody tells of call-backs: a look, every few seconds, at each.

Agents do not answer an offer, desks are closed after they took one, hours end, and what came of the agent's call is
known from that call alone: so it is looked at here, whichever callback told of it, in whatever order.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache

from django.db import transaction
from django.db.models import Q

from calls.live import call_backs
from calls.live.call_backs import PENDING, State
from calls.live.locks import try_lock
from calls.live.offers import NOT_ANSWERED
from calls.models import Call, CallOffer, CallResult, Conversation
from core.languages import kept as _
from routing.facts import hours_facts

# How long an offer is shown, for terms that do not say.
_SHOWN_SECONDS = 20
# Whoever asked longer ago does not wait for it any more.
_AT_MOST = timedelta(days=3)
# Twilio asked us to dial, and nothing was heard of that call since: it was never made.
_NO_CALL = timedelta(minutes=1)


def look(now: datetime) -> None:
    """Looks at all of which something may have become; each by itself, unless somebody else is busy with it."""
    for sid in _to_look_at(now):
        with transaction.atomic():
            if not try_lock(sid):
                continue
            conversation = Conversation.objects.select_related("call").filter(pk=sid, state__in=PENDING).first()
            if conversation is not None:
                _LOOKS[State(conversation.state)](conversation, now)


_READ = ("pk", "state", "call_back_to", "call_back_asked_at", "not_before", "terms", "call__start_time")


def _to_look_at(now: datetime) -> list[str]:
    """Hundreds may be kept for the morning, and rings wait for this look: of those who only wait, the few with whom
    something is to be done are found together."""
    rows = list(Conversation.objects.filter(state__in=PENDING).values_list(*_READ))
    if not rows:
        return []
    talked = _talked_with({row[2] for row in rows if row[1] == State.CALL_BACK}, since=min(row[-1] for row in rows))
    hours_of = lru_cache(maxsize=None)(hours_facts)
    return [
        pk
        for pk, state, number, asked, not_before, terms, start in rows
        if state != State.CALL_BACK
        or number in talked
        or (asked or start) < now - _AT_MOST
        or (
            not call_backs.is_put_off(not_before, now)
            and call_backs.is_closed(terms.get("call_back") or {}, now, hours_of)
        )
    ]


def _talked_with(numbers: set[str], *, since: datetime) -> set[str]:
    """Those of these numbers with which somebody has talked since, in a call of either direction."""
    if not numbers:
        return set()
    later = Call.objects.filter(parent__isnull=True, start_time__gt=since).order_by()
    came = later.filter(_CAME, caller__in=numbers).values_list("caller", flat=True)
    went = later.filter(_WENT, called__in=numbers).values_list("called", flat=True)
    return {*came, *went}


_CAME = Q(answer_time__isnull=False, agent__isnull=False)
_WENT = Q(result=CallResult.REACHED) | Q(answer_time__isnull=False, result="")


def _look_at_waiting(conversation: Conversation, now: datetime) -> None:
    if _is_settled(conversation, now) or call_backs.is_put_off(conversation.not_before, now):
        return
    if call_backs.is_closed(call_backs.terms_of(conversation), now):
        call_backs.put_off(conversation, now)


def _is_settled(conversation: Conversation, now: datetime) -> bool:
    """Ends it when the two have talked since, or it is too old."""
    asked = conversation.call_back_asked_at or conversation.call.start_time
    if asked < now - _AT_MOST:
        call_backs.give_up(conversation, _("Nobody was free for this call-back for days: it is to be made by hand."))
        return True
    number = conversation.call_back_to
    later = Call.objects.filter(parent__isnull=True, start_time__gt=conversation.call.start_time)
    talked = later.filter((_CAME & Q(caller=number)) | (_WENT & Q(called=number)))
    if not talked.exclude(pk__in=[conversation.pk, conversation.call_back_sid]).exists():
        return False
    call_backs.end(conversation, _("Somebody has talked with the caller since: no call-back is needed."))
    return True


def _look_at_offered(conversation: Conversation, now: datetime) -> None:
    if _is_settled(conversation, now):
        return
    offers = CallOffer.objects.filter(call=conversation.pk, state=CallOffer.State.RINGING, is_call_back=True)
    seconds = int(conversation.terms.get("ring_seconds") or _SHOWN_SECONDS)
    if not offers.filter(created_at__gt=now - timedelta(seconds=seconds)).exists():
        # Not taken; or taken at a desk that was closed before its phone called.
        call_backs.back_to_place(conversation, NOT_ANSWERED)


def _look_at_calling(conversation: Conversation, now: datetime) -> None:
    sid = conversation.call_back_sid
    if not try_lock(sid):
        return
    call = Call.objects.filter(pk=sid).first()
    if call is None:
        asked = CallOffer.objects.filter(call=conversation.pk, is_call_back=True).order_by("-pk").first()
        if asked is None or asked.created_at < now - _NO_CALL:
            call_backs.not_made(conversation)
        return
    if call.result == CallResult.REACHED or (call.answer_time is not None and not call.is_terminal):
        conversation.state = State.ENDED
        conversation.save(update_fields=["state"])
    elif call.is_terminal:
        call_backs.failed(conversation, call)


_LOOKS: dict[State, Callable[[Conversation, datetime], None]] = {
    State.CALL_BACK: _look_at_waiting,
    State.BACK_OFFERED: _look_at_offered,
    State.CALLING_BACK: _look_at_calling,
}
