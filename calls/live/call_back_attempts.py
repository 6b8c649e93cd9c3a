"""Call-backs while an agent calls: begun with the agent's own call, and what came of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_noop

from calls.live import broadcasts, dispatcher
from calls.live.call_backs import State, acted, give_up, note, sleepers_told, terms_of
from calls.live.call_tree import DECLINED
from calls.live.locks import lock
from calls.models import Call, CallOffer, CallStatus, Conversation, Direction
from core.languages import kept as _
from telephony.models import Webhook

if TYPE_CHECKING:
    from agents.models import Agent

NOT_OFFERED = gettext_noop("This call-back is not offered to you any more.")


def claimed(sid: str, *, agent: Agent, by_sid: str) -> Conversation | None:
    """The call-back that the agent may make with the call `by_sid`: one that is offered to this agent now, or that
    this very call makes. None for anything else that somebody may have sent. Holds it."""
    if not sid:
        return None
    lock([sid])
    found = Conversation.objects.select_related("call__line", "call__contact").filter(pk=sid).first()
    if found is None:
        return None
    if found.state == State.CALLING_BACK and found.call_back_sid == by_sid:
        return found
    mine = CallOffer.objects.filter(call=sid, agent=agent, state=CallOffer.State.RINGING, is_call_back=True)
    return found if found.state == State.BACK_OFFERED and mine.exists() else None


def begin(conversation: Conversation, call: Call, *, agent: Agent) -> None:
    """The agent's phone calls. `call` is to be opened: it has what is known of the caller, and the first call becomes
    a leg of it."""
    first = conversation.call
    if call.waiting_since is None:
        call.waiting_since = first.waiting_since
    if first.pk != call.pk and not call.note and not call.outcome:
        call.note, call.searched_note, call.outcome = first.note, first.searched_note, first.outcome
    if conversation.state == State.CALLING_BACK:
        return
    offers = CallOffer.objects.filter(call=conversation.pk, state=CallOffer.State.RINGING, is_call_back=True)
    offers.filter(agent=agent).update(state=CallOffer.State.ANSWERED, ended_at=timezone.now())
    conversation.state, conversation.call_back_sid = State.CALLING_BACK, call.sid
    conversation.call_back_tries += 1
    conversation.save(update_fields=["state", "call_back_sid", "call_back_tries"])
    # Two floors at most: what hung on the first call hangs on this one.
    Call.objects.filter(parent=first.pk).update(parent=call.sid)
    Call.objects.filter(pk=first.pk).update(parent=call.sid)
    acted(conversation, "call-back", agent)
    sleepers_told(conversation, agent)
    broadcasts.call_back_changed([agent.pk])


def not_made(conversation: Conversation) -> None:
    """Twilio asked for it, and no such call is known: as if nobody had taken it."""
    Call.objects.filter(parent=conversation.call_back_sid).exclude(pk=conversation.pk).update(parent=conversation.pk)
    Call.objects.filter(pk=conversation.pk).update(parent=None)
    conversation.state, conversation.call_back_sid = State.CALL_BACK, ""
    conversation.call_back_tries = max(0, conversation.call_back_tries - 1)
    conversation.save(update_fields=["state", "call_back_sid", "call_back_tries"])


def was_talked(attempt: Call) -> bool:
    """Whether Twilio said, when the agent's call was over, that the caller had answered: all that was told of the
    caller's own leg may be lost."""
    return _dial_said(attempt) in ("completed", "answered")


def _dial_said(attempt: Call) -> str:
    told = Webhook.objects.filter(sid=attempt.pk, kind="dial-action").order_by("-pk")
    params = told.values_list("params", flat=True).first()
    return str(params.get("DialCallStatus", "")) if isinstance(params, dict) else ""


def _was_rung(attempt: Call) -> bool:
    """Whether it came as far as the caller's telephone, or failed on the way: else the agent hung up before."""
    legs = Call.objects.filter(parent=attempt.pk, direction=Direction.OUTBOUND_DIAL).values_list("pk", "status")
    if not legs:
        return bool(attempt.problem) or attempt.status == CallStatus.FAILED
    if any(status not in _BEFORE_RINGING for _sid, status in legs):
        return True
    return Webhook.objects.filter(sid__in=[sid for sid, _status in legs], status=CallStatus.RINGING).exists()


# A leg that was canceled may have rung before.
_BEFORE_RINGING = (CallStatus.QUEUED, CallStatus.INITIATED, CallStatus.CANCELED)


def failed(conversation: Conversation, attempt: Call) -> None:
    """Nobody answered. The first call is the row of the log again; it is tried again, or left to be done by hand."""
    first = conversation.pk
    is_try, is_untold = _was_rung(attempt), _is_untold(attempt)
    kept = {"note": attempt.note, "searched_note": attempt.searched_note, "outcome": attempt.outcome}
    Call.objects.filter(parent=attempt.pk).exclude(pk=first).update(parent=first)
    Call.objects.filter(pk=attempt.pk).update(parent=first)
    Call.objects.filter(pk=first).update(parent=None, revision=F("revision") + 1, **kept)
    if not is_try:
        _taken_back(conversation, attempt, is_untold=is_untold)
        return
    terms = terms_of(conversation)
    tries = conversation.call_back_tries
    if tries >= int(terms.get("tries", 3)):
        give_up(conversation, _("Called back %(count)d times, and not reached.") % {"count": tries})
        return
    pause = int(terms.get("pause", 10))
    conversation.state = State.CALL_BACK
    conversation.not_before = timezone.now() + timedelta(minutes=pause)
    conversation.save(update_fields=["state", "not_before"])
    note(first, _("Not reached. Called back again in %(minutes)d minutes.") % {"minutes": pause})
    broadcasts.call_changed_after_commit(first)


def _taken_back(conversation: Conversation, attempt: Call, *, is_untold: bool) -> None:
    """The agent hung up before the caller was rung: as if it had been declined, and no try."""
    conversation.state = State.CALL_BACK
    conversation.call_back_tries = max(0, conversation.call_back_tries - 1)
    if is_untold:
        conversation.not_before = timezone.now() + _UNTOLD
    conversation.save(update_fields=["state", "call_back_tries", "not_before"])
    mine = CallOffer.objects.filter(call=conversation.pk, attempt=conversation.attempt, is_call_back=True)
    mine.update(state=CallOffer.State.ENDED, reason=DECLINED, ended_at=timezone.now())
    note(conversation.pk, _("The agent hung up before it rang: the caller keeps the place."))
    broadcasts.call_changed_after_commit(conversation.pk)
    dispatcher.wake_after_commit()


# Until Twilio's own list of calls was read (`calls.reconcile`), nobody calls a caller who may have been talked with.
_UNTOLD = timedelta(minutes=5)
# Whoever hangs up before it rings does so sooner.
_SHORT_SECONDS = 5


def _is_untold(attempt: Call) -> bool:
    """Whether nothing was told of what came of an agent's call, though it lasted."""
    lasted = (attempt.duration or 0) > _SHORT_SECONDS
    return (
        lasted
        and not _dial_said(attempt)
        and not Call.objects.filter(parent=attempt.pk)
        .exclude(pk__in=Conversation.objects.filter(call_back_sid=attempt.pk).values("pk"))
        .exists()
    )
