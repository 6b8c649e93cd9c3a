"""Memory of a process with many threads."""

from __future__ import annotations

import contextlib
import ctypes
import gc

_M_ARENA_MAX = -8
_ARENAS = 2


def arenas_limit() -> None:
    """Lets all threads take their memory from a few places. glibc's malloc otherwise has up to eight for each
    processor, and what one of them has given back the others cannot use (mallopt(3)). Python's threads hardly ever want
    memory at the same time. Before the first thread begins; elsewhere than with glibc it does nothing.
    """
    with contextlib.suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)


def garbage_seldom() -> None:
    """What is here now stays: the garbage collector need not look at it again and again, while callers wait; nor at
    what a batch of webhooks, or a list of ten thousand people, makes and lets go. For a process that has read its code.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
