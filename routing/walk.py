"""What a caller meets next, from facts alone: the same for webhooks and for the explainer.

`start` begins a call, `go_on` continues it after whatever came of the last doing. A position is a small JSON, to be
kept with the conversation by us; where it, or the version it names, cannot be read, the caller reaches voicemail and
never silence.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeAlias

from core.languages import Sentence
from core.languages import kept as _
from core.text import in_sentence
from routing.doings import Doing, End, Event, EventKind, Passed, TakeMessage
from routing.known import Known
from routing.meeting import after, meet
from routing.spam import SpamAction, SpamVerdict
from routing.step_fields import Prompt
from routing.steps import Plan, Step

logger = logging.getLogger(__name__)

# Steps of one call, and of one stretch of it in which the caller did nothing. A route that is saved cannot reach the
# second; the first is for whoever goes round and round by pressing keys.
MOST_STEPS, MOST_AT_ONCE = 300, 80
_KEPT = frozenset({"version", "step", "language", "tries", "steps"})


@dataclass(frozen=True, slots=True)
class Position:
    """Where a caller is: the step that was met last, of the version of the route the caller is on."""

    version: int
    step: str = ""
    language: str = ""
    tries: int = 0
    steps: int = 0

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in sorted(_KEPT)}

    @classmethod
    def of_json(cls, stored: Any) -> Position | None:
        """None for what is no position."""
        if not isinstance(stored, Mapping) or set(stored) != _KEPT:
            return None
        numbers = all(type(stored[name]) is int and stored[name] >= 0 for name in ("version", "tries", "steps"))
        texts = all(isinstance(stored[name], str) for name in ("step", "language"))
        return cls(**stored) if numbers and texts else None


@dataclass(frozen=True, slots=True)
class LineFacts:
    name: str
    language: str
    team: int | None
    number: str = ""
    is_active: bool = True
    takes_voicemail: bool = True


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a walk asks, at the moment of the call."""

    at: datetime
    line: LineFacts
    version: int
    """The version of its route that the line has now; 0 without a route."""
    known: Known
    spam: SpamVerdict | None = None


Doings: TypeAlias = list[Doing]


def start(facts: Facts) -> tuple[Position, Doings]:
    """The first things that a caller meets on a line."""
    walk = Walk(facts, Position(facts.version))
    if not facts.line.is_active:
        return walk.not_in_use()
    verdict = facts.spam
    if verdict is not None:
        if verdict.action == SpamAction.REFUSE:
            return walk.ended(End(version=0, step="", said=_("Refused"), reason=verdict.reason, refused=True))
        if verdict.action == SpamAction.VOICEMAIL:
            return walk.to_voicemail(verdict.reason)
        walk.doings.append(Passed(version=0, step="", said=_("Marked as spam"), reason=verdict.reason))
    plan = walk.plan()
    return walk.run(plan.first) if plan else walk.lost(_("The route cannot be read."))


def go_on(position: Position | None, event: Event, facts: Facts) -> tuple[Position, Doings]:
    """What the caller meets after the event. What does not fit the step where the caller is makes it met again."""
    walk = Walk(facts, position or Position(facts.version))
    if position is None and not facts.version:
        # Was led away from a talk, on a line whose calls ring at its team.
        return walk.to_voicemail(_("The line has no route that says what comes next."))
    if position is None:
        return walk.lost(_("It is not known where the caller was."))
    plan = walk.plan()
    step = plan.steps.get(position.step) if plan else None
    if step is None:
        return walk.lost(_("The step where the caller was is gone."))
    target = after(walk, step, event)
    return walk.run(position.step if target is None else target)


class Walk:
    """One stretch of the way. `routing.meeting` says what is met at each kind of step."""

    def __init__(self, facts: Facts, position: Position) -> None:
        self.facts = facts
        self.position = position
        self.doings: Doings = []

    def plan(self) -> Plan | None:
        return self.facts.known.plan(self.position.version)

    @property
    def language(self) -> str:
        return self.position.language or self.facts.line.language

    def change(self, **values: Any) -> None:
        self.position = replace(self.position, **values)

    def run(self, target: str) -> tuple[Position, Doings]:
        """From one step to the next, until something has to be waited for."""
        for _count in range(MOST_AT_ONCE):
            plan = self.plan()
            step = plan.steps.get(target) if plan else None
            if step is None:
                return self.lost(_("No next step is set here."))
            if self.position.steps >= MOST_STEPS:
                return self.lost(_("The caller met too many steps."))
            tries = self.position.tries if step.id == self.position.step else 0
            self.change(step=step.id, steps=self.position.steps + 1, tries=tries)
            following = meet(self, step)
            if following is None:
                return self.position, self.doings
            target = following
        return self.lost(_("The route goes in a circle."))

    def add(self, kind: type[Doing], step: Step, said: Sentence, reason: Sentence, **more: Any) -> None:
        """Something of a step; its headline names the step."""
        plan = self.plan()
        blanks = {"number": plan.number_of(step.id) if plan else 0, "name": step.said(), "what": said}
        headline = _("Step %(number)d, %(name)s: %(what)s") % blanks
        version = self.position.version
        self.doings.append(kind(version=version, step=step.id, said=headline, reason=reason, **more))

    def ended(self, doing: Doing) -> tuple[Position, Doings]:
        self.doings.append(doing)
        return self.position, self.doings

    def lost(self, why: Sentence) -> tuple[Position, Doings]:
        """A route that does not go on: said in the log, and never a caller's silence."""
        logger.error("route left for voicemail: %s version=%d step=%s", why, self.position.version, self.position.step)
        return self.to_voicemail(_("%(why)s So callers can leave a message.") % {"why": why})

    def not_in_use(self) -> tuple[Position, Doings]:
        """A line that is switched off rings nobody, whatever its route and the spam rules say."""
        reason = _("The line is not in use.")
        if self.facts.line.takes_voicemail:
            return self.to_voicemail(reason)
        return self.ended(End(version=0, step="", said=_("Callers are told to call again later"), reason=reason))

    def to_voicemail(self, reason: Sentence) -> tuple[Position, Doings]:
        return self.ended(
            TakeMessage(
                version=self.position.version,
                step="",
                said=_("Voicemail of %(line)s") % {"line": in_sentence(self.facts.line.name)},
                reason=reason,
                team=self.facts.line.team,
                prompt=Prompt(),
                language=self.language,
            )
        )


__all__ = ["Event", "EventKind", "Facts", "LineFacts", "Position", "go_on", "start"]
