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
from urllib.parse import unquote

import phonenumbers
from babel import Locale
from django.conf import settings
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType, ValidationResult

from telephony.errors import InvalidNumber

# What carriers and Twilio send instead of a number when the caller keeps it back.
_WITHHELD_WORDS = {
    "anonymous", "blocked", "no caller id", "no number", "not available", "number withheld", "private",
    "private caller", "private number", "restricted", "unavailable", "unknown", "unknown caller", "unknown number",
    "withheld",
}  # fmt: skip
_KEYPAD = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")
# Older trunks send the words as the digits on whose keys they stand: 266696687 is "anonymous".
_WITHHELD_DIGITS = {word.translate(_KEYPAD) for word in _WITHHELD_WORDS if " " not in word}
ANONYMOUS = "anonymous"
_MAX_INPUT = 64
MAX_EXTENSION = 9
_PLAIN_E164 = re.compile(r"\+[1-9][0-9]{6,14}\Z")


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


def is_withheld(caller: str) -> bool:
    """Whether the caller's number was not sent: a word for that, its digits on a keypad, or a SIP address of it."""
    return not caller or caller == ANONYMOUS or _is_withheld(caller)


@lru_cache(maxsize=4096)
def _is_withheld(caller: str) -> bool:
    if _PLAIN_E164.match(caller):
        return caller[1:] in _WITHHELD_DIGITS
    user, _, host = _sip_parts(caller)
    if host == "anonymous.invalid":
        return True
    # A privacy service writes a name of its own into the address: "Anonymous" <sip:c8oqz@privacy.org>.
    said = caller.partition("<")[0].strip(' "') if "<" in caller else ""
    words = {re.sub(r"[\s_.-]+", " ", part).strip().casefold().removeprefix("+") for part in (user, said or user)}
    return "" in words or not words.isdisjoint(_WITHHELD_WORDS | _WITHHELD_DIGITS)


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
_WHOLE_NUMBER_DIGITS = 7


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
    number = _as_written_today(number)
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
    whole = [part for part in parts if sum(ch.isdecimal() for ch in part) >= _WHOLE_NUMBER_DIGITS]
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


def party(text: str) -> str:
    """Who is at the end of a call, from Twilio's `From` or `To`, so that one party is one text however it was sent.

    E.164 for every number, be it a SIP or `tel:` address, or without its plus; `anonymous` when it was withheld; what
    is no number (`client:agent_1`, short codes, other SIP addresses) as it came.
    """
    if text.startswith("client:") or not text:
        return text
    if _PLAIN_E164.match(text) and not text.startswith(_WITH_TWINS):
        return ANONYMOUS if text[1:] in _WITHHELD_DIGITS else text
    return _party(text, settings.HOME_REGION)


@lru_cache(maxsize=4096)
def _party(text: str, home_region: str) -> str:
    if is_withheld(text):
        return ANONYMOUS
    user, is_phone, host = _sip_parts(text)
    digits = re.sub(r"[\s().-]", "", user.partition(";")[0])
    if not re.fullmatch(r"\+?[0-9]{1,20}", digits):
        return text
    # Of a SIP address, digits alone may be somebody's extension at a telephone system.
    if host and not is_phone and not digits.startswith("+") and len(digits) < _LONG:
        return text
    return _e164(digits, home_region) or text


# Digits that are more likely a whole number with its country code than one of the home region.
_LONG = 11


def _e164(digits: str, home_region: str) -> str:
    """Of digits as a trunk sends them; "" when no number begins to make sense."""
    if digits.startswith("+"):
        ways = [digits]
    elif digits.startswith("00"):
        ways = [f"+{digits[2:]}", digits]
    elif len(digits) < _WHOLE_NUMBER_DIGITS:
        return ""  # A short code.
    elif len(digits) < _LONG or digits.startswith("0"):
        ways = [digits, f"+{digits}"]
    else:
        ways = [f"+{digits}", digits]
    for way in ways:
        try:
            number = phonenumbers.parse(way, home_region)
        except phonenumbers.NumberParseException:
            continue
        number = _as_written_today(number)
        # What came with a plus was meant as a number, known to the library or not.
        if phonenumbers.is_valid_number(number) or (digits[0] == "+" and phonenumbers.is_possible_number(number)):
            return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))
    return ""


_SIP = re.compile(
    r"<?(?P<scheme>sips?|tel):(?P<user>[^@;?>]*)(?:;[^@>]*)?(?:@(?P<host>[^:;?>\]]*))?(?P<rest>[^>]*)>?\Z",
    re.IGNORECASE,
)


def _sip_parts(text: str) -> tuple[str, bool, str]:
    """The part of a SIP or `tel:` address that names the user, whether that is said to be a telephone number, and the
    host. Of any other text, the text itself."""
    text = text.strip()
    found = _SIP.search(text)
    if found is None:
        return text, True, ""
    is_phone = found["scheme"].lower() == "tel" or "user=phone" in found["rest"].lower()
    return unquote(found["user"]).partition(":")[0], is_phone, (found["host"] or "").lower()


# Countries where one telephone has two numbers: Mexico's and Argentina's mobiles, Brazil's with and without the ninth
# digit.
_WITH_TWINS = ("+52", "+54", "+55")
_MEXICO_BEFORE_2019 = re.compile(r"1([2-9][0-9]{9})")
_BRAZIL_BEFORE_2016 = re.compile(r"([1-9][0-9])([6-9][0-9]{7})")


def _as_written_today(number: PhoneNumber) -> PhoneNumber:
    """With the digits that are dialled now: Mexico's mobiles without a 1, Brazil's with a ninth digit."""
    national = phonenumbers.national_significant_number(number)
    if number.country_code == 52 and (old := _MEXICO_BEFORE_2019.fullmatch(national)):
        return phonenumbers.parse(f"+52{old[1]}")
    if number.country_code == 55 and (old := _BRAZIL_BEFORE_2016.fullmatch(national)):
        return phonenumbers.parse(f"+55{old[1]}9{old[2]}")
    return number


def same_party(number: str) -> tuple[str, ...]:
    """All ways in which this E.164 number's telephone may be written; the number itself comes first."""
    return _same_party(number) if number.startswith(_WITH_TWINS) else (number,)


@lru_cache(maxsize=4096)
def _same_party(number: str) -> tuple[str, ...]:
    code, national = number[:3], number[3:]
    twin = ""
    if code == "+52" and len(national) == 10:
        twin = f"{code}1{national}"
    elif code == "+52" and len(national) == 11 and national[0] == "1":
        twin = code + national[1:]
    elif code == "+54" and len(national) == 10:
        twin = f"{code}9{national}"
    elif code == "+54" and len(national) == 11 and national[0] == "9":
        twin = code + national[1:]
    elif code == "+55" and len(national) == 11 and national[2] == "9" and national[3] in "6789":
        twin = code + national[:2] + national[3:]
    elif code == "+55" and len(national) == 10 and national[2] in "6789":
        twin = f"{code}{national[:2]}9{national[2:]}"
    return (number, twin) if twin else (number,)


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
