"""Django admin's pages of what may be called and texted from here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.admin import ReadOnly, SavesChanges
from core.languages import sentence
from routing.models import EmergencyRule, OutgoingHours, OutgoingOverride, OutgoingRule
from routing.outgoing.trying import TryForm, tried

_DAYS = (
    ("1", _("Monday")),
    ("2", _("Tuesday")),
    ("3", _("Wednesday")),
    ("4", _("Thursday")),
    ("5", _("Friday")),
    ("6", _("Saturday")),
    ("7", _("Sunday")),
)


@admin.display(description=_("country or prefix"), ordering="place")
def place(row: OutgoingRule | OutgoingHours) -> str:
    return row.place_said


@admin.register(OutgoingRule)
class OutgoingRuleAdmin(SavesChanges, admin.ModelAdmin[OutgoingRule]):
    list_display = [place, "channels", "agents", "supervisors", "admins"]
    list_filter = ["channels"]
    search_fields = ["place"]
    change_list_template = "admin/routing/outgoing_rules.html"
    fieldsets = [
        (None, {"fields": ["place", "channels"]}),
        (
            _("Who may"),
            {
                "fields": ["agents", "supervisors", "admins"],
                "description": _(
                    "Nobody can override this. What the server does not allow at all (ALLOWED_REGIONS, premium-rate "
                    "numbers) stays forbidden, and so do blocked numbers."
                ),
            },
        ),
    ]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.try_view)
        return [path("try/", view, name="routing_outgoingrule_try"), *super().get_urls()]

    def try_view(self, request: HttpRequest) -> HttpResponse:
        """What each role may do with a number, and why. By POST: a number in an address would stay in logs."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = TryForm(request.POST) if request.method == "POST" else TryForm()
        answer = tried(**form.cleaned_data) if form.is_bound and form.is_valid() else None
        context = self.admin_site.each_context(request) | {
            "title": gettext("Try a number"), "opts": self.opts, "form": form, "answer": answer,
        }  # fmt: skip
        return TemplateResponse(request, "admin/routing/outgoing_try.html", context)


class OutgoingHoursForm(forms.ModelForm[OutgoingHours]):
    weekdays = forms.MultipleChoiceField(label=_("days"), choices=_DAYS, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = OutgoingHours
        fields = ["place", "channels", "weekdays", "begins_at", "ends_at", "override_by"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["weekdays"] = list(self.initial.get("weekdays") or self.instance.weekdays)

    def clean_weekdays(self) -> str:
        return "".join(sorted(self.cleaned_data["weekdays"]))


@admin.register(OutgoingHours)
class OutgoingHoursAdmin(SavesChanges, admin.ModelAdmin[OutgoingHours]):
    form = OutgoingHoursForm
    list_display = [place, "channels", "days", "begins_at", "ends_at", "override_by"]
    list_filter = ["channels"]
    search_fields = ["place"]

    @admin.display(description=_("days"), ordering="weekdays")
    def days(self, row: OutgoingHours) -> str:
        return ", ".join(str(name) for day, name in _DAYS if day in row.weekdays)


@admin.register(EmergencyRule)
class EmergencyRuleAdmin(SavesChanges, admin.ModelAdmin[EmergencyRule]):
    list_display = ["region", "line", "address_is_registered"]
    list_select_related = ["line"]
    fieldsets = [
        (
            None,
            {
                "fields": ["region", "line", "address_is_registered"],
                "description": _(
                    "The line then calls that country's emergency numbers as they are dialled: no hours, no list and "
                    "no spend limit is in the way. They are never texted."
                ),
            },
        )
    ]


@admin.register(OutgoingOverride)
class OutgoingOverrideAdmin(ReadOnly, admin.ModelAdmin[OutgoingOverride]):
    list_display = ["at", "agent_name", "channel", "number", "reason", "is_used"]
    list_filter = ["channel", "role"]
    search_fields = ["number", "agent_name", "reason"]
    fields = ["at", "agent_name", "role", "channel", "number", "forbade", "reason", "used_at", "call", "message_id"]
    readonly_fields = ["forbade", "call"]

    @admin.display(description=_("used"), boolean=True)
    def is_used(self, row: OutgoingOverride) -> bool:
        return row.used_at is not None

    @admin.display(description=_("what forbade it"))
    def forbade(self, row: OutgoingOverride) -> str:
        return " ".join(sentence(each) for each in row.refusal.splitlines())

    @admin.display(description=_("call"))
    def call(self, row: OutgoingOverride) -> str:
        return format_html("<code>{}</code>", row.call_sid) if row.call_sid else "-"

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutgoingOverride]:
        # The key is as good as the right itself while it lasts.
        return super().get_queryset(request).defer("key")
