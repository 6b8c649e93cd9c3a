"""Whom an import changes, from what to what: for people, who see so that a wrong number would rename somebody."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

# So many rows are shown with what they change: who has to look at more looks at none.
MOST_SHOWN = 100
_LONGEST = 200
# Of what two long texts begin with alike, so much is shown before they differ.
_ALIKE = 40
# Of a family of four with their skin tones, and of most letters with accents.
_LONGEST_CHARACTER = 30
_JOINER = "\u200d"
_SKIN_TONES = ("\U0001f3fb", "\U0001f3ff")
_FLAG_LETTERS = ("\U0001f1e6", "\U0001f1ff")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """`name`: the key of a target (`name`, `own.customer_no`, `group`), or `extension`. Long texts are shortened."""

    name: str
    was: str
    becomes: str

    @classmethod
    def of(cls, name: str, was: str, becomes: str) -> FieldChange:
        return cls(name, *_shortened(was, becomes))


@dataclass(frozen=True, slots=True)
class Change:
    """What a row changes of a contact that is there. `contact`: its name before the import; `number` (E.164) and
    `extension`: by which it was found, as they are before it, too."""

    row: int
    contact: str
    number: str
    extension: str
    fields: tuple[FieldChange, ...]


def _shortened(was: str, becomes: str) -> tuple[str, str]:
    """Both texts, or a part of each in which they differ."""
    begin = 0
    if max(len(was), len(becomes)) > _LONGEST:
        pairs = enumerate(zip(was, becomes, strict=False))
        alike = next((at for at, (one, other) in pairs if one != other), min(len(was), len(becomes)))
        if alike > _LONGEST - _ALIKE:
            begin = _whole(was, alike - _ALIKE)
    return _part(was, begin), _part(becomes, begin)


def _part(text: str, begin: int) -> str:
    end = begin + _LONGEST
    end = _whole(text, end) if end < len(text) else len(text)
    return f"{'…' * (begin > 0)}{text[begin:end]}{'…' * (end < len(text))}"


def _whole(text: str, at: int) -> int:
    """Where to cut instead, so that no accent is parted from its letter, and no picture from what belongs to it."""
    least = at - _LONGEST_CHARACTER
    # Whoever heaps up accents gets them cut in their midst: where the texts differ must stay in sight.
    return next((place for place in range(at, least, -1) if not _belongs(text, place)), at)


def _belongs(text: str, at: int) -> bool:
    """Whether the character goes with the one before."""
    letter = text[at]
    if unicodedata.category(letter) in ("Mn", "Me", "Mc", "Cf") or text[at - 1] == _JOINER:
        return True
    if _is_within(letter, _FLAG_LETTERS):
        before = at
        while before and _is_within(text[before - 1], _FLAG_LETTERS):
            before -= 1
        return (at - before) % 2 == 1
    return _is_within(letter, _SKIN_TONES)


def _is_within(letter: str, ends: tuple[str, str]) -> bool:
    return ends[0] <= letter <= ends[1]
