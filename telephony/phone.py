"""Telephone numbers: E.164 inside, local form for people.

Numbers are taken when they are *possible* (the right length for their country), not only when they are known to be
assigned: new ranges appear faster than any library learns of them, and Twilio says what cannot be reached.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import phonenumbers
from babel import Locale
from django.conf import settings
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType, ValidationResult

from telephony.errors import InvalidNumber
from telephony.party import WHOLE_NUMBER_DIGITS, as_written_today, is_withheld

_MAX_INPUT = 64
MAX_EXTENSION = 9


class NumberKind(StrEnum):
    """What a number costs, or where it leads, as far as that is a reason not to call it."""

    ORDINARY = "ordinary"
    SHARED_COST = "shared-cost"
    PERSONAL = "personal"
    SATELLITE = "satellite"
    PREMIUM = "premium"


# Which of them an admin may allow or forbid. Premium-rate numbers are never called.
OPTIONAL_KINDS = (NumberKind.SHARED_COST, NumberKind.PERSONAL, NumberKind.SATELLITE)
_FORBIDDEN = {
    NumberKind.PREMIUM: "Premium-rate numbers cannot be called.",
    NumberKind.SHARED_COST: "Your company does not allow calls to shared-cost numbers. Ask your admin.",
    NumberKind.PERSONAL: "Your company does not allow calls to personal numbers, which may cost much. Ask your admin.",
    NumberKind.SATELLITE: "Your company does not allow calls to satellite and global networks. Ask your admin.",
}
_KINDS = {
    PhoneNumberType.PREMIUM_RATE: NumberKind.PREMIUM,
    PhoneNumberType.SHARED_COST: NumberKind.SHARED_COST,
    PhoneNumberType.PERSONAL_NUMBER: NumberKind.PERSONAL,
}
# Country codes of no country: Inmarsat, universal personal numbers, satellite and international networks, disaster
# relief. 800, 808 and 979 have a price that the library knows.
_GLOBAL_NETWORKS = {870, 878, 881, 882, 883, 888}
# Ofcom: for 084 and 0870 the caller pays a small service charge. The library takes some of them for premium-rate.
_SHARED_COST_BEGINNINGS = {44: ("84", "870")}


@dataclass(frozen=True, slots=True)
class Number:
    """A telephone number that can exist."""

    e164: str
    region: str  # ISO 3166 letters, "" for numbers of no country
    display: str  # as read at the home region
    kind: NumberKind = NumberKind.ORDINARY
    extension: str = ""  # digits to be keyed after it has answered

    @property
    def dialled(self) -> str:
        """The number with its extension, as one text that `parse` reads."""
        return with_extension(self.e164, self.extension)


def with_extension(e164: str, extension: str) -> str:
    return f"{e164};ext={extension}" if extension else e164


def without_extension(dialled: str) -> tuple[str, str]:
    """The two parts of what `with_extension` put together."""
    number, _, extension = dialled.partition(";ext=")
    return number, extension


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


# `x12`, `ext. 12`, `;ext=12` and `,,12` after a number.
_EXTENSION = re.compile(
    r"\s*(?:;\s*ext\s*=|,[,;]*|;|(?:extension|extn|ext|xtn|x)[.:]?)\s*([0-9]{1,9})\s*\Z", re.IGNORECASE
)
# Between two numbers in one text.
_BETWEEN = re.compile(r"[/,;|\n]|\s(?:or|and|oder|und|o|y|ou|et)\s|(?<=[0-9])\s*(?=\+)", re.IGNORECASE)


def parse(text: str, *, home_region: str) -> Number:
    """The number a person meant, which may be kept. Whether it may be called, `parse_dialled` says.

    Raises `InvalidNumber` with a sentence that says what is wrong.
    """
    # Line breaks part two numbers, and are cleaned away.
    _refuse_two_numbers(text[: 4 * _MAX_INPUT])
    text = clean(text)
    if not text:
        raise InvalidNumber("Enter a telephone number.", permanent=True)
    if len(text) > _MAX_INPUT:
        raise InvalidNumber("This is too long for a telephone number.", permanent=True)
    text, extension = _split_extension(text)
    # Words must be refused, not turned into digits as on an old dial plate.
    if re.search(r"[^0-9+*#()./\s\-‐-―]", text) or not re.search(r"[0-9]", text):
        raise InvalidNumber("This is not a telephone number.", permanent=True)
    if re.search(r"[*#]", text):
        raise InvalidNumber("Star and hash codes cannot be called.", permanent=True)
    try:
        number = phonenumbers.parse(text, home_region)
    except phonenumbers.NumberParseException as error:
        raise InvalidNumber(_unparsed(error, text, home_region), permanent=True) from None
    number = as_written_today(number)
    region = phonenumbers.region_code_for_number(number) or phonenumbers.region_code_for_country_code(
        number.country_code or 0
    )
    _check_length(number, region, international=text.startswith("+"))
    shown = _display(number, home_region)
    return Number(
        e164=phonenumbers.format_number(number, PhoneNumberFormat.E164),
        region="" if region in ("ZZ", "001") else region,
        display=with_extension_shown(shown, extension),
        kind=_kind(number, text),
        extension=extension,
    )


def _refuse_two_numbers(text: str) -> None:
    parts = _BETWEEN.split(unicodedata.normalize("NFKC", text))
    whole = [part for part in parts if sum(ch.isdecimal() for ch in part) >= WHOLE_NUMBER_DIGITS]
    if len(whole) > 1:
        raise InvalidNumber("These are two numbers. Write one.", permanent=True)


def with_extension_shown(number: str, extension: str) -> str:
    """`(202) 555-0142 ext. 12`, for people."""
    return f"{number} ext. {extension}" if extension else number


def _split_extension(text: str) -> tuple[str, str]:
    found = _EXTENSION.search(text)
    # What stands before it must be a number by itself.
    if found is None or not re.search(r"[0-9]", text[: found.start()]):
        return text, ""
    return text[: found.start()], found[1]


def parse_dialled(text: str) -> Number:
    """The number an agent wants to call. Raises `InvalidNumber` also for what may be kept, but not called: emergency
    numbers, premium-rate numbers, countries and kinds of numbers that the company does not call."""
    _refuse_emergency(re.sub(r"[^0-9]", "", clean(text)), settings.HOME_REGION)
    number = parse(text, home_region=settings.HOME_REGION)
    _refuse_emergency(phonenumbers.national_significant_number(phonenumbers.parse(number.e164)), number.region)
    if number.kind == NumberKind.PREMIUM or (
        number.kind in OPTIONAL_KINDS and number.kind not in settings.ALLOWED_NUMBER_KINDS
    ):
        raise InvalidNumber(_FORBIDDEN[number.kind], permanent=True)
    # Global networks are in no country: there, that their kind is allowed decides.
    if (
        settings.ALLOWED_REGIONS
        and number.region not in settings.ALLOWED_REGIONS
        and number.kind != NumberKind.SATELLITE
    ):
        raise InvalidNumber("Your company does not allow calls to this country. Ask your admin.", permanent=True)
    return number


def _refuse_emergency(digits: str, region: str) -> None:
    if digits in ("112", "911", "999") or (region and phonenumbers.is_emergency_number(digits, region)):
        raise InvalidNumber("Emergency numbers cannot be called from Ringdesk. Use another telephone.", permanent=True)


def _kind(number: PhoneNumber, text: str) -> NumberKind:
    code = number.country_code or 0
    if code in _GLOBAL_NETWORKS:
        return NumberKind.SATELLITE
    national = phonenumbers.national_significant_number(number)
    if national.startswith(_SHARED_COST_BEGINNINGS.get(code, ())):
        return NumberKind.SHARED_COST
    known = phonenumbers.number_type(number)
    if known != PhoneNumberType.UNKNOWN:
        return _KINDS.get(known, NumberKind.ORDINARY)
    # The library knows no such number. Networks may still take a digit too many, or one too few, for the number that
    # it begins like: the dearest one counts. Also as it was written: the library takes some digits for a trunk prefix.
    written = re.sub(r"[^0-9]", "", text).removeprefix(str(code))
    ways = {national.lstrip("0"), written.lstrip("0")}
    for kind, pattern, example in _dear(code):
        if any(_begins(digits, pattern, example) for digits in ways):
            return kind
    return NumberKind.ORDINARY


def _begins(digits: str, pattern: re.Pattern[str], example: str) -> bool:
    return bool(pattern.match(digits) or pattern.fullmatch(digits + example[len(digits) :]))


@lru_cache(maxsize=256)
def _dear(country_code: int) -> list[tuple[NumberKind, re.Pattern[str], str]]:
    """What special numbers look like in all regions that share this country code, with an example; premium first."""
    found = []
    for region in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(country_code, ()):
        metadata = (
            phonenumbers.PhoneMetadata.metadata_for_nongeo_region(country_code)
            if region == "001"
            else phonenumbers.PhoneMetadata.metadata_for_region(region)
        )
        if metadata is None:
            continue
        for kind, description in (
            (NumberKind.PREMIUM, metadata.premium_rate),
            (NumberKind.PERSONAL, metadata.personal_number),
            (NumberKind.SHARED_COST, metadata.shared_cost),
        ):
            if description is not None and description.national_number_pattern:
                pattern = re.compile(description.national_number_pattern)
                found.append((kind, pattern, description.example_number or ""))
    return sorted(found, key=lambda each: _DEAREST_FIRST.index(each[0]))


_DEAREST_FIRST = (NumberKind.PREMIUM, NumberKind.PERSONAL, NumberKind.SHARED_COST)


def _unparsed(error: phonenumbers.NumberParseException, text: str, home_region: str) -> str:
    if error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE:
        return "No country has this code."
    if error.error_type == phonenumbers.NumberParseException.TOO_LONG:
        return "This number is too long."
    if text.startswith("+"):
        return "This number is too short."
    return f"This number is too short{_for(home_region)}."


def _for(region: str) -> str:
    # "001" stands for numbers of no country.
    country = "" if region == "001" else country_name(region)
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
    """The ISO region of an E.164 number, or ""; of a withheld one, too, that looks like a number."""
    if is_withheld(value):
        return ""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(value)) or ""
    except phonenumbers.NumberParseException:
        return ""


def _display(number: PhoneNumber, home_region: str) -> str:
    home = phonenumbers.country_code_for_region(home_region) == number.country_code
    form = PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(number, form))
