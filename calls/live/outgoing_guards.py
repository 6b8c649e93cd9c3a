"""What may forbid a call before it is made, beside the number itself: said by capabilities that stand above this one.

They are asked while an agent waits for the call, inside its transaction: no REST, and hardly a query.
"""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext_noop

from routing.outgoing.checks import number_known
from telephony.phone import Number

# Whatever the number: there is nothing to call from.
NO_LINE = gettext_noop("You have no line to call from. Ask your admin.")
# A sentence in English, as it is stored, for the agent; "" when the call may be made.
OutgoingGuard = Callable[[Number], str]

_guards: list[OutgoingGuard] = []


def register(guard: OutgoingGuard) -> None:
    """Said by a capability when it is ready."""
    if guard not in _guards:
        _guards.append(guard)


def refusal_of(number: Number) -> str:
    """Why the number must not be called now, by the first guard that says so; "" when it may be."""
    return next((reason for guard in _guards if (reason := guard(number))), "")


def refusal_of_route(e164: str) -> str:
    """The same of a number that a route calls for a caller, who is never stopped, and goes the way for when nobody
    answers there: but the call that we would make costs as others do. "" also for what is no number: a short code."""
    number = number_known(e164)
    return refusal_of(number) if number else ""
