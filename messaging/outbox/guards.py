"""What may keep texts to groups from being sent for now: said by capabilities that stand above this one.

Who feeds and counts sends asks. A send that is kept back is stopped with the reason, and goes on where it stopped as
soon as the reason is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from messaging.models import GroupSend, SendState

# A sentence in English, as it is stored; "" when sends may go on.
GroupSendGuard = Callable[[], str]

_guards: dict[GroupSendGuard, frozenset[str]] = {}


def register(guard: GroupSendGuard, reasons: Iterable[str]) -> None:
    """Said by a capability when it is ready. `reasons`: all that the guard may say."""
    _guards[guard] = frozenset(reasons)


def group_sends_paused() -> str:
    """Why no text to a group may be sent now, by the first guard that says so; "" when they may."""
    return next((reason for guard in _guards if (reason := guard())), "")


def reasons() -> list[str]:
    """All that guards may say: by these, a send that waits for one is told from others that were stopped."""
    return sorted(frozenset().union(*_guards.values()))


def keeps_back(send: GroupSend) -> bool:
    """Whether one of them has stopped it: it goes on by itself, unless somebody pauses it."""
    return send.state == SendState.STOPPED and send.problem in reasons()
