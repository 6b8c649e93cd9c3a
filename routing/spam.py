"""Which callers are not let through as others are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from core.languages import Sentence
from core.languages import kept as _


class SpamAction(StrEnum):
    """From the strictest: of several rules that fit, the strictest is carried out."""

    REFUSE = "refuse"
    VOICEMAIL = "voicemail"
    MARK = "mark"


@dataclass(frozen=True, slots=True)
class SpamFacts:
    kind: str
    number: str
    action: SpamAction


@dataclass(frozen=True, slots=True)
class SpamVerdict:
    action: SpamAction
    reason: Sentence


_STRICTEST = list(SpamAction)


def spam_verdict(rules: Iterable[SpamFacts], caller: str, stir: str) -> SpamVerdict | None:
    """The strictest of the rules that fit a caller; None when none does.

    `stir`: Twilio's `StirVerstat`. Only a failed verification says something: most calls have none.
    """
    found = [
        SpamVerdict(rule.action, reason) for rule in rules if (reason := _why_it_fits(rule, caller, stir)) is not None
    ]
    return min(found, key=lambda verdict: _STRICTEST.index(verdict.action), default=None)


def _why_it_fits(rule: SpamFacts, caller: str, stir: str) -> Sentence | None:
    if rule.kind == "stir-failed":
        failed = stir.startswith("TN-Validation-Failed")
        return _("The network says that the caller's number is forged.") if failed else None
    if rule.kind == "prefix":
        fits = bool(rule.number) and caller.startswith(rule.number)
        return _("A spam rule is for numbers that begin with %(number)s.") % {"number": rule.number} if fits else None
    return _("A spam rule is for %(number)s.") % {"number": rule.number} if caller == rule.number else None
