"""How many segments a text has, counted as Twilio does, which also is what it costs and how fast it goes. Pure.

A text of GSM-7 letters alone holds 160 of them, or 153 in each of several parts; any other letter turns the whole text
into UCS-2, with 70 and 67 UTF-16 units (Twilio Docs, "Messages resource"; 3GPP TS 23.038 and 23.040).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

MAX_LENGTH = 1600

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Each is sent as two.
_EXTENSION = frozenset("\f^{}\\[~]|€")

# What stands for a letter that is not plain, as far as nobody would mind.
_TWINS = {
    "–": "-", "—": "-", "‐": "-", "‑": "-", "‒": "-", "―": "-", "−": "-", "⁃": "-",
    "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "″": '"', "＂": '"',
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "´": "'", "`": "'", "‹": "'", "›": "'", "ʼ": "'",
    "…": "...", "•": "-", "·": ".", "‧": ".", "\t": " ", "×": "x", "÷": "/", "™": "(TM)", "©": "(c)", "®": "(R)",
    "½": "1/2", "¼": "1/4", "¾": "3/4", "№": "No.", "²": "2", "³": "3", "¹": "1", "°": " deg",
    "\u200b": "", "\u200c": "", "\u200d": "", "\u200e": "", "\u200f": "", "\ufeff": "", "\u2060": "", "\u00ad": "",
    "ç": "c", "Þ": "Th", "þ": "th", "Ð": "D", "ð": "d", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "œ": "oe",
    "Œ": "OE", "ẞ": "SS",
}  # fmt: skip


class Encoding(StrEnum):
    GSM_7 = "GSM-7"
    UCS_2 = "UCS-2"


_SIZES = {Encoding.GSM_7: (160, 153), Encoding.UCS_2: (70, 67)}


@dataclass(frozen=True, slots=True)
class Count:
    """`units`: what the text fills of its segments. `letters`: each that is not plain, once, as they first come."""

    encoding: Encoding
    units: int
    segments: int
    letters: tuple[str, ...]

    @property
    def left(self) -> int:
        """How many units still go into the last segment."""
        single, part = _SIZES[self.encoding]
        return single - self.units if self.segments <= 1 else max(0, self.segments * part - self.units)


def count(text: str) -> Count:
    """How the text is sent. An empty text has no segment."""
    letters = tuple(dict.fromkeys(letter for letter in text if not is_plain(letter)))
    encoding = Encoding.UCS_2 if letters else Encoding.GSM_7
    sizes = [_size(letter, encoding) for letter in text]
    single, part = _SIZES[encoding]
    units = sum(sizes)
    if units <= single:
        return Count(encoding, units, 1 if units else 0, letters)
    return Count(encoding, units, _parts(sizes, part), letters)


def _parts(sizes: Iterable[int], part: int) -> int:
    """A letter of two units is never parted: it begins the next segment when one unit alone is left."""
    parts, filled = 1, 0
    for size in sizes:
        if filled + size > part:
            parts, filled = parts + 1, 0
        filled += size
    return parts


def _size(letter: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM_7:
        return 2 if letter in _EXTENSION else 1
    return 2 if letter > "\uffff" else 1


def is_plain(letter: str) -> bool:
    """Whether it is one of GSM-7's."""
    return letter in _BASIC or letter in _EXTENSION


def twin(letter: str) -> str | None:
    """What is plain and says the same: `–` → `-`. None when there is nothing of the kind; "" for what nobody sees."""
    if is_plain(letter):
        return letter
    if letter in _TWINS:
        return _TWINS[letter]
    if unicodedata.category(letter) == "Zs":
        return " "
    # Without what stands above or below it: ă → a. What is a letter of its own, like Cyrillic's, has none.
    base = "".join(one for one in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(one))
    return base if base and base != letter and all(map(is_plain, base)) else None


def plain(text: str) -> str:
    """The text with twins for all letters that have one. Nothing is left out that anybody sees."""
    return "".join(_twins(text))


def _twins(text: str) -> Iterator[str]:
    # Composed: a letter and its accent, written as two, are one letter that may be plain.
    for letter in unicodedata.normalize("NFC", text):
        found = twin(letter)
        yield letter if found is None else found
