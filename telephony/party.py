"""Who is at the end of a call: one person, however Twilio, a trunk or a country writes the number."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote

import phonenumbers
from django.conf import settings
from phonenumbers import PhoneNumber, PhoneNumberFormat

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
_PLAIN_E164 = re.compile(r"\+[1-9][0-9]{6,14}\Z")
# Fewer are a short code, or a part of a number.
WHOLE_NUMBER_DIGITS = 7


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
    elif len(digits) < WHOLE_NUMBER_DIGITS:
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
        number = as_written_today(number)
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


def as_written_today(number: PhoneNumber) -> PhoneNumber:
    """With the digits that are dialled now: Mexico's mobiles without a 1, Brazil's with a ninth digit."""
    national = phonenumbers.national_significant_number(number)
    if number.country_code == 52 and (old := _MEXICO_BEFORE_2019.fullmatch(national)):
        return phonenumbers.parse(f"+52{old[1]}")
    if number.country_code == 55 and (old := _BRAZIL_BEFORE_2016.fullmatch(national)):
        return phonenumbers.parse(f"+55{old[1]}9{old[2]}")
    return number


def same_party(number: str) -> tuple[str, ...]:
    """All ways in which this E.164 number's telephone may be written; the number itself comes first."""
    return _same_party(number) if has_twins(number) else (number,)


def has_twins(number: str) -> bool:
    """Whether it may be written in more than one way: of most countries none may."""
    return number.startswith(_WITH_TWINS)


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
