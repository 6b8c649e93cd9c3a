"""From what somebody gets no texts any more who wrote STOP."""

from __future__ import annotations

from django.conf import settings


def blocked_with(sender: str) -> list[str]:
    """The sender, and the messaging service in front of it: through that, Twilio blocks for all of its numbers."""
    return list(dict.fromkeys(filter(None, (sender, settings.TWILIO_MESSAGING_SERVICE_SID))))
