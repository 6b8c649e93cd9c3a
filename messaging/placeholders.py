"""Texts with fields, such as `Hello {first name}`. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

_FIELD = re.compile(r"\{([^{}\n]{1,40})\}")
# What every contact has; an admin's own fields are filled in by their keys.
FIELDS = ("name", "first name", "last name", "company")


def fields_in(body: str) -> list[str]:
    """The fields that a text names, as they are looked up: in small letters, each once."""
    return list(_fields_in(body))


# Of one text, each of ten thousand people is asked for.
@lru_cache(maxsize=64)
def _fields_in(body: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_named(match) for match in _FIELD.finditer(body)))


def unknown_fields(body: str, known: Mapping[str, str]) -> list[str]:
    """Those that nobody has."""
    return [name for name in fields_in(body) if name not in known]


def filled_in(body: str, values: Mapping[str, str]) -> str:
    """The text for one person. A field without a value becomes nothing: ask `empty_fields` before."""
    return _FIELD.sub(lambda match: values.get(_named(match), ""), body)


def empty_fields(body: str, values: Mapping[str, str]) -> list[str]:
    return [name for name in _fields_in(body) if not values.get(name, "").strip()]


def values_of(name: str, company: str = "", own: Mapping[str, object] | None = None) -> dict[str, str]:
    """What the fields mean for one person. `own`: the admin's own fields, by their keys."""
    return dict(_values(name, company, own or {}))


def _values(name: str, company: str, own: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    yield from ((key.lower(), str(value)) for key, value in own.items() if value is not None)
    words = name.split()
    yield "name", name
    yield "first name", words[0] if words else ""
    yield "last name", words[-1] if len(words) > 1 else ""
    yield "company", company


def _named(match: re.Match[str]) -> str:
    return " ".join(match[1].lower().split())
