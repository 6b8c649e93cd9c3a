"""Texts that others wrote, made fit for what they go into: a database, XML, JSON, a page, a line of a log."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

# The control characters, lone halves of surrogate pairs, and the two that Unicode promises to be no characters and
# that XML cannot hold.
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_UNFIT_IN_LINES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# What no XML 1.0 document may hold, not even escaped: https://www.w3.org/TR/xml/#charsets
XML_UNFIT = "\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff"
_XML_UNFIT = re.compile(f"[{XML_UNFIT}]")


def cleaned(text: str) -> str:
    """The text as one line: a space for each control character, U+FFFD for each that is no character at all.

    Nothing is left out, so that no text becomes another that means more than it did.
    """
    return text if text.isascii() and text.isprintable() else _UNFIT.sub(_instead, text)


def cleaned_lines(text: str) -> str:
    """The same for a text of several lines: tabs and line ends stay."""
    if text.isascii() and text.isprintable():
        return text
    return _UNFIT_IN_LINES.sub(_instead, text.replace("\r\n", "\n").replace("\r", "\n"))


def fit_for_xml(text: str) -> str:
    """The text without what XML cannot hold. It is not escaped yet."""
    return _XML_UNFIT.sub(_instead, text)


def tree_cleaned(value: Any) -> Any:
    """Whatever is to become JSON, with all of its texts cleaned as texts of several lines."""
    if isinstance(value, str):
        return cleaned_lines(value)
    if isinstance(value, dict):
        return {tree_cleaned(name): tree_cleaned(part) for name, part in value.items()}
    return [tree_cleaned(part) for part in value] if isinstance(value, list | tuple) else value


def shortened(text: str, most: int) -> str:
    """The text as one line of at most so many characters, for a log. The end of a longer one is told by its length."""
    if len(text) > most:
        text = f"{text[:most]}… ({len(text)} characters)"
    return cleaned(text)


def _instead(match: re.Match[str]) -> str:
    return " " if match[0] < "\xa0" else "\ufffd"


def without_invisible(text: str) -> str:
    """The text, or "" when it holds nothing that anybody sees: spaces, and characters that only join or turn others."""
    return text if any(unicodedata.category(one) not in _INVISIBLE for one in text) else ""


_INVISIBLE = {"Cc", "Cf", "Zl", "Zp", "Zs"}


def is_heard(text: str) -> bool:
    """Whether anything is heard when a voice reads the text: a letter or a digit of any script is in it.

    Of dots, dashes, emoji and spaces of no width, voices say nothing, or each another thing.
    """
    return any(letter.isalnum() and letter not in _FILLERS for letter in text)


# Letters for Unicode, and nothing for whoever reads them: they hold the place of a letter of Hangul.
_FILLERS = "\u115f\u1160\u3164\uffa0"


# Marks, embeddings, overrides and isolates: they say in which direction what follows is read.
_DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"


def without_directions(text: str) -> str:
    """The text without the characters that turn what stands around it round. What it is written in stays."""
    return text if text.isascii() else _DIRECTIONS.sub("", text)


def in_sentence(text: str) -> str:
    """A name, or what somebody else wrote, fit to stand inside a sentence of ours: the rest of it stays in order.

    Without direction characters, which could end the isolation; and isolated, when it is read from right to left.
    """
    text = without_directions(text)
    if text.isascii() or not any(unicodedata.bidirectional(letter) in ("R", "AL", "AN") for letter in text):
        return text
    return f"{_FIRST_STRONG_ISOLATE}{text}{_POP_ISOLATE}"
