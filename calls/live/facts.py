"""What a webhook says of the call that it is about, put into the call: the same whichever webhook comes first."""

from __future__ import annotations

from calls.models import DIRECTIONS, Call, Direction
from calls.params import VoiceRequest
from core.folding import fold


def facts_fill(call: Call, voice: VoiceRequest, *, called: str = "") -> None:
    """`called`: what was really dialled, where the field says what somebody typed."""
    call.account_sid = voice.account_sid
    call.direction = voice.direction if voice.direction in DIRECTIONS else Direction.INBOUND
    call.caller, call.called = voice.caller, called or voice.called
    call.caller_name, call.searched_name = voice.caller_name, fold(voice.caller_name)
    call.city, call.state, call.country = voice.city, voice.state, voice.country
    call.stir_verstat, call.forwarded_from = voice.stir_verstat, voice.forwarded_from
    call.error_code = voice.error_code or call.error_code
