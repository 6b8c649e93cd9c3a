"""Groups in Django admin: their rule as rows, their members by searching for them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Count, QuerySet
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from contacts.groups import member_count
from contacts.member_form import MembersField, MembersWidget, Picked, members_change, people_found
from contacts.models import Group
from contacts.rule_form import RuleField, RuleWidget, rule_said
from core.admin import SavesChanges
from core.ids import id_in
from core.text import in_sentence

_MOST_NAMED = 100


class GroupForm(forms.ModelForm):  # type: ignore[type-arg]
    people = MembersField(
        label=_("Members picked by hand"), required=False, help_text=_("They belong to it whatever the rule says.")
    )

    class Meta:
        model = Group
        fields = ["name", "description", "rule"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widget = self.fields["people"].widget if "people" in self.fields else None
        if isinstance(widget, MembersWidget):
            widget.group = self.instance


@admin.register(Group)
class GroupAdmin(SavesChanges, admin.ModelAdmin[Group]):
    form = GroupForm
    formfield_overrides = {**SavesChanges.formfield_overrides, models.JSONField: {"form_class": RuleField}}
    list_display = ["name", "description", "member_count", "picked"]
    search_fields = ["name"]
    fields = ["name", "description", "rule", "people", "member_count", "created_at", "updated_at"]
    readonly_fields = ["member_count", "created_at", "updated_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        groups: QuerySet[Group] = super().get_queryset(request).annotate(picked_count=Count("members"))
        return groups

    @admin.display(description=_("members now"))
    def member_count(self, group: Group) -> int | str:
        return member_count(group) if group.pk else "–"

    @admin.display(description=_("picked by hand"))
    def picked(self, group: Any) -> int:
        return int(group.picked_count)

    @admin.display(description=_("Members picked by hand"))
    def people(self, group: Group) -> str:
        """For those who may only look."""
        return ", ".join(in_sentence(name) for name in group.members.values_list("name", flat=True)[:_MOST_NAMED])

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        members_change(form.instance, form.cleaned_data.get("people") or Picked())

    def get_urls(self) -> list[URLPattern]:
        now = self.admin_site.admin_view(require_POST(self.people_now_view))
        people = self.admin_site.admin_view(self.people_view)
        return [
            path("people-now/", now, name="contacts_group_people_now"),
            path("people/", people, name="contacts_group_people"),
            *super().get_urls(),
        ]

    def _require_writer(self, request: HttpRequest) -> None:
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied

    def people_now_view(self, request: HttpRequest) -> JsonResponse:
        """How many the rule finds that stands in the form, or what is wrong with it."""
        self._require_writer(request)
        typed = RuleWidget().value_from_datadict(request.POST, request.FILES, "rule")
        return JsonResponse({"text": rule_said(typed)})

    def people_view(self, request: HttpRequest) -> JsonResponse:
        """Contacts that a search finds, for whoever picks members."""
        self._require_writer(request)
        if not request.user.has_perm("contacts.view_contact"):
            raise PermissionDenied
        known = id_in(request.GET.get("group", ""))
        return JsonResponse(people_found(request.GET.get("q", ""), known))
