"""The day's figures, from the log: whatever was restarted meanwhile, they are what they were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime, time
from typing import Any, NamedTuple

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from board.figures import Figures
from calls.log.to_do import missed_to_call_back
from calls.models import INTERNAL, Call, CallOffer, CallResult, Conversation, Direction, Transfer
from core.days import desk_day
from core.sql.seconds import Seconds
from telephony.identity import agent_id_from


class DayRow(NamedTuple):
    """The calls to one line that count for one team."""

    line_id: int
    team_id: int
    figures: Figures


def day_start(now: datetime) -> datetime:
    """Midnight by the desk's clock (`TIME_ZONE`): one day for all teams and lines."""
    return datetime.combine(desk_day(now), time.min, tzinfo=timezone.get_default_timezone())


# While a call lives it has no result yet; once it is over, only the result says whether somebody talked.
_ANSWERED = Q(result=CallResult.ANSWERED) | Q(result="", answer_time__isnull=False)
_NOT_ANSWERED = Q(result__in=[CallResult.MISSED, CallResult.VOICEMAIL])
# On a line without a route there is nothing but the team.
_CAME_TO_TEAM = Q(conversation__isnull=True) | Q(waiting_since__isnull=False)


def _calls_of(start: datetime) -> QuerySet[Call]:
    """Whoever called one of our lines since then. A call that was called back is a leg of the call back."""
    called_back = Conversation.objects.filter(call_back_asked_at__gte=start).values_list("pk", flat=True)
    came = Q(parent__isnull=True) | Q(pk__in=list(called_back))
    calls = Call.objects.filter(came, start_time__gte=start, direction=Direction.INBOUND, line__isnull=False)
    return calls.exclude(caller__startswith="client:").order_by()


def _with_team(calls: QuerySet[Call]) -> Any:
    """Each call counts for the team in whose queue, or voicemail box, the caller was last, else for the line's."""
    return calls.annotate(for_team=Coalesce("conversation__team", "led_to", "line__team"))


def _with_facts(calls: Any) -> Any:
    rang_on = CallOffer.objects.filter(call=OuterRef("pk"), reason="caller-hung-up")
    until = Case(When(_ANSWERED, then=F("answer_time")), default=F("end_time"))
    return calls.annotate(
        hung_up=Case(
            When(~Q(result=CallResult.MISSED), then=Value(False)),
            When(conversation__state=Conversation.State.ABANDONED, then=Value(True)),
            When(conversation__isnull=False, then=Value(False)),
            default=Exists(rang_on),
        ),
        # Who could not wait for a team, and was answered elsewhere later, waited until then.
        waited_for=Coalesce(NullIf("waited", Value(0)), Seconds(until, Coalesce("waiting_since", "start_time")), 0),
    )


def _count(*conditions: Q, **named: Any) -> Count:
    return Count("pk", filter=Q(*conditions, **named))


def day_rows(now: datetime, team_ids: Collection[int] | None) -> list[DayRow]:
    """What came of the calls of today, by line and team. `team_ids`: those that are looked at; None: all."""
    today = _calls_of(day_start(now))
    to_call_back = _to_call_back(today)
    in_goal = Q(waited_for__lte=F("line__goal_seconds"))
    gone = Q(hung_up=True)
    calls = _with_facts(_with_team(today))
    if team_ids is not None:
        calls = calls.filter(for_team__in=team_ids)
    rows = calls.values("line", "for_team", "line__goal_percent").annotate(
        calls=Count("pk"),
        answered=_count(_ANSWERED),
        answered_in_goal=_count(_ANSWERED, in_goal, _CAME_TO_TEAM),
        answered_elsewhere=_count(_ANSWERED & ~_CAME_TO_TEAM),
        voicemail=_count(result=CallResult.VOICEMAIL),
        missed=_count(result=CallResult.MISSED),
        abandoned=_count(gone),
        abandoned_in_goal=_count(gone, in_goal, _CAME_TO_TEAM),
        abandoned_elsewhere=_count(gone & ~_CAME_TO_TEAM),
        abandoned_waited=Coalesce(Sum("waited_for", filter=gone), 0),
        passed_on=_count(_NOT_ANSWERED, _CAME_TO_TEAM, hung_up=False),
    )
    return [_day_row(row, to_call_back) for row in rows]


def _day_row(row: dict[str, Any], to_call_back: dict[tuple[int, int], int]) -> DayRow:
    line_id, team_id, percent = row.pop("line"), row.pop("for_team"), row.pop("line__goal_percent")
    figures = Figures(**row, to_call_back=to_call_back.get((line_id, team_id), 0))
    return DayRow(line_id, team_id, figures + Figures(wanted=figures.counted * percent))


def _to_call_back(today: QuerySet[Call]) -> dict[tuple[int, int], int]:
    """Of those who were missed today, how many nobody has called back yet, by line and team."""
    missed = _with_team(missed_to_call_back(today)).values_list("line", "for_team")
    return {(line, team): count for line, team, count in missed.annotate(count=Count("pk"))}


def calls_by_agent(now: datetime, agent_ids: Collection[int]) -> dict[int, int]:
    """How many people each of these agents has talked with today, in calls that came and calls that were made; not
    with each other. Whoever gave a call to another has talked in it, too."""
    talks = Call.objects.exclude(INTERNAL).filter(
        Q(result__in=[CallResult.ANSWERED, CallResult.REACHED]) | Q(result="", answer_time__isnull=False),
        parent__isnull=True,
        start_time__gte=day_start(now),
    )
    own = talks.filter(agent__in=agent_ids).order_by().values_list("agent").annotate(count=Count("pk"))
    return dict(Counter(dict(own)) + Counter(agent for agent, _sid in _given_away(talks) if agent in {*agent_ids}))


# Of transfers: the colleague has talked with the caller.
_HAD = (Transfer.State.HANDED_OVER, Transfer.State.MERGED)


def _given_away(talks: QuerySet[Call]) -> set[tuple[int, str]]:
    """Who has talked in which of these calls that are another's by now."""
    given = {call.sid: call for call in talks.filter(is_handled=True).only("sid", "agent", "caller")}
    answered = CallOffer.objects.filter(call__in=given, state=CallOffer.State.ANSWERED, is_call_back=False)
    handed = Transfer.objects.filter(call__in=given, state__in=_HAD)
    had = {
        *answered.values_list("agent", "call"),
        *handed.values_list("to_agent", "call"),
        *((agent_id_from(call.caller), call.sid) for call in given.values()),
    }
    return {(agent, sid) for agent, sid in had if agent and agent != given[sid].agent_id}
