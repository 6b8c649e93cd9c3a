"""What a version of a route says, and what differs between two of them, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from core.languages import Sentence
from core.languages import kept as _
from core.text import in_sentence, shortened
from routing.step_fields import Key, Prompt
from routing.steps import Plan, Step

_LONGEST = 60
# What is set for something that a step does not do says nothing.
_ONLY_WITH = {
    "first_seconds": "first",
    "call_back_after": "call_back",
    "call_back_tries": "call_back",
    "call_back_pause": "call_back",
    "call_back_hours": "call_back",
    "call_back_closed": "call_back",
}
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


@dataclass(frozen=True, slots=True)
class Names:
    """What is read in place of what is stored."""

    rows: Mapping[str, Mapping[int, str]]
    """Of what a step refers to: by the field, and `greeting`, names by ids."""
    choices: Mapping[str, str]
    """By the field and the value: `strategy_in-turn`."""


def steps_said(plan: Plan, names: Names) -> Iterator[tuple[str, list[Sentence]]]:
    """Each step: its number and name, and its fields, as far as something stands in them."""
    for step_id, step in plan.steps.items():
        told = [
            _("%(field)s: %(value)s") % {"field": _field(each.name), "value": _said(step, each.name, plan, names, None)}
            for each in fields(step)
            if each.name not in ("id", "name") and _says_something(step, each.name)
        ]
        yield _at(plan, step_id), told


def _says_something(step: Step, name: str) -> bool:
    if name in _ONLY_WITH and not getattr(step, _ONLY_WITH[name]):
        return False
    return getattr(step, name) not in (None, "", (), False, Prompt())


def differences(old: Plan, new: Plan, names: Names) -> Iterator[Sentence]:
    """Each as a sentence, from the first step on."""
    if old.first != new.first:
        yield _("Callers begin at %(new)s, not at %(old)s.") % {"new": _at(new, new.first), "old": _at(old, old.first)}
    for step_id, step in new.steps.items():
        before = old.steps.get(step_id)
        if before is None or before.kind != step.kind:
            yield _("Added: %(step)s.") % {"step": _at(new, step_id)}
            continue
        for each in fields(step):
            if getattr(before, each.name) != getattr(step, each.name):
                yield _("%(step)s, %(field)s: %(new)s in place of %(old)s.") % {
                    "step": step.said(),
                    "field": _field(each.name),
                    "old": _said(before, each.name, old, names),
                    "new": _said(step, each.name, new, names),
                }
    for step_id, step in old.steps.items():
        now = new.steps.get(step_id)
        if now is None or now.kind != step.kind:
            yield _("Removed: %(step)s.") % {"step": _at(old, step_id)}


def _field(name: str) -> Sentence:
    return FIELD_NAMES.get(name, Sentence(name))


def _at(plan: Plan, step_id: str) -> str:
    step = plan.steps.get(step_id)
    return f"{plan.number_of(step_id)} {step.said()}" if step else "–"


_NOTHING = "–"
_GONE = _("one that is gone")


def _said(step: Step, name: str, plan: Plan, names: Names, most: int | None = _LONGEST) -> str:
    """`most`: how much of a long text; None: all of it."""
    value: Any = getattr(step, name)
    if any(arrow.field == name for arrow in step.arrows()):
        return _at(plan, value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name in names.rows and isinstance(value, int):
        return in_sentence(names.rows[name].get(value, "")) or _GONE
    if isinstance(value, Prompt):
        greeting = value.greeting and (names.rows["greeting"].get(value.greeting, "") or _GONE)
        text = value.text or str(greeting or _NOTHING)
        return f"“{in_sentence(shortened(text, most or len(text)))}”"
    if isinstance(value, tuple):
        return ", ".join(_key(key, plan) for key in value if isinstance(key, Key)) or _NOTHING
    if choice := names.choices.get(f"{name}_{value}"):
        return choice
    return _NOTHING if value in (None, "") else in_sentence(shortened(str(value), _LONGEST))


def _key(key: Key, plan: Plan) -> str:
    return f"{key.digit} {in_sentence(key.meaning)} → {_at(plan, key.next)}"
