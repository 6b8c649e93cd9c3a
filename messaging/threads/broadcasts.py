"""What open desks are told of texts: everybody who may see the thread. Shapes: docs/desk-protocol.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction

from calls.live.frames import EVERYTHING_GROUP, as_text, team_group
from core.languages import default_language, speaking
from core.realtime import outbox
from messaging.models import Message, Thread
from messaging.threads.payloads import message_json
from messaging.threads.selectors import messages_with_details, threads_json, with_details


def messages_told(ids: Sequence[int], is_new: bool) -> None:
    """Messages are new, or have changed, and that is committed."""
    outbox.later(partial(_messages, ids, is_new))


def thread_changed(thread_id: int) -> None:
    """Once it is committed: the thread is somebody else's, or was read."""
    transaction.on_commit(lambda: outbox.later(partial(_thread, thread_id)), robust=True)


def _messages(ids: Sequence[int], is_new: bool) -> None:
    rows = list(messages_with_details().filter(pk__in=ids).order_by("pk"))
    threads = {row.pk: row for row in with_details(Thread.objects.filter(pk__in={row.thread_id for row in rows}))}
    kind = "message.new" if is_new else "message.status"
    outbox.send([frame for row in rows if row.thread_id in threads for frame in _of(threads[row.thread_id], kind, row)])


def _thread(thread_id: int) -> None:
    thread = with_details(Thread.objects.filter(pk=thread_id)).first()
    if thread is not None:
        outbox.send(list(_of(thread, "thread.changed")))


def _of(thread: Thread, kind: str, message: Message | None = None) -> Iterator[outbox.Frame]:
    """One frame for each group, in each language where there are sentences of ours in it."""

    def text() -> str:
        frame: dict[str, Any] = {"type": kind, "thread": threads_json([thread])[0]}
        return as_text(frame if message is None else frame | {"message": message_json(message)})

    with speaking(""):
        said: dict[str, Any] = {"type": "desk.frame", "text": text()}
    if _has_sentences(message) or _has_sentences(thread.last_message):
        said["texts"] = {}
        for language, _ in settings.LANGUAGES:
            if language != default_language():
                with speaking(language):
                    said["texts"][language] = text()
    for group in (EVERYTHING_GROUP, team_group(thread.line.team_id)):
        yield group, {**said, "group": group}


def _has_sentences(message: Message | None) -> bool:
    return message is not None and bool(message.problem or message.error_code or message.step == "unknown")
