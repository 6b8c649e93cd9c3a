"""What open desks are told of group sends: everybody who may see them. Shapes: docs/desk-protocol.md."""

from __future__ import annotations

from functools import partial

from django.conf import settings

from calls.live.frames import EVERYTHING_GROUP, as_text, team_group
from core.languages import speaking
from core.realtime import outbox
from messaging.group_sends.payloads import progress_json
from messaging.models import GroupSend


def progress(send_id: int) -> None:
    """A send has come further, and that is committed."""
    outbox.later(partial(_progress, send_id))


def _progress(send_id: int) -> None:
    send = GroupSend.objects.select_related("line").filter(pk=send_id).first()
    if send is None:
        return
    with speaking(""):
        said: dict[str, object] = {"type": "desk.frame", "text": _text(send)}
    if send.problem:
        said["texts"] = {language: _text_in(send, language) for language, _ in settings.LANGUAGES}
    outbox.send([(group, {**said, "group": group}) for group in (EVERYTHING_GROUP, team_group(send.line.team_id))])


def _text_in(send: GroupSend, language: str) -> str:
    with speaking(language):
        return _text(send)


def _text(send: GroupSend) -> str:
    return as_text({"type": "send.progress", "send": progress_json(send)})
