"""The steps of which routes are made: each with its fields, how it is written as JSON, and its ways on.

Pure: what a step refers to is a number here (a team, hours, a greeting); who walks is given the facts of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from core.languages import Sentence
from core.languages import kept as _
from core.text import in_sentence
from routing import step_fields as are
from routing.step_fields import MAX_STEPS, Complain, Key, Prompt

# What becomes of a call-back when the hours are over: kept for the next opening, or left to be done by hand.
CLOSED_KEEPS, CLOSED_LISTS = "keep", "list"
STRATEGIES = ("all-at-once", "longest-idle", "in-turn", "fixed-order")
FIRST_ASKED = ("", "last-agent", "owner")
# The step, the field within it, and what to do.
_Problem = tuple[str, str, Sentence]


@dataclass(frozen=True, slots=True)
class Arrow:
    """One way on from a step."""

    field: str
    target: str
    """The id of the step it leads to; "" when none was chosen."""
    label: Sentence
    by_caller: bool = False
    """The caller did something for it: pressed a key, or said a word. A circle needs one such arrow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    id: str
    name: str = are.text()

    kind: ClassVar[str] = ""
    title: ClassVar[str | Promise] = ""

    def arrows(self) -> tuple[Arrow, ...]:
        return ()

    def prompts(self) -> tuple[tuple[str, Prompt, bool], ...]:
        """What is heard in it: the field, the prompt, and whether there must be one."""
        return ()

    def said(self) -> str:
        """Its name, as a sentence has it."""
        return in_sentence(self.name) or str(self.title)

    def as_json(self) -> dict[str, Any]:
        plain = {each.name: _plain(getattr(self, each.name)) for each in fields(self)}
        return {"id": self.id, "kind": self.kind, **plain}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value.as_json() if isinstance(value, Prompt | Key) else value


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursStep(Step):
    kind: ClassVar[str] = "hours"
    title: ClassVar[str | Promise] = gettext_lazy("Opening hours")
    hours: int | None = are.row()
    open: str = are.target()
    closed: str = are.target()
    holiday: str = are.target()

    def arrows(self) -> tuple[Arrow, ...]:
        ways = (Arrow("open", self.open, _("open")), Arrow("closed", self.closed, _("closed")))
        # Without a way of its own a holiday is a day like any other on which nobody is there.
        return ways + ((Arrow("holiday", self.holiday, _("holiday")),) if self.holiday else ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement(Step):
    kind: ClassVar[str] = "announcement"
    title: ClassVar[str | Promise] = gettext_lazy("Announcement")
    prompt: Prompt = are.prompt()
    next: str = are.target()

    def arrows(self) -> tuple[Arrow, ...]:
        return (Arrow("next", self.next, _("then")),)

    def prompts(self) -> tuple[tuple[str, Prompt, bool], ...]:
        return (("prompt", self.prompt, True),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu(Step):
    kind: ClassVar[str] = "menu"
    title: ClassVar[str | Promise] = gettext_lazy("Menu")
    prompt: Prompt = are.prompt()
    keys: tuple[Key, ...] = are.keys()
    seconds: int = are.number(2, 30, 6)
    no_input: str = are.target()
    tries: int = are.number(1, 5, 2)
    """How often the menu is said again after a wrong key."""
    wrong_input: str = are.target()
    speech: bool = are.flag(False)

    def arrows(self) -> tuple[Arrow, ...]:
        return (
            *(_of_key(index, key) for index, key in enumerate(self.keys)),
            Arrow("no_input", self.no_input, _("no key")),
            Arrow("wrong_input", self.wrong_input, _("wrong key"), by_caller=True),
        )

    def prompts(self) -> tuple[tuple[str, Prompt, bool], ...]:
        return (("prompt", self.prompt, True),)

    def key_pressed(self, digits: str) -> Key | None:
        return next((key for key in self.keys if key.digit and key.digit == digits), None)

    def key_meant(self, words: str) -> Key | None:
        """Of what was said: the key with the longest of its words in it."""
        said = f" {_words(words)} "
        found = [(len(word), key) for key in self.keys for word in (key.words or (key.meaning,)) if _is_in(word, said)]
        return max(found, key=lambda one: one[0])[1] if found else None


def _words(text: str) -> str:
    return " ".join("".join(letter if letter.isalnum() else " " for letter in text.casefold()).split())


def _is_in(word: str, said: str) -> bool:
    plain = _words(word)
    return bool(plain) and f" {plain} " in said


def _of_key(index: int, key: Key) -> Arrow:
    label = f"{key.digit} {in_sentence(key.meaning)}".strip()
    return Arrow(f"keys.{index}.next", key.next, Sentence("%(key)s", {"key": label}), by_caller=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageChoice(Menu):
    """A menu whose keys also choose the language of all that follows."""

    kind: ClassVar[str] = "language"
    title: ClassVar[str | Promise] = gettext_lazy("Choice of language")


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamStep(Step):
    kind: ClassVar[str] = "team"
    title: ClassVar[str | Promise] = gettext_lazy("Team")
    team: int | None = are.row()
    strategy: str = are.choice(STRATEGIES, "longest-idle")
    ring_seconds: int = are.number(5, 120, 20)
    """How long each attempt rings."""
    first: str = are.choice(FIRST_ASKED, "")
    first_seconds: int = are.number(5, 60, 15)
    wait_seconds: int = are.number(5, 3600, 180)
    hears: Prompt = are.prompt()
    """What the waiting hear, between the music."""
    priority: int = are.number(0, 9, 0)
    skill: str = are.text()
    most_waiting: int = are.number(0, 200, 0)
    """Who comes when so many wait goes on at once; 0: any number may wait."""
    call_back: bool = are.flag(False)
    """Whether the waiting may hang up, keep their place, and be called back."""
    call_back_after: int = are.number(0, 900, 60)
    """After so many seconds of waiting."""
    call_back_tries: int = are.number(1, 5, 3)
    call_back_pause: int = are.number(1, 120, 10)
    """Minutes between two tries."""
    call_back_hours: int | None = are.row()
    """Nobody is called back outside these hours; None: at any time."""
    call_back_closed: str = are.choice((CLOSED_KEEPS, CLOSED_LISTS), CLOSED_KEEPS)
    waited: str = are.target()
    nobody: str = are.target()
    full: str = are.target()

    def arrows(self) -> tuple[Arrow, ...]:
        ways = (Arrow("waited", self.waited, _("waited")), Arrow("nobody", self.nobody, _("nobody there")))
        return ways + ((Arrow("full", self.full, _("full")),) if self.full or self.most_waiting else ())

    def prompts(self) -> tuple[tuple[str, Prompt, bool], ...]:
        return (("hears", self.hears, False),)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentStep(Step):
    kind: ClassVar[str] = "agent"
    title: ClassVar[str | Promise] = gettext_lazy("Agent")
    agent: int | None = are.row()
    ring_seconds: int = are.number(5, 120, 20)
    next: str = are.target()

    def arrows(self) -> tuple[Arrow, ...]:
        return (Arrow("next", self.next, _("no answer")),)


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberStep(Step):
    kind: ClassVar[str] = "number"
    title: ClassVar[str | Promise] = gettext_lazy("Outside number")
    number: str = are.text(longest=40)
    ring_seconds: int = are.number(5, 120, 25)
    press_one: bool = are.flag(True)
    """Whoever answers is asked to press 1, so that no mailbox takes the call."""
    next: str = are.target()

    def arrows(self) -> tuple[Arrow, ...]:
        return (Arrow("next", self.next, _("no answer")),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Voicemail(Step):
    kind: ClassVar[str] = "voicemail"
    title: ClassVar[str | Promise] = gettext_lazy("Voicemail box")
    team: int | None = are.row()
    prompt: Prompt = are.prompt()

    def prompts(self) -> tuple[tuple[str, Prompt, bool], ...]:
        # Without one, a sentence of ours asks for the message.
        return (("prompt", self.prompt, False),)


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherRoute(Step):
    kind: ClassVar[str] = "route"
    title: ClassVar[str | Promise] = gettext_lazy("Another route")
    route: int | None = are.row()


@dataclass(frozen=True, slots=True, kw_only=True)
class Goodbye(Step):
    kind: ClassVar[str] = "goodbye"
    title: ClassVar[str | Promise] = gettext_lazy("Goodbye")
    prompt: Prompt = are.prompt()

    def prompts(self) -> tuple[tuple[str, Prompt, bool], ...]:
        return (("prompt", self.prompt, True),)


KINDS: Mapping[str, type[Step]] = {
    kind.kind: kind
    for kind in (
        HoursStep, Announcement, Menu, LanguageChoice, TeamStep, AgentStep, NumberStep, Voicemail, OtherRoute, Goodbye,
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of one version, in the order in which they are listed. The caller begins at `first`."""

    first: str
    steps: Mapping[str, Step]

    def number_of(self, step_id: str) -> int:
        """As pages number it; 0 for what is none of its steps."""
        return next((index for index, each in enumerate(self.steps, 1) if each == step_id), 0)

    def as_json(self) -> dict[str, Any]:
        return {"first": self.first, "steps": [step.as_json() for step in self.steps.values()]}


class Unreadable(ValueError):
    """What is stored is no route."""


def plan_of(stored: Any) -> Plan:
    """Of a stored version. Raises `Unreadable`."""
    plan, problems = plan_read(stored)
    if problems:
        step, field, why = problems[0]
        raise Unreadable(f"{step}.{field}: {why}")
    return plan


def plan_read(document: Any) -> tuple[Plan, list[_Problem]]:
    """A document that anybody may have sent, as far as it can be read; with what is wrong: step, field, sentence."""
    problems: list[_Problem] = []
    rows = document.get("steps") if isinstance(document, Mapping) else None
    if not isinstance(rows, list):
        return Plan("", {}), [("", "", _("This is no route."))]
    if len(rows) > MAX_STEPS:
        problems.append(("", "", _("A route has at most %(count)d steps.") % {"count": MAX_STEPS}))
    steps: dict[str, Step] = {}
    for data in rows[:MAX_STEPS]:
        kind = KINDS.get(str(data.get("kind"))) if isinstance(data, Mapping) else None
        step_id = are.read_id(data.get("id")) if kind else ""
        if kind is None or not step_id or step_id in steps:
            problems.append((step_id, "", _("This is no step of a route.")))
            continue
        steps[step_id] = _step(kind, step_id, data, _complain_to(problems, step_id))
    return Plan(are.read_id(document.get("first")), steps), problems


def _complain_to(problems: list[_Problem], step_id: str) -> Complain:
    return lambda field, why: problems.append((step_id, field, why))


def _step(kind: type[Step], step_id: str, data: Mapping[str, Any], complain: Complain) -> Step:
    values = dict(_values(kind, data, complain))
    return kind(id=step_id, **values)


def _values(kind: type[Step], data: Mapping[str, Any], complain: Complain) -> Iterator[tuple[str, Any]]:
    for each in fields(kind):
        if read := each.metadata.get("read"):
            yield each.name, read(data.get(each.name), each.name, complain)
