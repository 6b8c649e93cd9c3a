"""The usage page in the admin, for superusers."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core.languages import sentence
from usage.costs import BY
from usage.export import costs_csv, days_csv
from usage.months import Month
from usage.page import VIEWS, usage_page
from usage.services import today_gmt, usage_refresh


@never_cache
@require_safe
def usage(request: HttpRequest) -> HttpResponse:
    """`?month=2026-11`, `&by=line`; `&days=table` shows the days as a table in place of the charts."""
    _superusers_only(request)
    month, by = _asked(request)
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Usage"),
        "page": usage_page(month, by),
        "views": VIEWS,
        "shows_table": request.GET.get("days") == "table",
    }
    return render(request, "admin/usage/usage.html", context)


@never_cache
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """What the page shows, for a spreadsheet."""
    _superusers_only(request)
    month, by = _asked(request)
    end = min(month.last, max(today_gmt(), month.first))
    text = costs_csv(by, month.first, end) if by else days_csv(month.first, end)
    # The mark at the beginning tells spreadsheets that it is UTF-8.
    response = HttpResponse(f"\ufeff{text}", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="usage-{month}{f"-{by}" if by else ""}.csv"'
    return response


@never_cache
@require_POST
def try_now(request: HttpRequest) -> HttpResponse:
    """Asks Twilio now, while somebody waits."""
    _superusers_only(request)
    refreshed = usage_refresh()
    if refreshed.problem:
        messages.warning(request, sentence(refreshed.problem))
    else:
        messages.success(request, _("These are Twilio's figures of now."))
    return redirect("usage")


def _asked(request: HttpRequest) -> tuple[Month, str]:
    """What is no month, or lies ahead, is this one."""
    now = Month.of(today_gmt())
    month = Month.read(request.GET.get("month", "")) or now
    by = request.GET.get("by", "")
    return (month if month.first <= now.first else now), (by if by in BY else "")


def _superusers_only(request: HttpRequest) -> None:
    if not getattr(request.user, "is_superuser", False):
        raise PermissionDenied
