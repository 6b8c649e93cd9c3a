"""Whom a call can be given to, or who can be taken into it; and why somebody cannot be chosen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext_noop as _

from agents.selectors import agent_get_active, team_named, teams_named
from calls.live import outgoing_guards, presence
from calls.live.colleagues import colleagues_found, why_not
from calls.live.free_agents import teams_at_work
from calls.models import LIVE, Conversation
from calls.rooms.refusing import NoSuchTarget, NotPossible
from contacts.selectors import contact_search
from core.languages import as_text, sentence
from routing.outgoing.checks import dialled
from routing.outgoing.roles import role_of
from telephony.errors import InvalidNumber
from telephony.phone import display

if TYPE_CHECKING:
    from agents.models import Agent
    from calls.models import Call

_MOST = 20
_NOBODY = _("Nobody of this team is there.")
_IN_CALL = _("This number is in the call already.")
_EMERGENCY = _("Emergency services cannot be taken into another's call. Call them yourself.")


@dataclass(frozen=True, slots=True)
class Target:
    """As it was asked for: one of the three."""

    agent_id: int | None = None
    team_id: int | None = None
    number: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """Whom to call: an agent, a team, or a number in E.164 with its contact's name, and its extension. That is keyed
    for a caller who is sent there; whoever talks with that number first keys it on the keypad, as Twilio's API keys
    nothing for whom it calls into a conference."""

    agent: Agent | None = None
    team_id: int | None = None
    number: str = ""
    name: str = ""
    extension: str = ""


def found(target: Target, *, call: Call, by: Agent) -> Found:
    """Who is meant. Raises `NoSuchTarget`, and `NotPossible` with why not now."""
    if target.agent_id is not None:
        return _agent(target.agent_id, by)
    if target.team_id is not None:
        return _team(target.team_id)
    return _number(target.number, call, by)


def _agent(agent_id: int, by: Agent) -> Found:
    agent = agent_get_active(agent_id)
    if agent is None:
        raise NoSuchTarget
    (now,) = presence.presence_of({agent.pk})
    if why := why_not(now, by):
        raise NotPossible(why)
    return Found(agent=agent, name=agent.name)


def _team(team_id: int) -> Found:
    name = team_named(team_id)
    if name is None:
        raise NoSuchTarget
    if not teams_at_work([team_id]):
        raise NotPossible(_NOBODY)
    return Found(team_id=team_id, name=name)


def _number(text: str, call: Call, by: Agent) -> Found:
    try:
        wanted = dialled(text, line=call.line, caller_id=caller_id_of(call), role=role_of(by))
    except InvalidNumber as error:
        raise NotPossible(error.key) from None
    why = _EMERGENCY if wanted.is_emergency else outgoing_guards.refusal_of(wanted.number)
    if not why and wanted.number.e164 == (call.caller if call.incoming else call.called):
        why = _IN_CALL
    if not why and not by.may_make_calls:
        why = _("You are not allowed to make calls. Ask your admin.")
    if not why and wanted.refusals:
        why = wanted.refusals[0].sentence
    if why:
        raise NotPossible(as_text(why))
    known = wanted.facts.known if wanted.facts else None
    name = known.contact.name if known and known.contact else ""
    extension = wanted.number.extension or (known.extension if known else "")
    return Found(number=wanted.number.e164, name=name, extension=extension)


def caller_id_of(call: Call) -> str:
    return call.line.number if call.line else str(settings.TWILIO_CALLER_ID)


# --- For who looks for one --------------------------------------------------------------------------------------------


def targets_json(call: Call, *, by: Agent, query: str) -> dict[str, Any]:
    """`TransferTargets` of the API."""
    wanted = query.casefold().strip()
    return {
        "agents": list(colleagues_found(by, wanted))[:_MOST],
        "teams": list(_teams_json(wanted))[:_MOST],
        "numbers": list(_numbers_json(call, by, query.strip()))[:_MOST],
    }


def _teams_json(wanted: str) -> Iterator[dict[str, Any]]:
    teams = [(pk, name) for pk, name in teams_named() if wanted in name.casefold()]
    ids = [pk for pk, _name in teams]
    at_work = teams_at_work(ids) if ids else set()
    waiting = Conversation.objects.filter(state=Conversation.State.WAITING, call__status__in=sorted(LIVE))
    counts = Counter(waiting.filter(team__in=ids).values_list("team_id", flat=True))
    for pk, name in teams:
        why = "" if pk in at_work else _NOBODY
        yield {"team": {"id": pk, "name": name}, "waiting": counts[pk], "may": not why, "why": sentence(why)}


def _numbers_json(call: Call, by: Agent, text: str) -> Iterator[dict[str, Any]]:
    if not text:
        return
    seen = set()
    for contact in contact_search(text).prefetch_related("numbers")[:_MOST]:
        for row in contact.numbers.all():
            seen.add(row.number)
            yield _number_json(call, by, row.number, contact.name, row.label, contact.company)
    if sum(letter.isdigit() for letter in text) >= 3:
        try:
            typed = _number(text, call, by)
        except NotPossible:
            return
        if typed.number not in seen:
            yield _number_json(call, by, typed.number, typed.name, "", "")


def _number_json(call: Call, by: Agent, number: str, name: str, label: str, company: str) -> dict[str, Any]:
    why = ""
    try:
        _number(number, call, by)
    except NotPossible as error:
        why = str(error)
    return {
        "number": number,
        "display": display(number, home_region=settings.HOME_REGION),
        "name": name,
        "label": label,
        "company": company,
        "may": not why,
        "why": sentence(why),
    }
