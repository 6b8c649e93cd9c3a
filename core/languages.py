"""Which language somebody reads or hears (docs/decisions/0014).

A sentence that is stored, or kept in an exception until it is known who reads it, is kept in English: it is its own key
in the catalogue, and `sentence` says it in the language of whoever reads it then. One with blanks is a `Sentence`: it
keeps what stands in them beside its key.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.formats import date_format, number_format
from django.utils.html import escape

from core.countries import country_in_sentence


def default_language() -> str:
    """The desk's own, for whoever has chosen none and shows no wish."""
    return str(settings.LANGUAGE_CODE)


def known_language(language: str) -> str:
    """The language when texts are kept in it, otherwise the desk's own."""
    return language if language in dict(settings.LANGUAGES) else default_language()


def language_wished(request: HttpRequest) -> str:
    """What the browser asks for, as far as there is such a language."""
    return known_language(translation.get_language_from_request(request))


def language_now() -> str:
    """The one that texts are made in here and now."""
    return known_language(translation.get_language() or "")


def speaking(language: str) -> translation.override:
    """Within it, texts are made in that language; in the desk's own when it is "" or unknown."""
    return translation.override(known_language(language))


class Sentence(str):
    """A sentence that is kept in English until somebody reads it, with what stands in its blanks.

    As a text it is the English one, for logs, commands and programs. `sentence` says it in the reader's language, and
    so does a page that prints it.
    """

    key: str
    blanks: Mapping[str, Any]

    def __new__(cls, key: str, blanks: Mapping[str, Any] | None = None) -> Sentence:
        self = super().__new__(cls, str.__mod__(key, blanks) if blanks else key)
        self.key, self.blanks = str(key), dict(blanks or {})
        return self

    def __mod__(self, blanks: Mapping[str, Any]) -> Sentence:
        return Sentence(self.key, blanks)

    def __html__(self) -> str:
        return escape(sentence(self))

    def with_blanks(self, change: Callable[[str], str]) -> Sentence:
        """The same with something else in its blanks: what `change` makes of each text in them."""

        def changed(value: Any) -> Any:
            if isinstance(value, Sentence):
                return value.with_blanks(change)
            if isinstance(value, Day):
                return value
            return change(value) if isinstance(value, str) else value

        return Sentence(self.key, {name: changed(value) for name, value in self.blanks.items()})


class Country(str):
    """A country's name in a blank of a `Sentence`, said in the reader's language. As a text it is the English one."""

    region: str

    def __new__(cls, region: str) -> Country:
        self = super().__new__(cls, country_in_sentence(region, "en") or region)
        self.region = region
        return self


class Day(str):
    """A date in a blank of a `Sentence`, said as the reader's language writes it. As a text it is ISO's."""

    def __new__(cls, day: date) -> Day:
        return super().__new__(cls, day.isoformat())

    def said(self) -> str:
        return date_format(date.fromisoformat(self), "DATE_FORMAT")


def kept(key: str) -> Sentence:
    """Marks a sentence like `gettext`, but keeps it until it is known who reads it. Import it as `_`, so that
    `make messages` finds what it marks."""
    return Sentence(key)


def sentence(text: str) -> str:
    """A sentence that was kept in English, in the language of whoever reads it now."""
    if text and text.startswith(_STORED):
        text = _from_text(text)
    if isinstance(text, Sentence):
        said = translation.gettext(text.key) if text.key else ""
        blanks = {name: _blank_said(one) for name, one in text.blanks.items()}
        return said % blanks if blanks else said
    return translation.gettext(text) if text else ""


def _blank_said(value: Any) -> Any:
    if isinstance(value, Country):
        return country_in_sentence(value.region, language_now()) or value.region
    if isinstance(value, Day):
        return value.said()
    return sentence(value) if isinstance(value, Sentence) else value


def as_json(text: str) -> Any:
    """A sentence for a column of JSON. `from_json` reads it."""
    if isinstance(text, Country):
        return {"country": text.region}
    if isinstance(text, Day):
        return {"day": str(text)}
    if not isinstance(text, Sentence):
        return text
    blanks = {name: as_json(value) if isinstance(value, str) else value for name, value in text.blanks.items()}
    return {"key": text.key, "blanks": blanks}


def from_json(stored: Any) -> Any:
    if not isinstance(stored, dict):
        return stored
    if "country" in stored:
        return Country(stored["country"])
    if "day" in stored:
        return Day(date.fromisoformat(stored["day"]))
    return Sentence(stored["key"], {name: from_json(value) for name, value in stored["blanks"].items()})


_STORED = '{"key":'


def as_text(text: str) -> str:
    """A sentence for a column of text, which `sentence` says: one without blanks is its own key."""
    if isinstance(text, Sentence) and text.blanks:
        return json.dumps(as_json(text), ensure_ascii=False, separators=(",", ":"))
    return str.__str__(text)


def _from_text(stored: str) -> str:
    try:
        found: str = from_json(json.loads(stored))
    except (ValueError, KeyError, TypeError, AttributeError):
        return stored
    return found


def key_of(stored: str) -> str:
    """Which sentence was kept by `as_text`: in English, its blanks not filled in."""
    found = _from_text(stored) if stored.startswith(_STORED) else stored
    return found.key if isinstance(found, Sentence) else found


def number_text(number: int) -> str:
    """The number as the language of here and now writes it: 10,000 or 10.000."""
    return number_format(number, force_grouping=True)


def speak_to(language: str) -> None:
    """From here to the end of the request, texts are made in the language that somebody chose; "" changes nothing."""
    if language:
        translation.activate(known_language(language))


def load_texts() -> None:
    """Reads the catalogues now: otherwise the first caller of a line waits for them."""
    for language, _ in settings.LANGUAGES:
        with speaking(language):
            translation.gettext("English")
