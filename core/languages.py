"""Which language somebody reads or hears (docs/decisions/0014).

A sentence that is stored, or kept in an exception until it is known who reads it, is kept in English: it is its own key
in the catalogue, and `sentence` says it in the language of whoever reads it then.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation


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


def sentence(key: str) -> str:
    """A sentence that was kept in English, in the language of whoever reads it now."""
    return translation.gettext(key) if key else ""


def speak_to(language: str) -> None:
    """From here to the end of the request, texts are made in the language that somebody chose; "" changes nothing."""
    if language:
        translation.activate(known_language(language))


def load_texts() -> None:
    """Reads the catalogues now: otherwise the first caller of a line waits for them."""
    for language, _ in settings.LANGUAGES:
        with speaking(language):
            translation.gettext("English")
