"""Changing what agents say of themselves, whoever changes it: they, a supervisor, or a rule. Every change is kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_noop

from agents.models import WRAP_UP, WRAP_UP_MOST, Agent, Availability, AwayReason, PresenceChange, PresenceRule, Team
from agents.services import agents_change
from core.retention import days_ago, delete_in_batches
from core.sql.prepared import Param, Prepared
from core.sql.statements import Statement, fetch

# Rings in a row.
_MISSED_MOST = 2
_LONGEST_AWAY = timedelta(days=7)
# Of an agent, what a change of presence writes.
_CHOSEN = [
    "availability", "presence_since", "presence_reason", "presence_rule", "presence_by", "back_at",
    "wrap_up_until", "wrap_up_stays", "missed_in_a_row",
]  # fmt: skip


class PresenceRefused(Exception):
    """A presence that there is not. Its text is a sentence, kept in English; `field` is what is wrong with it."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Chosen:
    """What somebody is to be. A reason and a time of return belong to who is away, and to nobody else."""

    availability: str
    reason: int | None = None
    back_at: datetime | None = None


def presence_set(*, agent_id: int, chosen: Chosen, by: Agent | None) -> bool:
    """Whether it was another one before, or wrap-up, which ends by it. Others are told after the commit.

    Raises `PresenceRefused`.
    """
    if chosen.availability not in Availability.values:
        raise PresenceRefused(gettext_noop("Choose available, busy, away or offline."), "availability")
    is_away = chosen.availability == Availability.AWAY
    reason = _reason(chosen.reason) if is_away else ""
    back_at = _time_of_return(chosen.back_at) if is_away else None
    return _change(agent_id, chosen.availability, reason=reason, back_at=back_at, by=by)


def _reason(reason_id: int | None) -> str:
    if reason_id is None:
        return ""
    found = AwayReason.objects.filter(pk=reason_id, is_active=True).first()
    if found is None:
        raise PresenceRefused(gettext_noop("There is no such reason any more. Choose another."), "reason")
    return found.name


def _time_of_return(back_at: datetime | None) -> datetime | None:
    """A time that is over, by a clock that is slow or chosen for the break before, says nothing: it must not keep
    anybody available who wants to be away."""
    now = timezone.now()
    if back_at is None or back_at <= now:
        return None
    if back_at > now + _LONGEST_AWAY:
        raise PresenceRefused(gettext_noop("Choose a time within the next seven days."), "back_at")
    return back_at


@transaction.atomic
def _change(
    agent_id: int,
    availability: str,
    *,
    reason: str = "",
    back_at: datetime | None = None,
    by: Agent | None = None,
    rule: str = "",
) -> bool:
    agent = Agent.objects.select_for_update().filter(pk=agent_id).first()
    if agent is None:
        return False
    now = timezone.now()
    before = _state(agent, now)
    same = (agent.presence_reason, agent.back_at) == (reason, back_at)
    if before == availability and same:
        return False
    agent.availability, agent.presence_reason, agent.back_at = availability, reason, back_at
    agent.presence_since, agent.presence_rule = now, rule
    agent.presence_by = by if by is not None and by.pk != agent_id else None
    agent.wrap_up_until, agent.wrap_up_stays, agent.missed_in_a_row = None, False, 0
    Agent.objects.bulk_update([agent], _CHOSEN)
    PresenceChange.objects.create(
        agent=agent, at=now, before=before, after=availability, reason=reason, back_at=back_at, by=by, rule=rule
    )
    agents_change([agent_id])
    return True


def _state(agent: Agent, now: datetime) -> str:
    return WRAP_UP if agent.wrap_up_until is not None and agent.wrap_up_until > now else agent.availability


# --- Wrap-up --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CallEnded:
    """That an agent's talk is over: `sid` is the root call's, by which it is known when it is told of twice."""

    agent_id: int
    team_id: int
    sid: str
    at: datetime


def wrap_ups_begin(ended: Iterable[CallEnded], seconds: Mapping[int, int] | None = None) -> None:
    """Begins wrap-up for those whose team wants it; once for each call. In the transaction that stores the call's end,
    so that nobody is put through between the two. `seconds`: what `wrap_up_seconds` found, by team."""
    # In one order, as others may write the same agents.
    ended = sorted(ended, key=lambda one: one.agent_id)
    if seconds is None:
        (found,) = fetch(wrap_up_seconds({one.team_id for one in ended}))
        seconds = dict(found)
    changed = []
    for one in ended:
        until = one.at + timedelta(seconds=seconds.get(one.team_id, 0))
        if until <= timezone.now():
            continue
        agents = Agent.objects.filter(pk=one.agent_id).exclude(wrap_up_call=one.sid)
        if agents.update(wrap_up_until=until, wrap_up_since=one.at, wrap_up_stays=False, wrap_up_call=one.sid):
            changed.append(one)
    if not changed:
        return
    before = dict(Agent.objects.filter(pk__in=[one.agent_id for one in changed]).values_list("pk", "availability"))
    PresenceChange.objects.bulk_create(
        PresenceChange(
            agent_id=one.agent_id,
            at=one.at,
            before=before[one.agent_id],
            after=WRAP_UP,
            rule=PresenceRule.CALL_ENDED,
        )
        for one in changed
    )
    agents_change([one.agent_id for one in changed])


def _wrap_up_seconds() -> QuerySet[Team, Any]:
    teams = Team.objects.filter(pk__in_array=Param("team_ids"), wrap_up_seconds__gt=0)
    return teams.order_by().values_list("pk", "wrap_up_seconds")


_WRAP_UP_SECONDS = Prepared(_wrap_up_seconds)


def wrap_up_seconds(team_ids: Collection[int]) -> Statement:
    """Of those of these teams that want one, the id and how long it is."""
    return _WRAP_UP_SECONDS(team_ids=team_ids)


@transaction.atomic
def wrap_up_end(*, agent: Agent) -> bool:
    """The agent is done with it. Whether there was one."""
    now = timezone.now()
    ended = Agent.objects.filter(pk=agent.pk, wrap_up_until__gt=now).update(wrap_up_until=None, wrap_up_stays=False)
    if ended:
        _note_end(agent.pk, now, by=agent)
        agents_change([agent.pk])
    return bool(ended)


def wrap_up_stay(*, agent_id: int) -> bool:
    """The agent stays in it until ending it, an hour at most, however often it is asked for. Whether there was one."""
    now = timezone.now()
    mine = Agent.objects.filter(pk=agent_id, wrap_up_until__gt=now)
    since = mine.values_list("wrap_up_since", flat=True).first() or now
    until = max(since + timedelta(seconds=WRAP_UP_MOST), now)
    stays = mine.update(wrap_up_until=until, wrap_up_stays=True)
    if stays:
        agents_change([agent_id])
    return bool(stays)


def wrap_ups_over() -> datetime | None:
    """Ends those whose time is over. Returns when the next one's is. Any number of processes may ask for it."""
    for agent_id, until in _in_wrap_up().filter(wrap_up_until__lte=timezone.now()):
        with transaction.atomic():
            # Whoever is the first to take the time away notes it.
            mine = Agent.objects.filter(pk=agent_id, wrap_up_until=until)
            if mine.update(wrap_up_until=None, wrap_up_stays=False):
                _note_end(agent_id, until, rule=PresenceRule.WRAP_UP_OVER)
                agents_change([agent_id])
    first = _in_wrap_up().first()
    return first[1] if first else None


def _in_wrap_up() -> QuerySet[Agent, tuple[int, datetime]]:
    agents = Agent.objects.filter(wrap_up_until__isnull=False).order_by("wrap_up_until")
    found: Any = agents.values_list("pk", "wrap_up_until")
    return cast("QuerySet[Agent, tuple[int, datetime]]", found)


def _note_end(agent_id: int, at: datetime, *, by: Agent | None = None, rule: str = "") -> None:
    after = Agent.objects.values_list("availability", flat=True).get(pk=agent_id)
    PresenceChange.objects.create(agent_id=agent_id, at=at, before=WRAP_UP, after=after, by=by, rule=rule)


# --- Missed rings ---------------------------------------------------------------------------------------------------


def talks_again(sid: str, agent_ids: Collection[int]) -> None:
    """These talk with the caller of that call again, after whose talk they were in wrap-up: it comes after this one."""
    again = Agent.objects.filter(pk__in=list(agent_ids), wrap_up_call=sid)
    if again.update(wrap_up_until=None, wrap_up_stays=False, wrap_up_call=""):
        agents_change(agent_ids)


def rings_answered(agents: Iterable[Agent]) -> None:
    """These took a call: what they missed before counts no more."""
    # Most missed none. In one order, as others may write the same agents.
    for agent_id in sorted({agent.pk for agent in agents if agent.missed_in_a_row}):
        Agent.objects.filter(pk=agent_id).update(missed_in_a_row=0)


def rings_missed(*, team_id: int, agent_ids: Collection[int]) -> set[int]:
    """These let a call of the team ring until it went on. Who are away by that, if the team wants it."""
    if not Team.objects.filter(pk=team_id, away_when_missed=True).exists():
        return set()
    away = set()
    rung = Agent.objects.filter(pk__in=agent_ids, availability=Availability.AVAILABLE)
    for agent in rung.select_for_update().order_by("pk"):
        missed = agent.missed_in_a_row + 1
        if missed < _MISSED_MOST:
            Agent.objects.filter(pk=agent.pk).update(missed_in_a_row=missed)
        elif _change(agent.pk, Availability.AWAY, rule=PresenceRule.MISSED):
            away.add(agent.pk)
    return away


def change_said(change: PresenceChange) -> str:
    """The change in one sentence, for whoever reads it now."""
    said = {
        "by": change.by,
        "state": change.get_after_display(),
        "at": date_format(timezone.localtime(change.at), "DATETIME_FORMAT"),
        "why": ", ".join(filter(None, [change.get_rule_display(), change.reason])),
    }
    if change.by is not None and change.by != change.agent:
        text = gettext("%(at)s, by %(by)s: %(state)s. %(why)s") % said
    else:
        text = gettext("%(at)s: %(state)s. %(why)s") % said
    return text.strip()


def presence_changes_prune() -> int:
    """Deletes changes older than `PRESENCE_DAYS`, none when that is 0; how many they were."""
    if settings.PRESENCE_DAYS <= 0:
        return 0
    old = PresenceChange.objects.filter(at__lt=days_ago(settings.PRESENCE_DAYS)).order_by("at")
    return delete_in_batches(old)
