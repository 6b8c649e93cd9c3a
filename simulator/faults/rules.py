"""A rule: which fault, how often, for what; and how one is read from JSON."""

from __future__ import annotations

import random
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from simulator.faults.kinds import TRAITS, Kind

Json = dict[str, Any]

FIELDS = frozenset({"kind", "rate", "seconds", "status", "code", "count", "match"})
MATCHES = ("path", "method", "call_status", "call_sid", "message_status", "message_sid")
MOST_SECONDS = 3600
LEAST_CODE, MOST_CODE = 10_000, 99_999
MOST_FIRINGS = 1_000_000_000


class BadRuleError(ValueError):
    """What is wrong, as a sentence for whoever wrote the rule."""


@dataclass(frozen=True)
class Occasion:
    """Something that may go wrong: a request, or something of the phone's, where only `call_sids` is known."""

    path: str = ""
    call_status: str = ""
    call_sids: Collection[str] = ()
    message_status: str = ""
    message_sid: str = ""
    method: str = ""


@dataclass(eq=False)
class Rule:
    """One rule and its own source of chance, so that no rule changes when another one strikes."""

    kind: Kind
    rate: float = 1.0
    seconds: float = 0.0
    status: int = 0
    #: Twilio's, for an error of the API that is to be refused for something.
    code: int | None = None
    count: int | None = None
    match: dict[str, str] = field(default_factory=dict)
    chance: random.Random = field(default_factory=random.Random)
    begun: float = field(default_factory=time.monotonic)
    fired: int = 0

    @property
    def active(self) -> bool:
        """Whether it may strike (again)."""
        if self.count is not None and self.fired >= self.count:
            return False
        return self.kind is not Kind.NETWORK_CUT or time.monotonic() < self.begun + self.seconds

    def fits(self, occasion: Occasion) -> bool:
        if self.match.get("path", "") not in occasion.path:
            return False
        for name in ("method", "call_status", "message_status", "message_sid"):
            given = getattr(occasion, name)
            if self.match.get(name, given) != given:
                return False
        return "call_sid" not in self.match or self.match["call_sid"] in occasion.call_sids

    def strikes(self, occasion: Occasion) -> bool:
        """Draws, if there is anything to draw for."""
        return self.active and self.fits(occasion) and self.chance.random() < self.rate

    def as_json(self) -> Json:
        """As it was given, with what it left out, and `fired`."""
        shown: Json = {"kind": str(self.kind), "rate": self.rate}
        traits = TRAITS[self.kind]
        if traits.seconds is not None:
            shown["seconds"] = self.seconds
        if traits.status is not None:
            shown["status"] = self.status
        if self.code is not None:
            shown["code"] = self.code
        if self.count is not None:
            shown["count"] = self.count
        if self.match:
            shown["match"] = dict(self.match)
        return {**shown, "fired": self.fired}


def read_rule(given: object, position: int, seed: int) -> Rule:
    """The rule at a position (from 0) of a list. Raises `BadRuleError`, which counts from 1."""
    kind = given.get("kind") if isinstance(given, dict) else None
    label = f"Rule {position + 1} ({kind})" if isinstance(kind, str) else f"Rule {position + 1}"
    try:
        return _read(given, f"{seed}/{position}")
    except BadRuleError as error:
        raise BadRuleError(f"{label}: {error}") from error


def _read(given: object, seed: str) -> Rule:
    if not isinstance(given, dict):
        raise BadRuleError("expected an object with a kind.")
    if unknown := sorted(set(given) - FIELDS):
        raise BadRuleError(f"there is no {unknown[0]!r}; a rule has {', '.join(sorted(FIELDS))}.")
    try:
        kind = Kind(str(given.get("kind")))
    except ValueError as error:
        raise BadRuleError(f"kind must be one of {', '.join(Kind)}.") from error
    traits = TRAITS[kind]
    code = _whole(given, "code", LEAST_CODE, MOST_CODE, None)
    if code is not None and kind is not Kind.REST_ERROR:
        raise BadRuleError("code is for rest-error alone.")
    return Rule(
        kind,
        rate=_number(given, "rate", 0, 1, 1.0),
        seconds=_number(given, "seconds", 0, MOST_SECONDS, traits.seconds or 0.0),
        status=_whole(given, "status", 400, 599, traits.status or 0) or 0,
        code=code,
        count=_whole(given, "count", 1, MOST_FIRINGS, None),
        match=_match(given.get("match"), kind),
        chance=random.Random(seed),  # noqa: S311  repeatable is what it has to be
    )


def _number(given: Json, name: str, low: float, high: float, default: float) -> float:
    value = given.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise BadRuleError(f"{name} must be a number from {low} to {high}, not {value!r}.")
    return float(value)


def _whole(given: Json, name: str, low: int, high: int, default: int | None) -> int | None:
    value = given.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise BadRuleError(f"{name} must be a whole number from {low} to {high}, not {value!r}.")
    return value


def _match(given: object, kind: Kind) -> dict[str, str]:
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise BadRuleError(f"match must be an object with {', '.join(MATCHES)}, any of them.")
    for name, value in given.items():
        if name not in MATCHES:
            raise BadRuleError(f"match has no {name!r}; it has {', '.join(MATCHES)}.")
        if not isinstance(value, str):
            raise BadRuleError(f"match.{name} must be a text, not {value!r}.")
        if value and name not in TRAITS[kind].matches:
            raise BadRuleError(f"match.{name} cannot be told of this kind; leave it out.")
    return {name: value for name, value in given.items() if value}
