"""Reading our own TwiML again: what an answer made Twilio do, in words, and what was heard of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

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
        return _("Our answer was not TwiML.")
    verbs = "; ".join(_verb_words(verb, names) for verb in root) or pgettext("we answered", "nothing")
    return _("We answered: %(verbs)s.") % {"verbs": verbs}


def _verb_words(verb: ElementTree.Element, names: Mapping[str, str]) -> str:
    match verb.tag:
        case "Say":
            return pgettext("we answered", "say “%(text)s”") % {"text": in_sentence(_text(verb).rstrip("."))}
        case "Dial":
            return _dial_words(verb, names)
        case "Hangup":
            return pgettext("we answered", "hang up")
        case "Record":
            return pgettext("we answered", "record a message")
        case "Reject":
            return pgettext("we answered", "refuse the call")
        case "Play":
            return pgettext("we answered", "play a sound")
    return f"<{verb.tag}>"


def _dial_words(dial: ElementTree.Element, names: Mapping[str, str]) -> str:
    numbers = [in_sentence(_text(noun)) for noun in dial.iter("Number")]
    clients = [_text(next(noun.iter("Identity"), noun)) for noun in dial.iter("Client")]
    if clients:
        known = [in_sentence(names[client]) for client in clients if client in names]
        others = len(clients) - len(known)
        if others:
            phones = (
                ngettext("%(count)d other phone", "%(count)d other phones", others)
                if known
                else ngettext("%(count)d phone", "%(count)d phones", others)
            )
            known.append(phones % {"count": others})
        return pgettext("we answered", "ring %(phones)s") % {"phones": _list(known)}
    if not numbers:
        return pgettext("we answered", "connect the call")
    return pgettext("we answered", "call %(numbers)s") % {"numbers": _list(numbers)}


def _list(parts: Sequence[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return _("%(first)s and %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}


def spoken(answer: str) -> str:
    """All that a caller hears of an answer: its <Say> texts; empty when there are none."""
    root = twiml_parsed(answer)
    return " ".join(_text(verb) for verb in root.iter("Say")) if root is not None else ""


def _text(element: ElementTree.Element) -> str:
    return " ".join("".join(element.itertext()).split())
