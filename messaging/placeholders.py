"""Texts with fields, such as `Hello {first name}`. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
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
    return tuple(dict.fromkeys(name for _words, name in _parts(body) if name is not None))


@lru_cache(maxsize=64)
def _parts(body: str) -> tuple[tuple[str, str | None], ...]:
    """The text in order: some words, and the field after them; None after the last."""
    parts: list[tuple[str, str | None]] = []
    end = 0
    for match in _FIELD.finditer(body):
        parts.append((body[end : match.start()], " ".join(match[1].lower().split())))
        end = match.end()
    return (*parts, (body[end:], None))


def unknown_fields(body: str, known: Mapping[str, str]) -> list[str]:
    """Those that nobody has."""
    return [name for name in fields_in(body) if name not in known]


def filled_in(body: str, values: Mapping[str, str]) -> str:
    """The text for one person. A field without a value becomes nothing: ask `empty_fields` before."""
    return "".join([words if name is None else words + values.get(name, "") for words, name in _parts(body)])


def empty_fields(body: str, values: Mapping[str, str]) -> list[str]:
    return [name for name in _fields_in(body) if not values.get(name, "").strip()]


def values_of(name: str, company: str = "", own: Mapping[str, object] | None = None) -> dict[str, str]:
    """What the fields mean for one person. `own`: the admin's own fields, by their keys."""
    words = name.split()
    values = {
        "name": name,
        "first name": words[0] if words else "",
        "last name": words[-1] if len(words) > 1 else "",
        "company": company,
    }
    if own:
        values = {key.lower(): str(value) for key, value in own.items() if value is not None} | values
    return values
