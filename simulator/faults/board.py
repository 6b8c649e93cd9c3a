"""All rules, and the decisions."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

from simulator.faults.kinds import Kind
from simulator.faults.rules import BadRuleError, Occasion, Rule, read_rule

Json = dict[str, Any]

MOST_RULES = 100
MOST_SEED = 2**53  # what a page can count to
#: Frames are lost fifty times a second: those who look on are told twice a second.
NEWS_SECONDS = 0.5


class Faults:
    """The rules in force. `tell` is called with an event when something about them has changed."""

    def __init__(self, tell: Callable[[Json], None] = lambda event: None) -> None:
        self._tell = tell
        self._timers: set[asyncio.TimerHandle] = set()
        self._news_due = False
        self.seed = 0
        self.rules: list[Rule] = []

    # --- what the rules are -----------------------------------------------------------------------------------------

    def replace(self, body: Json) -> None:
        """Puts other rules in force, from the beginning of their chances. Raises `BadRuleError`, and changes nothing.

        Without a `seed` one is made up; it can be read and given again.
        """
        if unknown := sorted(set(body) - {"seed", "rules"}):
            raise BadRuleError(f"There is no {unknown[0]!r}; expected seed and rules.")
        seed = body.get("seed")
        if seed is None:
            seed = random.randrange(1_000_000)  # noqa: S311
        elif isinstance(seed, bool) or not isinstance(seed, int) or abs(seed) > MOST_SEED:
            raise BadRuleError(f"seed must be a whole number, not {seed!r}.")
        given = body.get("rules")
        if not isinstance(given, list) or len(given) > MOST_RULES:
            raise BadRuleError(f"rules must be a list of at most {MOST_RULES} rules.")
        rules = [read_rule(one, position, seed) for position, one in enumerate(given)]
        self._stop_timers()
        self.seed, self.rules = seed, rules
        for rule in rules:
            if rule.kind is Kind.NETWORK_CUT:
                self._later(rule.seconds, self._announce)
        self._announce()

    def clear(self) -> None:
        self._stop_timers()
        self.seed, self.rules = 0, []
        self._announce()

    def as_json(self) -> Json:
        return {"seed": self.seed, "rules": [rule.as_json() for rule in self.rules]}

    def news(self) -> Json:
        """The same for those who look on, with whether each rule may still strike."""
        return {"seed": self.seed, "rules": [{**rule.as_json(), "active": rule.active} for rule in self.rules]}

    # --- what they decide -------------------------------------------------------------------------------------------

    def draw(self, occasion: Occasion, *kinds: Kind) -> Rule | None:
        """The rule that strikes, of those kinds, or None. Of several the first in the list does.

        Every rule that fits draws, also when an earlier one has struck: or one rule's luck would be another's.
        """
        if not self.rules:
            return None
        struck = [rule for rule in self.rules if rule.kind in kinds and rule.strikes(occasion)]
        if not struck:
            return None
        struck[0].fired += 1
        if not self._news_due:
            self._news_due = self._later(NEWS_SECONDS, self._announce)
        return struck[0]

    # --- who is told ------------------------------------------------------------------------------------------------

    def _announce(self) -> None:
        self._news_due = False
        self._tell({"type": "faults", **self.news()})

    def _later(self, seconds: float, act: Callable[[], None]) -> bool:
        """Whether there is a loop that will do it; without one nobody looks on either."""

        def do() -> None:
            self._timers.discard(timer)
            act()

        try:
            timer = asyncio.get_running_loop().call_later(seconds, do)
        except RuntimeError:
            return False
        self._timers.add(timer)
        return True

    def _stop_timers(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        self._news_due = False
