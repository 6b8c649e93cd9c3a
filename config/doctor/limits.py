"""What the doctor says of Twilio's limits: for which we were refused lately, since when, how often, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Sum
from django.utils import timezone
from django.utils.timezone import localtime

from calls.models import Call
from core.languages import Sentence
from core.languages import kept as _
from telephony.doctor.findings import Check, Finding
from telephony.models import TwilioRefusal
from telephony.refusals import CONFERENCE_FULL, COUNTED, NO_PERMISSION, TOO_MANY_CALLS, TOO_MANY_REQUESTS

DAYS = 7
Seen = tuple[int, datetime, datetime]
# The codes that are one and the same to people, what was refused, and what helps.
_KINDS: tuple[tuple[str, frozenset[int], Sentence, Sentence, Sentence], ...] = (
    (
        "limit-calls",
        TOO_MANY_CALLS,
        _("Calls at the same time"),
        _(
            "Refused by Twilio: %(count)d, since %(first)s, last at %(last)s. As many calls ran at once as the "
            "account may have."
        ),
        _(
            "An account without an approved Business Profile has few: submit one in Twilio's console under Trust Hub, "
            "or ask Twilio's support for more calls at the same time."
        ),
    ),
    (
        "limit-requests",
        frozenset({TOO_MANY_REQUESTS}),
        _("Requests to Twilio"),
        _("Refused by Twilio: %(count)d, since %(first)s, last at %(last)s. Too many requests came at once."),
        _(
            "They are asked again by themselves. If it lasts, see whether other programs use this account, or ask "
            "Twilio's support for a higher limit of concurrent requests."
        ),
    ),
    (
        "limit-conferences",
        frozenset({CONFERENCE_FULL}),
        _("People in one call"),
        _(
            "Refused by Twilio: %(count)d, since %(first)s, last at %(last)s. As many were in one call as a conference "
            "holds."
        ),
        _(
            "A conference at Twilio holds 250 at most. Look in the rooms of the calls, in Django admin, who was taken "
            "into which."
        ),
    ),
    (
        "limit-countries",
        NO_PERMISSION,
        _("Countries that may be called"),
        _("Refused by Twilio: %(count)d, since %(first)s, last at %(last)s. The account may not call there."),
        _(
            "In Twilio's console, Voice, Settings, Geo permissions, allow the countries that you mean to call, and no "
            "others."
        ),
    ),
)


def check_limits(check: Check) -> Finding | list[Finding]:
    since = timezone.now() - timedelta(days=DAYS)
    seen = [*_by_rest(since), *_by_dial(since)]
    findings = []
    for id, codes, title, said, mend in _KINDS:
        found = [one for code, one in seen if code in codes]
        if found:
            blanks = _together(found)
            findings.append(check.named(id, title).warning(said % blanks, mend))
    return findings or check.ok(
        _("In the last %(days)d days Twilio refused nothing for a limit or a country.") % {"days": DAYS}
    )


def _by_rest(since: datetime) -> Iterable[tuple[int, Seen]]:
    rows = TwilioRefusal.objects.filter(last_at__gte=since).order_by().values_list("code")
    for code, count, first, last in rows.annotate(Sum("count"), Min("first_at"), Max("last_at")):
        yield code, (count, first, last)


def _by_dial(since: datetime) -> Iterable[tuple[int, Seen]]:
    """What <Dial> could not call: Twilio says so with the leg, and no request of ours was refused."""
    codes = [str(code) for code in sorted(COUNTED)]
    rows = Call.objects.filter(error_code__gt="", error_code__in=codes, start_time__gte=since).order_by()
    for code, count, first, last in rows.values_list("error_code").annotate(
        Count("pk"), Min("start_time"), Max("start_time")
    ):
        yield int(code), (count, first, last)


def _together(found: list[Seen]) -> dict[str, object]:
    return {
        "count": sum(count for count, _first, _last in found),
        "first": _said(min(first for _count, first, _last in found)),
        "last": _said(max(last for _count, _first, last in found)),
    }


def _said(at: datetime) -> str:
    # What is found is kept, and read in any language: a date that all of them read.
    return f"{localtime(at):%Y-%m-%d %H:%M}"
