"""What the doctor says of usage: whether figures come in, how far limits are used up, whether Twilio would tell us."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from core.languages import sentence
from telephony.doctor.findings import Check, Finding
from telephony.provisioning.services import plan_triggers
from usage.freshness import time_said
from usage.models import Period, SpendLimit, UsageRefresh
from usage.money import money
from usage.spending import Spent, spent_in
from usage.triggers import triggers_wanted

_OLD = timedelta(days=1)


def check_refresh(check: Check) -> Finding:
    row = UsageRefresh.objects.filter(what=UsageRefresh.What.RECORDS).first()
    if row is None or (row.succeeded_at is None and row.failed_at is None):
        return check.skipped(_("Twilio was not asked for figures yet; it is every 15 minutes."))
    why = sentence(row.problem) if row.failing_since else ""
    if row.succeeded_at is None:
        return check.warning(_("There are no figures yet: %(why)s") % {"why": why}, _retry())
    if timezone.now() - row.succeeded_at > _OLD:
        said = _("The figures are of %(time)s, older than a day. %(why)s") % {
            "time": time_said(row.succeeded_at), "why": why,
        }  # fmt: skip
        return check.failed(said.strip(), _retry())
    return check.ok(_("The figures are of %(time)s.") % {"time": time_said(row.succeeded_at)})


def _retry() -> str:
    return _("Run: python manage.py usage_refresh. It says what is wrong.")


def check_limits(check: Check) -> Finding | list[Finding]:
    limits = list(SpendLimit.objects.all())
    if not limits:
        return check.skipped(_("There is no spend limit."))
    return [_limit(check, one) for one in spent_in(limits)]


def _limit(check: Check, one: Spent) -> Finding:
    limit = one.limit
    check = check.named(
        f"spend-{limit.period}",
        _("Spend limit of each day") if limit.period == Period.DAILY else _("Spend limit of each month"),
    )
    if not one.fits:
        return check.failed(
            _("The limit is in %(limit)s, and Twilio bills in %(account)s: it stops nothing.")
            % {"limit": limit.currency.upper(), "account": one.currency.upper()},
            _("Set the limit anew, in the admin."),
        )
    seen = _("%(spent)s of %(amount)s are spent: %(share)d %%.") % {
        "spent": money(one.spent, limit.currency),
        "amount": money(limit.amount, limit.currency),
        "share": one.share,
    }
    if one.is_reached and (limit.stops_group_sends or limit.stops_dear_calls):
        return check.failed(
            seen, _("Group sends or dear calls are stopped. Raise the limit in the admin to let them go on.")
        )
    if one.level >= limit.second_level:
        return check.warning(seen, _("See the usage page for what costs so much, or raise the limit in the admin."))
    return check.ok(seen)


def check_triggers(check: Check) -> Finding:
    wanted = triggers_wanted() or []
    steps = [step for step in plan_triggers(wanted) if step.is_to_do]
    if not wanted and not steps:
        return check.skipped(_("There is no spend limit, so Twilio need not tell of any."))
    if all(step.removes for step in steps) and steps:
        return check.warning(
            _("Twilio still has triggers of limits that are gone: %(names)s. They only cost a request.")
            % {"names": ", ".join(step.title for step in steps)},
            _("Run: python manage.py twilio_provision"),
        )
    if steps:
        return check.warning(
            _("Not as they should be at Twilio: %(names)s. A limit is noticed up to 15 minutes late.")
            % {"names": ", ".join(step.title for step in steps)},
            _("Run: python manage.py twilio_provision"),
        )
    return check.ok(_("Twilio tells at once when a limit is reached."))
