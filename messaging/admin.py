from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.admin import ReadOnly, SavesChanges
from messaging.group_sends import admin as group_sends_admin  # noqa: F401 (registers its pages)
from messaging.models import Message, MessageWebhook, MissedCallText, ReadyText, Thread
from messaging.placeholders import fields_in


@admin.register(MessageWebhook)
class MessageWebhookAdmin(admin.ModelAdmin[MessageWebhook]):
    """Texts that came while something of ours had failed, or to a number that is no line: somebody should answer
    them."""

    list_display = ["received_at", "kind", "sender", "recipient", "body", "error_code"]
    list_filter = ["kind", ("error_code", admin.EmptyFieldListFilter)]
    search_fields = ["sender", "recipient", "body", "message_sid", "=error_code"]
    date_hierarchy = "received_at"
    fields = ["received_at", "kind", "sender", "recipient", "body", "error_code", "error_url", "message_sid"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ReadyText)
class ReadyTextAdmin(SavesChanges, admin.ModelAdmin[ReadyText]):
    """Texts that agents choose rather than write."""

    list_display = ["name", "body", "line", "position"]
    list_filter = ["line"]
    list_select_related = ["line"]
    search_fields = ["name", "body"]


class MissedCallTextForm(forms.ModelForm[MissedCallText]):
    class Meta:
        model = MissedCallText
        fields = ["line", "is_on", "body", "begins_at", "ends_at"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # Known only now: the field's own help is of every server.
        zone = gettext("As the clock stands in %(zone)s.") % {"zone": settings.TIME_ZONE}
        for name in ("begins_at", "ends_at"):
            if name in self.fields:
                self.fields[name].help_text = f"{self.fields[name].help_text} {zone}"

    def clean_body(self) -> str:
        body = str(self.cleaned_data["body"])
        if named := fields_in(body):
            # Most who called in vain are no contacts.
            raise ValidationError(
                gettext("Nothing is filled in here: write it without {%(name)s}.") % {"name": named[0]}
            )
        return body

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("begins_at") is not None and cleaned.get("begins_at") == cleaned.get("ends_at"):
            self.add_error("ends_at", gettext("The hours end when they begin."))
        return cleaned


@admin.register(MissedCallText)
class MissedCallTextAdmin(SavesChanges, admin.ModelAdmin[MissedCallText]):
    """What lines write by themselves to somebody whose call nobody answered."""

    form = MissedCallTextForm
    list_display = ["line", "is_on", "body", "begins_at", "ends_at"]
    list_select_related = ["line"]


class MessageInline(ReadOnly, admin.TabularInline[Message, Thread]):
    """The newest of a thread's texts."""

    model = Message
    fields = readonly_fields = ("created_at", "direction", "body", "step", "status", "error_code", "written_by")
    ordering = ["-pk"]
    extra = 0
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        messages = super().get_queryset(request)
        thread = request.resolver_match.kwargs.get("object_id") if request.resolver_match else None
        newest = Message.objects.filter(thread=thread if str(thread).isdigit() else None).order_by("-pk")
        return messages.filter(pk__in=list(newest.values_list("pk", flat=True)[:_MOST_SHOWN]))


_MOST_SHOWN = 100


@admin.register(Thread)
class ThreadAdmin(ReadOnly, admin.ModelAdmin[Thread]):
    """What was written, to look at: texts are answered at the desk."""

    list_display = ["number", "line", "last_text", "assigned_to", "unread", "last_at"]
    list_filter = ["line"]
    list_select_related = ["line", "assigned_to", "last_message"]
    search_fields = ["number"]
    date_hierarchy = "last_at"
    fields = ["number", "line", "assigned_to", "unread", "last_at"]
    inlines = [MessageInline]

    @admin.display(description=_("last message"))
    def last_text(self, thread: Thread) -> str:
        return thread.last_message.body[:80] if thread.last_message else ""
