"""Callers who have hung up and keep their place: asked for, offered to an agent, called back, given up.

A call-back is a conversation without a living leg. It waits among those who wait, is offered by the same function, and
the agent's own phone calls. That call and what the caller did before are one row of the log: while a call-back is
being made, and once it was answered, the first call is a leg of it; else it is the other way round.

Whoever changes one holds the lock of its first call (`calls.live.locks`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from agents.selectors import agents_active, has_open_desk
from calls.live import broadcasts, dispatcher, notes, outgoing_guards, waking
from calls.live.call_tree import NOT_ANSWERED
from calls.live.locks import try_lock
from calls.live.offers import offers_make
from calls.models import Call, CallEvent, CallOffer, CallOutcome, Conversation
from core.languages import Sentence, as_text
from core.languages import kept as _
from routing.facts import hours_facts
from routing.outgoing.checks import call_opens, dialled
from routing.outgoing.roles import role_of
from routing.outgoing.rules import Role
from routing.selectors import callable_agents_of
from routing.steps import CLOSED_LISTS
from telephony.errors import InvalidNumber
from telephony.party import is_withheld

if TYPE_CHECKING:
    from agents.models import Agent
    from routing.hours import Hours

State = Conversation.State
note = partial(notes.note, name="call-back")
IN_QUEUE, PENDING, ALL = Conversation.BACK_IN_QUEUE, Conversation.BACK_PENDING, Conversation.CALLED_BACK


# --- Asked for by the caller ------------------------------------------------------------------------------------------


def number_of(call: Call, team_id: int) -> str:
    """The number to which somebody of this team can call a caller back; "" when nobody there may call it, or it is not
    known."""
    number = call.caller
    if not number.startswith("+") or is_withheld(number):
        return ""
    callers = callable_agents_of(team_id).filter(may_make_calls=True).only("role", "is_superuser")
    roles = {role_of(agent) for agent in callers}
    return next((found for role in sorted(roles) if (found := _number_for(role, call))), "")


def _number_for(role: Role, call: Call) -> str:
    line = call.line
    try:
        found = dialled(call.caller, line=line, caller_id=line.number if line else settings.TWILIO_CALLER_ID, role=role)
    except InvalidNumber:
        return ""
    if found.is_emergency or found.refusals or outgoing_guards.refusal_of(found.number):
        return ""
    return found.number.e164


def is_offered(conversation: Conversation, now: datetime) -> bool:
    """Whether who waits may ask for it by now."""
    terms, since = terms_of(conversation), conversation.waiting_since
    return bool(terms.get("to") and since and now >= since + timedelta(seconds=int(terms.get("after", 0))))


def may_be_offered(conversation: Conversation) -> bool:
    """Whether who waits may ask for it now or later."""
    return bool(terms_of(conversation).get("to"))


def terms_of(conversation: Conversation) -> dict[str, Any]:
    """On which terms it is offered; nothing when it is not."""
    found = conversation.terms.get("call_back")
    return found if isinstance(found, dict) else {}


def ask(conversation: Conversation) -> None:
    """Who waits is called back, and hangs up. Saves the conversation."""
    conversation.state, conversation.answer, conversation.send_on = State.CALL_BACK, "", ""
    conversation.call_back_to = str(terms_of(conversation).get("to", ""))
    conversation.call_back_asked_at, conversation.not_before = timezone.now(), None
    conversation.save()
    note(conversation.pk, _("The caller asked to be called back, and keeps the place in the queue."))
    dispatcher.wake_after_commit()


def take_places(conversation: Conversation, call: Call) -> list[Conversation]:
    """A caller comes to a team: whoever was to be called back by it has the place of that. Returns those call-backs,
    which nobody is offered meanwhile. They stand as before when the caller cannot wait (`places_kept`), and when the
    caller hangs up before a talk (`calls.live.call_back_rounds`). The conversation is to be saved."""
    if is_withheld(call.caller):
        return []
    earlier = Conversation.objects.filter(call_back_to=call.caller, state__in=IN_QUEUE, team=conversation.team_id)
    held = []
    for other in earlier.exclude(pk=conversation.pk).order_by("place_at"):
        # Somebody is busy with it: the agent finds the number engaged, or the two talk.
        if not try_lock(other.pk):
            continue
        other.refresh_from_db()
        if other.state not in IN_QUEUE:
            continue
        if other.place_at and conversation.place_at:
            conversation.place_at = min(conversation.place_at, other.place_at)
        other.call_back_sid = call.sid
        other.save(update_fields=["call_back_sid"])
        _over(other, State.CALLED_AGAIN)
        held.append(other)
    return held


def places_taken(held: list[Conversation], call: Call) -> None:
    for other in held:
        note(call.sid, _("The caller was to be called back, called again, and has the place of then."))
        note(other.pk, _("The caller called again, and waits in the place of the call-back."))


def places_kept(held: list[Conversation]) -> None:
    for other in held:
        other.state, other.call_back_sid = State.CALL_BACK, ""
        other.save(update_fields=["state", "call_back_sid"])


def place_given_back(conversation: Conversation) -> None:
    """The caller called again, and hung up before a talk."""
    places_kept([conversation])
    note(conversation.pk, _("The caller called again and was not answered: the call-back keeps its place."))
    dispatcher.wake_after_commit()


# --- Hours ------------------------------------------------------------------------------------------------------------

# While it is closed, hours are looked at again after so long: an admin may open by hand.
_CLOSED_LOOK = timedelta(minutes=1)


def is_closed(terms: Mapping[str, Any], now: datetime, hours_of: Callable[[int], Hours | None] = hours_facts) -> bool:
    """Whether nobody is called back on these terms at this time. Hours that are gone forbid nothing."""
    hours = hours_of(terms["hours"]) if terms.get("hours") else None
    return hours is not None and not hours.at_once(now).is_open


def is_put_off(not_before: datetime | None, now: datetime) -> bool:
    """Whether it is offered to nobody for a while yet. Long before that is over it is put off anew, so that no round of
    offers comes in between."""
    return not_before is not None and not_before > now + _CLOSED_LOOK / 2


def put_off(conversation: Conversation, now: datetime) -> None:
    """It is closed: kept for the next opening, or left to people, as its step says."""
    if terms_of(conversation).get("closed") == CLOSED_LISTS:
        give_up(conversation, _("It is closed: this call-back is to be made by hand."))
        return
    conversation.not_before = now + _CLOSED_LOOK
    conversation.save(update_fields=["not_before"])


# --- Offered to agents ------------------------------------------------------------------------------------------------


def offer_by_turn(conversation: Conversation, agent_id: int, now: datetime) -> bool:
    """The same as `offer` for who is next; not while it is closed. An agent who takes one by hand may do so always."""
    if is_closed(terms_of(conversation), now):
        put_off(conversation, now)
        dispatcher.wake_after_commit()
        return False
    return offer(conversation, agent_id)


def offer(conversation: Conversation, agent_id: int) -> bool:
    """Shows it to an agent who has no other offer. With the lock of the offers held. Whether it could be."""
    attempt = conversation.attempt + 1
    if not offers_make(conversation.pk, [agent_id], attempt=attempt, rung_at=timezone.now(), is_call_back=True):
        return False
    conversation.attempt = attempt
    if not has_open_desk(agent_id):
        # Reached by an app alone, which shows none: somebody else is offered it.
        end_offers(conversation, NOT_ANSWERED)
        conversation.save(update_fields=["attempt"])
        return False
    conversation.state, conversation.not_before = State.BACK_OFFERED, None
    conversation.save(update_fields=["attempt", "state", "not_before"])
    broadcasts.call_back_changed([agent_id])
    return True


def end_offers(conversation: Conversation, reason: str) -> None:
    rows = CallOffer.objects.filter(call=conversation.pk, state=CallOffer.State.RINGING, is_call_back=True)
    agent_ids = list(rows.values_list("agent_id", flat=True))
    rows.update(state=CallOffer.State.ENDED, reason=reason, ended_at=timezone.now())
    if agent_ids:
        broadcasts.call_back_changed(agent_ids)
        dispatcher.wake_after_commit()


def back_to_place(conversation: Conversation, reason: str) -> None:
    """Whoever it was offered to did not take it."""
    end_offers(conversation, reason)
    conversation.state = State.CALL_BACK
    conversation.save(update_fields=["state"])


def wake(sid: str) -> None:
    """Nobody of the team is at work: has those desks woken that are asleep. Each once."""
    if not try_lock(sid):
        return
    conversation = Conversation.objects.select_related("call__line", "call__contact").filter(pk=sid).first()
    if conversation is None or conversation.state != State.CALL_BACK or conversation.team_id is None:
        return
    members = callable_agents_of(conversation.team_id).filter(may_make_calls=True).values_list("pk", flat=True)
    if woken := waking.wake_sleeping(list(members), conversation.call, is_call_back=True):
        conversation.terms["woke"] = sorted({*conversation.terms.get("woke", ()), *woken})
        conversation.save(update_fields=["terms"])


def sleepers_told(conversation: Conversation, by: Agent | None = None) -> None:
    """Whoever was woken for it reads what became of it."""
    if ids := conversation.terms.pop("woke", None):
        conversation.save(update_fields=["terms"])
        waking.wake_over(list(agents_active(ids)), conversation.call, by, is_call_back=True)


def postpone(conversation: Conversation, why: Sentence | str) -> None:
    """The hours of now forbid the call: it keeps its place until they allow it, unless they never do."""
    opens = call_opens(conversation.call_back_to, at=timezone.now())
    if opens is None:
        give_up(conversation, why)
        return
    back_to_place(conversation, "canceled")
    conversation.not_before = opens
    conversation.save(update_fields=["not_before"])
    note(conversation.pk, why)


# --- Over -------------------------------------------------------------------------------------------------------------


def end(conversation: Conversation, why: Sentence) -> None:
    """It is not needed any more, for a reason that the log says."""
    _over(conversation, State.ENDED)
    note(conversation.pk, why)


def cancel(conversation: Conversation, *, by: Agent) -> None:
    """An agent says that it is not needed."""
    _over(conversation, State.ENDED)
    acted(conversation, "call-back-canceled", by)


def _over(conversation: Conversation, state: State) -> None:
    end_offers(conversation, "canceled")
    sleepers_told(conversation)
    conversation.state = state
    conversation.save(update_fields=["state"])
    dispatcher.wake_after_commit()


def acted(conversation: Conversation, name: str, by: Agent) -> None:
    CallEvent.objects.create(
        call_sid=conversation.pk, kind=CallEvent.Kind.ACTION, name=name, outcome="asked for", agent=by
    )


def give_up(conversation: Conversation, why: Sentence | str) -> None:
    """Nobody is offered it any more: it stands among the calls to be called back, with the reason."""
    _over(conversation, State.NOT_REACHED)
    first = Call.objects.filter(pk=conversation.pk)
    first.filter(outcome="").update(outcome=CallOutcome.CALL_BACK)
    first.update(problem=as_text(why)[:255], revision=F("revision") + 1)
    note(conversation.pk, why)
    broadcasts.call_changed_after_commit(conversation.pk)
