"""What a caller on a route hears: facts in, TwiML out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from twilio.twiml.voice_response import Dial, Gather, Number, VoiceResponse

from calls.answering.twiml import Said, VoicemailUrls, keyed, leg_events, ringing_client, text_of
from telephony.limits import MAX_RUNG

# Twilio's own limit is a hundred unless it is told another.
_LONGEST_QUEUE = 1000


@dataclass(frozen=True, slots=True)
class Sound:
    url: str


Heard: TypeAlias = Said | Sound


def _hear(into: VoiceResponse | Gather, heard: Sequence[Heard]) -> None:
    for one in heard:
        if isinstance(one, Said):
            into.say(one.text, language=one.language, voice=one.voice)
        else:
            into.play(one.url)


def go_on_twiml(*, before: Sequence[Heard], action_url: str) -> str:
    """Says it, and asks what comes then."""
    response = VoiceResponse()
    _hear(response, before)
    response.redirect(action_url, method="POST")
    return text_of(response)


def ask_twiml(
    *, before: Sequence[Heard], prompt: Sequence[Heard], seconds: int, action_url: str, speech: Speech | None
) -> str:
    """Says it and waits for one key, or a word. Nothing at all is told to the action as well."""
    response = VoiceResponse()
    _hear(response, before)
    spoken = {"language": speech.language, "hints": ", ".join(speech.hints), "speech_timeout": "auto"} if speech else {}
    gather = Gather(
        input="dtmf speech" if speech else "dtmf",
        action=action_url,
        method="POST",
        timeout=seconds,
        num_digits=1,
        # Else the key that ends the input could not be a key of the menu.
        finish_on_key="",
        action_on_empty_result=True,
        **spoken,
    )
    _hear(gather, prompt)
    response.append(gather)
    return text_of(response)


@dataclass(frozen=True, slots=True)
class Speech:
    """Twilio's name of the language, and the words that are expected."""

    language: str
    hints: tuple[str, ...]


def ring_twiml(
    *,
    before: Sequence[Heard],
    identities: Sequence[str],
    parameters: Mapping[str, str],
    timeout: int,
    action_url: str,
    status_url: str,
) -> str:
    """Rings the agents' browsers at once. The caller hears ringing until one of them answers."""
    response = VoiceResponse()
    _hear(response, before)
    dial = Dial(answer_on_bridge=True, timeout=timeout, action=action_url)
    for identity in identities[:MAX_RUNG]:
        dial.append(ringing_client(identity, parameters, status_url=status_url))
    response.append(dial)
    return text_of(response)


def number_twiml(
    *,
    before: Sequence[Heard],
    number: str,
    caller_id: str,
    timeout: int,
    action_url: str,
    status_url: str,
    whisper_url: str,
    extension: str = "",
) -> str:
    """Calls an outside number, and keys its extension. With `whisper_url`, whoever answers is asked first; then only
    the start of ringing and the end are told, for who answers has not taken the call yet."""
    response = VoiceResponse()
    _hear(response, before)
    dial = Dial(answer_on_bridge=True, caller_id=caller_id, timeout=timeout, action=action_url)
    noun = Number(
        number,
        url=whisper_url or None,
        status_callback=status_url,
        status_callback_event="initiated ringing completed" if whisper_url else leg_events,
        status_callback_method="POST",
        send_digits=keyed(extension),
    )
    dial.append(noun)
    response.append(dial)
    return text_of(response)


def press_one_twiml(*, asks: Said, action_url: str) -> str:
    response = VoiceResponse()
    gather = Gather(input="dtmf", action=action_url, method="POST", timeout=8, num_digits=1, finish_on_key="")
    _hear(gather, [asks])
    response.append(gather)
    response.hangup()
    return text_of(response)


def take_call_twiml() -> str:
    """Nothing more to hear: the two are connected."""
    return text_of(VoiceResponse())


def enqueue_twiml(*, before: Sequence[Heard], queue: str, action_url: str, wait_url: str) -> str:
    response = VoiceResponse()
    _hear(response, before)
    response.enqueue(
        queue,
        action=action_url,
        method="POST",
        wait_url=wait_url,
        wait_url_method="POST",
        max_queue_size=_LONGEST_QUEUE,
    )
    return text_of(response)


def wait_twiml(*, heard: Sequence[Heard], action_url: str) -> str:
    """What whoever waits hears, until it is asked for again; a key is told at once."""
    response = VoiceResponse()
    gather = Gather(input="dtmf", action=action_url, method="POST", timeout=1, num_digits=1, finish_on_key="")
    _hear(gather, heard)
    response.append(gather)
    return text_of(response)


def redirect_twiml(*, before: Sequence[Heard], url: str) -> str:
    """Has Twilio ask there what is next."""
    response = VoiceResponse()
    _hear(response, before)
    response.redirect(url, method="POST")
    return text_of(response)


def leave_twiml() -> str:
    response = VoiceResponse()
    response.leave()
    return text_of(response)


def voicemail_after_twiml(
    *, before: Sequence[Heard], greeting: Sequence[Heard], nothing_heard: Said, seconds: int, urls: VoicemailUrls
) -> str:
    """Asks for a message. Says goodbye, too, when nothing was said."""
    response = VoiceResponse()
    _hear(response, [*before, *greeting])
    response.record(
        action=urls.action,
        max_length=seconds,
        timeout=5,
        finish_on_key="#",
        play_beep=True,
        recording_status_callback=urls.status,
        recording_status_callback_event="completed absent",
    )
    _hear(response, [nothing_heard])
    response.hangup()
    return text_of(response)


def end_twiml(heard: Sequence[Heard]) -> str:
    response = VoiceResponse()
    _hear(response, heard)
    response.hangup()
    return text_of(response)


def reject_twiml() -> str:
    response = VoiceResponse()
    response.reject()
    return text_of(response)
