"""What a walk asks, read from the database: each thing once, when it is asked for."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone

from agents.selectors import agents_active, team_named
from core.brief_memory import BriefMemory
from core.languages import Sentence
from core.languages import kept as _
from routing.default_route import default_plan
from routing.holidays import holiday_of
from routing.hour_texts import HoursError, dates_read, week_read
from routing.hours import Hours, Switch
from routing.known import Known, TeamFacts
from routing.models import Greeting, Line, OpeningHours, Route, RouteVersion, SpamRule
from routing.selectors import callable_agents_of
from routing.spam import SpamAction, SpamFacts, SpamVerdict, spam_verdict
from routing.steps import Plan, Unreadable, plan_of
from routing.walk import Facts, LineFacts
from telephony.errors import InvalidNumber
from telephony.party import party
from telephony.phone import parse_dialled

logger = logging.getLogger(__name__)
Found = TypeVar("Found")


def facts_of(line: Line | None, *, caller: str, stir: str = "", at: datetime | None = None) -> Facts:
    """For one call to a line, at this moment or another. None: the line was deleted while the caller was on the way."""
    return Facts(
        at=at or timezone.now(),
        line=_line(line) if line else LineFacts("", "", None),
        version=(line.route.current_id or 0) if line and line.route else 0,
        known=known_now(line),
        spam=spam_of(caller, stir),
    )


def _line(line: Line) -> LineFacts:
    return LineFacts(
        line.name, line.language, line.team_id, line.number,
        is_active=line.is_active, takes_voicemail=line.takes_voicemail,
    )  # fmt: skip


def known_now(line: Line | None = None, *, draft: tuple[int, Plan] | None = None) -> Known:
    """What is there now. `draft`: a version that is not saved, by the id under which it is asked for."""

    def plan(version: int) -> Plan | None:
        if draft is not None and version == draft[0]:
            return draft[1]
        if version == 0:
            return default_plan(line) if line else None
        return _plan(version)

    return Known(
        plan=_once(plan),
        current=_once(_current),
        hours=_once(hours_facts),
        team=_once(_team),
        has_skill=_once(_has_skill),
        agent=_once(_agent),
        has_greeting=_once(_has_greeting),
        dialled=_once(number_dialled),
    )


def _once(read: Callable[..., Found]) -> Callable[..., Found]:
    """Asked again, it says the same: a walk sees one state of things."""
    return lru_cache(maxsize=None)(read)


def _plan(version: int) -> Plan | None:
    row = RouteVersion.objects.filter(pk=version).first()
    try:
        return plan_of(row.steps) if row else None
    except Unreadable:
        return None


def _current(route: int) -> int | None:
    return Route.objects.filter(pk=route).values_list("current", flat=True).first()


def hours_facts(pk: int) -> Hours | None:
    row = OpeningHours.objects.filter(pk=pk).first()
    try:
        return hours_of(row) if row else None
    except (HoursError, ZoneInfoNotFoundError):
        logger.exception("opening hours cannot be read: id=%d", pk)
        return None


def hours_of(row: OpeningHours) -> Hours:
    """Raises `HoursError` for what was never saved by a form of ours."""
    switch = None
    if row.switched:
        switch = Switch(row.switched == OpeningHours.Switched.OPEN, row.switched_until, row.switched_why)
    return Hours(
        name=row.name,
        zone=ZoneInfo(row.time_zone),
        week=week_read(row.week),
        dates=dates_read(row.dates),
        holiday=holiday_of(row.country, row.subdivision),
        switch=switch,
    )


def _team(pk: int) -> TeamFacts | None:
    name = team_named(pk)
    return TeamFacts(name, callable_agents_of(pk).count()) if name is not None else None


def _has_skill(team: int, skill: str) -> bool:
    """A skill is a team's name (`calls.live.free_agents`)."""
    return callable_agents_of(team).filter(teams__name__iexact=skill.strip()).exists()


def _agent(pk: int) -> str | None:
    agent = agents_active([pk]).filter(may_receive_calls=True).first()
    return str(agent) if agent else None


def _has_greeting(pk: int) -> bool:
    row = Greeting.objects.filter(pk=pk).select_related("sound").first()
    return row is not None and bool(row.text.strip() or hasattr(row, "sound"))


def number_dialled(text: str) -> str | Sentence:
    """In E.164, or why a route dials no such number."""
    try:
        number = parse_dialled(text)
    except InvalidNumber as error:
        return Sentence(error.key)
    if number.extension:
        return _("An extension cannot be dialled from a route.")
    if Line.objects.filter(number=number.e164).exists():
        return _("This is a line of your own: callers would come in again. Choose another route instead.")
    return number.e164


def spam_of(caller: str, stir: str) -> SpamVerdict | None:
    """What the spam rules say of a caller. The rules are kept for some seconds: each caller waits for it."""
    return spam_verdict(_spam_rules(), party(caller), stir)


def _spam_rules() -> list[SpamFacts]:
    known, turn = _rules.known(), _rules.turn()
    if known is None:
        rows = SpamRule.objects.filter(is_active=True).order_by("pk")
        known = [SpamFacts(row.kind, row.number, SpamAction(row.action)) for row in rows]
        _rules.put(known, turn)
    return known


_rules: BriefMemory[list[SpamFacts]] = BriefMemory(5.0)


def spam_rules_forget() -> None:
    """After a rule has changed."""
    _rules.forget()
