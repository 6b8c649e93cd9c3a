"""Calls: their legs, what happened to them, whom they rang for, and what callers left."""

from calls.models.calls import INTERNAL, RESULTS_OF_CALLED, Call, is_incoming
from calls.models.events import CallEvent
from calls.models.quality import CallQuality
from calls.models.recordings import Recording, RecordingPlay
from calls.models.rooms import Participant, Room, Transfer
from calls.models.waiting import CallOffer, Conversation
from calls.models.words import (
    DIRECTIONS,
    LIVE,
    LONGEST_CALL,
    STATUS_RANK,
    TERMINAL,
    CallOutcome,
    CallResult,
    CallStatus,
    Direction,
)

__all__ = [
    "DIRECTIONS",
    "INTERNAL",
    "LIVE",
    "LONGEST_CALL",
    "RESULTS_OF_CALLED",
    "STATUS_RANK",
    "TERMINAL",
    "Call",
    "CallEvent",
    "CallOffer",
    "CallOutcome",
    "CallQuality",
    "CallResult",
    "CallStatus",
    "Conversation",
    "Direction",
    "Participant",
    "Recording",
    "RecordingPlay",
    "Room",
    "Transfer",
    "is_incoming",
]
