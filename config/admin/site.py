"""Django admin's frame: what is in its menu, by what people look for, and its home page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR
from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.admin.home import home
from core.ids import LONGEST_ID


@dataclass(frozen=True, slots=True)
class _Group:
    name: Promise
    models: tuple[str, ...]
    """As `app_label.ModelName`, in the order in which they are shown."""
    pages: tuple[tuple[str, Promise], ...] = ()
    """Pages of our own, by the names of their addresses. For superusers."""
    pages_first: bool = False


_GROUPS = (
    _Group(_("Calls"), ("calls.Call",)),
    _Group(
        _("Routing"),
        ("routing.Line", "routing.Route", "routing.OpeningHours", "routing.Greeting", "routing.SpamRule"),
        (("admin:routing_route_explain", _("Explain a call")),),
    ),
    _Group(
        _("Outgoing"),
        (
            *("routing.OutgoingRule", "routing.OutgoingHours", "routing.DoNotCall", "routing.EmergencyRule"),
            "routing.OutgoingOverride",
        ),
    ),
    _Group(
        _("People"),
        (
            "agents.Agent",
            "agents.Team",
            "agents.AwayReason",
            "agents.PresenceChange",
            "auth.Group",
            "agents.LoginRecord",
            "agents.FailedLogin",
        ),
    ),
    _Group(
        _("Contacts"),
        (
            "contacts.Contact",
            "contacts.Group",
            "contacts.ContactField",
            "contacts.BlockedNumber",
            "contacts.Consent",
            "contacts.ContactMerge",
        ),
    ),
    _Group(_("Phones"), ("tokens.Device", "tokens.IssuedToken")),
    _Group(
        _("Texts"),
        (
            *("messaging.Thread", "messaging.GroupSend", "messaging.ReadyText", "messaging.MissedCallText"),
            *("messaging.MessageWebhook", "messaging.Sender"),
        ),
    ),
    _Group(_("Usage"), ("usage.SpendLimit", "usage.SpendAlert"), (("usage", _("Usage")),), pages_first=True),
    _Group(_("Flight recorder"), ("telephony.Webhook", "calls.CallEvent")),
    _Group(_("Privacy"), ("config.Erasure",), (("privacy", _("Export or erase a person")),)),
    _Group(_("System"), (), (("doctor", _("Doctor")),)),
)
# Where Django's name, or that of a table, says little.
_NAMES = {
    "auth.Group": _("Groups of rights"),
    "contacts.BlockedNumber": _("Block list"),
    "contacts.ContactMerge": _("Merged contacts"),
    "tokens.Device": _("Signed-in phones"),
    "tokens.IssuedToken": _("Voice tokens"),
    "messaging.MessageWebhook": _("Texts nobody answered"),
    "calls.CallEvent": _("Failures and requests"),
}


class RingdeskAdminSite(AdminSite):
    site_title = site_header = "Ringdesk"
    index_title = _("Today")
    site_url = "/"

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        return super().admin_view(_of_what_can_be(view), cacheable)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Of what the viewer may see. An app's own page keeps Django's order: it is about that app."""
        apps = super().get_app_list(request, app_label)
        if not app_label:
            apps = _grouped(apps, with_pages=bool(getattr(request.user, "is_superuser", False)))
        return _with_here(apps, request.path)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        here = (row for app in context["available_apps"] for row in app["models"] if row["admin_url"] == request.path)
        return {**context, "list_name": next((row["name"] for row in here), None)}

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        return super().index(request, {"home": home(request, self), **(extra_context or {})})


def _of_what_can_be(view: Any) -> Any:
    """Answers 400 to what no row has: a number that no database holds, a year that no date has. Django asks the
    database for it, which fails."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        lookups = [(name, value) for name, values in request.GET.lists() if "__" in name for value in values]
        chosen = [("pk__in", value) for value in request.POST.getlist(ACTION_CHECKBOX_NAME)]
        if any(_can_never_be(name, part) for name, value in [*lookups, *chosen] for part in value.split(",")):
            return render(request, "admin/cannot_be.html", status=400)
        return view(request, *args, **kwargs)

    return answer


def _can_never_be(lookup: str, value: str) -> bool:
    digits = value.strip().removeprefix("-")
    if not digits.isdecimal():
        return False
    return len(digits) > LONGEST_ID or ("year" in lookup.split("__") and not MINYEAR <= int(value) <= MAXYEAR)


def _grouped(apps: list[Any], *, with_pages: bool) -> list[Any]:
    """The same models under our names. What is in no group stays under its app, so that nothing new is lost."""
    models = {f"{app['app_label']}.{model['object_name']}": model for app in apps for model in app["models"]}
    named = {key: {**model, "name": _NAMES.get(key, model["name"])} for key, model in models.items()}
    grouped = []
    for number, group in enumerate(_GROUPS):
        rows = [named.pop(key) for key in group.models if key in named]
        if with_pages:
            pages = [_page(name, title) for name, title in group.pages]
            rows = [*pages, *rows] if group.pages_first else [*rows, *pages]
        if rows:
            grouped.append(
                {"name": group.name, "app_label": f"group-{number}", "app_url": rows[0]["admin_url"], "models": rows}
            )
    for app in apps:
        rest = [named[key] for key in named if key.partition(".")[0] == app["app_label"]]
        if rest:
            grouped.append({**app, "models": rest})
    return grouped


def _with_here(apps: list[Any], path: str) -> list[Any]:
    """Which row the page belongs to: the one whose address says most of the page's."""
    rows = [row for app in apps for row in app["models"]]
    addresses = [row["admin_url"] for row in rows if row["admin_url"] and path.startswith(row["admin_url"])]
    here = max(addresses, key=len, default=None)
    return [
        {
            **app,
            "is_here": any(row["admin_url"] == here for row in app["models"] if here),
            "models": [{**row, "is_here": bool(here) and row["admin_url"] == here} for row in app["models"]],
        }
        for app in apps
    ]


def _page(name: str, title: Promise) -> dict[str, Any]:
    """One of our own pages, in the shape in which Django admin lists a model."""
    return {"name": title, "object_name": name, "admin_url": reverse(name), "add_url": None, "view_only": True}
