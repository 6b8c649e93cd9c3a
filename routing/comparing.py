"""What differs between two versions of a route, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from core.languages import Sentence
from core.languages import kept as _
from core.text import in_sentence, shortened
from routing.step_fields import Key, Prompt
from routing.steps import Plan, Step

_LONGEST = 60
# As the editor's form calls them; what is not among them is told by its name.
FIELD_NAMES: dict[str, Sentence] = {
    "name": _("name"),
    "hours": _("opening hours"),
    "open": _("when open"),
    "closed": _("when closed"),
    "holiday": _("on a holiday"),
    "prompt": _("what the caller hears"),
    "next": _("next step"),
    "keys": _("keys"),
    "seconds": _("seconds for a key"),
    "no_input": _("without a key"),
    "tries": _("how often it is said again"),
    "wrong_input": _("after a wrong key"),
    "speech": _("spoken words"),
    "team": _("team"),
    "strategy": _("ring"),
    "ring_seconds": _("seconds of ringing"),
    "first": _("first asked"),
    "first_seconds": _("seconds for who is asked first"),
    "wait_seconds": _("seconds of waiting"),
    "hears": _("what the waiting hear"),
    "priority": _("priority"),
    "skill": _("skill"),
    "most_waiting": _("how many may wait"),
    "call_back": _("offer of a call-back"),
    "call_back_after": _("seconds until a call-back is offered"),
    "call_back_tries": _("tries to call back"),
    "call_back_pause": _("minutes between two tries"),
    "call_back_hours": _("hours of call-backs"),
    "call_back_closed": _("call-backs when closed"),
    "waited": _("after waiting"),
    "nobody": _("when nobody is there"),
    "full": _("when the queue is full"),
    "agent": _("agent"),
    "number": _("number"),
    "press_one": _("press 1 to take the call"),
    "route": _("other route"),
}


def differences(old: Plan, new: Plan) -> Iterator[Sentence]:
    """Each as a sentence, from the first step on."""
    if old.first != new.first:
        yield _("Callers begin at %(new)s, not at %(old)s.") % {"new": _at(new, new.first), "old": _at(old, old.first)}
    for step_id, step in new.steps.items():
        before = old.steps.get(step_id)
        if before is None or before.kind != step.kind:
            yield _("Added: %(step)s.") % {"step": _at(new, step_id)}
        else:
            yield from _changes(old, new, before, step)
    for step_id, step in old.steps.items():
        now = new.steps.get(step_id)
        if now is None or now.kind != step.kind:
            yield _("Removed: %(step)s.") % {"step": _at(old, step_id)}


def _changes(old: Plan, new: Plan, before: Step, step: Step) -> Iterator[Sentence]:
    for each in fields(step):
        was, now = getattr(before, each.name), getattr(step, each.name)
        if was != now:
            blanks = {
                "step": step.said(),
                "field": FIELD_NAMES.get(each.name, Sentence(each.name)),
                "old": _said(was, old),
                "new": _said(now, new),
            }
            yield _("%(step)s, %(field)s: %(new)s in place of %(old)s.") % blanks


def _at(plan: Plan, step_id: str) -> str:
    step = plan.steps.get(step_id)
    return f"{plan.number_of(step_id)} {step.said()}" if step else "–"


def _said(value: Any, plan: Plan) -> str:
    if isinstance(value, str) and value in plan.steps:
        return _at(plan, value)
    if isinstance(value, Prompt):
        text = value.text or (f"#{value.greeting}" if value.greeting else "–")
        return f"“{in_sentence(shortened(text, _LONGEST))}”"
    if isinstance(value, tuple):
        return ", ".join(_key(key, plan) for key in value if isinstance(key, Key)) or "–"
    if value is None or value == "":
        return "–"
    return in_sentence(shortened(str(value), _LONGEST))


def _key(key: Key, plan: Plan) -> str:
    return f"{key.digit} {in_sentence(key.meaning)} → {_at(plan, key.next)}"
