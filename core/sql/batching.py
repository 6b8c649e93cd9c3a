"""Work that arrives together is done together: one transaction for all, instead of one for each.

Under load most of a small write's cost is its round trips and its commit. A thread of its own takes whatever has come
in since it last looked; a request that comes alone is a batch of one and waits for nobody.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeAlias, TypeVar

logger = logging.getLogger(__name__)

# Seconds. Batches that follow each other so closely are a crowd's. Its members are waited for so long after a batch,
# and beyond that while they come no further apart than this.
_CROWD, _LINGER, _APART = 0.005, 0.0025, 0.001
_NEVER = sys.maxsize

T = TypeVar("T")
R = TypeVar("R")
_Settled: TypeAlias = "list[tuple[asyncio.Future[R], R | BaseException]]"


class Batcher(Generic[T, R]):
    """Runs `work` on what was submitted, in the order of arrival, in one thread that ends with the process.

    `work` gets the items and returns one result for each, or the exception to raise to its submitter. What it raises
    itself is raised to every submitter of the batch. `begin` is the thread's first call.
    An item whose future was cancelled before its turn is left out.
    """

    def __init__(
        self,
        work: Callable[[Sequence[T]], Sequence[R | Exception]],
        *,
        name: str,
        limit: int = 64,
        begin: Callable[[], None] = lambda: None,
    ) -> None:
        self._work = work
        self._begin = begin
        self._name = name
        self._limit = limit
        self._waiting: deque[tuple[T, asyncio.Future[R]]] = deque()
        # The thread is woken when so many wait.
        self._wanted = _NEVER
        self._bell: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def submit(self, item: T) -> asyncio.Future[R]:
        """A future of the running event loop."""
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if len(self._waiting) >= self._wanted:
            self._bell.put(None)
        if self._thread is None:
            self._start()
        return future

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

    def _run(self) -> None:
        self._begin()
        crowd, ended = 0, 0.0
        while True:
            self._wait_for(1, None)
            if time.monotonic() - ended < _CROWD:
                # The last batch has only just ended: those who were in it come back at once, and go on together with
                # those who came meanwhile. Else they would stay two half crowds, each of which waits for the other's
                # batch before its own.
                self._linger(min(crowd, self._limit), ended + _LINGER)
            batch = self._next()
            if batch:
                crowd = self._do(batch)
                ended = time.monotonic()

    def _linger(self, count: int, until: float) -> None:
        """Waits for so many items until then, and beyond that for as long as they keep coming."""
        came = -1
        while came < len(self._waiting) < count:
            came = len(self._waiting)
            self._wait_for(count, max(until, time.monotonic() + _APART))

    def _wait_for(self, count: int, until: float | None) -> None:
        """Waits for so many items, but not for longer than `until`."""
        # Said before they are counted: an item that comes meanwhile is counted or rings.
        self._wanted = count
        while len(self._waiting) < count:
            timeout = None if until is None else until - time.monotonic()
            if timeout is not None and timeout <= 0:
                break
            try:
                self._bell.get(timeout=timeout)
            except queue.Empty:
                break
        self._wanted = _NEVER
        while not self._bell.empty():
            # Who came together rang together. Nobody else takes from here.
            self._bell.get()

    def _next(self) -> list[tuple[T, asyncio.Future[R]]]:
        count = min(len(self._waiting), self._limit)
        batch = [self._waiting.popleft() for _ in range(count)]
        return [entry for entry in batch if not entry[1].done()]

    def _do(self, batch: list[tuple[T, asyncio.Future[R]]]) -> int:
        """Does them, tells the answers, and returns how many are in the crowd: these, and who came meanwhile."""
        results: Sequence[R | BaseException]
        try:
            results = self._work([item for item, _ in batch])
            if len(results) != len(batch):
                raise RuntimeError(f"{len(results)} results for {len(batch)} items")
        except BaseException as error:
            logger.exception("%s: a batch of %d failed", self._name, len(batch))
            results = [error] * len(batch)
        # Before they are told: who is answered may be back at once, and would be counted twice and waited for in vain.
        crowd = len(batch) + len(self._waiting)
        loops: dict[asyncio.AbstractEventLoop, _Settled[R]] = {}
        for (_, future), result in zip(batch, results, strict=True):
            loops.setdefault(future.get_loop(), []).append((future, result))
        for loop, settled in loops.items():
            try:
                # Once for all: each call wakes the loop.
                loop.call_soon_threadsafe(_settle, settled)
            except RuntimeError:
                logger.warning("%s: the event loop is closed; %d answers are lost", self._name, len(settled))
        return crowd


def _settle(settled: _Settled[R]) -> None:
    for future, result in settled:
        if future.done():
            continue
        if isinstance(result, BaseException):
            future.set_exception(result)
        else:
            future.set_result(result)
