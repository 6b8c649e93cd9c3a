"""Twilio's categories of usage. They form a tree, and one call may lie in several of them: pure, and no sums but one.

`totalprice` is what was spent. The tops below are parts of it that do not overlap each other, as far as Twilio's
documentation tells; what is under a top is a part of it and is never added. What belongs to no top is "other":
`totalprice` less the tops.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy


@dataclass(frozen=True, slots=True)
class Category:
    """`name` as people call it, and `amount` what is counted of it: `count`, `usage` or `segments`, in `unit`."""

    key: str
    name: str | Promise
    amount: str = "count"
    unit: str = ""
    parts: tuple[Category, ...] = field(default=())


def _calls(key: str, name: Promise, *parts: Category) -> Category:
    return Category(key, name, "count", "calls", parts)


def _texts(key: str, name: Promise, *parts: Category) -> Category:
    return Category(key, name, "segments", "segments", parts)


TREE: tuple[Category, ...] = (
    _calls(
        "calls",
        _("Calls"),
        _calls(
            "calls-inbound",
            _("incoming"),
            _calls("calls-inbound-local", _("incoming on local numbers")),
            _calls("calls-inbound-mobile", _("incoming on mobile numbers")),
            _calls("calls-inbound-tollfree", _("incoming on toll-free numbers")),
        ),
        _calls("calls-outbound", _("outgoing")),
        _calls("calls-client", _("in the browser")),
        _calls(
            "calls-sip",
            _("by SIP"),
            _calls("calls-sip-inbound", _("incoming by SIP")),
            _calls("calls-sip-outbound", _("outgoing by SIP")),
        ),
    ),
    _texts(
        "sms",
        _("Texts"),
        _texts(
            "sms-outbound",
            _("out"),
            _texts("sms-outbound-longcode", _("out, from telephone numbers")),
            _texts("sms-outbound-shortcode", _("out, from short codes")),
        ),
        _texts(
            "sms-inbound",
            _("in"),
            _texts("sms-inbound-longcode", _("in, to telephone numbers")),
            _texts("sms-inbound-shortcode", _("in, to short codes")),
        ),
    ),
    Category(
        "mms",
        _("Texts with pictures"),
        "count",
        "messages",
        (
            Category(
                "mms-outbound",
                _("out"),
                "count",
                "messages",
                (Category("mms-outbound-longcode", _("out, from telephone numbers"), "count", "messages"),),
            ),
            Category(
                "mms-inbound",
                _("in"),
                "count",
                "messages",
                (Category("mms-inbound-longcode", _("in, to telephone numbers"), "count", "messages"),),
            ),
        ),
    ),
    Category("sms-messages-carrierfees", _("Carrier fees"), "count", "messages"),
    Category("mms-messages-carrierfees", _("Carrier fees of texts with pictures"), "count", "messages"),
    Category(
        "phonenumbers",
        _("Numbers"),
        "count",
        "numbers",
        (
            Category("phonenumbers-local", _("local"), "count", "numbers"),
            Category("phonenumbers-mobile", _("mobile"), "count", "numbers"),
            Category("phonenumbers-tollfree", _("toll-free"), "count", "numbers"),
        ),
    ),
    Category(
        "recordings",
        _("Recordings"),
        "usage",
        "minutes",
        (Category("calls-recordings", _("of calls"), "usage", "minutes"),),
    ),
    Category("recordingstorage", _("Keeping recordings"), "usage", "minutes"),
    Category("transcriptions", _("Transcriptions"), "usage", "minutes"),
    Category(
        "lookups",
        _("Look-ups of numbers"),
        "count",
        "lookups",
        (
            Category("carrier-lookups", _("kind of line"), "count", "lookups"),
            Category("calleridlookups", _("caller's name"), "count", "lookups"),
        ),
    ),
)

UNITS = {
    "calls": ngettext_lazy("%(number)s call", "%(number)s calls", "count"),
    "segments": ngettext_lazy("%(number)s segment", "%(number)s segments", "count"),
    "messages": ngettext_lazy("%(number)s text", "%(number)s texts", "count"),
    "numbers": ngettext_lazy("%(number)s number", "%(number)s numbers", "count"),
    "minutes": ngettext_lazy("%(number)s minute", "%(number)s minutes", "count"),
    "lookups": ngettext_lazy("%(number)s look-up", "%(number)s look-ups", "count"),
}


def keys(categories: tuple[Category, ...] = TREE) -> list[str]:
    """All that the tree knows, from the top."""
    return [key for one in categories for key in (one.key, *keys(one.parts))]


TOPS: tuple[str, ...] = tuple(one.key for one in TREE)
KNOWN = frozenset(keys())
