"""Which colleagues can be called now, and why others cannot: for calls within the house, and for transfers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_noop as _

from agents.selectors import agents_answering
from calls.live import presence
from calls.live.second_calls import rung_softly
from core.languages import sentence

if TYPE_CHECKING:
    from agents.models import Agent

_NOT_NOW = {
    "on-call": _("Is on a call."),
    "wrap-up": _("Wraps up a call."),
    "busy": _("Is busy."),
    "away": _("Is away."),
    "offline": _("Has finished for today."),
    "not-reachable": _("Cannot be reached now."),
}
_SOFTLY = _("Is on a call: the phone rings softly.")
_YOU = _("That is you.")
# One ring at a time is decided by the database.
RINGS = _("That agent's phone rings already. Choose another.")


def why_not(now: dict[str, Any], by: Agent) -> str:
    """Why nobody can be put through to this agent, of whom `now` is the `Presence`; "" when somebody can. Kept in
    English."""
    if now["agent"]["id"] == by.pk:
        return _YOU
    if rings_softly([now]):
        return ""
    return _NOT_NOW.get(now["state"], "")


def rings_softly(shown: list[dict[str, Any]]) -> set[int]:
    """Who of these talks, and may take a second call."""
    talking = [now["agent"]["id"] for now in shown if now["state"] == "on-call"]
    return {agent.pk for agent in rung_softly(talking)}


def colleagues_found(by: Agent, wanted: str) -> Iterator[dict[str, Any]]:
    """Those whose name has this part, whoever can be called first: each with the `presence`, whether that is so
    (`may`), and why not, or how it will ring (`why`)."""
    ids = agents_answering().exclude(pk=by.pk).values_list("pk", flat=True)
    shown = presence.presence_of(set(ids))
    fitting = [now for now in shown if wanted in now["agent"]["name"].casefold()]
    softly = rings_softly(fitting)
    why = {now["agent"]["id"]: _NOT_NOW.get(now["state"], "") for now in fitting} | dict.fromkeys(softly, "")
    fitting.sort(key=lambda now: (bool(why[now["agent"]["id"]]), now["agent"]["name"].casefold()))
    for now in fitting:
        pk = now["agent"]["id"]
        said = _SOFTLY if pk in softly else why[pk]
        yield {"presence": now, "may": not why[pk], "why": sentence(said)}
