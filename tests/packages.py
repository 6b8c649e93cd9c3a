"""The packages of the product, from the ground up. What tests say of all of them, they say of these."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parent.parent
# From the ground up: an app may enter what stands below it, and none beside it unless it is named in `BESIDE`.
FLOORS = [
    {"core"},
    {"telephony"},
    {"agents", "contacts", "tokens"},
    {"routing"},
    {"calls", "messaging"},
    {"usage", "board"},
    {"desk"},
    {"config"},
]
BESIDE = {"contacts": {"agents"}, "messaging": {"calls"}, "tokens": {"agents"}, "usage": {"board"}}
PRODUCT = frozenset[str]().union(*FLOORS)
# Programs of their own, which stand beside the product.
NO_FLOOR = {"simulator", "bench", "scripts", "tests"}


def is_of_the_product(thing: type) -> bool:
    """Whether a class, such as a model, is of one of our packages."""
    return thing.__module__.partition(".")[0] in PRODUCT
