"""A recorded call's webhooks, made ready to be posted again."""

from __future__ import annotations

import difflib
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any
from xml.etree import ElementTree

from django.db.models import Q
from django.utils import timezone

from calls.answering.twiml_reading import twiml_parsed
from calls.models import Call
from telephony.models import Webhook
from telephony.webhooks.kinds import kind_named

_SID = re.compile(r"(?<![0-9A-Za-z])(CA|RE)[0-9a-fA-F]{32}(?![0-9A-Za-z])")
_TIMES = ("Timestamp", "RecordingStartTime")


@dataclass(slots=True)
class NewSids:
    """Gives every recorded sid a new one, always the same, and takes them back."""

    given: dict[str, str] = field(default_factory=dict)

    def renewed(self, text: str) -> str:
        return _SID.sub(self._new, text)

    def _new(self, match: re.Match[str]) -> str:
        if match[0] not in self.given:
            self.given[match[0]] = f"{match[1]}{secrets.token_hex(16)}"
        return self.given[match[0]]

    def recorded(self, text: str) -> str:
        """The text with the recorded sids in place of the new ones, to be compared with what is recorded."""
        back = {new: old for old, new in self.given.items()}
        return _SID.sub(lambda match: back.get(match[0], match[0]), text)


@dataclass(frozen=True, slots=True)
class Replayed:
    """One request to be posted. `after`: seconds since the one before; `path` is None for a row that has no route."""

    row: Webhook
    path: str | None
    form: dict[str, str | list[str]]
    token: str
    after: float


def webhooks_of(sid: str) -> list[Webhook]:
    """All that Twilio posted about a call and its legs, in the order in which it came. `sid` may be a leg's."""
    leg = Call.objects.filter(pk=sid).first()
    root = (leg.parent_id if leg else None) or sid
    sids = [root, *Call.objects.filter(Q(parent=root)).values_list("pk", flat=True)]
    return list(Webhook.objects.filter(sid__in=sids).order_by("received_at", "pk"))


def replay_requests(rows: list[Webhook], *, new_sids: NewSids | None) -> Iterator[Replayed]:
    """The rows as requests. With new sids their times are moved to now: the log holds a call that happens now."""
    if not rows:
        return
    shift = timezone.now() - rows[0].received_at if new_sids else timedelta(0)
    before = rows[0].received_at
    for row in rows:
        params = row.params if isinstance(row.params, dict) else {}
        yield Replayed(
            row=row,
            path=route_of(row.kind),
            form={name: _field(name, value, new_sids, shift) for name, value in params.items()},
            token=secrets.token_hex(16) if new_sids and row.idempotency_token else row.idempotency_token,
            after=max(0.0, (row.received_at - before).total_seconds()),
        )
        before = row.received_at


def route_of(name: str) -> str | None:
    """The path at which a row of this kind came in; None for one that Twilio did not post (`reconcile`)."""
    kind = kind_named(name)
    return kind.address if kind else None


def _field(name: str, value: Any, new_sids: NewSids | None, shift: timedelta) -> str | list[str]:
    if isinstance(value, list):
        return [_text(name, str(part), new_sids, shift) for part in value]
    return _text(name, str(value), new_sids, shift)


def _text(name: str, value: str, new_sids: NewSids | None, shift: timedelta) -> str:
    if new_sids is None:
        return value
    if name in _TIMES:
        try:
            return format_datetime(parsedate_to_datetime(value) + shift)
        except (ValueError, TypeError, IndexError, OverflowError):
            return value
    return new_sids.renewed(value)


def twiml_differences(recorded: str, answered: str, *, new_sids: NewSids | None) -> list[str]:
    """The lines in which two answers differ, as `- recorded` and `+ answered`; none when they say the same."""
    now = new_sids.recorded(answered) if new_sids else answered
    lines = difflib.unified_diff(_lines(recorded), _lines(now), lineterm="", n=0)
    return [line for line in lines if line[:2] not in ("--", "++", "@@")]


def _lines(answer: str) -> list[str]:
    root = twiml_parsed(answer)
    if root is None:
        return answer.splitlines()
    ElementTree.indent(root)
    # Canonical, so that neither the order of attributes nor the way quotes are written counts.
    return ElementTree.canonicalize(ElementTree.tostring(root, encoding="unicode")).splitlines()
