"""What callers hear: facts in, TwiML out. As text, made once, for it is both sent and kept."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from twilio.twiml.voice_response import Client, Dial, VoiceResponse

from core.text import XML_UNFIT, fit_for_xml
from telephony.limits import MAX_RUNG

# Each leg tells all four, so that the log is built from callbacks alone.
leg_events = "initiated ringing answered completed"
VOICEMAIL_SECONDS = 180
# Half a second for each, in which a telephone system begins its greeting and listens.
_BEFORE_EXTENSION = "wwww"


def keyed(extension: str) -> str | None:
    """As `sendDigits` of `<Number>`; None without an extension."""
    return _BEFORE_EXTENSION + extension if extension else None


def ring_agents_twiml(
    *,
    identities: Sequence[str],
    parameters: Mapping[str, str],
    timeout: int,
    action_url: str,
    status_url: str,
) -> str:
    """Rings the agents' browsers all at once. The caller hears ringing until one of them answers."""
    rung = identities[:MAX_RUNG]
    form = _ring_form(tuple(parameters), len(rung), timeout, action_url, status_url)
    told = [escape(fit_for_xml(value), _IN_ATTRIBUTE) if _special(value) else value for value in parameters.values()]
    names = [escape(fit_for_xml(identity)) if _special(identity) else identity for identity in rung]
    facts = [fact for name in names for fact in (name, *told)]
    return "".join(chain.from_iterable(zip(form, [*facts, ""], strict=True)))


@lru_cache(maxsize=256)
def _ring_form(names: tuple[str, ...], count: int, timeout: int, action_url: str, status_url: str) -> list[str]:
    """The text of `ring_agents_twiml` around its facts. Written once, for callers wait for it more than for any other:
    for each of so many agents the gaps are an identity, and what each parameter says."""
    response = VoiceResponse()
    dial = Dial(answer_on_bridge=True, timeout=timeout, action=action_url)
    for _ in range(count):
        dial.append(ringing_client(_GAP, dict.fromkeys(names, _GAP), status_url=status_url))
    response.append(dial)
    return text_of(response).split(_GAP)


# Nothing that anybody says holds it.
_GAP = secrets.token_hex(16)
# As ElementTree, which the library writes with, writes them; and what no XML may hold.
_special = re.compile(rf"[&<>\"\r\n\t{XML_UNFIT}]").search
_IN_ATTRIBUTE = {'"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#09;"}


def dial_number_twiml(
    *, number: str, caller_id: str, timeout: int, action_url: str, status_url: str, extension: str = ""
) -> str:
    """Calls a number for an agent, whose phone rings back until it is answered. Then the extension is keyed."""
    response = VoiceResponse()
    dial = Dial(answer_on_bridge=True, caller_id=caller_id, timeout=timeout, action=action_url)
    dial.number(
        number,
        send_digits=keyed(extension),
        status_callback=status_url,
        status_callback_event=leg_events,
        status_callback_method="POST",
    )
    response.append(dial)
    return text_of(response)


def ring_colleague_twiml(
    *, identity: str, caller_id: str, parameters: Mapping[str, str], timeout: int, action_url: str, status_url: str
) -> str:
    """Rings one agent's phones for another agent, whose own rings back until somebody answers. The leg tells of itself
    at an address that names the call: what a leg whose `From` is a client says of its parent, a browser may have
    chosen."""
    response = VoiceResponse()
    # `client:…` may be shown to clients; Twilio's "TwiML Voice: <Dial>", `callerId`.
    dial = Dial(answer_on_bridge=True, caller_id=caller_id, timeout=timeout, action=action_url)
    dial.append(ringing_client(identity, parameters, status_url=status_url))
    response.append(dial)
    return text_of(response)


def ringing_client(identity: str, parameters: Mapping[str, str], *, status_url: str) -> Client:
    """An agent's phones in a `<Dial>`: what they are told of the call, and where their leg tells of itself."""
    client = Client(status_callback=status_url, status_callback_event=leg_events, status_callback_method="POST")
    client.identity(identity)
    for name, value in parameters.items():
        client.parameter(name=name, value=value)
    return client


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, in which of Twilio's languages it is, and by which of its voices it is said."""

    text: str
    language: str
    voice: str


@dataclass(frozen=True, slots=True)
class VoicemailUrls:
    """Where Twilio tells of a message: when it is over, and when it can be heard."""

    action: str
    status: str


def _say(response: VoiceResponse, said: Said) -> None:
    response.say(said.text, language=said.language, voice=said.voice)


def voicemail_twiml(*, greeting: Said, nothing_heard: Said, action_url: str, status_url: str) -> str:
    """Asks for a message. Says goodbye, too, when nothing was said."""
    response = VoiceResponse()
    _say(response, greeting)
    response.record(
        action=action_url,
        max_length=VOICEMAIL_SECONDS,
        timeout=5,
        finish_on_key="#",
        play_beep=True,
        recording_status_callback=status_url,
        recording_status_callback_event="completed absent",
    )
    _say(response, nothing_heard)
    response.hangup()
    return text_of(response)


def say_and_hang_up_twiml(*sentences: Said) -> str:
    response = VoiceResponse()
    for said in sentences:
        _say(response, said)
    response.hangup()
    return text_of(response)


def hang_up_twiml() -> str:
    response = VoiceResponse()
    response.hangup()
    return text_of(response)


def connect_twiml(*, number: str, caller_id: str, before: Said, nobody: Said) -> str:
    """When something of ours is broken: on to a person."""
    response = VoiceResponse()
    _say(response, before)
    # Without a caller ID of ours, Twilio shows the caller's own number, which <Dial> allows for inbound calls.
    dial = Dial(caller_id=caller_id) if caller_id else Dial()
    dial.number(number)
    response.append(dial)
    _say(response, nobody)
    response.hangup()
    return text_of(response)


def text_of(response: VoiceResponse) -> str:
    """What `str` makes of it, without that one's detour through bytes. The library lets through what XML cannot hold,
    which would make no TwiML at all of it: whoever waits would hear that an application error has occurred."""
    xml = ElementTree.tostring(response.xml(), encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>{fit_for_xml(xml)}'
