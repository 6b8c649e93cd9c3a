"""Fields of steps: each reads what came as JSON, says what is wrong with it, and never fails."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from core.languages import Sentence
from core.languages import kept as _
from core.text import cleaned, cleaned_lines

MAX_STEPS, MAX_KEYS = 60, 12
_LONGEST_NAME, _LONGEST_TEXT, _LONGEST_WORD, _LONGEST_VOICE = 60, 1000, 40, 64
_ID = re.compile(r"[a-z0-9]{1,12}\Z")
_VOICE = re.compile(r"[A-Za-z0-9.-]{0,64}\Z")
# As Twilio names voices: https://www.twilio.com/docs/voice/twiml/say. What it does not know it does not say.
_KNOWN_VOICE = re.compile(r"(?:man|woman|alice|(?:Polly|Google)\.[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*)\Z")
WRITE_VOICE = _("Write the voice as Twilio names it, like Polly.Amy.")
DIGIT = re.compile(r"[0-9*#]\Z")

# Told what is wrong with a field: its name within the step, and a sentence that says what to do.
Complain = Callable[[str, Sentence], None]
Read = Callable[[Any, str, Complain], Any]


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a caller hears: a greeting that is kept, or a text of its own."""

    text: str = ""
    language: str = ""
    """Empty: the language the caller chose, or that of the line."""
    voice: str = ""
    greeting: int | None = None

    def __bool__(self) -> bool:
        return bool(self.text or self.greeting)

    def as_json(self) -> dict[str, Any]:
        if self.greeting:
            return {"greeting": self.greeting}
        return {"text": self.text, "language": self.language, "voice": self.voice}


@dataclass(frozen=True, slots=True)
class Key:
    digit: str
    meaning: str
    next: str
    words: tuple[str, ...] = ()
    language: str = ""
    """Of a choice of language: the one that this key chooses."""

    def as_json(self) -> dict[str, Any]:
        plain: dict[str, Any] = {"digit": self.digit, "meaning": self.meaning, "next": self.next}
        if self.language:
            plain["language"] = self.language
        return plain | ({"words": list(self.words)} if self.words else {})


def is_voice(name: str) -> bool:
    """Whether a voice is named as Twilio names them; whether there is such a one, Twilio knows.

    Asked of what is to be saved only: a route that is kept is carried out whatever its voice is.
    """
    return len(name) <= _LONGEST_VOICE and _KNOWN_VOICE.match(name) is not None


def made(read: Read, default: Any) -> Any:
    """A field of a step's dataclass."""
    return field(default=default, metadata={"read": read})


def target() -> Any:
    """The id of the step that comes next; "" where none is chosen."""
    return made(_read_target, "")


def row() -> Any:
    """The id of something that is kept in the database."""
    return made(_read_row, None)


def number(low: int, high: int, default: int) -> Any:
    def read(value: Any, name: str, complain: Complain) -> int:
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            complain(name, _("Choose a number from %(low)d to %(high)d.") % {"low": low, "high": high})
            return default
        return value

    return made(read, default)


def choice(words: tuple[str, ...], default: str) -> Any:
    def read(value: Any, name: str, complain: Complain) -> str:
        if value is None:
            return default
        if value not in words:
            complain(name, _("Choose one of the list."))
            return default
        return str(value)

    return made(read, default)


def flag(default: bool) -> Any:
    return made(lambda value, name, complain: bool(value) if value is not None else default, default)


def text(longest: int = _LONGEST_NAME) -> Any:
    return made(lambda value, name, complain: line_of(value, longest, name, complain), "")


def prompt() -> Any:
    return made(_read_prompt, Prompt())


def keys() -> Any:
    return made(_read_keys, ())


def read_id(value: Any) -> str:
    return value if isinstance(value, str) and _ID.match(value) else ""


def line_of(value: Any, longest: int, name: str, complain: Complain) -> str:
    said = _text_of(value, longest, name, complain)
    return cleaned(said).strip()


def _text_of(value: Any, longest: int, name: str, complain: Complain) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        complain(name, _("Write a text."))
        return ""
    if len(value) > longest:
        complain(name, _("Write at most %(count)d characters.") % {"count": longest})
    return value[:longest].replace("\x00", " ")


def _read_target(value: Any, name: str, complain: Complain) -> str:
    return read_id(value)


def _read_row(value: Any, name: str, complain: Complain) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and 0 < value < 2**63 else None


def _read_prompt(value: Any, name: str, complain: Complain) -> Prompt:
    if not isinstance(value, Mapping):
        return Prompt()
    if value.get("greeting") is not None:
        return Prompt(greeting=_read_row(value["greeting"], name, complain))
    language = str(value.get("language") or "")
    if language and language not in dict(settings.LANGUAGES):
        complain(name, _("Choose a language of the list."))
        language = ""
    voice = str(value.get("voice") or "")
    if not _VOICE.match(voice):
        complain(name, WRITE_VOICE)
        voice = ""
    return Prompt(cleaned_lines(_text_of(value.get("text"), _LONGEST_TEXT, name, complain)).strip(), language, voice)


def _read_keys(value: Any, name: str, complain: Complain) -> tuple[Key, ...]:
    if not isinstance(value, list):
        return ()
    if len(value) > MAX_KEYS:
        complain(name, _("A telephone has at most %(count)d keys.") % {"count": MAX_KEYS})
    return tuple(_read_key(each, f"{name}.{index}", complain) for index, each in enumerate(value[:MAX_KEYS]))


def _read_key(value: Any, name: str, complain: Complain) -> Key:
    data = value if isinstance(value, Mapping) else {}
    digit = str(data.get("digit") or "")
    if not DIGIT.match(digit):
        complain(f"{name}.digit", _("Choose a key: 0 to 9, * or #."))
        digit = ""
    words = data.get("words")
    said = words[:MAX_KEYS] if isinstance(words, list) else []
    spoken = [line_of(word, _LONGEST_WORD, f"{name}.words", complain) for word in said]
    language = str(data.get("language") or "")
    if language and language not in dict(settings.LANGUAGES):
        complain(f"{name}.language", _("Choose a language of the list."))
        language = ""
    return Key(
        digit=digit,
        meaning=line_of(data.get("meaning"), _LONGEST_NAME, f"{name}.meaning", complain),
        next=read_id(data.get("next")),
        words=tuple(word for word in spoken if word),
        language=language,
    )
