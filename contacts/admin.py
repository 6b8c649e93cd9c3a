from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from contacts.import_admin import ImportsContacts
from contacts.models import Contact, ContactNumber
from core.admin import SavesChanges, SavesChangesInline
from core.folding import SearchesFolded


class ContactNumberInline(SavesChangesInline):
    model = ContactNumber
    fields = [("number", "extension", "label")]
    extra = 1


@admin.register(Contact)
class ContactAdmin(ImportsContacts, SearchesFolded, SavesChanges, admin.ModelAdmin[Contact]):
    list_display = ["name", "company", "number_list", "email", "updated_at"]
    search_fields = ["searched", "email", "numbers__number"]
    search_help_text = _("Name, company, e-mail or number")
    inlines = [ContactNumberInline]
    readonly_fields = ["created_at", "updated_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Contact]:
        return super().get_queryset(request).prefetch_related("numbers")

    @admin.display(description=_("numbers"))
    def number_list(self, contact: Contact) -> str:
        return ", ".join(str(number) for number in contact.numbers.all())
