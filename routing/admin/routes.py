"""Routes in Django admin: the editor, its history, and the explainer's page."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.admin import SavesChanges
from core.languages import sentence
from core.text import cleaned
from routing.admin.editor import editor_data, finding_json
from routing.admin.explaining import explain_page
from routing.admin.versions import versions_told
from routing.models import Route, RouteVersion
from routing.services import NameTaken, RouteChanged, RouteRefused, route_bring_back, route_save
from routing.steps import plan_of
from routing.usage import routes_using

_MOST_BYTES = 262_144
_LONGEST_NAME = 80


@admin.register(Route)
class RouteAdmin(SavesChanges, admin.ModelAdmin[Route]):
    list_display = ["name", "version", "lines_said"]
    search_fields = ["name"]
    fields = ["name"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("current").prefetch_related("lines")

    @admin.display(description=_("version in force"))
    def version(self, route: Route) -> str:
        current = route.current
        if current is None:
            return "–"
        return f"{current.number}, {date_format(timezone.localtime(current.saved_at), 'SHORT_DATETIME_FORMAT')}"

    @admin.display(description=_("lines"))
    def lines_said(self, route: Route) -> str:
        return ", ".join(str(line) for line in route.lines.all()) or "–"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        own = [
            path("explain/", view(self.explain_view), name="routing_route_explain"),
            path("<path:object_id>/versions/", view(self.versions_view), name="routing_route_versions"),
        ]
        return own + super().get_urls()

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """The editor, in place of a form; what it saves comes as JSON."""
        route = self._route(request, object_id) if object_id else Route()
        may_change = self.has_change_permission(request, route) if object_id else self.has_add_permission(request)
        if request.method == "POST":
            if not may_change:
                return _refused([], _("You may not change routes. Ask your admin."), status=403)
            return self._save(request, route)
        if not (may_change or (object_id and self.has_view_permission(request, route))):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": route.name or _("Add a route"),
            "opts": self.opts,
            "route": route,
            "editor": editor_data(route, may_change=may_change),
        }
        return TemplateResponse(request, "admin/routing/route_editor.html", context)

    def _route(self, request: HttpRequest, object_id: str) -> Route:
        route: Route | None = self.get_object(request, unquote(object_id))
        if route is None:
            raise Http404
        return route

    def _save(self, request: HttpRequest, route: Route) -> JsonResponse:
        sent = _sent(request)
        name = cleaned(str(sent.get("name") or "")).strip()
        if not name or len(name) > _LONGEST_NAME:
            return _refused([], _("Give the route a name of at most %(count)d characters.") % {"count": _LONGEST_NAME})
        based_on = sent.get("based_on")
        agent: Any = request.user
        is_new = route.pk is None
        try:
            saved = route_save(
                route,
                sent.get("document"),
                name=name,
                based_on=based_on if isinstance(based_on, int) else 0,
                by=agent,
            )
        except RouteRefused as error:
            return _refused([finding_json(each, error.plan) for each in error.findings])
        except NameTaken:
            return _refused([], _("There is a route of this name already."))
        except RouteChanged as error:
            by = str(error.newest.saved_by) if error.newest.saved_by else "–"
            text = _("%(name)s saved version %(number)d meanwhile. Load the page again, then repeat your changes.")
            see = reverse("admin:routing_route_versions", args=[route.pk])
            return _refused([], text % {"name": by, "number": error.newest.number}, status=409, see=see)
        if not saved.is_repeated:
            self._log(request, route, saved.version, is_new=is_new)
        return JsonResponse(
            {
                "number": saved.version.number,
                "address": reverse("admin:routing_route_change", args=[saved.version.route_id]),
                "document": saved.version.steps,
                "warnings": [finding_json(each, plan_of(saved.version.steps)) for each in saved.warnings],
            }
        )

    def _log(self, request: HttpRequest, route: Route, version: RouteVersion, *, is_new: bool) -> None:
        text = _("Saved version %(number)d.") % {"number": version.number}
        if is_new:
            self.log_addition(request, route, text)
        else:
            self.log_change(request, route, text)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        found, count, perms, protected = super().get_deleted_objects(objs, request)
        going = {row.pk for row in objs}
        others = {row: [each for each in routes_using("route", row.pk) if each.pk not in going] for row in objs}
        used = [f"{row}: {route}" for row, routes in others.items() for route in routes]
        return found, count, perms, [*protected, *used]

    def versions_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """All versions, what each changed in words, and the way back to each."""
        route = self._route(request, object_id)
        if not self.has_view_permission(request, route):
            raise PermissionDenied
        if request.method == "POST":
            return self._bring_back(request, route)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Versions of %(route)s") % {"route": str(route)},
            "opts": self.opts,
            "route": route,
            "versions": versions_told(list(route.versions.select_related("saved_by").order_by("-number"))),
            "may_change": self.has_change_permission(request, route),
        }
        return TemplateResponse(request, "admin/routing/route_versions.html", context)

    def _bring_back(self, request: HttpRequest, route: Route) -> HttpResponse:
        if not self.has_change_permission(request, route):
            raise PermissionDenied
        number = request.POST.get("number", "")
        agent: Any = request.user
        try:
            wanted = int(number) if number.isascii() and number.isdecimal() and len(number) < 9 else 0
            saved = route_bring_back(route, wanted, by=agent)
        except RouteVersion.DoesNotExist:
            raise Http404 from None
        except RouteRefused as error:
            finding = next(each for each in error.findings if each.is_refusal)
            step = error.plan.steps.get(finding.step)
            where = f"{step.said()}: " if step else ""
            refused = _("Not brought back.")
            messages.error(request, f"{refused} {where}{sentence(finding.text)} {sentence(finding.todo)}")
        else:
            self._log(request, route, saved.version, is_new=False)
            text = _("Version %(old)d is in force again, as version %(new)d. It applies to the next caller.")
            messages.success(request, text % {"old": wanted, "new": saved.version.number})
        return redirect("admin:routing_route_versions", route.pk)

    def explain_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return explain_page(request, {**self.admin_site.each_context(request), "opts": self.opts})


def _sent(request: HttpRequest) -> dict[str, Any]:
    if len(request.body) > _MOST_BYTES:
        return {}
    try:
        sent = json.loads(request.body)
    except (ValueError, RecursionError):
        return {}
    return sent if isinstance(sent, dict) else {}


def _refused(findings: list[dict[str, Any]], text: str = "", status: int = 422, see: str = "") -> JsonResponse:
    """`see`: where it is shown what stands in the way."""
    return JsonResponse({"findings": findings, "text": text, "see": see}, status=status)
