"""On which terms a caller waits: what a step says, with what it means for this caller. Kept with the conversation, so
that whoever is offered a caller is decided without reading the route again."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from calls.live import call_backs
from calls.live.free_agents import skill_at_work
from calls.live.scheduling import LONGEST_IDLE
from calls.models import Call
from routing.doings import OfferCallBack, RingAgent, RingTeam, Wait
from routing.selectors import callable_agents_of
from routing.steps import TeamStep
from telephony.party import is_withheld

if TYPE_CHECKING:
    from routing.step_fields import Prompt

# How long a phone rings for somebody who was handed over.
RING_SECONDS = 20
_ANY_STEP = TeamStep(id="")


def terms_of_team(
    ring: RingTeam, wait: Wait, call: Call, back: OfferCallBack | None = None
) -> tuple[dict[str, Any], str]:
    """The terms, and the skill that is asked for."""
    wishes, skill = wishes_of_team(ring, call)
    terms: dict[str, Any] = {
        "strategy": ring.strategy,
        "ring_seconds": ring.ring_seconds,
        "wait_seconds": wait.seconds,
        "hears": prompt_json(wait.hears),
        "language": wait.language,
    }
    if back is not None and (number := call_backs.number_of(call, ring.team)):
        offered = {name: getattr(back, name) for name in ("after", "tries", "pause", "hours", "closed")}
        terms["call_back"] = {"to": number, **offered}
    return terms | wishes, skill


def wishes_of_team(ring: RingTeam, call: Call) -> tuple[dict[str, Any], str]:
    """Who is to ring before whom, and the skill that is asked for: none, when nobody in the team who has it is at work,
    so that nobody waits in vain beside agents who are free."""
    wishes: dict[str, Any] = {}
    if ring.strategy == "fixed-order":
        members = callable_agents_of(ring.team).order_by("first_name", "last_name", "username", "pk")
        wishes["order"] = list(members.values_list("pk", flat=True))
    if ring.first and (agent_id := _asked_first(ring.first, call)):
        wishes |= {"preferred": [agent_id], "first_seconds": ring.first_seconds}
    return wishes, ring.skill if ring.skill and skill_at_work(ring.team, ring.skill) else ""


def terms_of_agent(ring: RingAgent) -> dict[str, Any]:
    return {"only": [ring.agent], "ring_seconds": ring.ring_seconds, "strategy": "all-at-once"}


def terms_of_led(
    earlier: Mapping[str, Any],
    *,
    language: str,
    preferred: Sequence[int] = (),
    lost: int | None = None,
    given_by: int | None = None,
    rings: int = 0,
) -> dict[str, Any]:
    """Of a caller who was led out of a talk, or out of what was to become one: waits as long as at the team's step
    before, or as at any. `preferred`: who is asked first; `lost`: the agent whose line was lost; `rings`: seconds that
    the wait is longer, in which a phone rings for whoever was chosen. `given_by`: who gave the caller to a team, and is
    left alone at first, also as one of it."""
    waits = earlier.get("step_wait_seconds") or earlier.get("wait_seconds") or _ANY_STEP.wait_seconds
    more: dict[str, Any] = {} if lost is None else {"lost": lost}
    if given_by is not None:
        more |= {"given_by": given_by, "given_until": time.time() + RING_SECONDS}
    return more | {
        "strategy": LONGEST_IDLE,
        "ring_seconds": RING_SECONDS,
        "preferred": list(preferred),
        "first_seconds": RING_SECONDS,
        "language": language,
        "step_wait_seconds": waits,
        "wait_seconds": waits + rings + (RING_SECONDS if preferred else 0),
    }


def prompt_json(prompt: Prompt) -> dict[str, Any]:
    return {"text": prompt.text, "language": prompt.language, "voice": prompt.voice, "greeting": prompt.greeting}


def _asked_first(who: str, call: Call) -> int | None:
    if who == "owner":
        return call.contact.owner_id if call.contact else None
    if not call.contact_id and is_withheld(call.caller):
        # Whoever else withheld the number is somebody else.
        return None
    last = Call.objects.filter(parent__isnull=True, agent__isnull=False, result__in=("answered", "reached"))
    theirs = last.filter(caller=call.caller) if not call.contact_id else last.filter(contact=call.contact_id)
    return theirs.order_by("-start_time").values_list("agent_id", flat=True).first()
