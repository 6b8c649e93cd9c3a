"""Which fields the fuzzer sends, and what of each: as soon as a kind of webhook believes a field, it is sent."""

from __future__ import annotations

import json
from email.utils import parsedate_tz
from functools import cache
from pathlib import Path

from bench.nonsense import CALLERS, NUMBERS, SENSIBLE, SIDS, STATUSES, TEXTS, TIMES

_PAYLOADS = Path(__file__).parent.parent / "tests" / "payloads" / "webhooks"


@cache
def names() -> list[str]:
    """All that is read of any webhook, and what `SENSIBLE` names beside it. Django must be set up."""
    from telephony.webhooks.kinds import all_kinds

    return sorted(SENSIBLE.keys() | {name for kind in all_kinds() for name in kind.believed.names})


@cache
def sensible(name: str) -> list[str]:
    """What a field may sensibly hold: what stands in `SENSIBLE`, else what Twilio was seen to send."""
    return SENSIBLE.get(name) or _captured().get(name, [])


@cache
def hostile_pools(name: str) -> list[list[str]]:
    """What belongs into no such field: most of all what is nearly right."""
    values = sensible(name)
    if values and all(value.isdecimal() for value in values):
        return [NUMBERS, NUMBERS, TEXTS]
    if values and all(parsedate_tz(value) for value in values):
        return [TIMES, TIMES, TEXTS, NUMBERS]
    if any(value.startswith(("+", "client:")) for value in values):
        return [CALLERS, CALLERS, TEXTS]
    return [TEXTS, CALLERS, NUMBERS, TIMES, STATUSES, SIDS]


@cache
def _captured() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in sorted(_PAYLOADS.glob("*.json")):
        for name, value in json.loads(path.read_text()).items():
            found.setdefault(name, []).append(value)
    return found
