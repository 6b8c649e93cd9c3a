"""What nobody tells of call-backs: a look, every few seconds, at each.

Agents do not answer an offer, desks are closed after they took one, hours end, and what came of the agent's call is
known from that call alone: so it is looked at here, whichever callback told of it, in whatever order.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from django.core.cache import cache
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from calls.live import call_back_attempts, call_backs
from calls.live.call_backs import PENDING, State
from calls.live.call_tree import NOT_ANSWERED, NOT_TAKEN
from calls.live.free_agents import teams_at_work
from calls.live.locks import try_lock
from calls.models import Call, CallOffer, CallResult, Conversation
from core.languages import Sentence
from core.languages import kept as _
from routing.facts import hours_facts

if TYPE_CHECKING:
    from routing.hours import Hours

_HoursOf: TypeAlias = "Callable[[int], Hours | None]"
# How long an offer is shown, for terms that do not say.
_SHOWN_SECONDS = 20
# Who could have been called back for so long does not wait for it any more; nor does who asked so long ago, however
# long it was closed.
_AT_MOST, _KEPT_AT_MOST = timedelta(days=3), timedelta(days=30)
# Twilio asked us to dial, and nothing was heard of that call since: it was never made.
_NO_CALL = timedelta(minutes=1)


def look(now: datetime) -> None:
    """Looks at all of which something may have become; each by itself, unless somebody else is busy with it."""
    rows = _pending()
    if not rows:
        return
    hours_of = lru_cache(maxsize=None)(hours_facts)
    _wake(rows, now, hours_of)
    for sid in _to_look_at(rows, now, hours_of):
        with transaction.atomic():
            if not try_lock(sid):
                continue
            conversation = Conversation.objects.select_related("call").filter(pk=sid, state__in=PENDING).first()
            if conversation is not None:
                _LOOKS[State(conversation.state)](conversation, now)


_READ = (
    "pk", "state", "team", "call_back_to", "call_back_asked_at", "not_before", "terms", "call__start_time",
    "is_reached",
)  # fmt: skip


def _pending() -> list[Any]:
    reached = Exists(_called_back().filter(parent=OuterRef("pk")))
    rows = Conversation.objects.filter(state__in=PENDING).annotate(is_reached=reached)
    return list(rows.order_by("place_at", "pk").values_list(*_READ, named=True))


def _to_look_at(rows: list[Any], now: datetime, hours_of: _HoursOf) -> list[str]:
    """Hundreds may be kept for the morning, and rings wait for this look: of those who only wait, the few with whom
    something is to be done are found together."""
    waiting = {row.call_back_to for row in rows if row.state == State.CALL_BACK}
    talked = _talked_with(waiting, since=min(row.call__start_time for row in rows)) if waiting else set()
    return [
        row.pk
        for row in rows
        if row.state != State.CALL_BACK
        or row.is_reached
        or row.call_back_to in talked
        or _too_old(row.call_back_asked_at or row.call__start_time, row, now, hours_of)
        or (not call_backs.is_put_off(row.not_before, now) and _is_closed(row, now, hours_of))
    ]


def _is_closed(row: Any, now: datetime, hours_of: _HoursOf) -> bool:
    return call_backs.is_closed(row.terms.get("call_back") or {}, now, hours_of)


def _too_old(asked: datetime, row: Any, now: datetime, hours_of: _HoursOf = hours_facts) -> Sentence | None:
    """Why it is given up, of one that was asked for then; None while it is kept. `row`: a conversation, or what was
    read of it. Days on which nobody could be offered it, a long weekend perhaps, do not count."""
    if asked >= now - _AT_MOST:
        return None
    if asked < now - _KEPT_AT_MOST:
        return _("This call-back was kept for weeks: it is to be made by hand.")
    if call_backs.is_put_off(row.not_before, now) or _is_closed(row, now, hours_of):
        return None
    pk = (row.terms.get("call_back") or {}).get("hours")
    hours = hours_of(pk) if pk else None
    first = asked if hours is None or hours.at_once(asked).is_open else hours.at(asked).changes_at or asked
    if first >= now - _AT_MOST:
        return None
    return _("Nobody was free for this call-back for days: it is to be made by hand.")


# How often it is looked for sleeping desks of a team of which nobody is at work.
_WAKE_SECONDS = 15


def _wake(rows: list[Any], now: datetime, hours_of: _HoursOf) -> None:
    """Has desks woken that are asleep, for the first to be called back by each team of which nobody is at work."""
    first: dict[int, Any] = {}
    for row in rows:
        is_due = row.state == State.CALL_BACK and not (row.not_before and row.not_before > now)
        if is_due and row.team and row.team not in first and not _is_closed(row, now, hours_of):
            first[row.team] = row
    teams = [team for team in first if cache.add(f"call-backs.wake.{team}", True, _WAKE_SECONDS)]
    for team in set(teams) - (teams_at_work(teams) if teams else set()):
        with transaction.atomic():
            call_backs.wake(first[team].pk)


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
    if why := _too_old(asked, conversation, now):
        call_backs.give_up(conversation, why)
        return True
    if not _talked_since(conversation).exists():
        return False
    call_backs.end(conversation, _("Somebody has talked with the caller since: no call-back is needed."))
    return True


def _talked_since(conversation: Conversation) -> QuerySet[Call]:
    """Talks with that number since, on the line that was called, or with that team: several people may share a number,
    and who has talked with somebody else about something else is still to be called back."""
    number, line, team = conversation.call_back_to, conversation.call.line_id, conversation.team_id
    ours = Q(line=line) if line else Q(pk__in=())
    came = _CAME & Q(caller=number) & (ours | Q(conversation__team=team))
    went = _WENT & Q(called=number) & (ours | Q(agent__teams=team))
    later = Call.objects.filter(came | went, parent__isnull=True, start_time__gt=conversation.call.start_time)
    later = later.exclude(pk__in=[conversation.pk, conversation.call_back_sid])
    return later if later.exists() else _called_back().filter(parent=conversation.pk)


def _called_back() -> QuerySet[Call]:
    """Legs by which an agent reached somebody who was to be called back, when that was told too late for all else."""
    legs = Call.objects.filter(parent__isnull=False, answer_time__isnull=False, called=F("parent__caller"))
    return legs.exclude(problem=NOT_TAKEN).order_by()


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
            call_back_attempts.not_made(conversation)
        return
    if (
        call.result == CallResult.REACHED
        or (call.answer_time is not None and not call.is_terminal)
        or (call.is_terminal and call_back_attempts.was_talked(call))
    ):
        conversation.state = State.ENDED
        conversation.save(update_fields=["state"])
    elif call.is_terminal:
        call_back_attempts.failed(conversation, call)


def _look_at_called_again(conversation: Conversation, now: datetime) -> None:
    """The caller called again, and waits in the place of the call-back, or has talked by now."""
    again = Conversation.objects.select_related("call").filter(pk=conversation.call_back_sid).first()
    if again is not None and (again.state in call_backs.ALL or (again.call.answer_time and again.call.agent_id)):
        # Who asked for another call-back has the place with that one.
        conversation.state = State.ENDED
        conversation.save(update_fields=["state"])
    elif again is None or again.call.is_terminal:
        call_backs.place_given_back(conversation)


_LOOKS: dict[State, Callable[[Conversation, datetime], None]] = {
    State.CALL_BACK: _look_at_waiting,
    State.BACK_OFFERED: _look_at_offered,
    State.CALLING_BACK: _look_at_calling,
    State.CALLED_AGAIN: _look_at_called_again,
}
