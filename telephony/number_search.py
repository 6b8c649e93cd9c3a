"""A number that somebody looks for: whole or part of it, and as people write it or as the desk shows it."""

from __future__ import annotations

import unicodedata

from django.conf import settings

from telephony.errors import InvalidNumber
from telephony.party import same_party
from telephony.phone import parse

# Fewer digits are found in every number.
_FEWEST = 3


def digits_wanted(text: str) -> str:
    """The digits that a number in E.164 has to hold; "" when there are too few to look for one.

    A number's local form begins with a 0 that E.164 does not have, or has it in brackets: +44 (0)20.
    """
    digits = "".join(str(unicodedata.decimal(one)) for one in text.replace("(0)", "") if one.isdecimal())
    short = digits.lstrip("0")
    if len(short) >= _FEWEST:
        return short
    return digits if len(digits) >= _FEWEST else ""


def numbers_wanted(text: str) -> tuple[str, ...]:
    """When it is a whole number: all ways in which E.164 may have it."""
    try:
        return same_party(parse(text, home_region=settings.HOME_REGION).e164)
    except InvalidNumber:
        return ()
