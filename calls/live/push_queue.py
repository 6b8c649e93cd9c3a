"""Changes of calls that open desks are still to be told of."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from calls.live.call_tree import CallTree
from calls.log.past_calls import PastRow
from core.realtime import outbox

# Changes in one push that make a crowd, and how many seconds its next push may wait.
BURST_SIZE, _PAUSE = 3, 0.02


@dataclass(frozen=True, slots=True)
class Offered:
    """A call, the agents whose phones ring for it, and the last calls with the same party."""

    tree: CallTree
    agent_ids: Sequence[int]
    earlier: Sequence[PastRow]


T = TypeVar("T")


class PushQueue(Generic[T]):
    """A call that changed again before its turn is pushed once, as it is by then. One push at a time, so that no frame
    overtakes another.

    `make` makes what `send` sends, of calls that are offered and of those that have changed.
    """

    def __init__(self, make: Callable[[Sequence[Offered], Sequence[CallTree]], T], send: Callable[[T], None]) -> None:
        self._make, self._send = make, send
        self._lock = threading.Lock()
        self._trees: list[CallTree] = []
        self._offered: list[Offered] = []
        self._has_turn = False
        self._not_before = 0.0

    def is_idle(self, count: int) -> bool:
        """Whether so many changes, brought now, would be pushed at once."""
        return count < BURST_SIZE and not self._has_turn and time.monotonic() > self._not_before

    def add(self, trees: Sequence[CallTree], offered: Sequence[Offered], made: T | None = None) -> None:
        """A few are pushed at once, by whoever brings them; a crowd waits for its turn in the outbox.

        Who knew that it would be calm may have `made` what is to be sent.
        """
        with self._lock:
            alone = self.is_idle(len(trees) + len(offered))
            if not alone:
                self._trees += trees
                self._offered += offered
                if self._has_turn:
                    return
            self._has_turn = True
        if alone:
            self._push(offered, trees, made)
        else:
            outbox.later(self._take_turn)

    def _take_turn(self) -> None:
        if not self._offered:
            # Who is called should know before the phone rings. Even no pause at all would take a while.
            pause = self._not_before - time.monotonic()
            if pause > 0:
                time.sleep(pause)
        with self._lock:
            trees, self._trees = self._trees, []
            offered, self._offered = self._offered, []
        self._push(offered, trees)

    def _push(self, offered: Sequence[Offered], trees: Sequence[CallTree], made: T | None = None) -> None:
        try:
            self._send(self._make(offered, _newest(trees)) if made is None else made)
        finally:
            if len(trees) + len(offered) >= BURST_SIZE:
                # Many calls change at once: what follows within this time is pushed once.
                self._not_before = time.monotonic() + _PAUSE
            with self._lock:
                self._has_turn = bool(self._trees or self._offered)
            if self._has_turn:
                outbox.later(self._take_turn)


def _newest(trees: Sequence[CallTree]) -> list[CallTree]:
    found: dict[str, CallTree] = {}
    for tree in trees:
        earlier = found.get(tree.root.sid)
        if earlier is not None:
            tree.withdrawals[:0] = earlier.withdrawals
            tree.touched[:0] = earlier.touched
        found[tree.root.sid] = tree
    return list(found.values())
