"""What the doctor says of how calls sounded lately: which lines and agents stand out."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from agents.selectors import agent_name
from calls.models import CallQuality
from core.languages import kept as _
from core.text import in_sentence
from routing.models import Line
from telephony.doctor.findings import Check, Finding

DAYS = 7
# Whom a few bad calls happen to is no finding.
LEAST_CALLS = 10
POOR_PERCENT = 20
_NAMED = 5
Verdict = CallQuality.Verdict


def check_quality(check: Check) -> Finding | list[Finding]:
    rows = CallQuality.objects.filter(at__gte=timezone.now() - timedelta(days=DAYS)).exclude(verdict=Verdict.UNKNOWN)
    measured = rows.count()
    if not measured:
        return check.skipped(_("No call was measured in the last %(days)d days.") % {"days": DAYS})
    findings = [
        *_of_agents(check.named("quality-agents", _("Sound at agents")), rows),
        *_of_lines(check.named("quality-lines", _("Sound on lines")), rows),
    ]
    blanks = {"count": measured, "days": DAYS, "percent": POOR_PERCENT, "least": LEAST_CALLS}
    return findings or check.ok(
        _(
            "%(count)d calls were measured in the last %(days)d days. Of no agent and no line with at least %(least)d "
            "are %(percent)d %% poor."
        )
        % blanks
    )


def _of_agents(check: Check, rows: QuerySet[CallQuality]) -> list[Finding]:
    found = _bad(rows, "agent")
    if not found:
        return []
    people = rows.filter(agent__in=[pk for pk, *_counts in found])
    columns = ("agent", "agent__username", "agent__first_name", "agent__last_name")
    names = {pk: agent_name(*parts) for pk, *parts in people.order_by().values_list(*columns).distinct()}
    return [
        check.warning(
            _("Calls sounded poor at %(who)s, in the last %(days)d days.") % {"who": _list(found, names), "days": DAYS},
            _(
                "Look at their calls' pages for what was warned of. Packets lost: a cable in place of Wi-Fi, or "
                "another network. No sound from the microphone: another headset."
            ),
        )
    ]


def _of_lines(check: Check, rows: QuerySet[CallQuality]) -> list[Finding]:
    found = _bad(rows, "call__line")
    if not found:
        return []
    names = dict(Line.objects.filter(pk__in=[pk for pk, *_counts in found]).values_list("pk", "name"))
    return [
        check.warning(
            _("Calls sounded poor on %(who)s, in the last %(days)d days.") % {"who": _list(found, names), "days": DAYS},
            _(
                "When it is on one line alone, ask its carrier, or Twilio with the CallSids. When it is on all, see "
                "that the office's network lets UDP through, and that TWILIO_EDGE is near."
            ),
        )
    ]


def _bad(rows: QuerySet[CallQuality], by: str) -> list[tuple[int, int, int]]:
    """The id, the poor calls and all calls of each that stands out, the worst first."""
    counted = rows.filter(**{f"{by}__isnull": False}).order_by().values(by)
    counts = counted.annotate(poor=Count("pk", filter=Q(verdict=Verdict.POOR)), all=Count("pk"))
    found = [(row[by], row["poor"], row["all"]) for row in counts.filter(all__gte=LEAST_CALLS)]
    bad = [one for one in found if one[1] * 100 >= one[2] * POOR_PERCENT]
    return sorted(bad, key=lambda one: -one[1] / one[2])


def _list(found: list[tuple[int, int, int]], names: dict[int, str]) -> str:
    said = [f"{in_sentence(names.get(pk, str(pk)))} ({poor}/{all_calls})" for pk, poor, all_calls in found[:_NAMED]]
    return ", ".join(said + (["…"] if len(found) > _NAMED else []))
