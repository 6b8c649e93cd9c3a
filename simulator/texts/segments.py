"""What a text counts as: Twilio Docs, "SMS character limits". GSM 03.38 where it will do, else UTF-16."""

from __future__ import annotations

import math

#: Each counts once. The table of GSM 03.38, but for the escape that leads to the extension.
GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
#: Each counts twice.
GSM_EXTENSION = frozenset("\f^{}\\[~]|€")

#: Letters for a text that goes in one, and for each part of one that does not.
GSM_ONE, GSM_PART = 160, 153
UCS2_ONE, UCS2_PART = 70, 67

#: What "smart encoding" writes instead, so that a text needs no UTF-16.
SMART = str.maketrans(
    {
        **dict.fromkeys("‘’‛′", "'"),
        **dict.fromkeys("“”„‟″", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\u00a0\u2002\u2003\u2009\u202f", " "),
        "…": "...",
        "•": "*",
        "\u200b": "",
    }
)


def is_gsm(text: str) -> bool:
    return all(letter in GSM_BASIC or letter in GSM_EXTENSION for letter in text)


def segments(text: str) -> int:
    """How many segments a text has, one at the least.

    No letter is cut in two: neither an escaped one of the extension, nor one of two UTF-16 units.
    """
    gsm = is_gsm(text)
    sizes = [_size(letter, gsm=gsm) for letter in text]
    if sum(sizes) <= (GSM_ONE if gsm else UCS2_ONE):
        return 1
    room, parts, used = GSM_PART if gsm else UCS2_PART, 1, 0
    for size in sizes:
        if used + size > room:
            parts, used = parts + 1, 0
        used += size
    return parts


def _size(letter: str, *, gsm: bool) -> int:
    if gsm:
        return 2 if letter in GSM_EXTENSION else 1
    return math.ceil(len(letter.encode("utf-16-le", "surrogatepass")) / 2)


def smartly_encoded(text: str) -> str:
    """The text with quotes, dashes and spaces that GSM 03.38 has."""
    return text.translate(SMART)
