"""The names of countries, in any language."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale


def country_name(region: str, language: str) -> str:
    """`GB` → "United Kingdom"; "" when there is no such region."""
    return _territories(language).get(region, "") if region else ""


def country_in_sentence(region: str, language: str) -> str:
    """As it stands in an English sentence. Other languages have their sentences put so that it needs no article."""
    name = country_name(region, language)
    if language == "en" and name.startswith(("United ", "Netherlands", "Philippines", "Bahamas")):
        return f"the {name}"
    return name


@lru_cache(maxsize=8)
def _territories(language: str) -> dict[str, str]:
    return dict(Locale(language).territories)
