from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contacts.exports import contacts_as_csv
from contacts.group_admin import GroupAdmin
from contacts.import_admin import ImportsContacts
from contacts.models import (
    MOST_OWN,
    BlockedNumber,
    Consent,
    Contact,
    ContactField,
    ContactMerge,
    ContactNote,
    ContactNumber,
)
from core.admin import ReadOnly, SavesChanges, SavesChangesInline
from core.folding import SearchesFolded

__all__ = ["GroupAdmin"]

CONTACT_FIELDS = ["name", "company", "email", "note", "owner", "language", "time_zone"]
OWN_PREFIX = "own_"


class ContactNumberInline(SavesChangesInline):
    model = ContactNumber
    fields = [("number", "extension", "label", "line_type")]
    extra = 1


class ContactNoteInline(ReadOnly, admin.StackedInline):  # type: ignore[type-arg]
    """Written at the desk, where it is said who wrote them."""

    model = ContactNote
    fields = (("at", "author"), "text")
    readonly_fields = ("at", "author", "text")
    extra = 0


class ContactForm(forms.ModelForm):  # type: ignore[type-arg]
    """With a field for each own field, instead of their JSON."""

    class Meta:
        model = Contact
        fields = CONTACT_FIELDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields:
            if name.startswith(OWN_PREFIX):
                self.initial.setdefault(name, self.instance.own.get(name.removeprefix(OWN_PREFIX), ""))

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        own = {
            name.removeprefix(OWN_PREFIX): str(cleaned[name]).strip()
            for name in cleaned
            if name.startswith(OWN_PREFIX) and name in self.changed_data
        }
        if own:
            self.instance.own = {key: text for key, text in (self.instance.own | own).items() if text}
        return cleaned


@admin.register(Contact)
class ContactAdmin(ImportsContacts, SearchesFolded, SavesChanges, admin.ModelAdmin[Contact]):
    form = ContactForm
    list_display = ["name", "company", "number_list", "email", "owner", "updated_at"]
    list_filter = ["groups", "owner"]
    search_fields = ["searched", "email", "numbers__number"]
    search_help_text = _("Name, company, e-mail or number")
    inlines = [ContactNumberInline, ContactNoteInline]
    readonly_fields = ["created_at", "updated_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Contact]:
        return super().get_queryset(request).select_related("owner").prefetch_related("numbers")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        own = {
            f"{OWN_PREFIX}{row.key}": forms.CharField(label=row.name, required=False, max_length=MOST_OWN)
            for row in ContactField.objects.all()
        }
        kwargs["form"] = type("ContactForm", (ContactForm,), own)
        # Not among the model's: what Django asks the model for leaves them out.
        kwargs["fields"] = [name for name in CONTACT_FIELDS if name not in self.readonly_fields]
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        own = [f"{OWN_PREFIX}{row.key}" for row in ContactField.objects.all()]
        sets: list[Any] = [(None, {"fields": CONTACT_FIELDS})]
        if own:
            sets.append((_("Own fields"), {"fields": own}))
        return [*sets, (_("History"), {"fields": self.readonly_fields})]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and any(name.startswith(OWN_PREFIX) for name in form.changed_data):
            obj.save(update_fields=["own", "updated_at"])

    @admin.display(description=_("numbers"))
    def number_list(self, contact: Contact) -> str:
        return ", ".join(str(number) for number in contact.numbers.all())

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.export_view)
        return [path("export/", view, name="contacts_contact_export"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(
            request, {"may_export": self.has_view_permission(request)} | (extra_context or {})
        )

    def export_view(self, request: HttpRequest) -> StreamingHttpResponse:
        """What the list shows, as it is searched and filtered."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = self.get_changelist_instance(request).get_queryset(request)
        contacts = Contact.objects.filter(pk__in=found.order_by().values("pk"))
        answer = StreamingHttpResponse(contacts_as_csv(contacts), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="contacts.csv"'
        return answer


@admin.register(ContactField)
class ContactFieldAdmin(SavesChanges, admin.ModelAdmin[ContactField]):
    list_display = ["name", "key", "position"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # Contacts hold their values by it.
        return ["key"] if obj else []

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {}


def _what_blocking_does(request: HttpRequest) -> str:
    """And what it does not do: whoever blocks a number mostly means its calls. With the way there for whoever may."""
    text = gettext("Ringdesk neither calls nor texts these numbers. To refuse their calls, make a spam rule.")
    # By its name: what stands above knows nothing of lines and their rules.
    if not request.user.has_perm("routing.add_spamrule"):
        return text
    address = reverse("admin:routing_spamrule_add")
    return format_html('{} <a href="{}">{}</a>', text, address, gettext("Add a spam rule"))


@admin.register(BlockedNumber)
class BlockedNumberAdmin(SavesChanges, admin.ModelAdmin[BlockedNumber]):
    change_list_template = "admin/contacts/blockednumber/change_list.html"
    list_display = ["number", "reason", "blocked_by", "at"]
    search_fields = ["number", "reason"]
    readonly_fields = ["blocked_by", "at"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        # Who blocked it, and when, is known once it is.
        fields = ["number", "reason", *(self.readonly_fields if obj else [])]
        return [(None, {"fields": fields, "description": _what_blocking_does(request)})]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "number":
            kwargs["help_text"] = _("With + and the country's code, like +12025550142.")
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        told = {"what_blocking_does": _what_blocking_does(request)}
        return super().changelist_view(request, told | (extra_context or {}))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.blocked_by = request.user
        super().save_model(request, obj, form, change)


@admin.register(Consent)
class ConsentAdmin(ReadOnly, admin.ModelAdmin[Consent]):
    """What was said is kept as it was said; somebody who changes their mind says so anew."""

    list_display = ["number", "sender", "state", "source", "note", "recorded_by", "at"]
    list_filter = ["state", "source"]
    search_fields = ["number"]


@admin.register(ContactMerge)
class ContactMergeAdmin(ReadOnly, admin.ModelAdmin[ContactMerge]):
    list_display = ["gone_name", "survivor", "by", "at"]
    exclude = ["kept"]
