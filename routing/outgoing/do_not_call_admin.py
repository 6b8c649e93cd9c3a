"""The do-not-call list in Django admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.admin import SavesChanges
from routing.models import Channels, DoNotCall, OverrideBy
from routing.outgoing.do_not_call import MOST_BYTES, Common, Unusable, entries_add, entries_expire, entries_remove


class DoNotCallForm(forms.ModelForm[DoNotCall]):
    remove = forms.BooleanField(
        label=_("Remove from the list"),
        required=False,
        help_text=_("The number may be called again. The entry stays here as history."),
    )

    class Meta:
        model = DoNotCall
        fields = ["number", "channels", "reason", "source", "until", "override_by", "removed_why"]


class ManyForm(forms.Form):
    """A pasted list, or a file."""

    numbers = forms.CharField(
        label=_("Numbers"),
        required=False,
        max_length=MOST_BYTES,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "One a line. After it, parted by commas: reason, source, last day (2026-12-31), as far as they differ."
        ),
    )
    file = forms.FileField(label=_("or a CSV file"), required=False, help_text=_("With the same columns."))
    reason = forms.CharField(label=_("Reason"), max_length=255)
    source = forms.CharField(label=_("Source"), max_length=120, required=False)
    until = forms.DateField(label=_("Until"), required=False)
    channels = forms.ChoiceField(label=_("For"), choices=Channels.choices, initial=Channels.BOTH)
    override_by = forms.ChoiceField(
        label=_("May be overridden by"), choices=OverrideBy.choices, initial=OverrideBy.ADMINS
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        file = found.get("file")
        if file is not None and (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(gettext("Send at most %(size)d MB at a time.") % {"size": 1})
        text = "\n".join(part for part in (found.get("numbers", ""), _read(file)) if part.strip())
        if not text:
            raise forms.ValidationError(gettext("Paste numbers, or choose a file."))
        return found | {"text": text}


def _read(file: Any) -> str:
    if file is None:
        return ""
    data = file.read()
    try:
        return str(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return str(data.decode("cp1252", "replace"))


class OnTheList(admin.SimpleListFilter):
    title = _("on the list")
    parameter_name = "now"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[Any]:
        return [("yes", _("On the list")), ("no", _("Removed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() in ("yes", "no"):
            return queryset.filter(removed_at__isnull=self.value() == "yes")
        return queryset


@admin.register(DoNotCall)
class DoNotCallAdmin(SavesChanges, admin.ModelAdmin[DoNotCall]):
    form = DoNotCallForm
    list_display = ["number", "reason", "source", "channels", "until", "added_by", "at", "removed_at"]
    list_filter = [OnTheList, "channels"]
    list_select_related = ["added_by"]
    search_fields = ["number", "reason", "source"]
    change_list_template = "admin/routing/do_not_call.html"
    actions = ["remove"]

    def get_fieldsets(self, request: HttpRequest, obj: DoNotCall | None = None) -> Any:
        about = _(
            "People who asked not to be called, or whom the law protects. Their own calls and texts are answered as "
            "ever, and who may override an entry can call them once, with a reason. The block list is another thing: "
            "numbers that nobody here wants to deal with. They are neither called nor texted, whatever the reason. "
            "An entry holds to the end of its last day, by the desk's clock (%(zone)s)."
        ) % {"zone": settings.TIME_ZONE}
        first = (
            None,
            {"fields": ["number", "channels", "reason", "source", "until", "override_by"], "description": about},
        )
        if obj is None:
            return [first]
        history = ["added_by", "at", "removed_by", "removed_at"]
        removing = ["removed_why"] if obj.removed_at else ["remove", "removed_why"]
        return [first, (_("Removing"), {"fields": removing}), (_("History"), {"fields": history})]

    def get_readonly_fields(self, request: HttpRequest, obj: DoNotCall | None = None) -> list[str]:
        return ["added_by", "at", "removed_by", "removed_at", *(["number"] if obj else [])]

    def has_change_permission(self, request: HttpRequest, obj: DoNotCall | None = None) -> bool:
        # What was removed is history.
        return super().has_change_permission(request, obj) and (obj is None or obj.removed_at is None)

    def has_delete_permission(self, request: HttpRequest, obj: DoNotCall | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: DoNotCall, form: Any, change: bool) -> None:
        agent: Any = request.user
        if not change:
            obj.added_by = agent
            entries_expire([obj.number])
        super().save_model(request, obj, form, change)
        if change and form.cleaned_data.get("remove"):
            entries_remove([obj.pk], why=obj.removed_why, by=agent)

    @admin.action(description=_("Remove from the list"), permissions=["change"])
    def remove(self, request: HttpRequest, rows: QuerySet[DoNotCall]) -> None:
        agent: Any = request.user
        number = entries_remove(list(rows.values_list("pk", flat=True)), why="", by=agent)
        said = ngettext("%(count)d number was removed.", "%(count)d numbers were removed.", number)
        messages.success(request, said % {"count": number})

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.many_view)
        return [path("add-many/", view, name="routing_donotcall_many"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {"may_add": self.has_add_permission(request)} | (extra_context or {})
        return super().changelist_view(request, context)

    def many_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ManyForm(request.POST, request.FILES) if request.method == "POST" else ManyForm()
        added = None
        if form.is_bound and form.is_valid():
            values = form.cleaned_data
            names = ("reason", "source", "until", "channels", "override_by")
            common = Common(**{name: values[name] for name in names})
            agent: Any = request.user
            try:
                added = entries_add(values["text"], common, by=agent)
            except Unusable as error:
                form.add_error(None, str(error))
        context = self.admin_site.each_context(request) | {
            "title": gettext("Add many numbers"), "opts": self.opts, "form": form, "added": added,
        }  # fmt: skip
        return TemplateResponse(request, "admin/routing/do_not_call_many.html", context)
