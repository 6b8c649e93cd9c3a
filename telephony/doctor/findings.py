"""What a check found, and what a check is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from django.conf import settings

from core.languages import Sentence, as_json

_SECRETS = (
    "TWILIO_AUTH_TOKEN",
    "TWILIO_AUTH_TOKEN_SECONDARY",
    "TWILIO_API_KEY_SECRET",
    "WEB_PUSH_PRIVATE_KEY",
    "TWILIO_ACCOUNT_SID",
    "TWILIO_WEBHOOK_PASSWORD",
    "SECRET_KEY",
    "EMAIL_HOST_PASSWORD",
)


class State(StrEnum):
    """From good to bad: `worst` counts on the order."""

    SKIPPED = "skipped"
    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """`seen` says what is so; `mend` what to do about it, "" when nothing. Both are sentences, kept in English: each
    reader has them in a language of their own (`core.languages.sentence`).

    `drift` has a row for each field that is not as it should be: its name, what it is, what it should be.
    """

    id: str
    title: str
    state: State
    seen: str
    mend: str = ""
    drift: tuple[tuple[str, str, str], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """In English, for machines."""
        return asdict(self)

    def to_keep(self) -> dict[str, Any]:
        """As it is written down. Without `drift`, which may hold an address."""
        texts = {"title": self.title, "seen": self.seen, "mend": self.mend}
        return {"id": self.id, "state": self.state.value} | {name: as_json(text) for name, text in texts.items()}


@dataclass(frozen=True, slots=True)
class Check:
    """`run` gives one finding or several; one that takes longer than `seconds` is reported as failed."""

    id: str
    title: str
    run: Callable[[Check], Finding | list[Finding]]
    seconds: float = 9.0

    def ok(self, seen: str) -> Finding:
        return Finding(self.id, self.title, State.OK, seen)

    def skipped(self, seen: str) -> Finding:
        return Finding(self.id, self.title, State.SKIPPED, seen)

    def warning(self, seen: str, mend: str) -> Finding:
        return Finding(self.id, self.title, State.WARNING, seen, mend)

    def failed(self, seen: str, mend: str) -> Finding:
        return Finding(self.id, self.title, State.FAILED, seen, mend)

    def named(self, id: str, title: str) -> Check:
        """The same check for one of several things that it looks at."""
        return replace(self, id=id, title=title)


def worst(findings: Iterable[Finding]) -> State:
    """What all findings together come to: `ok` when nothing was wrong."""
    order = list(State)
    return max((State.OK, *(finding.state for finding in findings)), key=order.index)


def report(findings: list[Finding]) -> dict[str, Any]:
    """For machines."""
    return {"state": worst(findings), "findings": [finding.as_dict() for finding in findings]}


def without_secrets(finding: Finding) -> Finding:
    """Checks do not write secrets down; should an error's text hold one, it is taken out here."""
    secrets = [getattr(settings, name, "") for name in _SECRETS]

    def clean(text: str) -> str:
        if isinstance(text, Sentence):
            return text.with_blanks(clean)
        for secret in secrets:
            text = text.replace(secret, "•••") if len(secret) >= 4 else text
        return text

    drift = tuple((field, clean(was), clean(wanted)) for field, was, wanted in finding.drift)
    return replace(finding, seen=clean(finding.seen), mend=clean(finding.mend), drift=drift)
