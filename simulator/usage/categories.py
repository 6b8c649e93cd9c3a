"""The categories of usage that the simulator knows: Twilio Docs, "Usage Records", "Usage categories".

They overlap: what is counted in one is counted in all above it. Money is counted in `totalprice`, too.
"""

from __future__ import annotations

from dataclasses import dataclass

TOTAL = "totalprice"


@dataclass(frozen=True)
class Category:
    """`above`: the category that this one is a part of; empty for none."""

    name: str
    description: str
    above: str = ""
    count_unit: str = ""
    usage_unit: str = ""


def _family(count_unit: str, usage_unit: str, *members: tuple[str, str, str]) -> list[Category]:
    return [Category(name, description, above, count_unit, usage_unit) for name, description, above in members]


CATEGORIES: dict[str, Category] = {
    category.name: category
    for category in [
        *_family(
            "calls",
            "minutes",
            ("calls", "Voice Minutes", ""),
            ("calls-client", "Client Voice Minutes", "calls"),
            ("calls-inbound", "Inbound Voice Minutes", "calls"),
            ("calls-inbound-local", "Local Inbound Voice Minutes", "calls-inbound"),
            ("calls-inbound-mobile", "Mobile Inbound Voice Minutes", "calls-inbound"),
            ("calls-inbound-tollfree", "Toll Free Inbound Voice Minutes", "calls-inbound"),
            ("calls-outbound", "Outbound Voice Minutes", "calls"),
            ("calls-sip", "SIP Minutes", "calls"),
            ("calls-sip-inbound", "SIP Inbound Minutes", "calls-sip"),
            ("calls-sip-outbound", "SIP Outbound Minutes", "calls-sip"),
        ),
        *_family(
            "recordings",
            "minutes",
            ("recordings", "Recordings", ""),
            ("calls-recordings", "Call Recordings", "recordings"),
            ("recordingstorage", "Recording Storage", ""),
            ("transcriptions", "Transcriptions", ""),
        ),
        *_family(
            "messages",
            "segments",
            ("sms", "SMS", ""),
            ("sms-inbound", "Inbound SMS", "sms"),
            ("sms-inbound-longcode", "Long Code Inbound SMS", "sms-inbound"),
            ("sms-inbound-shortcode", "Short Code Inbound SMS", "sms-inbound"),
            ("sms-outbound", "Outbound SMS", "sms"),
            ("sms-outbound-longcode", "Long Code Outbound SMS", "sms-outbound"),
            ("sms-outbound-shortcode", "Short Code Outbound SMS", "sms-outbound"),
            ("sms-messages-carrierfees", "SMS Carrier Fees", ""),
        ),
        *_family(
            "messages",
            "messages",
            ("mms", "MMS", ""),
            ("mms-inbound", "Inbound MMS", "mms"),
            ("mms-inbound-longcode", "Long Code Inbound MMS", "mms-inbound"),
            ("mms-outbound", "Outbound MMS", "mms"),
            ("mms-outbound-longcode", "Long Code Outbound MMS", "mms-outbound"),
            ("mms-messages-carrierfees", "MMS Carrier Fees", ""),
        ),
        *_family(
            "phone numbers",
            "phone numbers",
            ("phonenumbers", "Phone Numbers", ""),
            ("phonenumbers-local", "Local Phone Numbers", "phonenumbers"),
            ("phonenumbers-mobile", "Mobile Phone Numbers", "phonenumbers"),
            ("phonenumbers-tollfree", "Toll Free Phone Numbers", "phonenumbers"),
        ),
        *_family(
            "lookups",
            "lookups",
            ("lookups", "Lookups", ""),
            ("calleridlookups", "Caller Name Lookups", "lookups"),
            ("carrier-lookups", "Carrier Lookups", "lookups"),
        ),
        Category(TOTAL, "Total Price", usage_unit="usd"),
    ]
}

_ABOVE = {category.above for category in CATEGORIES.values()}
#: Those that have no parts, and that usage is booked under.
LEAVES = tuple(name for name in CATEGORIES if name not in _ABOVE and name != TOTAL)


def line(name: str) -> list[str]:
    """A category and all above it, the total included."""
    names = []
    while name:
        names.append(name)
        name = CATEGORIES[name].above
    return [*names, TOTAL]
