"""Work that arrives together is done together: one transaction for all, instead of one for each.

Under load most of a small write's cost is its round trips and its commit. A thread of its own takes whatever has come
in since it last looked; a request that comes alone is a batch of one and waits for nobody.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

logger = logging.getLogger(__name__)

# Seconds.
_CROWD, _LINGER = 0.005, 0.003

T = TypeVar("T")
R = TypeVar("R")


class Batcher(Generic[T, R]):
    """Runs `work` on what was submitted, in the order of arrival, in one thread that ends with the process.

    `work` gets the items and returns one result for each, or the exception to raise to its submitter. What it raises
    itself is raised to every submitter of the batch.
    An item whose future was cancelled before its turn is left out.
    """

    def __init__(self, work: Callable[[Sequence[T]], Sequence[R | Exception]], *, name: str, limit: int = 64) -> None:
        self._work = work
        self._name = name
        self._limit = limit
        self._queue: queue.SimpleQueue[tuple[T, Future[R]]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._ended = 0.0

    def submit(self, item: T) -> Future[R]:
        future: Future[R] = Future()
        self._queue.put((item, future))
        if self._thread is None:
            self._start()
        return future

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            batch = [entry for entry in self._next() if entry[1].set_running_or_notify_cancel()]
            if batch:
                self._do(batch)
                self._ended = time.monotonic()

    def _next(self) -> list[tuple[T, Future[R]]]:
        """Waits for the first; takes with it what is there already.

        When the last batch has only just ended, there is a crowd: a moment's wait brings the others, who would have to
        wait for the whole of the next batch otherwise.
        """
        batch = [self._queue.get()]
        if time.monotonic() - self._ended < _CROWD:
            time.sleep(_LINGER)
        while len(batch) < self._limit:
            try:
                batch.append(self._queue.get_nowait())
            except queue.Empty:
                break
        return batch

    def _do(self, batch: list[tuple[T, Future[R]]]) -> None:
        try:
            results = self._work([item for item, _ in batch])
        except BaseException as error:
            logger.exception("%s: a batch of %d failed", self._name, len(batch))
            for _, future in batch:
                future.set_exception(error)
        else:
            for (_, future), result in zip(batch, results, strict=True):
                if isinstance(result, Exception):
                    future.set_exception(result)
                else:
                    future.set_result(result)
