"""TwiML: read, checked against what Twilio documents, and reported where the simulator falls short."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

MAX_BYTES = 64 * 1024

DOCUMENT_PARSE_FAILURE = 12100
BAD_ROOT = 12102
SCHEMA_WARNING = 12200
BAD_CONTENT_TYPE = 12300
BODY_TOO_LARGE = 11750
BODY_EMPTY = 11770

_SPEECH = frozenset({
    "input", "speechTimeout", "maxSpeechTime", "profanityFilter", "hints", "partialResultCallback",
    "partialResultCallbackMethod", "language", "bargeIn", "debug", "enhanced", "speechModel",
    "dtmfDetection",
})  # fmt: skip
_AMD = frozenset({
    "machineDetection", "amdStatusCallback", "amdStatusCallbackMethod", "machineDetectionTimeout",
    "machineDetectionSpeechThreshold", "machineDetectionSpeechEndThreshold", "machineDetectionSilenceTimeout",
})  # fmt: skip
_STATUS = frozenset({"statusCallback", "statusCallbackEvent", "statusCallbackMethod"})
_RECORDING = frozenset({"recordingStatusCallback", "recordingStatusCallbackMethod", "recordingStatusCallbackEvent"})


@dataclass(frozen=True)
class Grammar:
    """What an element may hold. `unsupported` attributes are Twilio's, but do nothing here, and that is reported."""

    attributes: frozenset[str] = frozenset()
    children: frozenset[str] = frozenset()
    unsupported: frozenset[str] = frozenset()


NUMERIC = frozenset({"loop", "length", "timeout", "numDigits", "timeLimit", "maxLength", "maxParticipants"})
BOOLEAN = frozenset({
    "actionOnEmptyResult", "hangupOnStar", "answerOnBridge", "sequential", "playBeep", "muted",
    "startConferenceOnEnter", "endConferenceOnExit",
})  # fmt: skip

#: Values of attributes that do nothing here which ask for just what happens anyway.
AS_IT_IS = {"beep": ("false",), "trim": ("do-not-trim",), "record": ("do-not-record",), "transcribe": ("false",)}

#: SSML inside `<Say>`: spoken as plain words.
_SSML = frozenset({
    "break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w",
    "amazon:effect", "amazon:domain",
})  # fmt: skip

VERBS: dict[str, Grammar] = {
    "Say": Grammar(frozenset({"voice", "language", "loop"}), _SSML),
    "Play": Grammar(frozenset({"loop", "digits"})),
    "Pause": Grammar(frozenset({"length"})),
    "Gather": Grammar(
        frozenset({"input", "timeout", "finishOnKey", "numDigits", "action", "method", "actionOnEmptyResult"}),
        frozenset({"Say", "Play", "Pause"}),
        _SPEECH - {"input"},
    ),
    "Dial": Grammar(
        frozenset({"action", "method", "timeout", "timeLimit", "hangupOnStar", "callerId", "answerOnBridge", "record",
                   "sequential"}) | _RECORDING,
        frozenset({"Number", "Client", "Conference", "Queue", "Sip", "Sim", "Application", "WhatsApp"}),
        frozenset({"trim", "ringTone", "recordingTrack", "referUrl", "referMethod", "events"}),
    ),
    "Record": Grammar(
        frozenset({"action", "method", "timeout", "finishOnKey", "maxLength", "playBeep"}) | _RECORDING,
        frozenset(),
        frozenset({"transcribe", "transcribeCallback", "trim"}),
    ),
    "Redirect": Grammar(frozenset({"method"})),
    "Reject": Grammar(frozenset({"reason"})),
    "Hangup": Grammar(),
    "Enqueue": Grammar(
        frozenset({"action", "method", "waitUrl", "waitUrlMethod"}), frozenset({"Task"}),
        frozenset({"maxQueueSize", "workflowSid"}),
    ),
    "Leave": Grammar(),
}  # fmt: skip

NOUNS: dict[str, Grammar] = {
    "Number": Grammar(frozenset({"url", "method", "sendDigits"}) | _STATUS, frozenset(), _AMD | {"byoc", "events"}),
    "Client": Grammar(
        frozenset({"url", "method"}) | _STATUS,
        frozenset({"Identity", "Parameter"}),
        _AMD | {"clientNotificationUrl", "events"},
    ),
    "Identity": Grammar(),
    "Parameter": Grammar(frozenset({"name", "value"})),
    "Conference": Grammar(
        frozenset({"muted", "startConferenceOnEnter", "endConferenceOnExit", "waitUrl", "waitMethod",
                   "participantLabel"}) | _STATUS,
        frozenset(),
        frozenset({"beep", "maxParticipants", "record", "trim", "coach", "region", "jitterBufferSize",
                   "eventCallbackUrl"}) | _RECORDING,
    ),
    "Queue": Grammar(frozenset({"url", "method"}), frozenset(), frozenset({"reservationSid", "postWorkActivitySid"})),
}  # fmt: skip

#: Verbs of Twilio's that the simulator does not run.
NOT_RUN = frozenset({
    "Pay", "Prompt", "Refer", "Sms", "Message", "Start", "Stop", "Connect", "Siprec", "Stream", "Echo", "Assistant",
})  # fmt: skip


class TwimlError(Exception):
    """The document cannot be run. `code` is Twilio's."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Verb:
    """A verb or noun: its known attributes, its text, and its known children. `data` is sound already fetched."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: list[Verb] = field(default_factory=list)
    data: tuple[bytes, str] | None = None

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.attributes.get(name, "").strip().lower()
        return value == "true" if value else default

    def number(self, name: str, default: float) -> float:
        try:
            return float(self.attributes.get(name, default))
        except ValueError:
            return default


def read_document(body: bytes, content_type: str) -> tuple[list[Verb], list[str]]:
    """The verbs of an answer, and what is to be warned of. Raises `TwimlError`.

    Twilio Docs, "TwiML for Programmable Voice", "Content types": sound is played, and plain text that is no TwiML is
    read aloud.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if len(body) > MAX_BYTES and not kind.startswith("audio/"):
        raise TwimlError(BODY_TOO_LARGE, f"The body has {len(body)} bytes, more than 64 kB")
    if kind.startswith("audio/"):
        return [Verb("Play", data=(body, kind))], []
    text = body.decode("utf-8", "replace")
    if not text.strip():
        raise TwimlError(BODY_EMPTY, "The body is empty where TwiML is expected")
    if kind == "text/plain":
        try:
            return parse(text)
        except TwimlError:
            return [Verb("Say", text=text)], []
    if kind not in ("text/xml", "application/xml", "text/html"):
        raise TwimlError(BAD_CONTENT_TYPE, f"Invalid Content-Type: {content_type or 'none given'}")
    return parse(text)


def parse(text: str) -> tuple[list[Verb], list[str]]:
    """The verbs of a TwiML document and what is to be warned of. Raises `TwimlError`."""
    try:
        root = fromstring(text.strip())
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise TwimlError(DOCUMENT_PARSE_FAILURE, f"The document is no XML: {error}") from error
    if root.tag != "Response":
        raise TwimlError(BAD_ROOT, f"The root element is <{root.tag}>, not <Response>")
    warnings: list[str] = []
    verbs = [verb for element in root if (verb := _verb(element, VERBS, "Response", warnings))]
    return verbs, warnings


def _acceptable(attribute: str, value: str) -> bool:
    if attribute in NUMERIC:
        return value.replace(".", "", 1).isdigit()
    if attribute in BOOLEAN:
        return value.lower() in ("true", "false")
    return not attribute.lower().endswith("method") or value.upper() in ("GET", "POST")


def _verb(element: Element, grammars: dict[str, Grammar], parent: str, warnings: list[str]) -> Verb | None:
    name = element.tag
    grammar = grammars.get(name)
    if grammar is None:
        known = name in NOT_RUN or name in NOUNS or name in ("Sip", "Sim", "Application", "WhatsApp", "Task")
        what = "is not run by the simulator" if known else "is not known"
        warnings.append(f"<{name}> in <{parent}> {what}; it is left out")
        return None
    attributes = {}
    for key, value in element.attrib.items():
        if key in grammar.attributes:
            attributes[key] = value
            if not _acceptable(key, value):
                warnings.append(f'<{name} {key}="{value}">: the value is not valid')
        elif key in grammar.unsupported and value in AS_IT_IS.get(key, ()):
            continue
        elif key in grammar.unsupported:
            warnings.append(f'<{name} {key}="{value}"> does nothing in the simulator')
        else:
            warnings.append(f'<{name} {key}="{value}">: the attribute is not known')
    children = []
    for child in element:
        if name == "Say":
            continue  # SSML is spoken as plain words
        if child.tag not in grammar.children:
            warnings.append(f"<{child.tag}> is not allowed in <{name}>; it is left out")
        elif (nested := _verb(child, VERBS if name == "Gather" else NOUNS, name, warnings)) is not None:
            children.append(nested)
    text = "".join(element.itertext()) if name == "Say" else element.text or ""
    return Verb(name, attributes, " ".join(text.split()), children)
