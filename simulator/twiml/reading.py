"""TwiML: read, checked against what Twilio documents, and reported where the simulator falls short."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from simulator.twiml.grammar import AS_IT_IS, MESSAGING, VOICE, Dialect, Value

MAX_BYTES = 64 * 1024

DOCUMENT_PARSE_FAILURE = 12100
BAD_ROOT = 12102
SCHEMA_WARNING = 12200
BAD_CONTENT_TYPE = 12300
BODY_TOO_LARGE = 11750
BODY_EMPTY = 11770


class NotBuiltError(Exception):
    """The document asks for something of Twilio's that the simulator does not build. The message names it."""


class TwimlError(Exception):
    """The document cannot be run. `code` is Twilio's."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Verb:
    """A verb or noun: its known attributes, its text, and its known children.

    `data` is sound already fetched. `refused` names what in it the simulator does not build.
    """

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: list[Verb] = field(default_factory=list)
    data: tuple[bytes, str] | None = None
    refused: str = ""

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


def read_document(body: bytes, content_type: str, dialect: Dialect = VOICE) -> tuple[list[Verb], list[str]]:
    """The verbs of an answer, and what is to be warned of. Raises `TwimlError`.

    Twilio Docs, "TwiML for Programmable Voice", "Content types": sound is played, and plain text that is no TwiML is
    read aloud; in answer to a message, it is sent as one.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if len(body) > MAX_BYTES and not kind.startswith("audio/"):
        raise TwimlError(BODY_TOO_LARGE, f"The body has {len(body)} bytes, more than 64 kB")
    if kind.startswith("audio/") and dialect is VOICE:
        return [Verb("Play", data=(body, kind))], []
    text = body.decode("utf-8", "replace")
    if not text.strip():
        raise TwimlError(BODY_EMPTY, "The body is empty where TwiML is expected")
    if kind == "text/plain":
        try:
            return parse(text, dialect)
        except TwimlError:
            return [Verb("Message" if dialect is MESSAGING else "Say", text=text)], []
    if kind not in ("text/xml", "application/xml", "text/html"):
        raise TwimlError(BAD_CONTENT_TYPE, f"Invalid Content-Type: {content_type or 'none given'}")
    return parse(text, dialect)


def parse(text: str, dialect: Dialect = VOICE) -> tuple[list[Verb], list[str]]:
    """The verbs of a TwiML document and what is to be warned of. Raises `TwimlError`."""
    try:
        root = fromstring(text.strip())
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise TwimlError(DOCUMENT_PARSE_FAILURE, f"The document is no XML: {error}") from error
    if root.tag != "Response":
        raise TwimlError(BAD_ROOT, f"The root element is <{root.tag}>, not <Response>")
    warnings: list[str] = []
    verbs = [verb for element in root if (verb := _verb(element, dialect, "Response", warnings))]
    return verbs, warnings


def _verb(element: Element, dialect: Dialect, parent: str, warnings: list[str]) -> Verb | None:
    name = element.tag
    grammar = (dialect.verbs if parent in ("Response", "Gather") else dialect.nouns).get(name)
    if grammar is None and name in dialect.unbuilt:
        return Verb(name, refused=f"<{name}>")
    if grammar is None:
        misplaced = name in dialect.nouns or name in dialect.verbs
        warnings.append(f"<{name}> {'is not allowed' if misplaced else 'is not known'} in <{parent}>; it is left out")
        return None
    attributes, refused = {}, ""
    for key, value in element.attrib.items():
        if key in grammar.refused and grammar.refused[key].good(value):
            refused = refused or f'<{name} {key}="{value}">'
        elif key in grammar.attributes:
            if _judge(name, key, value, grammar.attributes[key], warnings):
                attributes[key] = value
        elif key in grammar.decoration:
            continue
        elif key not in grammar.ignored:
            warnings.append(f'<{name} {key}="{value}">: the attribute is not known')
        elif value not in AS_IT_IS.get(key, ()) and _judge(name, key, value, grammar.ignored[key], warnings):
            warnings.append(f'<{name} {key}="{value}"> does nothing in the simulator')
    children = []
    for child in element:
        if name == "Say":
            continue  # SSML is spoken as plain words
        if child.tag in grammar.unbuilt:
            refused = refused or f"<{child.tag}> in <{name}>"
        elif child.tag not in grammar.children:
            warnings.append(f"<{child.tag}> is not allowed in <{name}>; it is left out")
        elif (nested := _verb(child, dialect, name, warnings)) is not None:
            refused = refused or nested.refused
            children.append(nested)
    text = "".join(element.itertext()) if name == "Say" else element.text or ""
    text = text.strip() if name in dialect.verbatim else " ".join(text.split())
    return Verb(name, attributes, text, children, refused=refused)


def _judge(name: str, key: str, given: str, value: Value, warnings: list[str]) -> bool:
    """Warns of a value that Twilio does not take. Whether something can be done with it all the same."""
    if not value.good(given):
        rest = "" if value.usable(given) else "; the attribute is left out"
        warnings.append(f'<{name} {key}="{given}">: not valid, expected {value.words}{rest}')
    return value.usable(given)
