"""What may keep texts to groups from being sent for now: said by capabilities that stand above this one.

Who sends asks before each chunk. A send that is kept back is paused, not refused: it goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable

# A sentence in English, as it is stored; "" when sends may go on.
GroupSendGuard = Callable[[], str]

_guards: list[GroupSendGuard] = []


def register(guard: GroupSendGuard) -> None:
    """Said by a capability when it is ready."""
    if guard not in _guards:
        _guards.append(guard)


def group_sends_paused() -> str:
    """Why no text to a group may be sent now, by the first guard that says so; "" when they may."""
    return next((reason for guard in _guards if (reason := guard())), "")
