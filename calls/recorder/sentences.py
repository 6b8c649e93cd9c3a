"""The time line's sentences: rows in, plain words out, in the language of whoever reads them. Nothing here masks;
`calls.recorder.timeline` does."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_noop as _

from calls.answering.twiml_reading import spoken
from calls.models import Call, CallEvent, CallOutcome, CallStatus
from core.languages import from_json, sentence
from core.text import in_sentence
from telephony.models import Webhook
from telephony.webhooks.kinds import kind_named

# What a leg's status means: of an agent's phone, of a telephone we called, of the call itself.
_STATUS_WORDS: dict[str, tuple[str, str, str]] = {
    CallStatus.QUEUED: (
        _("Twilio queued the call to %(phone)s"),
        _("Twilio queued the call to the number"),
        _("The call was queued"),
    ),
    CallStatus.INITIATED: (
        _("Twilio began to call %(phone)s"),
        _("Twilio began to call the number"),
        _("The call began"),
    ),
    CallStatus.RINGING: (
        _("%(phone)s began to ring"),
        _("The called telephone began to ring"),
        _("The call began to ring"),
    ),
    CallStatus.IN_PROGRESS: (
        _("%(name)s answered"),
        _("The called telephone was answered"),
        _("The call was connected"),
    ),
    CallStatus.COMPLETED: (
        _("The connection to %(phone)s ended"),
        _("The connection to the called telephone ended"),
        _("The call ended"),
    ),
    CallStatus.BUSY: (_("%(name)s declined the call"), _("The line was busy"), _("The line was busy")),
    CallStatus.FAILED: (
        _("%(phone)s could not be reached"),
        _("The called telephone could not be reached"),
        _("The call failed"),
    ),
    CallStatus.NO_ANSWER: (_("%(name)s did not answer"), _("Nobody answered"), _("Nobody answered")),
    CallStatus.CANCELED: (
        _("%(phone)s stopped ringing"),
        _("The called telephone stopped ringing"),
        _("The call was canceled before anybody answered"),
    ),
}
_VERDICTS = {
    Webhook.Verdict.DUPLICATE: _("Twilio told us again: %(what)s"),
    Webhook.Verdict.LATE: _("Twilio told us late: %(what)s"),
    Webhook.Verdict.FAILED: _("Twilio told us, and we could only keep it: %(what)s"),
    Webhook.Verdict.UNUSABLE: _("Twilio sent something that we could not use: %(what)s"),
}


def status_words(state: str, *, leg: Call, is_root: bool) -> str:
    """What it means that a leg is now in that state."""
    if state not in _STATUS_WORDS:
        if not state:
            return gettext("Twilio told us about the call")
        return gettext("Twilio told us of the call's status: %(status)s") % {"status": in_sentence(state)}
    of_agent, of_number, of_call = _STATUS_WORDS[state]
    if is_root:
        return gettext(of_call)
    if leg.agent is None:
        return gettext(of_number)
    name = in_sentence(leg.agent.name)
    return gettext(of_agent) % {"name": name, "phone": gettext("%(name)s's phone") % {"name": name}}


def webhook_title(row: Webhook, *, leg: Call, is_root: bool) -> str:
    """What Twilio told us or asked us."""
    sentence = _webhook_sentence(row, leg=leg, is_root=is_root)
    frame = _VERDICTS.get(Webhook.Verdict(row.verdict)) if row.verdict in Webhook.Verdict.values else None
    return gettext(frame) % {"what": after_a_colon(sentence)} if frame else sentence


def _webhook_sentence(row: Webhook, *, leg: Call, is_root: bool) -> str:
    kind = kind_named(row.kind)
    return kind.said(row, leg=leg, is_root=is_root) if kind else gettext("Twilio asked “%(kind)s”") % {"kind": row.kind}


def after_a_colon(sentence: str) -> str:
    """“The call ended” → “the call ended”, after a colon. Names keep their capitals."""
    first = sentence.split(" ", 1)[0]
    small = pgettext("words at the beginning of a sentence that are written small after a colon", "The Nobody Ringing")
    return sentence[:1].lower() + sentence[1:] if first in small.split() else sentence


# --- Our requests to Twilio -------------------------------------------------------------------------------------------


def rest_title(event: CallEvent, later: Sequence[CallEvent]) -> str:
    """What we asked of Twilio and what came of it; whether it was tried again is known from what followed."""
    attempt = _attempt(event)
    again = any(
        each.kind == event.kind and each.name == event.name and _attempt(each) == attempt + 1 for each in later[:10]
    )
    frame = _ASKED[attempt > 1, again]
    return gettext(frame) % {"purpose": _purpose(event), "outcome": _rest_outcome(event)}


_ASKED = {
    (False, False): _("We asked Twilio %(purpose)s: %(outcome)s"),
    (False, True): _("We asked Twilio %(purpose)s: %(outcome)s, tried again"),
    (True, False): _("We asked Twilio again %(purpose)s: %(outcome)s"),
    (True, True): _("We asked Twilio again %(purpose)s: %(outcome)s, tried again"),
}
_NO_ANSWER = _("no answer")


def _rest_outcome(event: CallEvent) -> str:
    """As it was kept: a status, perhaps with Twilio's code, or nothing."""
    status, _comma, code = event.outcome.partition(", Twilio's error ")
    if code:
        return gettext("%(status)s, Twilio's error %(code)s") % {"status": status, "code": code}
    return gettext(_NO_ANSWER) if status in ("", "no answer") else status


def _attempt(event: CallEvent) -> int:
    attempt = event.detail.get("attempt", 1) if isinstance(event.detail, dict) else 1
    return attempt if isinstance(attempt, int) else 1


_PURPOSES = {
    "POST": pgettext_lazy("we asked Twilio", "to end the call"),
    "GET": pgettext_lazy("we asked Twilio", "about the call"),
    "DELETE": pgettext_lazy("we asked Twilio", "to delete the call"),
}


_PURPOSES_KEPT = {
    "redirect": pgettext_lazy("we asked Twilio", "to fetch the caller"),
    "transfer": pgettext_lazy("we asked Twilio", "to fetch the caller for somebody else"),
    "lift": pgettext_lazy("we asked Twilio", "to send the call into a conference"),
    "hold": pgettext_lazy("we asked Twilio", "to play music on hold"),
    "resume": pgettext_lazy("we asked Twilio", "to end the hold"),
    "mute": pgettext_lazy("we asked Twilio", "to mute somebody, or no more"),
    "supervise": pgettext_lazy("we asked Twilio", "to let others hear a supervisor, or no more"),
    "remove": pgettext_lazy("we asked Twilio", "to take somebody out of the conference"),
}


def _purpose(event: CallEvent) -> str:
    name = event.name
    method, _, resource = name.partition(" ")
    purpose_kept = event.detail.get("purpose") if isinstance(event.detail, dict) else None
    if isinstance(purpose_kept, str) and purpose_kept in _PURPOSES_KEPT:
        return str(_PURPOSES_KEPT[purpose_kept])
    if re.fullmatch(r"Calls/CA[0-9a-fA-F]+", resource):
        # The only other change that Ringdesk makes to a living call is its end.
        purpose = _PURPOSES.get(method)
        return str(purpose) if purpose else name
    if resource.startswith("Recordings/") or "/Recordings" in resource:
        return pgettext("we asked Twilio", "for the caller's message")
    return f"({name})"


# --- Agents -----------------------------------------------------------------------------------------------------------

_ACTIONS = {
    "hang-up": _("%(who)s ended the call"),
    "note": _("%(who)s wrote a note"),
    "outcome": _("%(who)s noted what the call came to"),
    "answer": _("%(who)s answered"),
    "reject": _("%(who)s declined the call"),
    "override": _("%(who)s called against a rule, with a reason"),
    "take": _("%(who)s took the caller out of the queue"),
    "call-back": _("%(who)s calls back"),
    "hold": _("%(who)s put the call on hold"),
    "resume": _("%(who)s ended the hold"),
    "complete-transfer": _("%(who)s handed the call over"),
    "cancel-transfer": _("%(who)s took the call back"),
    "park": _("%(who)s put the caller on hold to take another call"),
    "move": _("%(who)s wants to go on with the call at another place"),
    "merge": _("%(who)s let all of them talk together"),
    "mute": _("%(who)s muted somebody in the call"),
    "unmute": _("%(who)s let somebody in the call be heard again"),
    "remove": _("%(who)s took somebody out of the call"),
    "call-back-declined": _("%(who)s did not want to call back now"),
    "call-back-canceled": _("%(who)s took the caller out of the queue: no call-back is needed"),
}
# With whom it was done.
_DONE_WITH = {
    "assign": _("%(who)s gave the caller to %(to)s"),
    "transfer": _("%(who)s transferred the call to %(to)s"),
    "consult": _("%(who)s called %(to)s to hand the call over"),
    "take-in": _("%(who)s called %(to)s into the call"),
}
# By what came of them.
_BY_OUTCOME = {
    ("supervise", "listen"): _("%(who)s listens to the call"),
    ("supervise", "whisper"): _("%(who)s is heard by the agent alone"),
    ("supervise", "join"): _("%(who)s joined the call"),
    ("supervise", "take-over"): _("%(who)s takes over the call"),
    ("supervise", "end"): _("%(who)s does not supervise the call any more"),
    ("help", "wanted"): _("%(who)s asked for help"),
    ("help", "taken-back"): _("%(who)s does not need help any more"),
    ("help", "came"): _("%(who)s came to help"),
    ("help", "handed-over"): _("The call was handed over: help is not needed any more"),
}
_TAKEN_BACK = {"note": _("%(who)s took the note back"), "outcome": _("%(who)s took the outcome back")}


def action_title(event: CallEvent) -> str:
    """What an agent did at the desk."""
    who = in_sentence(event.agent.name) if event.agent else gettext("Somebody")
    if event.name in ("note", "outcome") and isinstance(event.detail, dict) and event.detail.get("after") == "":
        return gettext(_TAKEN_BACK[event.name]) % {"who": who}
    if (event.name, event.outcome) in _BY_OUTCOME:
        return gettext(_BY_OUTCOME[event.name, event.outcome]) % {"who": who}
    if event.name in _DONE_WITH and isinstance(event.detail, dict):
        to = in_sentence(str(event.detail.get("to") or "")) or who
        return gettext(_DONE_WITH[event.name]) % {"who": who, "to": to}
    if event.name not in _ACTIONS:
        return gettext("%(who)s did “%(action)s”") % {"who": who, "action": event.name}
    return gettext(_ACTIONS[event.name]) % {"who": who}


def action_detail(event: CallEvent) -> str:
    """What came of it, where that is not said by the title."""
    if event.name == "outcome":
        return f"{CallOutcome(event.outcome).label}." if event.outcome in CallOutcome.values else ""
    if event.name == "override":
        # Somebody's own words.
        return event.outcome
    return "" if event.outcome == "asked for" or (event.name, event.outcome) in _BY_OUTCOME else sentence(event.outcome)


# --- Routes -----------------------------------------------------------------------------------------------------------


def step_title(event: CallEvent) -> str:
    """What the caller met, as the route has it."""
    return _kept(event, "said") or event.outcome


def step_reason(event: CallEvent) -> str:
    return _kept(event, "reason")


def _kept(event: CallEvent, name: str) -> str:
    stored = event.detail.get(name) if isinstance(event.detail, dict) else None
    text = from_json(stored)
    return sentence(text) if isinstance(text, str) else ""


# --- Our own failures -------------------------------------------------------------------------------------------------


def incident_title(event: CallEvent) -> str:
    what = event.outcome or event.name
    return (gettext("Something of ours failed here: %(what)s") % {"what": what}).rstrip(".")


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
    if not heard:
        return ""
    frame = gettext("The caller heard: “%(text)s”") if call.incoming else gettext("The agent heard: “%(text)s”")
    return frame % {"text": in_sentence(heard)}
