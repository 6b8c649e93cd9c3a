"""From what somebody gets no texts any more who wants none."""

from __future__ import annotations

from collections.abc import Collection

from contacts.consents import STOPPED, numbers_that_forbid
from contacts.senders import blocked_with


def forbidden_of(sender: str, numbers: Collection[str]) -> dict[str, str]:
    """Those who want no texts from a sender, or from the messaging service in front of it, and why: `STOPPED`, if they
    said so themselves to either; else `OBJECTED`."""
    found: dict[str, str] = {}
    for one in blocked_with(sender):
        forbid = numbers_that_forbid(one, numbers)
        found |= {number: why for number, why in forbid.items() if why == STOPPED or number not in found}
    return found
