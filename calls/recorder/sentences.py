"""The time line's sentences: rows in, plain English out. Nothing here masks; `calls.recorder.timeline` does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from calls.answering.twiml_reading import spoken
from calls.models import Call, CallEvent, CallOutcome, CallStatus
from core.text import in_sentence
from telephony.models import Webhook
from telephony.webhooks.kinds import kind_named

# What a leg's status means: of an agent's phone, of a telephone we called, of the call itself.
_STATUS_WORDS: dict[str, tuple[str, str, str]] = {
    CallStatus.QUEUED: (
        "Twilio queued the call to {phone}",
        "Twilio queued the call to the number",
        "The call was queued",
    ),
    CallStatus.INITIATED: ("Twilio began to call {phone}", "Twilio began to call the number", "The call began"),
    CallStatus.RINGING: ("{phone} began to ring", "The called telephone began to ring", "The call began to ring"),
    CallStatus.IN_PROGRESS: ("{name} answered", "The called telephone was answered", "The call was connected"),
    CallStatus.COMPLETED: (
        "The connection to {phone} ended",
        "The connection to the called telephone ended",
        "The call ended",
    ),
    CallStatus.BUSY: ("{name} declined the call", "The line was busy", "The line was busy"),
    CallStatus.FAILED: ("{phone} could not be reached", "The called telephone could not be reached", "The call failed"),
    CallStatus.NO_ANSWER: ("{name} did not answer", "Nobody answered", "Nobody answered"),
    CallStatus.CANCELED: (
        "{phone} stopped ringing",
        "The called telephone stopped ringing",
        "The call was canceled before anybody answered",
    ),
}
_DIAL_OVER = {
    "completed": "The conversation ended",
    "answered": "The conversation ended",
    "busy": "The line was busy",
    "no-answer": "Nobody answered",
    "failed": "The call could not be connected",
    "canceled": "The caller hung up before anybody answered",
}
_RECORDING = {
    "in-progress": "Twilio began to record a message",
    "completed": "The caller's message can be heard",
    "absent": "The caller left no message",
    "failed": "The caller's message could not be recorded",
}
_VERDICTS = {
    Webhook.Verdict.DUPLICATE: "Twilio told us again: {}",
    Webhook.Verdict.LATE: "Twilio told us late: {}",
    Webhook.Verdict.FAILED: "Twilio told us, and we could only keep it: {}",
    Webhook.Verdict.UNUSABLE: "Twilio sent something that we could not use: {}",
}


def status_words(state: str, *, leg: Call, is_root: bool) -> str:
    """What it means that a leg is now in that state."""
    if state not in _STATUS_WORDS:
        return (
            f"Twilio told us of the call's status: {in_sentence(state)}" if state else "Twilio told us about the call"
        )
    of_agent, of_number, of_call = _STATUS_WORDS[state]
    if is_root:
        return of_call
    if leg.agent is None:
        return of_number
    name = in_sentence(leg.agent.name)
    return of_agent.format(name=name, phone=f"{name}'s phone")


def webhook_title(row: Webhook, *, leg: Call, is_root: bool) -> str:
    """What Twilio told us or asked us."""
    sentence = _webhook_sentence(row, leg=leg, is_root=is_root)
    frame = _VERDICTS.get(Webhook.Verdict(row.verdict)) if row.verdict in Webhook.Verdict.values else None
    return frame.format(_in_a_sentence(sentence)) if frame else sentence


def _webhook_sentence(row: Webhook, *, leg: Call, is_root: bool) -> str:
    kind = kind_named(row.kind)
    return kind.said(row, leg=leg, is_root=is_root) if kind else f"Twilio asked “{row.kind}”"


def _param(row: Webhook, name: str) -> str:
    return str(row.params.get(name, "")) if isinstance(row.params, dict) else ""


def incoming(row: Webhook, **_: Any) -> str:
    return "Twilio asked what to do with the call"


def outgoing(row: Webhook, *, leg: Call, **_: Any) -> str:
    whose = f"the call that {in_sentence(leg.agent.name)} makes" if leg.agent else "a call that a browser makes"
    return f"Twilio asked what to do with {whose}"


def status(row: Webhook, *, leg: Call, is_root: bool) -> str:
    return status_words(row.status, leg=leg, is_root=is_root)


def dial_action(row: Webhook, **_: Any) -> str:
    return f"{_DIAL_OVER.get(_param(row, 'DialCallStatus'), 'Ringing ended')}, and Twilio asked what to do next"


def recording(row: Webhook, **_: Any) -> str:
    return "The caller's message ended, and Twilio asked what to do next"


def recording_status(row: Webhook, **_: Any) -> str:
    return _RECORDING.get(_param(row, "RecordingStatus"), "Twilio told us about the caller's message")


def fallback(row: Webhook, **_: Any) -> str:
    return "Twilio could not use an answer of ours and asked for the emergency one"


def reconcile(row: Webhook, *, leg: Call, is_root: bool) -> str:
    state = _in_a_sentence(status_words(row.status, leg=leg, is_root=is_root))
    return f"We asked Twilio about the call, because it was silent for long: {state}"


def _in_a_sentence(sentence: str) -> str:
    """“The call ended” → “the call ended”, after a colon. Names keep their capitals."""
    first = sentence.split(" ", 1)[0]
    return sentence[:1].lower() + sentence[1:] if first in ("The", "Nobody", "Ringing") else sentence


# --- Our requests to Twilio -------------------------------------------------------------------------------------------


def rest_title(event: CallEvent, later: Sequence[CallEvent]) -> str:
    """What we asked of Twilio and what came of it; whether it was tried again is known from what followed."""
    attempt = _attempt(event)
    again = any(
        each.kind == event.kind and each.name == event.name and _attempt(each) == attempt + 1 for each in later[:10]
    )
    asked = "asked Twilio again" if attempt > 1 else "asked Twilio"
    end = ", tried again" if again else ""
    return f"We {asked} {_purpose(event.name)}: {event.outcome or 'no answer'}{end}"


def _attempt(event: CallEvent) -> int:
    attempt = event.detail.get("attempt", 1) if isinstance(event.detail, dict) else 1
    return attempt if isinstance(attempt, int) else 1


def _purpose(name: str) -> str:
    method, _, resource = name.partition(" ")
    if re.fullmatch(r"Calls/CA[0-9a-fA-F]+", resource):
        # The only change that Ringdesk makes to a living call is its end.
        return {"POST": "to end the call", "GET": "about the call", "DELETE": "to delete the call"}.get(method, name)
    if resource.startswith("Recordings/") or "/Recordings" in resource:
        return "for the caller's message"
    return f"({name})"


# --- Agents -----------------------------------------------------------------------------------------------------------

_ACTIONS = {
    "hang-up": "ended the call",
    "note": "wrote a note",
    "outcome": "noted what the call came to",
    "answer": "answered",
    "reject": "declined the call",
}
_TAKEN_BACK = {"note": "the note", "outcome": "the outcome"}


def action_title(event: CallEvent) -> str:
    """What an agent did at the desk."""
    who = in_sentence(event.agent.name) if event.agent else "Somebody"
    if event.name in ("note", "outcome") and isinstance(event.detail, dict) and event.detail.get("after") == "":
        return f"{who} took {_TAKEN_BACK[event.name]} back"
    return f"{who} {_ACTIONS.get(event.name, f'did “{event.name}”')}"


def action_detail(event: CallEvent) -> str:
    """What came of it, where that is not said by the title."""
    if event.name == "outcome":
        return f"{CallOutcome(event.outcome).label}." if event.outcome in CallOutcome.values else ""
    return "" if event.outcome == "asked for" else event.outcome


# --- Our own failures -------------------------------------------------------------------------------------------------


def incident_title(event: CallEvent) -> str:
    return f"Something of ours failed here: {event.outcome or event.name}".rstrip(".")


def incident_answer(event: CallEvent, webhooks: Sequence[Webhook]) -> str:
    """The TwiML that was answered all the same: the incident's own, or that of the same request; empty for none."""
    answer = event.detail.get("answer") if isinstance(event.detail, dict) else None
    if isinstance(answer, str) and answer:
        return answer
    same = [row for row in webhooks if row.kind == event.name and row.sid == event.call_sid and row.answer]
    nearest = min(same, key=lambda row: abs(row.received_at - event.at), default=None)
    return nearest.answer if nearest else ""


def incident_heard(answer: str, call: Call) -> str:
    """What was heard instead, and by whom."""
    heard = spoken(answer)
    return f"{'The caller' if call.incoming else 'The agent'} heard: “{in_sentence(heard)}”" if heard else ""
