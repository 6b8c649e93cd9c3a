"""Public holidays by country, from the library `holidays`.

It is loaded when somebody asks: most processes never do.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

from core.languages import language_now


def holiday_of(country: str, subdivision: str = "") -> Callable[[date], str]:
    """What names the holiday on a day there, or says "". Nothing but "" for a place that is not known."""
    if not country or not is_known_place(country, subdivision):
        return lambda day: ""
    language = language_now()

    def name(day: date) -> str:
        found = _holidays(country, subdivision, language, day.year)
        return str(found.get(day) or "")

    return name


def is_known_place(country: str, subdivision: str = "") -> bool:
    parts = _countries().get(country)
    return parts is not None and (not subdivision or subdivision in parts)


def places() -> dict[str, list[tuple[str, str]]]:
    """All countries by their code, each with its parts: code and name."""
    return {country: _named(country, parts) for country, parts in sorted(_countries().items())}


@lru_cache(maxsize=1)
def _countries() -> dict[str, list[str]]:
    import holidays

    known = holidays.list_supported_countries(include_aliases=False)
    return {code: list(parts) for code, parts in known.items() if len(code) == 2}


def _named(country: str, parts: list[str]) -> list[tuple[str, str]]:
    names = _part_names(country)
    return [(code, names.get(code, code)) for code in parts]


@lru_cache(maxsize=512)
def _part_names(country: str) -> dict[str, str]:
    import holidays

    aliases = getattr(getattr(holidays, country, None), "subdivisions_aliases", None) or {}
    # The longest of several is the name, the others are abbreviations.
    names: dict[str, str] = {}
    for name, code in aliases.items():
        names[code] = max(names.get(code, ""), name, key=len)
    return names


@lru_cache(maxsize=64)
def _holidays(country: str, subdivision: str, language: str, year: int) -> Any:
    import holidays

    made = holidays.country_holidays(country, subdiv=subdivision or None, years=year)
    wanted = next((one for one in made.supported_languages if one.partition("_")[0] == language), None)
    if wanted is None:
        return made
    return holidays.country_holidays(country, subdiv=subdivision or None, years=year, language=wanted)
