"""What a rule is about: a country, the beginning of numbers, or everywhere. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from telephony.phone import Number, country_name

PLACE_LENGTH = 16


def place_clean(text: str, *, field: str = "place") -> str:
    """A place as it is kept: `DE`, `+4989`, or "". A single country's code is that country: one place has one name.

    Raises `ValidationError`.
    """
    text = re.sub(r"[\s().-]", "", text).upper()
    if text in ("", "*"):
        return ""
    if re.fullmatch("[A-Z]{2}", text):
        if text not in phonenumbers.SUPPORTED_REGIONS:
            raise ValidationError({field: _("There is no country with these letters.")})
        return text
    if not re.fullmatch(r"\+[1-9][0-9]{0,14}", text):
        raise ValidationError({field: _("Write a country's two letters, such as DE, or a prefix, such as +4989.")})
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(text[1:]), ()) if len(text) <= 4 else ()
    if not regions and not _begins_with_a_code(text[1:]):
        raise ValidationError({field: _("No country has this code.")})
    return str(regions[0]) if len(regions) == 1 and regions[0] != "001" else text


def _begins_with_a_code(digits: str) -> bool:
    codes = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    return any(int(digits[:length]) in codes for length in (1, 2, 3))


def place_said(place: str) -> str:
    """For people."""
    if not place:
        return _("Everywhere else")
    return place if place.startswith("+") else country_name(place) or place


def closeness(place: str, number: Number) -> float:
    """How closely a place names a number, to be compared; -1 when it does not."""
    if not place:
        return 0
    if place.startswith("+"):
        return len(place) - 1 if number.e164.startswith(place) else -1
    # A country is more than its code, which others may share, and less than any digits behind it.
    return _code_length(place) + 0.5 if number.region == place else -1


@lru_cache(maxsize=512)
def _code_length(region: str) -> int:
    return len(str(phonenumbers.country_code_for_region(region)))
