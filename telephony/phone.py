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
from django.conf import settings
from django.utils.translation import gettext, gettext_noop
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType, ValidationResult

from core import countries
from core.languages import language_now
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
    EMERGENCY = "emergency"


# Which of them an admin may allow or forbid. Premium-rate numbers are never called.
OPTIONAL_KINDS = (NumberKind.SHARED_COST, NumberKind.PERSONAL, NumberKind.SATELLITE)
_FORBIDDEN = {
    NumberKind.PREMIUM: gettext_noop("Premium-rate numbers cannot be called."),
    NumberKind.SHARED_COST: gettext_noop("Your company does not allow calls to shared-cost numbers. Ask your admin."),
    NumberKind.PERSONAL: gettext_noop(
        "Your company does not allow calls to personal numbers, which may cost much. Ask your admin."
    ),
    NumberKind.SATELLITE: gettext_noop(
        "Your company does not allow calls to satellite and global networks. Ask your admin."
    ),
}
_NO_TEXTS = {
    NumberKind.PREMIUM: gettext_noop("Premium-rate numbers cannot be texted."),
    NumberKind.SHARED_COST: gettext_noop("Your company does not allow texts to shared-cost numbers. Ask your admin."),
    NumberKind.PERSONAL: gettext_noop(
        "Your company does not allow texts to personal numbers, which may cost much. Ask your admin."
    ),
    NumberKind.SATELLITE: gettext_noop(
        "Your company does not allow texts to satellite and global networks. Ask your admin."
    ),
}
# By whether it is a text.
_OTHER_COUNTRY = (
    gettext_noop("Your company does not allow calls to this country. Ask your admin."),
    gettext_noop("Your company does not allow texts to this country. Ask your admin."),
)
EMERGENCY_REFUSED = gettext_noop("Emergency numbers cannot be called from Ringdesk. Use another telephone.")
EMERGENCY_NO_TEXTS = gettext_noop("Emergency numbers cannot be texted from Ringdesk. Use another telephone.")
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


def country_name(region: str, *, language: str = "") -> str:
    """`GB` → "United Kingdom", in that language or in the one that is spoken now; "" when there is no such region."""
    return countries.country_name(region, language or language_now())


class _WrongLength(InvalidNumber):
    """Names the country while it is said. Its key, which may be stored, does not."""

    def __init__(self, key: str, of_country: str, region: str) -> None:
        super().__init__(key, permanent=True)
        # "001" stands for numbers of no country.
        self.of_country, self.region = of_country, "" if region == "001" else region

    @property
    def message(self) -> str:
        country = countries.country_in_sentence(self.region, language_now())
        return gettext(self.of_country) % {"country": country} if country else super().message


_TOO_SHORT = (
    gettext_noop("This number is too short."),
    gettext_noop("This number is too short for %(country)s."),
)
_TOO_LONG = (
    gettext_noop("This number is too long."),
    gettext_noop("This number is too long for %(country)s."),
)
_NOT_COMPLETE = (
    gettext_noop("This number is not complete. Add the area code."),
    gettext_noop("This number is not complete for %(country)s. Add the area code."),
)
_NO_COUNTRY = gettext_noop("No country has this code.")


def clean(text: str) -> str:
    """What was typed or pasted, without `tel:`, invisible characters and full-width digits."""
    text = unicodedata.normalize("NFKC", text)
    text = "".join(ch for ch in text if unicodedata.category(ch) not in ("Cc", "Cf")).strip()
    return re.sub(r"^tel:", "", text, flags=re.IGNORECASE)


# `x12`, `ext. 12`, `;ext=12` and `,,12` after a number, and the word of each language in which it is shown. The desk's
# field knows the same words (`EXTENSION` in `useNumberCheck.ts`).
_EXTENSION = re.compile(
    r"\s*(?:;\s*ext\s*=|,[,;]*|;|(?:extension|extn|ext|xtn|x|durchwahl|dw)[.:]?)\s*([0-9]{1,9})\s*\Z", re.IGNORECASE
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
        raise InvalidNumber(gettext_noop("Enter a telephone number."), permanent=True)
    if len(text) > _MAX_INPUT:
        raise InvalidNumber(gettext_noop("This is too long for a telephone number."), permanent=True)
    text, extension = _split_extension(text)
    # Words must be refused, not turned into digits as on an old dial plate.
    if re.search(r"[^0-9+*#()./\s\-‐-―]", text) or not re.search(r"[0-9]", text):
        raise InvalidNumber(gettext_noop("This is not a telephone number."), permanent=True)
    if re.search(r"[*#]", text):
        raise InvalidNumber(gettext_noop("Star and hash codes cannot be called."), permanent=True)
    try:
        number = phonenumbers.parse(text, home_region)
    except phonenumbers.NumberParseException as error:
        raise _unparsed(error, text, home_region) from None
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
        raise InvalidNumber(gettext_noop("These are two numbers. Write one."), permanent=True)


def with_extension_shown(number: str, extension: str) -> str:
    """`(202) 555-0142 ext. 12`, for people."""
    if not extension:
        return number
    return gettext("%(number)s ext. %(extension)s") % {"number": number, "extension": extension}


def _split_extension(text: str) -> tuple[str, str]:
    found = _EXTENSION.search(text)
    # What stands before it must be a number by itself.
    if found is None or not re.search(r"[0-9]", text[: found.start()]):
        return text, ""
    return text[: found.start()], found[1]


def parse_dialled(text: str) -> Number:
    """The number an agent wants to call. Raises `InvalidNumber` also for what may be kept, but not called: emergency
    numbers, premium-rate numbers, countries and kinds of numbers that this server does not call."""
    if is_emergency(text, settings.HOME_REGION):
        raise InvalidNumber(EMERGENCY_REFUSED, permanent=True)
    number = parse(text, home_region=settings.HOME_REGION)
    if reason := forbidden(number):
        raise InvalidNumber(reason, permanent=True)
    return number


# A plus, a country's code of three digits, and six more.
_LONGEST_EMERGENCY = 10


def forbidden(number: Number, *, is_text: bool = False) -> str:
    """Why this server calls, or texts, no such number, in English as it is stored; "" when it does."""
    may_be_emergency = len(number.e164) <= _LONGEST_EMERGENCY
    if number.kind == NumberKind.EMERGENCY or (
        may_be_emergency and is_emergency(_national(number.e164), number.region)
    ):
        return EMERGENCY_NO_TEXTS if is_text else EMERGENCY_REFUSED
    optional = number.kind in OPTIONAL_KINDS
    if number.kind == NumberKind.PREMIUM or (optional and number.kind not in settings.ALLOWED_NUMBER_KINDS):
        return (_NO_TEXTS if is_text else _FORBIDDEN)[number.kind]
    return "" if in_allowed_region(number) else _OTHER_COUNTRY[is_text]


def in_allowed_region(number: Number) -> bool:
    # Global networks are in no country: there, that their kind is allowed decides.
    regions = settings.ALLOWED_REGIONS
    return not regions or number.region in regions or number.kind == NumberKind.SATELLITE


def is_emergency(text: str, *regions: str) -> bool:
    """Whether these digits call for help: anywhere, or in one of these countries."""
    digits = re.sub(r"[^0-9]", "", clean(text[: 4 * _MAX_INPUT]))
    if digits in ("112", "911", "999"):
        return True
    return any(region and phonenumbers.is_emergency_number(digits, region) for region in regions)


def emergency_number(text: str, region: str) -> Number | None:
    """A country's own emergency number, to be dialled as it is; None when these digits are none there."""
    digits = clean(text[: 4 * _MAX_INPUT])
    if not re.fullmatch("[0-9]{2,6}", digits) or not phonenumbers.is_emergency_number(digits, region):
        return None
    return Number(e164=digits, region=region, display=digits, kind=NumberKind.EMERGENCY)


def _national(e164: str) -> str:
    return phonenumbers.national_significant_number(phonenumbers.parse(e164))


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


def _unparsed(error: phonenumbers.NumberParseException, text: str, home_region: str) -> InvalidNumber:
    if error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE:
        return InvalidNumber(_NO_COUNTRY, permanent=True)
    if error.error_type == phonenumbers.NumberParseException.TOO_LONG:
        return InvalidNumber(_TOO_LONG[0], permanent=True)
    if text.startswith("+"):
        return InvalidNumber(_TOO_SHORT[0], permanent=True)
    return _WrongLength(*_TOO_SHORT, home_region)


def _check_length(number: PhoneNumber, region: str, *, international: bool) -> None:
    reason = phonenumbers.is_possible_number_with_reason(number)
    local_only = reason == ValidationResult.IS_POSSIBLE_LOCAL_ONLY
    if reason == ValidationResult.TOO_SHORT or (local_only and international):
        raise _WrongLength(*_TOO_SHORT, region)
    if reason == ValidationResult.TOO_LONG:
        raise _WrongLength(*_TOO_LONG, region)
    if reason == ValidationResult.INVALID_COUNTRY_CODE:
        raise InvalidNumber(_NO_COUNTRY, permanent=True)
    # A local number without its area code reaches nobody from outside the area.
    if reason != ValidationResult.IS_POSSIBLE:
        raise _WrongLength(*_NOT_COMPLETE, region)


def display(value: str, *, home_region: str) -> str:
    """Any party as a person reads it: a local number, "Number withheld", or the text as it came."""
    if is_withheld(value):
        return gettext("Number withheld")
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
