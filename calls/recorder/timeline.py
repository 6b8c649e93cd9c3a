"""One time line per call: what Twilio sent and what we answered, what we asked of Twilio, what agents did, what failed.

Webhooks and events are recorded as they happen. The legs' own rows fill in what no row tells any more: a callback that
was lost, or one that is older than what is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext

from calls.answering.twiml_reading import answer_words
from calls.handling_payloads import hidden_from
from calls.models import TERMINAL, Call, CallEvent, CallStatus, Direction
from calls.params import STATUS_KINDS
from calls.permissions import supervises
from calls.recorder import sentences as words
from calls.recorder.masking import (
    MaskingPolicy,
    Role,
    masking_policy_for,
    params_masked,
    text_masked,
    twiml_masked,
    value_masked,
)
from telephony.models import Webhook

if TYPE_CHECKING:
    from agents.models import Agent

# Of each table, for one call. A call of this size is a fault of somebody's; its beginning tells which.
_MOST_ROWS = 1000
ROOT = "root"


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """Something that happened to a call, as one viewer may read it."""

    at: datetime
    kind: str  # webhook, leg, rest, action, incident
    title: str  # a sentence without its full stop
    of: str = ROOT  # a leg's sid, or `root`
    verdict: str = ""  # of a webhook
    milliseconds: float | None = None
    params: dict[str, Any] = field(default_factory=dict)
    answer: str = ""  # TwiML, indented
    detail: str = ""  # one more sentence

    @property
    def is_incident(self) -> bool:
        return self.kind == CallEvent.Kind.INCIDENT


def call_timeline(call: Call, *, viewer: Agent) -> list[TimelineEntry]:
    """Everything that is known to have happened to a call and its legs, oldest first, as `viewer` may see it."""
    legs = {leg.sid: leg for leg in Call.objects.filter(Q(pk=call.pk) | Q(parent=call.pk)).select_related("agent")}
    legs.setdefault(call.sid, call)
    for one in hidden_from(viewer, call):
        legs.pop(one.leg_sid, None)
    webhooks = list(Webhook.objects.filter(sid__in=legs)[:_MOST_ROWS])
    events = list(CallEvent.objects.filter(call_sid__in=legs).select_related("agent")[:_MOST_ROWS])
    if any(map(_is_hidden, events)) and not supervises(call, by=viewer):
        events = [event for event in events if not _is_hidden(event)]
    recorder = _Recorder(call=call, legs=legs, policy=masking_policy_for(viewer, call))
    entries = [
        *recorder.of_legs(webhooks),
        *map(recorder.of_webhook, webhooks),
        *recorder.of_events(events, webhooks),
    ]
    return sorted(entries, key=lambda entry: entry.at)


def _is_hidden(event: CallEvent) -> bool:
    """Whether it is for supervisors alone: that one of them listens, or whispers, or came so to help."""
    return (
        event.name.startswith(("supervise", "help"))
        and isinstance(event.detail, dict)
        and event.detail.get("shown") is False
    )


@dataclass(frozen=True, slots=True)
class _Recorder:
    """Turns rows of one call into entries for one viewer."""

    call: Call
    legs: dict[str, Call]
    policy: MaskingPolicy

    def _of(self, sid: str) -> str:
        return ROOT if sid == self.call.sid else sid

    def of_webhook(self, row: Webhook) -> TimelineEntry:
        leg = self.legs[row.sid]
        heard = answer_words(row.answer, names=self._names())
        problem = row.problem and gettext("Something of ours failed: %(what)s") % {"what": row.problem}
        return TimelineEntry(
            at=row.received_at,
            kind="webhook",
            title=text_masked(words.webhook_title(row, leg=leg, is_root=leg.sid == self.call.sid), self.policy),
            of=self._of(row.sid),
            verdict=row.verdict,
            milliseconds=row.milliseconds,
            params=params_masked(row.params if isinstance(row.params, dict) else {}, self.policy),
            answer=twiml_masked(row.answer, self.policy) if row.answer else "",
            detail=text_masked(" ".join(part for part in (problem, heard) if part), self.policy),
        )

    def _names(self) -> dict[str, str]:
        """Who is behind an identity in TwiML."""
        return {leg.agent.identity: leg.agent.name for leg in self.legs.values() if leg.agent}

    def of_events(self, events: Sequence[CallEvent], webhooks: Sequence[Webhook]) -> Iterator[TimelineEntry]:
        for position, event in enumerate(events):
            detail = dict(event.detail) if isinstance(event.detail, dict) else {"detail": event.detail}
            answer = ""
            if event.kind == CallEvent.Kind.INCIDENT:
                answer = words.incident_answer(event, webhooks)
                title, more = words.incident_title(event), words.incident_heard(answer, self.call)
                detail.pop("answer", None)
            elif event.kind == CallEvent.Kind.REST:
                title, more = words.rest_title(event, events[position + 1 :]), ""
            elif event.kind == CallEvent.Kind.ROUTE:
                title, more, detail = words.step_title(event), words.step_reason(event), {}
            else:
                title, more = words.action_title(event), words.action_detail(event)
            yield TimelineEntry(
                at=event.at,
                kind=event.kind,
                title=text_masked(title, self.policy),
                of=self._of(event.call_sid),
                milliseconds=event.milliseconds,
                params=value_masked(detail, self.policy) if self.policy.role > Role.AGENT else {},
                answer=twiml_masked(answer, self.policy) if answer else "",
                detail=text_masked(more, self.policy),
            )

    def of_legs(self, webhooks: Sequence[Webhook]) -> Iterator[TimelineEntry]:
        """What the legs' rows know and no webhook told: only then is it said twice otherwise."""
        told = {(row.sid, row.status) for row in webhooks if row.kind in (*STATUS_KINDS, "reconcile")}
        begun = {row.sid for row in webhooks}
        # At one moment, the call begins before its legs, and ends after them.
        for leg in sorted(self.legs.values(), key=lambda leg: leg.sid != self.call.sid):
            if leg.sid not in begun:
                yield self._state(leg, CallStatus.INITIATED, leg.start_time)
            # A supervisor's own browser called, and nobody answered it.
            is_rung = leg.parent_id is not None and (
                not leg.caller.startswith("client:") or leg.direction == Direction.OUTBOUND_DIAL
            )
            if leg.answer_time and is_rung and (leg.sid, CallStatus.IN_PROGRESS) not in told:
                yield self._state(leg, CallStatus.IN_PROGRESS, leg.answer_time)
        for leg in sorted(self.legs.values(), key=lambda leg: leg.sid == self.call.sid):
            if leg.end_time and leg.status in TERMINAL and (leg.sid, leg.status) not in told:
                yield self._state(leg, leg.status, leg.end_time)

    def _state(self, leg: Call, status: str, at: datetime) -> TimelineEntry:
        title = words.status_words(status, leg=leg, is_root=leg.sid == self.call.sid)
        return TimelineEntry(at=at, kind="leg", title=text_masked(title, self.policy), of=self._of(leg.sid))
