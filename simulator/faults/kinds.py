"""The kinds of fault, and what each of them can be told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """By their names in the control API."""

    WEBHOOK_DELAY = "webhook-delay"
    WEBHOOK_DROP = "webhook-drop"
    WEBHOOK_DUPLICATE = "webhook-duplicate"
    WEBHOOK_REORDER = "webhook-reorder"
    WEBHOOK_LOST_ANSWER = "webhook-lost-answer"
    WEBHOOK_ERROR = "webhook-error"
    WEBHOOK_BAD_SIGNATURE = "webhook-bad-signature"
    REST_ERROR = "rest-error"
    REST_RATE_LIMIT = "rest-rate-limit"
    REST_TIMEOUT = "rest-timeout"
    REST_SLOW = "rest-slow"
    SIGNALLING_DROP = "signalling-drop"
    MEDIA_LOSS = "media-loss"
    NETWORK_CUT = "network-cut"
    QUEUE_SYSTEM_ERROR = "queue-system-error"
    QUEUE_ACTION_WINS = "queue-action-wins"


@dataclass(frozen=True)
class Traits:
    """`seconds` and `status` are what a rule gets that says nothing of them; None where they mean nothing."""

    seconds: float | None = None
    status: int | None = None
    #: Which fields of `match` there is something to compare with.
    matches: frozenset[str] = frozenset({"path", "method", "call_status", "call_sid", "message_status", "message_sid"})


_CALL = frozenset({"call_sid"})

TRAITS: dict[Kind, Traits] = {
    Kind.WEBHOOK_DELAY: Traits(seconds=2.0),
    Kind.WEBHOOK_DROP: Traits(),
    Kind.WEBHOOK_DUPLICATE: Traits(),
    Kind.WEBHOOK_REORDER: Traits(seconds=2.0),
    Kind.WEBHOOK_LOST_ANSWER: Traits(),
    Kind.WEBHOOK_ERROR: Traits(),
    Kind.WEBHOOK_BAD_SIGNATURE: Traits(),
    Kind.REST_ERROR: Traits(status=503),
    Kind.REST_RATE_LIMIT: Traits(seconds=1.0),
    Kind.REST_TIMEOUT: Traits(seconds=30.0),
    Kind.REST_SLOW: Traits(seconds=5.0),
    Kind.SIGNALLING_DROP: Traits(matches=_CALL),
    Kind.MEDIA_LOSS: Traits(matches=_CALL),
    Kind.NETWORK_CUT: Traits(seconds=10.0),
    Kind.QUEUE_SYSTEM_ERROR: Traits(matches=_CALL),
    Kind.QUEUE_ACTION_WINS: Traits(matches=_CALL),
}
