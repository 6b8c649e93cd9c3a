"""What cannot be stored now is written to disk, and taken up when storage is back.

One line of JSON for each entry, flushed to the disk before anybody is answered. Each process appends to a file of its
own; whoever drains takes a file by renaming it, so that no entry is worked on twice at a time. A process that is
killed while it drains leaves its file, which is taken up again: an entry may be seen twice, but none is lost. What
cannot be read is put aside once more, in a file that nobody takes up: it must not keep back what stands behind it.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings

logger = logging.getLogger(__name__)

# A file that was taken and not finished belongs to a process that died: after this many seconds others take it.
_ABANDONED = 60
# What cannot be read, for whoever wants to see by hand what it was.
_UNREADABLE = "unreadable.bad"
# Told of each entry that this process appends.
_listeners: list[Callable[[], None]] = []


class EntryUnreadable(Exception):
    """An entry that can never be stored: its text says why, and holds nothing of it."""


@contextmanager
def spool_listener(listener: Callable[[], None]) -> Iterator[None]:
    """Calls `listener`, which must neither wait nor raise, whenever this process has put something aside."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def _folder() -> Path:
    return Path(settings.SPOOL_DIR)


@contextmanager
def _locked() -> Iterator[None]:
    """No file is taken away while somebody, in this process or another, is writing to it."""
    with open(_folder() / ".lock", "a", encoding="ascii", opener=_private) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def spool_append(entry: dict[str, Any]) -> None:
    """Keeps the entry on disk. Raises `OSError` when not even that works."""
    line = json.dumps(entry, ensure_ascii=True, separators=(",", ":")) + "\n"
    _make_folder()
    with _locked(), open(_folder() / f"{os.getpid()}.jsonl", "a", encoding="ascii", opener=_private) as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
    for listener in _listeners:
        listener()


def _make_folder() -> None:
    """Callers' numbers are nobody else's business on this machine."""
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        # It was there before. Somebody else's cannot be closed, and is still better than losing the entry.
        with suppress(OSError):
            folder.chmod(0o700)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def spool_is_empty() -> bool:
    folder = _folder()
    return not folder.is_dir() or next(iter(folder.glob("*.jsonl*")), None) is None


def spool_drain(store: Callable[[dict[str, Any]], None]) -> int:
    """Gives every entry to `store`, oldest first; returns how many it took.

    Stops at the first entry that `store` raises for, and keeps it and what follows it for the next time. One for which
    it raises `EntryUnreadable` is put aside.
    """
    return sum(_drain_file(path, store) for path in _take_files())


def spool_remove(wanted: Callable[[str], bool]) -> int:
    """Takes the entries out whose text is `wanted`; returns how many. What is being drained just now is stored."""
    removed = 0
    if not _folder().is_dir():
        return removed
    with _locked():
        for path in [*_folder().glob("*.jsonl"), *_folder().glob("*.bad")]:
            lines = path.read_text(encoding="ascii", errors="replace").splitlines()
            kept = [line for line in lines if not wanted(line)]
            if len(kept) < len(lines):
                removed += len(lines) - len(kept)
                path.write_text("".join(f"{line}\n" for line in kept), encoding="ascii")
    return removed


def _take_files() -> Iterator[Path]:
    """Each is taken when it is its turn: one behind a file that cannot be stored stays everybody's."""
    if spool_is_empty():
        return
    for path in sorted(_folder().glob("*.jsonl*")):
        mine = path.with_name(f"{path.name.partition('.')[0]}.{time.time_ns()}.jsonl.taken")
        try:
            if path.suffix == ".taken" and time.time() - path.stat().st_mtime < _ABANDONED:
                continue
            with _locked():
                path.rename(mine)
            mine.touch()
        except FileNotFoundError:
            continue  # Another process was sooner.
        yield mine


def _drain_file(path: Path, store: Callable[[dict[str, Any]], None]) -> int:
    lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    done = stored = 0
    try:
        for line in lines:
            try:
                store(_entry(line))
            except EntryUnreadable as error:
                logger.error("spool: a line of %d characters cannot be read: %s", len(line), error)  # noqa: TRY400
                _put_aside(line)
            else:
                stored += 1
            done += 1
    finally:
        rest = lines[done:]
        if rest:
            with open(path.with_suffix(""), "w", encoding="ascii", opener=_private) as file:
                file.write("\n".join(rest) + "\n")
        path.unlink()
        if stored:
            logger.warning("spool: %d entries stored that could not be stored when they came", stored)
    return stored


def _put_aside(line: str) -> None:
    with _locked(), open(_folder() / _UNREADABLE, "a", encoding="ascii", errors="replace", opener=_private) as file:
        file.write(f"{line}\n")


def _entry(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        # The disk was full, or the machine lost its power half-way through the line.
        raise EntryUnreadable(type(error).__name__) from None
    if not isinstance(found, dict):
        raise EntryUnreadable("not an entry")
    return found
