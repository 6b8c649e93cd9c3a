"""Texts: threads and the messages in them, the texts to groups, and what came while nothing of ours could take it."""

from messaging.models.threads import (
    MESSAGE_STATUS_RANK,
    Direction,
    MediaState,
    Message,
    MessageMedia,
    MessageStatus,
    MissedCallText,
    Origin,
    ReadyText,
    Step,
    Thread,
    ThreadReader,
)
from messaging.models.webhooks import MessageWebhook

__all__ = [
    "MESSAGE_STATUS_RANK",
    "Direction",
    "MediaState",
    "Message",
    "MessageMedia",
    "MessageStatus",
    "MessageWebhook",
    "MissedCallText",
    "Origin",
    "ReadyText",
    "Step",
    "Thread",
    "ThreadReader",
]
