"""The loop that sends. Any number of processes may run it at the same time; in one process only one does.

It claims texts, has a pool of threads ask Twilio, and writes down what they report, several at a time. It ends when
there is nothing to do for a while: the doorbell, or the clock, begins it again.
"""

from __future__ import annotations

import logging
import queue
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from time import monotonic

from django.conf import settings
from django.db.models import Min
from django.utils import timezone

from messaging.models import Message, Step
from messaging.outbox import lookups
from messaging.outbox.claims import Claimed, claim_next, expired_become_unclear
from messaging.outbox.doorbell import ring_now
from messaging.outbox.results import results_write
from messaging.outbox.sending import Outcome, send

logger = logging.getLogger(__name__)

# A run ends after so many seconds, and another one begins: Celery ends what takes very long.
_LONGEST_RUN = 60.0
# When nothing is due sooner, the process does something else meanwhile.
_PATIENCE = 1.5
# Results are written so many at a time, or after so many seconds.
_BATCH, _BATCH_SECONDS = 50, 0.03
_HOUSEKEEPING_SECONDS = 1.0
_MOST_LOOKUPS = 10

_running = threading.Lock()
_wake = threading.Event()
_threads: ThreadPoolExecutor | None = None
_current: Run | None = None

Feed = Callable[[int], datetime | None]


def run_or_wake(feed: Feed, *, seconds: float = _LONGEST_RUN) -> None:
    """Sends what is due; when this process does so already, makes it look again at once.

    `feed` is called before each look at the work list: it may put texts there, at most so many, and returns when it
    wants to be called again (None: when something happens).
    """
    global _current
    _wake.set()
    # Again: whoever runs may have been about to end when it was woken.
    while _wake.is_set() and _running.acquire(blocking=False):
        try:
            _wake.clear()
            _current = Run(feed)
            _current.go(seconds)
        finally:
            _current = None
            _running.release()
    if (run := _current) is not None:
        run.nudge()


def _pool() -> ThreadPoolExecutor:
    """Made when first needed: a worker's process is forked before."""
    global _threads
    if _threads is None:
        _threads = ThreadPoolExecutor(settings.MESSAGE_CONCURRENCY, thread_name_prefix="texts")
    return _threads


class Run:
    """One run of the loop."""

    def __init__(self, feed: Feed) -> None:
        self.name = str(uuid.uuid4())
        self._feed = feed
        self._width = settings.MESSAGE_CONCURRENCY
        self._done: queue.SimpleQueue[Outcome | lookups.Looked | None] = queue.SimpleQueue()
        self._asked = 0
        self._unwritten: list[Outcome] = []
        self._written_at = monotonic()
        self._kept_house_at = 0.0
        self._helped = False
        # What was written may let something else go.
        self._again = False

    def nudge(self) -> None:
        """From another thread: there is something new to do."""
        self._done.put(None)

    def go(self, seconds: float) -> None:
        """Raises what the database raises; what was claimed then is looked up later."""
        until = monotonic() + seconds
        next_at: float | None = monotonic()
        while True:
            now = monotonic()
            if _wake.is_set() or self._again:
                _wake.clear()
                self._again = False
                next_at = now
            if now < until and next_at is not None and now >= next_at and self._asked < self._width:
                next_at = self._begin_some()
            self._write()
            if not self._asked and not self._unwritten and not self._again:
                if now >= until:
                    ring_now()
                    return
                if next_at is None or next_at - monotonic() > _PATIENCE:
                    return
            self._collect(next_at)

    def _begin_some(self) -> float | None:
        """Starts what is due; returns when (monotonic) to look again."""
        moments = [self._feed(2 * self._width), self._keep_house()]
        free = 2 * self._width - self._asked
        taken = claim_next(self.name, free)
        for one in taken.claimed:
            self._submit(one)
        moments.append(taken.next_at)
        if len(taken.claimed) == free:
            # More than this process does at a time: others may help. Each that comes brings one more.
            self._help()
        elif taken.next_at is None:
            moments.append(_next_due())
        return _monotonic_of(min((moment for moment in moments if moment is not None), default=None))

    def _submit(self, claimed: Claimed) -> None:
        self._asked += 1
        _pool().submit(lambda: self._done.put(send(claimed)))

    def _keep_house(self) -> datetime | None:
        """Now and then: makes old claims unclear, and has what is unclear looked for."""
        now = monotonic()
        if now - self._kept_house_at >= _HOUSEKEEPING_SECONDS:
            self._kept_house_at = now
            expired_become_unclear()
            for row in lookups.lookups_take(_MOST_LOOKUPS):
                self._asked += 1
                _pool().submit(lambda row=row: self._done.put(lookups.look(row)))  # type: ignore[misc]
        next_at = lookups.lookups_next_at()
        return next_at and max(next_at, timezone.now() + timedelta(seconds=_HOUSEKEEPING_SECONDS / 2))

    def _help(self) -> None:
        if not self._helped:
            self._helped = True
            ring_now()

    def _collect(self, next_at: float | None) -> None:
        """Waits for a result, or until there is something else to do."""
        now = monotonic()
        waits = [0.25]
        if self._unwritten:
            waits.append(self._written_at + _BATCH_SECONDS - now)
        if next_at is not None and self._asked < self._width:
            waits.append(next_at - now)
        try:
            one = self._done.get(timeout=max(0.001, min(waits)))
        except queue.Empty:
            return
        while True:
            if isinstance(one, Outcome):
                self._asked -= 1
                self._unwritten.append(one)
            elif one is not None:
                self._asked -= 1
                lookups.look_write(one)
                self._again = True
            try:
                one = self._done.get_nowait()
            except queue.Empty:
                return

    def _write(self) -> None:
        late = monotonic() - self._written_at >= _BATCH_SECONDS
        if self._unwritten and (late or not self._asked or len(self._unwritten) >= _BATCH):
            batch, self._unwritten = self._unwritten, []
            results_write(batch)
            self._written_at = monotonic()
            self._again = True


def _next_due() -> datetime | None:
    """When the next text becomes due that is not due yet."""
    waiting = Message.objects.filter(step=Step.WAITING, due_at__gt=timezone.now())
    moment: datetime | None = waiting.aggregate(first=Min("due_at"))["first"]
    return moment


def _monotonic_of(moment: datetime | None) -> float | None:
    if moment is None:
        return None
    return monotonic() + max(0.0, (moment - timezone.now()).total_seconds())
