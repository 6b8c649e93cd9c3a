"""What a webhook says of the call that it is about, put into the call: the same whichever webhook comes first."""

from __future__ import annotations

from calls.models import DIRECTIONS, Call, Direction
from calls.params import VoiceRequest
from core.folding import fold

# What only Twilio's requests say, and the REST API does not.
_OF_CALLER = ("caller_name", "city", "state", "country", "stir_verstat", "forwarded_from")


def facts_complete(call: Call, voice: VoiceRequest) -> None:
    """Of any other request about the call: what is not known yet of the caller. The reconciler may have been first, and
    is told none of it."""
    for name in _OF_CALLER:
        if not getattr(call, name):
            setattr(call, name, getattr(voice, name))
    call.searched_name = fold(call.caller_name)


def facts_fill(call: Call, voice: VoiceRequest, *, called: str = "") -> None:
    """Of the call's own request. What it does not tell stays as it was: Twilio may ask twice, and tell less then.

    `called`: what was really dialled, where the field says what somebody typed.
    """
    call.account_sid = voice.account_sid or call.account_sid
    call.direction = voice.direction if voice.direction in DIRECTIONS else Direction.INBOUND
    call.caller, call.called = voice.caller or call.caller, called or voice.called or call.called
    for name in _OF_CALLER:
        setattr(call, name, getattr(voice, name) or getattr(call, name))
    call.searched_name = fold(call.caller_name)
    call.error_code = voice.error_code or call.error_code
