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
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from time import monotonic

from django.conf import settings
from django.db import close_old_connections
from django.db.models import Min
from django.utils import timezone

from messaging.models import IS_OPEN, Message, Step
from messaging.outbox import lookups
from messaging.outbox.claims import Claimed, claim_next, expired_become_unclear
from messaging.outbox.doorbell import ring_others, wakes_here
from messaging.outbox.results import results_write
from messaging.outbox.sending import Outcome, send

logger = logging.getLogger(__name__)

# A run ends after so many seconds, and another one begins: Celery ends what takes very long.
_LONGEST_RUN = 60.0
# When nothing is due sooner, the process does something else meanwhile.
_PATIENCE = 1.5
# Results are written so many at a time, or after so many seconds: sooner when they are few, for then somebody waits.
_BATCH, _BATCH_SECONDS, _FEW, _FEW_SECONDS = 100, 0.12, 5, 0.03
# So many seconds of work are claimed ahead of what is asked just now: enough for the threads while results are written,
# and so little that a pause is one.
_AHEAD_SECONDS, _MOST_AHEAD = 0.25, 4
# As long as there is more to do than this process can, it asks others to help.
_HELP_SECONDS = 0.5
_HOUSEKEEPING_SECONDS = 1.0
_LEAST_LOOKUPS = 10

_running = threading.Lock()
_wake = threading.Event()
_pool: _Pool | None = None
_current: Run | None = None
# The thread that does nothing but this, where there is one: all others only wake it.
_standing_by: threading.Thread | None = None

Feed = Callable[[int], datetime | None]


def run_or_wake(feed: Feed, *, seconds: float = _LONGEST_RUN) -> None:
    """Sends what is due; when this process does so already, makes it look again at once.

    `feed` is called before each look at the work list: it may put texts there, at most so many, and returns when it
    wants to be called again (None: when something happens).
    """
    global _current
    if _standing_by not in (None, threading.current_thread()):
        _wake_current()
        return
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


def stand_by(feed: Feed) -> None:
    """Sends whenever it is woken; never returns. For a process that has the web server in it, too: so an agent's text
    need not go through a task queue first."""
    global _standing_by
    _standing_by = threading.current_thread()
    while True:
        _wake.wait()
        close_old_connections()
        try:
            run_or_wake(feed)
        except Exception:
            # The clock wakes it again.
            _wake.clear()
            logger.exception("outbox: a run failed")


def _wake_current() -> bool:
    """Has this process look at once; False when nobody here sends."""
    # In this order: a run that ends just now sees it, and begins again.
    _wake.set()
    run = _current
    if run is not None:
        run.nudge()
    return run is not None or _standing_by is not None


wakes_here(_wake_current)


class _Pool:
    """Threads that end with the process, whatever they wait for: what they had is looked up later. What somebody waits
    for goes before what is sent to many."""

    def __init__(self, size: int) -> None:
        self._work: queue.PriorityQueue[tuple[int, int, Callable[[], None]]] = queue.PriorityQueue()
        self._numbers = count()
        for number in range(size):
            threading.Thread(target=self._go, name=f"texts-{number}", daemon=True).start()

    def submit(self, work: Callable[[], None], priority: int) -> None:
        self._work.put((priority, next(self._numbers), work))

    def _go(self) -> None:
        while True:
            self._work.get()[2]()


def _submit(work: Callable[[], None], priority: int) -> None:
    """The threads are made when first needed: a worker's process is forked before."""
    global _pool
    if _pool is None:
        _pool = _Pool(settings.MESSAGE_CONCURRENCY)
    _pool.submit(work, priority)


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
        self._helped_at = 0.0
        # How long Twilio takes for a text, lately.
        self._takes = 0.1
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
            if now < until and next_at is not None and now >= next_at and self._asked < self._most:
                next_at = self._begin_some()
            self._write()
            if not self._asked and not self._unwritten and not self._again:
                if now >= until:
                    ring_others()
                    return
                if next_at is None or next_at - monotonic() > _PATIENCE:
                    return
            self._collect(next_at)

    @property
    def _most(self) -> int:
        """How many texts this process has at a time: those that it asks Twilio for, and those that are next."""
        return round(self._width * min(_MOST_AHEAD, 1 + _AHEAD_SECONDS / self._takes))

    def _begin_some(self) -> float | None:
        """Starts what is due; returns when (monotonic) to look again."""
        free = self._most - self._asked
        # First: somebody may wait for it.
        taken = claim_next(self.name, free)
        for one in taken.claimed:
            self._ask(one)
        moments = [taken.next_at, self._feed(2 * self._width), self._keep_house()]
        if len(taken.claimed) == free:
            # More than this process does at a time: others may help. Each that comes brings one more.
            self._help()
        elif taken.next_at is None:
            moments.append(_next_due())
        return _monotonic_of(min((moment for moment in moments if moment is not None), default=None))

    def _ask(self, claimed: Claimed) -> None:
        self._asked += 1
        _submit(partial(self._send, claimed), claimed.priority)

    def _send(self, claimed: Claimed) -> None:
        began = monotonic()
        outcome = send(claimed)
        # Of many threads; none of them need see the others' figure.
        self._takes += (monotonic() - began - self._takes) / 50
        self._done.put(outcome)

    def _keep_house(self) -> datetime | None:
        """Now and then: makes old claims unclear, and has what is unclear looked for."""
        now = monotonic()
        if now - self._kept_house_at >= _HOUSEKEEPING_SECONDS:
            self._kept_house_at = now
            expired_become_unclear()
            # While little is sent, as many as there are threads for: after a bad hour, hundreds wait.
            for row in lookups.lookups_take(max(_LEAST_LOOKUPS, self._most - self._asked)):
                self._asked += 1
                _submit(partial(self._look, row), row.priority)
        next_at = lookups.lookups_next_at()
        return next_at and max(next_at, timezone.now() + timedelta(seconds=_HOUSEKEEPING_SECONDS / 2))

    def _look(self, row: Message) -> None:
        self._done.put(lookups.look(row))

    def _help(self) -> None:
        if (now := monotonic()) - self._helped_at >= _HELP_SECONDS:
            self._helped_at = now
            ring_others()

    def _collect(self, next_at: float | None) -> None:
        """Waits for a result, or until there is something else to do."""
        now = monotonic()
        waits = [0.25]
        if self._unwritten:
            waits.append(self._written_at + self._patience - now)
        if next_at is not None and self._asked < self._most:
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

    @property
    def _patience(self) -> float:
        return _BATCH_SECONDS if self._asked > _FEW else _FEW_SECONDS

    def _write(self) -> None:
        late = monotonic() - self._written_at >= self._patience
        if self._unwritten and (late or not self._asked or len(self._unwritten) >= _BATCH):
            batch, self._unwritten = self._unwritten, []
            results_write(batch)
            self._written_at = monotonic()
            self._again = True


def _next_due() -> datetime | None:
    """When the next text becomes due that is not due yet."""
    waiting = Message.objects.filter(IS_OPEN, step=Step.WAITING, due_at__gt=timezone.now())
    moment: datetime | None = waiting.aggregate(first=Min("due_at"))["first"]
    return moment


def _monotonic_of(moment: datetime | None) -> float | None:
    if moment is None:
        return None
    return monotonic() + max(0.0, (moment - timezone.now()).total_seconds())
