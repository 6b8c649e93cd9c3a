"""Changes of calls that open desks are still to be told of."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from calls import outbox
from calls.family import Family
from calls.past_calls import PastRow

# Changes in one push that make a crowd, and how many seconds its next push may wait.
_CROWD, _PAUSE = 3, 0.02


@dataclass(frozen=True, slots=True)
class Offered:
    """A call, the agents whose phones ring for it, and the last calls with the same party."""

    family: Family
    agent_ids: Sequence[int]
    earlier: Sequence[PastRow]


Push: TypeAlias = Callable[[Sequence[Offered], Sequence[Family]], None]


class Pending:
    """A call that changed again before its turn is pushed once, as it is by then. One push at a time, so that no frame
    overtakes another."""

    def __init__(self, push: Push) -> None:
        self._push = push
        self._lock = threading.Lock()
        self._families: list[Family] = []
        self._offered: list[Offered] = []
        self._has_turn = False
        self._not_before = 0.0

    def add(self, families: Sequence[Family], offered: Sequence[Offered]) -> None:
        """A few are pushed at once, by whoever brings them; a crowd waits for its turn in the outbox."""
        with self._lock:
            self._families += families
            self._offered += offered
            if self._has_turn:
                return
            self._has_turn = True
            alone = len(self._families) + len(self._offered) < _CROWD and time.monotonic() > self._not_before
        if alone:
            self._take_turn()
        else:
            outbox.later(self._take_turn)

    def _take_turn(self) -> None:
        if not self._offered:
            # Who is called should know before the phone rings.
            time.sleep(max(0.0, self._not_before - time.monotonic()))
        with self._lock:
            families, self._families = self._families, []
            offered, self._offered = self._offered, []
        try:
            self._push(offered, _newest(families))
        finally:
            if len(families) + len(offered) >= _CROWD:
                # Many calls change at once: what follows within this time is pushed once.
                self._not_before = time.monotonic() + _PAUSE
            with self._lock:
                self._has_turn = bool(self._families or self._offered)
            if self._has_turn:
                outbox.later(self._take_turn)


def _newest(families: Sequence[Family]) -> list[Family]:
    found: dict[str, Family] = {}
    for family in families:
        earlier = found.get(family.root.sid)
        if earlier is not None:
            family.withdrawals[:0] = earlier.withdrawals
            family.touched[:0] = earlier.touched
        found[family.root.sid] = family
    return list(found.values())
