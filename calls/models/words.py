"""What a call's columns may say, and which status may follow which."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _


class CallStatus(models.TextChoices):
    """Twilio's words. `initiated` comes in callbacks only: legs made by <Dial> skip `queued`."""

    QUEUED = "queued", _("Queued")
    INITIATED = "initiated", _("Initiated")
    RINGING = "ringing", _("Ringing")
    IN_PROGRESS = "in-progress", _("In progress")
    COMPLETED = "completed", _("Completed")
    BUSY = "busy", _("Busy")
    FAILED = "failed", _("Failed")
    NO_ANSWER = "no-answer", _("No answer")
    CANCELED = "canceled", _("Canceled")


# A status may only be followed by one of a higher rank, so a late callback changes nothing and the end is the end.
STATUS_RANK: dict[str, int] = {
    CallStatus.QUEUED: 0,
    CallStatus.INITIATED: 1,
    CallStatus.RINGING: 2,
    CallStatus.IN_PROGRESS: 3,
    CallStatus.COMPLETED: 4,
    CallStatus.BUSY: 4,
    CallStatus.FAILED: 4,
    CallStatus.NO_ANSWER: 4,
    CallStatus.CANCELED: 4,
}
TERMINAL = frozenset(status for status, rank in STATUS_RANK.items() if rank == 4)
LIVE = frozenset(STATUS_RANK) - TERMINAL
# <Dial> ends a call after four hours. A leg that is still open later has lost its last callback.
LONGEST_CALL = timedelta(hours=4, minutes=5)


class Direction(models.TextChoices):
    """Twilio's words. A call dialled in a browser is `inbound`: it comes in to Twilio."""

    INBOUND = "inbound", _("Inbound")
    OUTBOUND_API = "outbound-api", _("Outbound (API)")
    OUTBOUND_DIAL = "outbound-dial", _("Outbound (Dial)")


DIRECTIONS = frozenset(Direction.values)


class CallResult(models.TextChoices):
    """What came of a call, in the words of the log. Empty while it lives."""

    ANSWERED = "answered", _("Answered")
    MISSED = "missed", _("Missed")
    VOICEMAIL = "voicemail", _("Voicemail")
    REACHED = "reached", _("Reached")
    BUSY = "busy", _("Busy")
    NO_ANSWER = "no-answer", _("No answer")
    FAILED = "failed", _("Failed")
    CANCELED = "canceled", _("Canceled")


class CallOutcome(models.TextChoices):
    """What an agent notes that a call came to (a disposition). Empty until one says so."""

    RESOLVED = "resolved", _("Resolved")
    FOLLOW_UP = "follow-up", _("Follow-up needed")
    CALL_BACK = "call-back", _("Call back")
    WRONG_NUMBER = "wrong-number", _("Wrong number")
    SPAM = "spam", _("Spam")
    OTHER = "other", _("Other")
