"""Offers as rows: made, decided by the database, and ended."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Max
from django.utils import timezone

from calls.live.call_tree import DECLINED, LEFT, NOT_ANSWERED
from calls.models import TERMINAL, CallOffer, Conversation
from core.sql.statements import Statement, Write, as_list, fetch, in_array, literal, new_row

# An offer rings for 120 seconds at most and Twilio's five more.
LONGEST_RING = timedelta(seconds=150)
# So long a phone is left alone by a caller for whom it has just rung in vain, or who was declined there.
SPARED_AFTER_RING, SPARED_AFTER_DECLINE = timedelta(seconds=8), timedelta(seconds=60)
# What ends so soon, unanswered, and no desk said that it rings, found no phone: a page that is loaded again has none
# for a moment. It is rung again as soon as it may be back.
_NO_PHONE, _SPARED_WITHOUT_PHONE = timedelta(seconds=3), timedelta(seconds=3)
NOT_ACKNOWLEDGED, NOT_FETCHED = "not-acknowledged", "not-fetched"
# A page that is closed says so on one way, and the SDK refuses for it on another.
_CROSSES = timedelta(seconds=10)
_IN_VAIN = (DECLINED, NOT_ANSWERED, NOT_ACKNOWLEDGED)
_INSERT = Write.insert(CallOffer, on_conflict="ON CONFLICT DO NOTHING RETURNING agent_id")


def ending_stale(agent_ids: Collection[int]) -> Statement:
    """Ends what still stands as ringing at these agents, who were found free: its end was never told."""
    terminal = ", ".join(literal(status) for status in sorted(TERMINAL))
    sql = (
        "UPDATE calls_calloffer SET state = 'ended' "  # noqa: S608
        f"WHERE state = 'ringing' AND agent_id {in_array('%s')} AND (created_at < %s OR (NOT is_call_back AND EXISTS "
        f"(SELECT 1 FROM calls_call WHERE calls_call.sid = calls_calloffer.call_id AND status IN ({terminal}))))"
    )
    return Statement(sql, [as_list(agent_ids), _as_value(timezone.now() - LONGEST_RING)])


def _as_value(moment: datetime) -> Any:
    from django.db import connection

    return connection.ops.adapt_datetimefield_value(moment)


def offers_make(
    sid: str, agent_ids: Iterable[int], *, attempt: int, rung_at: datetime | None, is_call_back: bool = False
) -> list[int]:
    """Offers the call to these agents. Returns to whom it is offered now: the database lets nobody have two."""
    asked = [(sid, list(agent_ids), attempt)]
    return offers_make_all(asked, rung_at=rung_at, is_call_back=is_call_back).get(sid, [])


def offers_make_all(
    asked: Collection[tuple[str, Collection[int], int]], *, rung_at: datetime | None, is_call_back: bool = False
) -> dict[str, list[int]]:
    """The same for several calls, each with its agents and its attempt: in one trip. By call, to whom it is offered
    now; of an agent who is named twice, the first call is."""
    now = timezone.now()
    wanted: dict[int, CallOffer] = {}
    for sid, agent_ids, attempt in asked:
        for pk in agent_ids:
            offer = new_row(
                CallOffer,
                call_id=sid,
                agent_id=pk,
                attempt=attempt,
                created_at=now,
                rung_at=rung_at,
                is_call_back=is_call_back,
            )
            wanted.setdefault(pk, offer)
    if not wanted:
        return {}
    _stale, made = fetch(ending_stale(wanted), _INSERT(list(wanted.values())))
    taken = {agent_id for (agent_id,) in made}
    found: dict[str, list[int]] = {}
    for pk, offer in wanted.items():
        if pk in taken:
            found.setdefault(offer.call_id, []).append(pk)
    return found


def offers_end(sid: str, reason: str, *, after: int = -1) -> None:
    """Ends what rings for a call, made in attempts after this one."""
    CallOffer.objects.filter(call=sid, state=CallOffer.State.RINGING, attempt__gt=after).update(
        state=CallOffer.State.ENDED, reason=reason, ended_at=timezone.now()
    )


def ring_leave(sender: Any, *, agent_id: int, sid: str, **kwargs: Any) -> None:
    """A desk of the agent's is closed, or its phone switched off, while it rings for that call. The SDK refuses the
    call then, which the agent has not: it counts as not answered, whichever of the two is heard of first."""
    now = timezone.now()
    offers = CallOffer.objects.filter(agent=agent_id, call=sid, is_call_back=False)
    offers.filter(state=CallOffer.State.RINGING).update(reason=LEFT)
    offers.filter(state=CallOffer.State.ENDED, reason=DECLINED, ended_at__gt=now - _CROSSES).update(reason=NOT_ANSWERED)


def newest_attempt(conversation: Conversation) -> int:
    """The last in which anybody was offered the call, also of those that were taken back."""
    offered = CallOffer.objects.filter(call=conversation.call_id).aggregate(most=Max("attempt"))["most"] or 0
    return max(conversation.attempt, offered)


def rung_in_vain(now: datetime, sids: Collection[str]) -> Mapping[str, tuple[Mapping[int, int], frozenset[int]]]:
    """For each of these calls, how often each agent's phone rang for it in vain, and whose is left alone for now. What
    never rang for anybody in vain is left out; what found no phone has not rung, but is left alone for a moment."""
    # Not before a talk out of which the caller was led.
    rows = CallOffer.objects.filter(
        call__in=sids, state=CallOffer.State.ENDED, reason__in=_IN_VAIN, attempt__gte=F("call__round")
    )
    missed: dict[str, dict[int, int]] = {}
    spared: dict[str, set[int]] = {}
    columns = ("call_id", "agent_id", "reason", "rung_at", "acknowledged_at", "ended_at")
    for sid, agent_id, reason, rung_at, acknowledged_at, ended_at in rows.values_list(*columns):
        counts = missed.setdefault(sid, {})
        rest = SPARED_AFTER_DECLINE if reason == DECLINED else SPARED_AFTER_RING
        is_early = rung_at is not None and ended_at is not None and ended_at < rung_at + _NO_PHONE
        if reason == NOT_ANSWERED and acknowledged_at is None and is_early:
            rest = _SPARED_WITHOUT_PHONE
        else:
            counts[agent_id] = counts.get(agent_id, 0) + 1
        if ended_at is not None and ended_at > now - rest:
            spared.setdefault(sid, set()).add(agent_id)
    return {sid: (counts, frozenset(spared.get(sid, ()))) for sid, counts in missed.items()}
