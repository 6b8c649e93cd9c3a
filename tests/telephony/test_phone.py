"""Which numbers may be kept, which may be called, and who is at the end of a call."""

from __future__ import annotations

import phonenumbers
import pytest
from django.conf import settings
from django.utils import translation
from phonenumbers import PhoneNumberFormat, PhoneNumberType
from phonenumbers.phonenumberutil import COUNTRY_CODES_FOR_NON_GEO_REGIONS

from telephony.errors import InvalidNumber
from telephony.number_checks import check_numbers_allowed
from telephony.party import is_withheld, party, same_party
from telephony.phone import display, parse, parse_dialled, region_of, with_extension_shown


def _premium_examples() -> list[str]:
    examples = [
        phonenumbers.example_number_for_type(region, PhoneNumberType.PREMIUM_RATE)
        for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    ]
    return sorted({phonenumbers.format_number(each, PhoneNumberFormat.E164) for each in examples if each})


def refusal(number: str) -> str:
    """The sentence that refuses to call it; "" when it may be called."""
    try:
        parse_dialled(number)
    except InvalidNumber as error:
        return error.message
    return ""


def test_what_begins_like_a_premium_number_is_not_called_in_any_country():
    let_through = []
    for example in _premium_examples():
        for number in (example, f"{example}0", f"{example}7", f"{example}77", example[:-1], example[:-2]):
            # With a digit less it may be a number of another kind that the library knows.
            known = phonenumbers.is_valid_number(phonenumbers.parse(number))
            if not refusal(number) and not (known and len(number) < len(example)):
                let_through.append(number)

    assert let_through == []


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("+4990012345670", "Premium-rate numbers cannot be called."),
        ("+49900123456", "Premium-rate numbers cannot be called."),
        ("+19005551234", "Premium-rate numbers cannot be called."),
        ("+979123456789", "Premium-rate numbers cannot be called."),
        (
            "+447012345678",
            "Your company does not allow calls to personal numbers, which may cost much. Ask your admin.",
        ),
        ("+870773111632", "Your company does not allow calls to satellite and global networks. Ask your admin."),
        ("+878101234567890", "Your company does not allow calls to satellite and global networks. Ask your admin."),
        ("+8816123456780", "Your company does not allow calls to satellite and global networks. Ask your admin."),
        ("+88234212340", "Your company does not allow calls to satellite and global networks. Ask your admin."),
        ("+883510012345", "Your company does not allow calls to satellite and global networks. Ask your admin."),
    ],
)
def test_dear_numbers_are_refused_with_the_reason(number, sentence):
    assert refusal(number) == sentence


@pytest.mark.parametrize("code", sorted({*COUNTRY_CODES_FOR_NON_GEO_REGIONS} - {800, 808}))
def test_no_network_of_no_country_is_called_unless_it_is_allowed(code):
    example = phonenumbers.format_number(phonenumbers.example_number_for_non_geo_entity(code), PhoneNumberFormat.E164)

    assert refusal(example)
    assert refusal(f"{example}0")


def test_an_admin_allows_satellite_and_personal_numbers(settings):
    settings.ALLOWED_NUMBER_KINDS = ["satellite", "personal"]
    settings.ALLOWED_REGIONS = ["US", "GB"]

    assert refusal("+870773111632") == refusal("+447012345678") == ""
    settings.ALLOWED_REGIONS = ["US"]
    assert "this country" in refusal("+447012345678")


SHARED_COST = ["+611300555555", "+448451234567", "+448701234567", "+491801234567", "+441845123456"]


@pytest.mark.parametrize("number", SHARED_COST)
def test_shared_cost_numbers_are_called_unless_an_admin_forbids_it(settings, number):
    assert refusal(number) == ""
    settings.ALLOWED_NUMBER_KINDS = ["none"]
    is_ordinary = number == "+441845123456"
    assert refusal(number) == (
        "" if is_ordinary else "Your company does not allow calls to shared-cost numbers. Ask your admin."
    )


@pytest.mark.parametrize("number", ["+611300555555", "+448451234567", "+19005551234", "+870773111632", "+447012345678"])
def test_what_may_not_be_called_may_be_kept(settings, number):
    settings.ALLOWED_NUMBER_KINDS = ["none"]

    assert parse(number, home_region="US").e164 == number


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_ordinary_numbers_of_every_country_are_called(region):
    for kind in (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.TOLL_FREE):
        example = phonenumbers.example_number_for_type(region, kind)
        if example is not None:
            assert refusal(phonenumbers.format_number(example, PhoneNumberFormat.E164)) == ""


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("12345678901234567890", "This number is too long."),
        ("+12345678901234567890", "This number is too long."),
        ("1" * 70, "This is too long for a telephone number."),
        ("+12025550142 / +12025550143", "These are two numbers. Write one."),
        ("(202) 555-0142 or (202) 555-0143", "These are two numbers. Write one."),
        ("+12025550142+12025550143", "These are two numbers. Write one."),
        ("2025550142\n2025550143", "These are two numbers. Write one."),
        ("+12025550142 x", "This is not a telephone number."),
        ("x12", "This is not a telephone number."),
    ],
)
def test_the_sentence_about_a_wrong_number_is_true(text, sentence):
    with pytest.raises(InvalidNumber) as caught:
        parse(text, home_region="US")

    assert caught.value.message == sentence


@pytest.mark.parametrize(
    "text",
    [
        "+12025550142 x12", "+12025550142x12", "+12025550142;ext=12", "+12025550142,,12", "+12025550142,12",
        "+12025550142;12", "(202) 555-0142 ext. 12", "(202) 555-0142 Extension 12", "tel:+12025550142;ext=12",
    ],
)  # fmt: skip
def test_an_extension_is_told_from_the_number(text):
    number = parse(text, home_region="US")

    assert (number.e164, number.extension, number.display) == ("+12025550142", "12", "(202) 555-0142 ext. 12")
    assert parse(number.dialled, home_region="US") == number


@pytest.mark.parametrize("language", dict(settings.LANGUAGES))
def test_a_number_with_an_extension_can_be_typed_as_it_is_shown(language):
    """The desk puts a shown number into the field to be changed."""
    with translation.override(language):
        shown = with_extension_shown("(202) 555-0142", "12")
        again = parse(shown, home_region="US")

        assert (again.e164, again.extension, again.display) == ("+12025550142", "12", shown)


@pytest.mark.parametrize("text", ["(202) 555-0142 Durchwahl 12", "(202) 555-0142 DW 12", "(202) 555-0142 Dw.12"])
def test_an_extension_in_german_is_told_from_the_number(text):
    assert parse(text, home_region="US").dialled == "+12025550142;ext=12"


@pytest.mark.parametrize("text", ["030/12345678", "0301 / 123456", "+49 (0) 30 123 45-678"])
def test_one_number_in_parts_is_one_number(text):
    assert parse(text, home_region="DE").extension == ""


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+12025550142", "+12025550142"),
        ("sip:+12025550142@carrier.example", "+12025550142"),
        ("sip:+12025550142@carrier.example;user=phone;transport=tls", "+12025550142"),
        ("<sip:+12025550142@carrier.example:5061>", "+12025550142"),
        ("sips:+1-202-555-0142@carrier.example", "+12025550142"),
        ("sip:%2B12025550142@carrier.example", "+12025550142"),
        ("sip:+12025550142;npdi@carrier.example", "+12025550142"),
        ("sip:12025550142@carrier.example", "+12025550142"),
        ("sip:2025550142@carrier.example;user=phone", "+12025550142"),
        ("tel:+1-202-555-0142", "+12025550142"),
        ("+12025550142;ext=12", "+12025550142"),
        ("12025550142", "+12025550142"),
        ("2025550142", "+12025550142"),
        ("442079460018", "+442079460018"),
        ("0012025550142", "+12025550142"),
        ("+5215512345678", "+525512345678"),
        ("+551181234567", "+5511981234567"),
        ("+4990012345670", "+4990012345670"),
        ("client:agent_1", "client:agent_1"),
        ("sip:1001@pbx.example", "sip:1001@pbx.example"),
        ("sip:maya@carrier.example", "sip:maya@carrier.example"),
        ("12345", "12345"),
        ("911", "911"),
        ("+1202", "+1202"),
        ("", ""),
        ("ANONYMOUS", "anonymous"),
        ("sip:anonymous@anonymous.invalid", "anonymous"),
        ("+266696687", "anonymous"),
    ],
)
def test_a_party_is_one_text_however_it_was_sent(text, number):
    assert party(text) == number
    assert party(party(text)) == number


@pytest.mark.parametrize(
    "caller",
    [
        "", "anonymous", "Anonymous", "RESTRICTED", "unknown", "Private Number", "unavailable", "blocked", "withheld",
        "No Caller ID", "sip:anonymous@anonymous.invalid", "sip:Anonymous@carrier.example:5060",
        '"Anonymous" <sip:anonymous@anonymous.invalid>', "sip:unavailable@unknown.invalid", "sip:x@anonymous.invalid",
        "sip:restricted@carrier.example", "sip:+266696687@carrier.example", "266696687", "+266696687", "+7378742833",
        "+2562533", "+8656696", "+86282452253", "+7748283",
    ],
)  # fmt: skip
def test_every_word_for_withheld_is_withheld(caller):
    assert is_withheld(caller)
    assert display(caller, home_region="US") == "Number withheld"
    assert region_of(caller) == ""


@pytest.mark.parametrize("caller", ["+12025550142", "sip:+12025550142@carrier.example", "client:agent_1", "12345"])
def test_others_are_not_withheld(caller):
    assert not is_withheld(caller)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+525512345678", "+5215512345678"),
        ("+541123456789", "+5491123456789"),
        ("+5511981234567", "+551181234567"),
    ],
)
def test_a_telephone_with_two_numbers_is_one_party(one, other):
    assert same_party(one) == (one, other)
    assert same_party(other) == (other, one)


@pytest.mark.parametrize("number", ["+12025550142", "+551123456789", "+5255", "+54911", "anonymous", "client:agent_1"])
def test_other_telephones_have_one_number(number):
    assert same_party(number) == (number,)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"ALLOWED_REGIONS": []}, {"telephony.W032"}),
        ({"ALLOWED_REGIONS": ["US"]}, set()),
        ({"ALLOWED_REGIONS": [], "SIMULATOR": True}, set()),
        ({"ALLOWED_REGIONS": [], "DEBUG": True}, set()),
        ({"ALLOWED_REGIONS": ["US", "UK"]}, {"telephony.E030"}),
        ({"ALLOWED_REGIONS": ["US"], "ALLOWED_NUMBER_KINDS": ["satelite"]}, {"telephony.E031"}),
    ],
)
def test_what_may_be_called_is_checked_at_start_up(settings, changes, found):
    for name, value in changes.items():
        setattr(settings, name, value)

    assert {message.id for message in check_numbers_allowed()} == found


def test_a_short_number_of_no_country_is_short_for_none():
    with pytest.raises(InvalidNumber, match=r"^This number is too short\.$"):
        parse("+87012345678", home_region="US")
