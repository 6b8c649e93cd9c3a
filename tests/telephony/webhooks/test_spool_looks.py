"""The web server's own look at what was put aside on its disk."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable

import pytest

from telephony.webhooks import inbox
from telephony.webhooks.spool import spool_append, spool_drain, spool_is_empty

PATIENCE = 20


def drained_after(monkeypatch, name: str, failure: Exception, fails: int) -> list[str]:
    """What is stored of the spool when a step of taking it up fails so often at first."""
    monkeypatch.setattr(inbox, "_PAUSE", 0.01)
    failures = [failure] * fails
    stored: list[str] = []
    monkeypatch.setattr(inbox, "spool_drain", lambda _: spool_drain(lambda entry: stored.append(entry["kind"])))
    step: Callable[..., object] = getattr(inbox, name)

    def sick(*arguments: object) -> object:
        if failures:
            raise failures.pop()
        return step(*arguments)

    monkeypatch.setattr(inbox, name, sick)

    async def watch() -> None:
        chore = asyncio.create_task(inbox.drain_forever())
        async with asyncio.timeout(PATIENCE):
            while not stored:
                assert not chore.done(), chore.exception()
                await asyncio.sleep(0.01)
        chore.cancel()

    spool_append({"kind": "fallback"})
    asyncio.run(watch())
    return stored


@pytest.mark.parametrize("name", ["spool_is_empty", "spool_drain"])
@pytest.mark.parametrize(
    "failure",
    [
        OSError(errno.EIO, "Input/output error"),
        PermissionError(errno.EACCES, "Permission denied"),
        KeyError("+12025550142"),
    ],
    ids=["broken", "closed", "ours"],
)
def test_what_waits_is_taken_up_when_the_disk_can_be_read_again(monkeypatch, caplog, name, failure):
    assert drained_after(monkeypatch, name, failure, fails=3) == ["fallback"]
    assert spool_is_empty()
    said = [record.getMessage() for record in caplog.records if "cannot be taken up" in record.getMessage()]
    assert len(said) == 3
    assert said[0].endswith(getattr(failure, "strerror", "KeyError"))
