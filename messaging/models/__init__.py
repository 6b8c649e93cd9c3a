"""Texts: threads and the messages in them, the texts to groups, and what came while nothing of ours could take it."""

from messaging.models.group_sends import (
    SHOWN_STATES,
    GroupRecipient,
    GroupSend,
    LeftOut,
    RecipientState,
    SendState,
)
from messaging.models.senders import Sender
from messaging.models.threads import (
    IS_OPEN,
    MESSAGE_STATUS_RANK,
    Direction,
    MediaState,
    Message,
    MessageMedia,
    MessageStatus,
    MissedCallText,
    Origin,
    Priority,
    ReadyText,
    Step,
    Thread,
    ThreadReader,
)
from messaging.models.webhooks import MessageWebhook

__all__ = [
    "IS_OPEN",
    "MESSAGE_STATUS_RANK",
    "SHOWN_STATES",
    "Direction",
    "GroupRecipient",
    "GroupSend",
    "LeftOut",
    "MediaState",
    "Message",
    "MessageMedia",
    "MessageStatus",
    "MessageWebhook",
    "MissedCallText",
    "Origin",
    "Priority",
    "ReadyText",
    "RecipientState",
    "SendState",
    "Sender",
    "Step",
    "Thread",
    "ThreadReader",
]
