"""Telephone numbers: E.164 inside, local form for people.

Numbers are taken when they are *possible* (the right length for their country), not only when they are known to be
assigned: new ranges appear faster than any library learns of them, and Twilio says what cannot be reached.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from babel import Locale
from django.conf import settings
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType, ValidationResult

from telephony.errors import InvalidNumber

# What carriers and Twilio send instead of a number when the caller keeps it to himself.
_WITHHELD = {"", "anonymous", "unknown", "unavailable", "restricted", "private", "blocked"}
# The same words as digits: +266696687 is "anonymous", +7378742833 "restricted" and so on, from older trunks.
_WITHHELD_NUMBERS = {"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"}
_PREMIUM = {PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST}
_MAX_INPUT = 64


@dataclass(frozen=True, slots=True)
class Number:
    """A number that may be called."""

    e164: str
    region: str  # ISO 3166 letters, "" for numbers of no country
    display: str  # as read at the home region


def is_withheld(caller: str) -> bool:
    """Whether the caller's number was not sent."""
    return caller.strip().lower() in _WITHHELD or caller in _WITHHELD_NUMBERS


def country_name(region: str) -> str:
    """`GB` → "United Kingdom"; "" when there is no such region."""
    return _territories().get(region, "") if region else ""


@lru_cache(maxsize=1)
def _territories() -> dict[str, str]:
    return dict(Locale("en").territories)


def _the(country: str) -> str:
    return f"the {country}" if country.startswith(("United ", "Netherlands", "Philippines", "Bahamas")) else country


def clean(text: str) -> str:
    """What was typed or pasted, without `tel:`, invisible characters and full-width digits."""
    text = unicodedata.normalize("NFKC", text)
    text = "".join(ch for ch in text if unicodedata.category(ch) not in ("Cc", "Cf")).strip()
    return re.sub(r"^tel:", "", text, flags=re.IGNORECASE)


def parse(text: str, *, home_region: str) -> Number:
    """The number a person meant. Raises `InvalidNumber` with a sentence that says what is wrong."""
    text = clean(text)
    if not text or len(text) > _MAX_INPUT:
        raise InvalidNumber("Enter a telephone number.", permanent=True)
    # Words must be refused, not turned into digits as on an old dial plate.
    if re.search(r"[^0-9+*#()./\s\-‐-―]", text) or not re.search(r"[0-9]", text):
        raise InvalidNumber("This is not a telephone number.", permanent=True)
    if re.search(r"[*#]", text):
        raise InvalidNumber("Star and hash codes cannot be called.", permanent=True)
    digits = re.sub(r"[^0-9]", "", text)
    if phonenumbers.is_emergency_number(digits, home_region) or digits in ("112", "911", "999"):
        raise InvalidNumber("Emergency numbers cannot be called from Ringdesk. Use another telephone.", permanent=True)
    try:
        number = phonenumbers.parse(text, home_region)
    except phonenumbers.NumberParseException as error:
        raise InvalidNumber(_unparsed(error, text, home_region), permanent=True) from None
    region = phonenumbers.region_code_for_number(number) or phonenumbers.region_code_for_country_code(
        number.country_code or 0
    )
    _check_length(number, region, international=text.startswith("+"))
    if phonenumbers.number_type(number) in _PREMIUM:
        raise InvalidNumber("Premium-rate numbers cannot be called.", permanent=True)
    return Number(
        e164=phonenumbers.format_number(number, PhoneNumberFormat.E164),
        region="" if region in ("ZZ", "001") else region,
        display=_display(number, home_region),
    )


def parse_dialled(text: str) -> Number:
    """The number an agent wants to call. Raises `InvalidNumber` also for a country the company does not call."""
    number = parse(text, home_region=settings.HOME_REGION)
    if settings.ALLOWED_REGIONS and number.region not in settings.ALLOWED_REGIONS:
        raise InvalidNumber("Your company does not allow calls to this country. Ask your admin.", permanent=True)
    return number


def _unparsed(error: phonenumbers.NumberParseException, text: str, home_region: str) -> str:
    if error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE:
        return "No country has this code."
    if text.startswith("+"):
        return "This number is too short."
    return f"This number is too short{_for(home_region)}."


def _for(region: str) -> str:
    country = country_name(region)
    return f" for {_the(country)}" if country else ""


def _check_length(number: PhoneNumber, region: str, *, international: bool) -> None:
    place = _for(region)
    reason = phonenumbers.is_possible_number_with_reason(number)
    local_only = reason == ValidationResult.IS_POSSIBLE_LOCAL_ONLY
    if reason == ValidationResult.TOO_SHORT or (local_only and international):
        raise InvalidNumber(f"This number is too short{place}.", permanent=True)
    if reason == ValidationResult.TOO_LONG:
        raise InvalidNumber(f"This number is too long{place}.", permanent=True)
    if reason == ValidationResult.INVALID_COUNTRY_CODE:
        raise InvalidNumber("No country has this code.", permanent=True)
    # A local number without its area code reaches nobody from outside the area.
    if reason != ValidationResult.IS_POSSIBLE:
        raise InvalidNumber(f"This number is not complete{place}. Add the area code.", permanent=True)


def display(value: str, *, home_region: str) -> str:
    """Any party as a person reads it: a local number, "Number withheld", or the text as it came."""
    if is_withheld(value):
        return "Number withheld"
    if value.startswith("+"):
        try:
            return _display(phonenumbers.parse(value), home_region)
        except phonenumbers.NumberParseException:
            return value
    return value


def region_of(value: str) -> str:
    """The ISO region of an E.164 number, or ""."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(value)) or ""
    except phonenumbers.NumberParseException:
        return ""


def _display(number: PhoneNumber, home_region: str) -> str:
    home = phonenumbers.country_code_for_region(home_region) == number.country_code
    form = PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(number, form))
