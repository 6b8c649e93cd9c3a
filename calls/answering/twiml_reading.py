"""Reading our own TwiML again: what an answer made Twilio do, in words, and what was heard of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

from core.text import in_sentence


def twiml_parsed(answer: str) -> ElementTree.Element | None:
    """The answer's root element; None when it is not XML. For answers that we made ourselves, not for other XML."""
    try:
        return ElementTree.fromstring(answer)  # noqa: S314
    except (ElementTree.ParseError, ValueError):
        return None


def answer_words(answer: str, *, names: Mapping[str, str]) -> str:
    """What our TwiML made Twilio do, as a sentence; empty for an empty answer or one that is not TwiML."""
    if not answer:
        return ""
    root = twiml_parsed(answer)
    if root is None:
        return "Our answer was not TwiML."
    return f"We answered: {'; '.join(_verb_words(verb, names) for verb in root) or 'nothing'}."


def _verb_words(verb: ElementTree.Element, names: Mapping[str, str]) -> str:
    match verb.tag:
        case "Say":
            return f"say “{in_sentence(_text(verb).rstrip('.'))}”"
        case "Dial":
            return _dial_words(verb, names)
        case "Hangup":
            return "hang up"
        case "Record":
            return "record a message"
        case "Reject":
            return "refuse the call"
        case "Play":
            return "play a sound"
    return f"<{verb.tag}>"


def _dial_words(dial: ElementTree.Element, names: Mapping[str, str]) -> str:
    numbers = [in_sentence(_text(noun)) for noun in dial.iter("Number")]
    clients = [_text(next(noun.iter("Identity"), noun)) for noun in dial.iter("Client")]
    if clients:
        known = [in_sentence(names[client]) for client in clients if client in names]
        others = len(clients) - len(known)
        if others:
            known.append(f"{others} {'other phone' if known else 'phone'}{'s' if others > 1 else ''}")
        return f"ring {_list(known)}"
    return f"call {_list(numbers)}" if numbers else "connect the call"


def _list(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def spoken(answer: str) -> str:
    """All that a caller hears of an answer: its <Say> texts; empty when there are none."""
    root = twiml_parsed(answer)
    return " ".join(_text(verb) for verb in root.iter("Say")) if root is not None else ""


def _text(element: ElementTree.Element) -> str:
    return " ".join("".join(element.itertext()).split())
