"""The doctor's page in the admin, for superusers: what was found, and a button that mends what can be mended."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from config.doctor import last
from config.doctor.checks import examine, line_numbers
from core.languages import sentence
from telephony.doctor.findings import State, worst
from telephony.errors import TelephonyError
from telephony.provisioning.plan import Plan
from telephony.provisioning.services import apply, plan_repair

logger = logging.getLogger(__name__)

_SUMMARY = {
    State.OK: gettext_lazy("All is well."),
    State.WARNING: gettext_lazy("Calls work, but something should be looked at."),
    State.FAILED: gettext_lazy("Something keeps calls from working as they should."),
}
_STYLES = {State.OK: "go", State.WARNING: "warn", State.FAILED: "stop", State.SKIPPED: ""}
_WORDS = {
    State.OK: gettext_lazy("ok"),
    State.WARNING: gettext_lazy("warning"),
    State.FAILED: pgettext_lazy("of a check", "failed"),
    State.SKIPPED: gettext_lazy("skipped"),
}
_COUNTS: dict[State, Callable[[int], str]] = {
    State.OK: lambda count: ngettext("%(count)d ok", "%(count)d ok", count),
    State.WARNING: lambda count: ngettext("%(count)d warning", "%(count)d warnings", count),
    State.FAILED: lambda count: ngettext("%(count)d failed", "%(count)d failed", count),
    State.SKIPPED: lambda count: ngettext("%(count)d skipped", "%(count)d skipped", count),
}
_ORDER = [State.FAILED, State.WARNING, State.OK, State.SKIPPED]


@never_cache
@require_safe
def doctor(request: HttpRequest) -> HttpResponse:
    _superusers_only(request)
    findings = examine()
    last.keep(findings)
    state = worst(findings)
    worst_first = sorted(findings, key=lambda finding: _ORDER.index(finding.state))
    counts = [(each, sum(finding.state == each for finding in findings)) for each in _ORDER]
    context = {
        "findings": [(finding, _STYLES[finding.state], _WORDS[finding.state]) for finding in worst_first],
        "summary": _SUMMARY[state],
        "counts": [(_COUNTS[each](count) % {"count": count}, _STYLES[each]) for each, count in counts if count],
        "can_mend": any(finding.drift for finding in findings),
    }
    return _page(request, "admin/doctor.html", _("Doctor"), context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mend(request: HttpRequest) -> HttpResponse:
    """Shows what would be changed at Twilio; a POST with the fingerprint of what was shown changes exactly that."""
    _superusers_only(request)
    try:
        plan = plan_repair(line_numbers())
        if request.method == "POST" and plan.to_do:
            if constant_time_compare(request.POST.get("plan", ""), plan.fingerprint):
                return _carry_out(request, plan)
            messages.warning(
                request, _("Twilio's settings have changed since you looked. See below what would be done now.")
            )
    except TelephonyError as error:
        messages.error(request, _("%(why)s Nothing more was changed.") % {"why": error.message})
        return redirect("doctor")
    return _page(request, "admin/doctor_mend.html", _("Mend"), {"plan": plan})


def _carry_out(request: HttpRequest, plan: Plan) -> HttpResponse:
    for done in apply(plan):
        logger.info("doctor: mended by agent=%s: %s sid=%s", request.user.pk, done.step.kind, done.step.sid)
        messages.success(request, _("%(what)s is set as it should be.") % {"what": sentence(done.step.title)})
    return redirect("doctor")


def _superusers_only(request: HttpRequest) -> None:
    if not getattr(request.user, "is_superuser", False):
        raise PermissionDenied


def _page(request: HttpRequest, template: str, title: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, {**admin.site.each_context(request), "title": title, **context})
