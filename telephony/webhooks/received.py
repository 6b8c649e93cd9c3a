"""A webhook as it came in, whatever it is about."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Self

from django.http import HttpRequest, QueryDict

from core.text import cleaned

if TYPE_CHECKING:
    from telephony.webhooks.kinds import WebhookKind


@dataclass(frozen=True)
class Received:
    """`began` is a reading of the clock that measures how long we take."""

    kind: WebhookKind
    form: QueryDict
    received_at: datetime
    began: float
    idempotency_token: str = ""

    @classmethod
    def from_request(cls, request: HttpRequest, kind: WebhookKind) -> Self:
        token = request.headers.get("I-Twilio-Idempotency-Token", "")
        return cls.of(_with_query(request, kind) if kind.in_query else request.POST, kind, token)

    @classmethod
    def of(cls, form: QueryDict, kind: WebhookKind, token: str = "") -> Self:
        return cls(kind, form, datetime.now(UTC), time.perf_counter(), cleaned(token)[:128])

    @cached_property
    def fields(self) -> Mapping[str, str]:
        """What may be believed of it, each with its one value."""
        return self.kind.believed(self.form)

    @property
    def milliseconds(self) -> float:
        return round((time.perf_counter() - self.began) * 1000, 3)


def _with_query(request: HttpRequest, kind: WebhookKind) -> QueryDict:
    """The form, and what the address carries for us."""
    form = request.POST.copy()
    for name, kept_as in kind.in_query.items():
        form.pop(kept_as, None)
        if values := request.GET.getlist(name):
            form.setlist(kept_as, values)
    return form
