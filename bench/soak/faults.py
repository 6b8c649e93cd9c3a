"""The faults of a soak, as rules for the simulator."""

from __future__ import annotations

from typing import Any

KINDS = (
    "webhook-delay",
    "webhook-drop",
    "webhook-duplicate",
    "webhook-reorder",
    "webhook-lost-answer",
    "webhook-error",
    "rest-error",
    "rest-rate-limit",
    "rest-timeout",
    "rest-slow",
    "signalling-drop",
    "media-loss",
    "network-cut",
)
_DETAILS: dict[str, dict[str, Any]] = {
    "webhook-delay": {"seconds": 1.5},
    "webhook-error": {"status": 502},
    "rest-error": {"status": 500},
    "rest-timeout": {"seconds": 3},
    "rest-slow": {"seconds": 1},
    "media-loss": {"seconds": 1},
    "network-cut": {"seconds": 2},
}
#: A cut takes everything with it: a few are enough.
_CUT_RATE = 0.002


def rules(seed: int, share: float) -> dict[str, Any]:
    """A body for `POST /sim/faults`: of all webhooks, and of all REST requests, `share` meet a fault of some kind."""
    made = []
    for kind in KINDS:
        family = [other for other in KINDS if other.partition("-")[0] == kind.partition("-")[0]]
        rate = _CUT_RATE if kind == "network-cut" else round(share / len(family), 4)
        made.append({"kind": kind, "rate": rate, **_DETAILS.get(kind, {})})
    return {"seed": seed, "rules": made}
