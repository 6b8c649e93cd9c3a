"""What nobody tells of call-backs: a look, every few seconds, at each.

Agents do not answer an offer, desks are closed after they took one, hours end, and what came of the agent's call is
known from that call alone: so it is looked at here, whichever callback told of it, in whatever order.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from calls.live import call_backs
from calls.live.call_backs import PENDING, State
from calls.live.locks import try_lock
from calls.live.offers import NOT_ANSWERED
from calls.models import Call, CallOffer, CallResult, Conversation
from core.languages import kept as _
from routing.facts import hours_facts
from routing.steps import CLOSED_LISTS

# How long an offer is shown, for terms that do not say.
_SHOWN_SECONDS = 20
# While it is closed, hours are looked at again after so long: an admin may open by hand.
_CLOSED_LOOK = timedelta(minutes=1)
# Whoever asked longer ago does not wait for it any more.
_AT_MOST = timedelta(days=3)
# Twilio asked us to dial, and nothing was heard of that call since: it was never made.
_NO_CALL = timedelta(minutes=1)


def look(now: datetime) -> None:
    """Looks at all; each by itself, unless somebody else is busy with it."""
    rows = Conversation.objects.filter(state__in=PENDING)
    for sid in list(rows.values_list("pk", flat=True)):
        with transaction.atomic():
            if not try_lock(sid):
                continue
            conversation = Conversation.objects.select_related("call").filter(pk=sid, state__in=PENDING).first()
            if conversation is not None:
                _LOOKS[State(conversation.state)](conversation, now)


def _look_at_waiting(conversation: Conversation, now: datetime) -> None:
    if _is_settled(conversation, now):
        return
    if conversation.not_before is not None and conversation.not_before > now:
        return
    terms = call_backs.terms_of(conversation)
    hours = hours_facts(terms["hours"]) if terms.get("hours") else None
    if hours is None or hours.at(now).is_open:
        return
    if terms.get("closed") == CLOSED_LISTS:
        call_backs.give_up(conversation, _("It is closed: this call-back is to be made by hand."))
        return
    conversation.not_before = now + _CLOSED_LOOK
    conversation.save(update_fields=["not_before"])


def _is_settled(conversation: Conversation, now: datetime) -> bool:
    """Ends it when the two have talked since, or it is too old."""
    asked = conversation.call_back_asked_at or conversation.call.start_time
    if asked < now - _AT_MOST:
        call_backs.give_up(conversation, _("Nobody was free for this call-back for days: it is to be made by hand."))
        return True
    number = conversation.call_back_to
    later = Call.objects.filter(parent__isnull=True, start_time__gt=conversation.call.start_time)
    talked = later.filter(
        Q(caller=number, answer_time__isnull=False, agent__isnull=False)
        | Q(called=number, result=CallResult.REACHED)
        | Q(called=number, answer_time__isnull=False, result="")
    )
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
