"""Who is at the two ends of a call."""

from __future__ import annotations

from dataclasses import replace

from calls.params import VoiceRequest
from telephony.party import party


def with_parties(voice: VoiceRequest) -> VoiceRequest:
    """The request with each end written in one way, however Twilio or a trunk wrote it. The row that keeps the webhook
    has them as they came."""
    caller, called = party(voice.caller), party(voice.called)
    if caller == voice.caller and called == voice.called:
        return voice
    return replace(voice, caller=caller, called=called)
