"""What a number is: Twilio Docs, "Lookup v2". Formatting and validation, and the kind of its line."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import phonenumbers
from phonenumbers import PhoneNumberFormat, ValidationResult
from starlette.responses import JSONResponse, Response

from simulator.rest.api import ApiRequest, not_built
from simulator.rest.errors import ApiError

PACKAGES = (
    "caller_name", "sim_swap", "call_forwarding", "line_status", "line_type_intelligence", "identity_match",
    "reassigned_number", "sms_pumping_risk", "phone_number_quality_score", "pre_fill",
)  # fmt: skip
BUILT = frozenset({"validation", "line_type_intelligence"})
PROBLEMS = {
    ValidationResult.TOO_SHORT: "TOO_SHORT",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "TOO_SHORT",
    ValidationResult.TOO_LONG: "TOO_LONG",
    ValidationResult.INVALID_COUNTRY_CODE: "INVALID_COUNTRY_CODE",
    ValidationResult.INVALID_LENGTH: "INVALID_LENGTH",
}


async def fetch(api: ApiRequest) -> Response:
    """Also for a number that is none: it is then not `valid`."""
    text = unquote(api.path("phone_number"))
    query = api.request.query_params
    packages = [name.strip() for name in query.get("Fields", "").split(",") if name.strip()]
    for name in packages:
        if name not in (*PACKAGES, "validation"):
            raise ApiError(20001, message=f"Fields: there is no package {name}")
        if name not in BUILT:
            raise not_built(api.engine, f"{name} of lookups")
    number, problems = _parsed(text, query.get("CountryCode") or "US")
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164) if number else text
    answer: dict[str, Any] = {
        "calling_country_code": None,
        "country_code": None,
        "phone_number": e164,
        "national_format": None,
        "valid": not problems,
        "validation_errors": problems,
        **dict.fromkeys(PACKAGES),
        "url": f"https://lookups.twilio.com/v2/PhoneNumbers/{e164}",
    }
    if number is not None and not problems:
        answer |= {
            "calling_country_code": str(number.country_code),
            "country_code": _country(number),
            "national_format": phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL),
        }
        if "line_type_intelligence" in packages:
            answer["line_type_intelligence"] = _line(api, e164)
            api.engine.usage.looked_up("carrier-lookups")
    return JSONResponse(answer)


def _parsed(text: str, country: str) -> tuple[phonenumbers.PhoneNumber | None, list[str]]:
    """The number, and what is wrong with it."""
    try:
        number = phonenumbers.parse(text, None if text.startswith("+") else country.upper())
    except phonenumbers.NumberParseException as error:
        wrong_country = error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE
        return None, ["INVALID_COUNTRY_CODE" if wrong_country else "NOT_A_NUMBER"]
    problem = PROBLEMS.get(phonenumbers.is_possible_number_with_reason(number))
    if problem is None and not phonenumbers.is_valid_number(number):
        problem = "INVALID_BUT_POSSIBLE"
    return number, [problem] if problem else []


def _country(number: phonenumbers.PhoneNumber) -> str:
    """Where it is, or where numbers with its country code mostly are."""
    code = number.country_code or 0
    return phonenumbers.region_code_for_number(number) or phonenumbers.region_code_for_country_code(code)


def _line(api: ApiRequest, number: str) -> dict[str, Any]:
    """As the telephone's rule has it; ours are in nobody's pocket."""
    ours = api.engine.world.number_for(number) is not None
    line_type = "nonFixedVoip" if ours else api.engine.world.telephone(number).line_type
    mobile = line_type == "mobile"
    return {
        "carrier_name": "Twilio" if ours else "Simulated Carrier",
        "error_code": None,
        "mobile_country_code": "001" if mobile else None,
        "mobile_network_code": "01" if mobile else None,
        "type": line_type,
    }
