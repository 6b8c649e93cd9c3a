"""The form fields of each kind of webhook: Twilio Docs, "TwiML for Programmable Voice" and "Call resource"."""

from __future__ import annotations

import math

from simulator.identifiers import now, rfc2822
from simulator.leg import TERMINAL, CallLeg
from simulator.webhooks.sender import Params

API_VERSION = "2010-04-01"
CALLBACK_SOURCE = "call-progress-events"


def twiml_params(leg: CallLeg, extra: dict[str, str] | None = None) -> Params:
    """What every request for TwiML carries. `extra` are those of the verb, or of a fallback."""
    params = {
        "AccountSid": leg.account_sid,
        "ApiVersion": API_VERSION,
        "CallSid": leg.sid,
        "CallStatus": leg.status,
        "Called": leg.to,
        "Caller": leg.from_,
        "Direction": leg.direction,
        "From": leg.from_,
        "To": leg.to,
        **leg.facts.geography,
    }
    if leg.parent is not None:
        params["ParentCallSid"] = leg.parent.sid
    if leg.application_sid:
        params["ApplicationSid"] = leg.application_sid
    if leg.facts.caller_name:
        params["CallerName"] = leg.facts.caller_name
    if leg.facts.forwarded_from:
        params["ForwardedFrom"] = leg.facts.forwarded_from
    if leg.facts.stir_verstat:
        params["StirVerstat"] = leg.facts.stir_verstat
    return list({**params, **(extra or {})}.items())


def first_params(leg: CallLeg) -> Params:
    """The first request for TwiML of a call: with what the SDK passed, which must not pose as Twilio's own."""
    own = dict(twiml_params(leg))
    return list({**leg.sdk_params, **own}.items())


def status_params(leg: CallLeg, status: str) -> Params:
    """A status callback about `status`. Takes the leg's next sequence number, so it must be called once an event."""
    params = dict(twiml_params(leg, {"CallStatus": status}))
    params |= {
        "Timestamp": rfc2822(now()) or "",
        "CallbackSource": CALLBACK_SOURCE,
        "SequenceNumber": str(leg.sequence),
    }
    leg.sequence += 1
    if status in TERMINAL:
        seconds = leg.duration or 0
        params["CallDuration"] = str(seconds)
        params["SipResponseCode"] = str(leg.sip_code)
        if status == "completed":
            # Billed minutes, begun ones count whole. Twilio Docs, "Call resource": not to be confused with seconds.
            params["Duration"] = str(max(1, math.ceil(seconds / 60)))
            params |= leg.recording_facts
    return list(params.items())
