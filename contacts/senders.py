"""What texts of ours come from, as far as consent goes: our lines' numbers, told by whoever keeps the lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from django.conf import settings

# A sender as Twilio knows it, with the name that people know it by.
Senders: TypeAlias = Callable[[], dict[str, str]]
_known: list[Senders] = []


def declare_senders(senders: Senders) -> None:
    if senders not in _known:
        _known.append(senders)


def sender_names() -> dict[str, str]:
    """All senders of ours by their numbers, in the order in which they are shown."""
    return {sender: name for senders in _known for sender, name in senders().items()}


def blocked_with(sender: str) -> list[str]:
    """The sender, and the messaging service in front of it: through that, Twilio blocks for all of its numbers."""
    return list(dict.fromkeys(filter(None, (sender, settings.TWILIO_MESSAGING_SERVICE_SID))))
