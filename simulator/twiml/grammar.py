"""The TwiML that the simulator knows: what it carries out, what it leaves out with a warning, and what it refuses.

These declarations are what runs, and what the table in docs/simulator.md is made of. The names, values and limits are
from Twilio Docs, "TwiML for Programmable Voice" and "TwiML for Programmable Messaging".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Value:
    """What an attribute may hold. What is not `good` is warned of; what is not even `usable` is left out."""

    words: str
    good: Callable[[str], bool]
    usable: Callable[[str], bool]


def _matching(words: str, good: Callable[[str], bool]) -> Value:
    return Value(words, good, good)


def one_of(*words: str, case: bool = True) -> Value:
    return _matching(", ".join(words), lambda value: (value if case else value.upper()) in words)


def words(*allowed: str) -> Value:
    """Some of these, with spaces between; the others of them are left out."""
    return Value(" ".join(allowed), lambda value: set(value.split()) <= set(allowed), lambda _: True)


def number(least: int, most: int | None = None) -> Value:
    """A whole number. A fraction or one out of bounds is warned of and used all the same: tests have little time."""

    def good(value: str) -> bool:
        return value.isascii() and value.isdigit() and least <= int(value) and (most is None or int(value) <= most)

    def usable(value: str) -> bool:
        return re.fullmatch(r"\d+(\.\d+)?", value, re.ASCII) is not None

    return Value(f"{least} to {most}" if most is not None else f"{least} or more", good, usable)


def matching(description: str, pattern: str) -> Value:
    return _matching(description, lambda value: re.fullmatch(pattern, value, re.ASCII) is not None)


ANYTHING = _matching("any text", lambda _: True)
FLAG = one_of("true", "false")
METHOD = one_of("GET", "POST", case=False)
KEYS = matching("keys, `w` for half a second", r"[0-9*#A-DwW]*")

Attributes = dict[str, Value]

_ACTION: Attributes = {"action": ANYTHING, "method": METHOD}
_STATUS: Attributes = {
    "statusCallback": ANYTHING,
    "statusCallbackEvent": words("initiated", "ringing", "answered", "completed"),
    "statusCallbackMethod": METHOD,
}
_RECORDING: Attributes = {
    "recordingStatusCallback": ANYTHING,
    "recordingStatusCallbackMethod": METHOD,
    "recordingStatusCallbackEvent": words("in-progress", "completed", "absent"),
}
_AMD: Attributes = {
    "machineDetection": one_of("Enable", "DetectMessageEnd"),
    "amdStatusCallback": ANYTHING,
    "amdStatusCallbackMethod": METHOD,
}
_AMD_TUNING: Attributes = {
    "machineDetectionTimeout": number(3, 59),
    "machineDetectionSpeechThreshold": number(1000, 6000),
    "machineDetectionSpeechEndThreshold": number(500, 5000),
    "machineDetectionSilenceTimeout": number(2000, 10_000),
}
_TRIM = one_of("trim-silence", "do-not-trim")


@dataclass(frozen=True)
class Grammar:
    """An element. `ignored` attributes do nothing here, which is warned of unless the value asks for just that.

    `decoration` does nothing either, but nothing that could mislead: not worth a warning. `refused` attributes, with
    such a value, and `unbuilt` children would make the call another one: they end it.
    """

    attributes: Attributes = field(default_factory=dict)
    children: frozenset[str] = frozenset()
    ignored: Attributes = field(default_factory=dict)
    decoration: Attributes = field(default_factory=dict)
    refused: Attributes = field(default_factory=dict)
    unbuilt: frozenset[str] = frozenset()


#: Values of ignored attributes that ask for just what happens anyway.
AS_IT_IS = {"beep": ("false",), "trim": ("do-not-trim",), "record": ("do-not-record",), "transcribe": ("false",)}

#: SSML inside `<Say>`: spoken as plain words.
_SSML = frozenset({
    "break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w",
    "amazon:effect", "amazon:domain",
})  # fmt: skip

VERBS: dict[str, Grammar] = {
    "Say": Grammar({"language": ANYTHING, "loop": number(0)}, _SSML, decoration={"voice": ANYTHING}),
    "Play": Grammar({"loop": number(0), "digits": KEYS}),
    "Pause": Grammar({"length": number(1)}),
    "Gather": Grammar(
        {
            **_ACTION,
            "input": words("dtmf", "speech"),
            "timeout": number(0),
            "finishOnKey": matching("one key, or none", r"[0-9*#]?"),
            "numDigits": number(1),
            "actionOnEmptyResult": FLAG,
            "speechTimeout": matching("auto, or seconds", r"auto|\d+(\.\d+)?"),
            "maxSpeechTime": number(1, 60),
            "language": ANYTHING,
            "bargeIn": FLAG,
            "partialResultCallback": ANYTHING,
            "partialResultCallbackMethod": METHOD,
        },
        frozenset({"Say", "Play", "Pause"}),
        ignored={"dtmfDetection": FLAG},
        # What is said is known, so nothing has to be guessed, and nothing is left out.
        decoration={
            **dict.fromkeys(("hints", "speechModel"), ANYTHING),
            **dict.fromkeys(("enhanced", "profanityFilter", "debug"), FLAG),
        },
    ),
    "Dial": Grammar(
        {
            **_ACTION,
            "timeout": number(5, 600),
            "timeLimit": number(1, 14_400),
            "hangupOnStar": FLAG,
            "callerId": ANYTHING,
            "answerOnBridge": FLAG,
            "sequential": FLAG,
            "record": one_of(
                "do-not-record", "record-from-answer", "record-from-ringing", "record-from-answer-dual",
                "record-from-ringing-dual", "true", "false",
            ),
            **_RECORDING,
        },
        frozenset({"Number", "Client", "Conference", "Queue"}),
        ignored={
            "trim": _TRIM,
            "ringTone": ANYTHING,
            "recordingTrack": one_of("inbound", "outbound", "both"),
            "referUrl": ANYTHING,
            "referMethod": METHOD,
            "events": ANYTHING,
        },
        unbuilt=frozenset({"Sip", "Sim", "Application", "WhatsApp"}),
    ),
    "Record": Grammar(
        {
            **_ACTION,
            "timeout": number(1),
            "finishOnKey": matching("keys", r"[0-9*#]*"),
            "maxLength": number(1, 14_400),
            "playBeep": FLAG,
            **_RECORDING,
        },
        ignored={"transcribe": FLAG, "transcribeCallback": ANYTHING, "trim": _TRIM},
    ),
    "Redirect": Grammar({"method": METHOD}),
    "Reject": Grammar({"reason": one_of("rejected", "busy")}),
    "Hangup": Grammar(),
    "Enqueue": Grammar(
        {**_ACTION, "waitUrl": ANYTHING, "waitUrlMethod": METHOD},
        ignored={"maxQueueSize": number(1, 5000)},
        refused={"workflowSid": ANYTHING},
        unbuilt=frozenset({"Task"}),
    ),
    "Leave": Grammar(),
}  # fmt: skip

NOUNS: dict[str, Grammar] = {
    "Number": Grammar(
        {"url": ANYTHING, "method": METHOD, "sendDigits": KEYS, **_STATUS, **_AMD},
        ignored={**_AMD_TUNING, "byoc": ANYTHING, "events": ANYTHING},
    ),
    "Client": Grammar(
        {"url": ANYTHING, "method": METHOD, **_STATUS, **_AMD},
        frozenset({"Identity", "Parameter"}),
        ignored={**_AMD_TUNING, "clientNotificationUrl": ANYTHING, "events": ANYTHING},
    ),
    "Identity": Grammar(),
    "Parameter": Grammar({"name": ANYTHING, "value": ANYTHING}),
    "Conference": Grammar(
        {
            "muted": FLAG,
            "startConferenceOnEnter": FLAG,
            "endConferenceOnExit": FLAG,
            "waitUrl": ANYTHING,
            "waitMethod": METHOD,
            "participantLabel": matching("128 characters at most", r".{0,128}"),
            "coach": matching("the CallSid of a participant", r"CA[0-9a-fA-F]{32}"),
            **_STATUS,
            "statusCallbackEvent": words(
                "start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement"
            ),
        },
        ignored={
            "beep": one_of("true", "false", "onEnter", "onExit"),
            "maxParticipants": number(2, 250),
            "record": one_of("do-not-record", "record-from-start"),
            "trim": _TRIM,
            "region": ANYTHING,
            "jitterBufferSize": one_of("off", "small", "medium", "large"),
            "eventCallbackUrl": ANYTHING,
            **_RECORDING,
        },
    ),
    "Queue": Grammar(
        {"url": ANYTHING, "method": METHOD},
        ignored={"reservationSid": ANYTHING, "postWorkActivitySid": ANYTHING},
    ),
}

#: Verbs of Twilio's that the simulator does not build.
UNBUILT_VERBS = frozenset({
    "AiAssistant", "Assistant", "Connect", "Echo", "Message", "Pay", "Prompt", "Refer", "Siprec", "Sms", "Start",
    "Stop", "Stream", "Transcription",
})  # fmt: skip


@dataclass(frozen=True)
class Dialect:
    """The TwiML of calls, or that of messages: its verbs, what may stand in them, and verbs that are not built.

    The text of `verbatim` elements is kept as it stands, but for space around it; that of others is one line.
    """

    verbs: dict[str, Grammar]
    nouns: dict[str, Grammar]
    unbuilt: frozenset[str] = frozenset()
    verbatim: frozenset[str] = frozenset()


VOICE = Dialect(VERBS, NOUNS, UNBUILT_VERBS)

MESSAGING = Dialect(
    {
        "Message": Grammar(
            {
                "to": ANYTHING,
                "from": ANYTHING,
                "action": ANYTHING,
                "method": METHOD,
                "statusCallback": ANYTHING,
            },
            frozenset({"Body", "Media"}),
        ),
        "Redirect": Grammar({"method": METHOD}),
    },
    {"Body": Grammar(), "Media": Grammar()},
    frozenset({"Sms"}),
    frozenset({"Message", "Body"}),
)
