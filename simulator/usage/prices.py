"""What things cost: about what Twilio asks, in US dollars. Nobody pays it."""

from __future__ import annotations

from decimal import Decimal

from simulator.geography import place_of
from simulator.leg import CallLeg
from simulator.message import TextMessage

#: For a minute, a segment, a picture message, a number and month, an enquiry.
PRICES = {
    "calls-client": Decimal("0.0040"),
    "calls-inbound-local": Decimal("0.0085"),
    "calls-inbound-mobile": Decimal("0.0100"),
    "calls-inbound-tollfree": Decimal("0.0220"),
    "calls-outbound": Decimal("0.0140"),
    "calls-recordings": Decimal("0.0025"),
    "calls-sip-inbound": Decimal("0.0040"),
    "calls-sip-outbound": Decimal("0.0040"),
    "calleridlookups": Decimal("0.0100"),
    "carrier-lookups": Decimal("0.0080"),
    "mms-inbound-longcode": Decimal("0.0165"),
    "mms-messages-carrierfees": Decimal("0.0100"),
    "mms-outbound-longcode": Decimal("0.0220"),
    "phonenumbers-local": Decimal("1.1500"),
    "phonenumbers-mobile": Decimal("1.1500"),
    "phonenumbers-tollfree": Decimal("2.1500"),
    "recordingstorage": Decimal("0.0005"),
    "sms-inbound-longcode": Decimal("0.0083"),
    "sms-inbound-shortcode": Decimal("0.0083"),
    "sms-messages-carrierfees": Decimal("0.0030"),
    "sms-outbound-longcode": Decimal("0.0083"),
    "sms-outbound-shortcode": Decimal("0.0083"),
    "transcriptions": Decimal("0.0500"),
}
#: How many times as much it is to leave North America.
ABROAD = 5
HOME = ("US", "CA")


def distance(number: str) -> int:
    return 1 if place_of(number)[3] in HOME or number.startswith("+1") else ABROAD


def category_of_call(leg: CallLeg) -> str:
    """What a leg is booked under."""
    if leg.party == "client":
        return "calls-client"
    if leg.direction != "inbound":
        return "calls-outbound"
    return "calls-inbound-tollfree" if is_toll_free(leg.to) else "calls-inbound-local"


def category_of_text(message: TextMessage) -> str:
    return f"{'mms' if message.mms else 'sms'}-{'inbound' if message.inbound else 'outbound'}-longcode"


def is_toll_free(number: str) -> bool:
    return number.startswith(("+1800", "+1833", "+1844", "+1855", "+1866", "+1877", "+1888"))


def shown(price: Decimal) -> str:
    """As a call or message has it: negative, with five places, for it is taken from the account."""
    return f"{-price:.5f}"
