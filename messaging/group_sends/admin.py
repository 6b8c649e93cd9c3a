"""Group sends and senders in Django admin. Sends are written and started at the desk."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from core.admin import SavesChanges
from messaging.models import GroupSend, Sender


@admin.register(GroupSend)
class GroupSendAdmin(admin.ModelAdmin[GroupSend]):
    list_display = ["created_at", "title", "line", "state", "started_by", "started_at", "finished_at"]
    list_filter = ["state", "line"]
    list_select_related = ["line", "started_by"]
    search_fields = ["title", "body"]
    date_hierarchy = "created_at"
    fields = [
        *("title", "line", "body", "state", "problem", "scheduled_for", "keeps_hours", "hours_from", "hours_until"),
        *("written_by", "created_at", "started_by", "started_at", "finished_at"),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


_MOST_SEGMENTS = 1000.0


@admin.register(Sender)
class SenderAdmin(SavesChanges, admin.ModelAdmin[Sender]):
    """How fast each may send, where something was agreed with Twilio."""

    list_display = ["name", "segments_per_second", "slow_until"]
    search_fields = ["name"]
    fields = ["name", "segments_per_second", "free_at", "slow_until", "asked_at"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        # More than Twilio agrees to with anybody: with such a rate, nothing would wait for its turn any more.
        bounds = {"max_value": _MOST_SEGMENTS} if db_field.name == "segments_per_second" else {}
        return super().formfield_for_dbfield(db_field, request, **kwargs, **bounds)

    def get_readonly_fields(self, request: HttpRequest, obj: Sender | None = None) -> list[str]:
        return ["free_at", "slow_until", "asked_at", *(["name"] if obj else [])]
