"""What a caller meets, as small typed things: made by `routing.walk`, carried out by whoever writes TwiML, and shown by
the explainer. Each says its reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.languages import Sentence
from core.languages import kept as _
from routing.step_fields import Key, Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    version: int
    """The id of the version whose step this is; 0 for a line without a route."""
    step: str
    """"" for what no step says: a spam rule, or what is done when a route cannot be read."""
    said: Sentence
    """What happens, in half a sentence."""
    reason: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed(Doing):
    """Nothing is heard: something was decided."""

    chose: Sentence | None = None
    """What the caller chose by it, for whoever answers; None when it was not the caller who decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Say(Doing):
    prompt: Prompt
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask(Doing):
    """Says it and waits for a key, or a word: go on with what came."""

    prompt: Prompt
    language: str
    keys: tuple[Key, ...]
    seconds: int
    speech: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RingTeam(Doing):
    team: int
    strategy: str
    ring_seconds: int
    first: str
    first_seconds: int
    priority: int
    skill: str
    most_waiting: int
    """Who comes when so many wait goes on at once; 0: any number may wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferCallBack(Doing):
    """Whoever waits may hang up, keep the place, and be called back."""

    after: int
    tries: int
    pause: int
    """Minutes."""
    hours: int | None
    closed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait(Doing):
    """For the team that was named before, for so long at most."""

    seconds: int
    hears: Prompt
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RingAgent(Doing):
    agent: int
    ring_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DialNumber(Doing):
    number: str
    ring_seconds: int
    press_one: bool


# Of a number that must not be called just now: what is said in place of a ring.
NOT_CALLED = _("%(number)s is not called: the caller goes on")


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeMessage(Doing):
    team: int | None
    """Whose box it is; None: the line's."""
    prompt: Prompt
    """Empty: our own sentence asks for the message."""
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class End(Doing):
    refused: bool = False
    """The call is refused before it is answered."""


# What ends what is done at once: the caller's input, or what came of a ring, comes next; or nothing.
LAST = (Ask, Wait, RingAgent, DialNumber, TakeMessage, End)


class EventKind(StrEnum):
    PRESSED = "pressed"
    SPOKE = "spoke"
    NO_INPUT = "no-input"
    WAITED = "waited"
    NOBODY = "nobody"
    FULL = "full"
    NOT_TAKEN = "not-taken"


@dataclass(frozen=True, slots=True)
class Event:
    kind: EventKind
    text: str = ""
    """The digits pressed, or the words said."""
