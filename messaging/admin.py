from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from messaging.group_sends import admin as group_sends_admin  # noqa: F401 (registers its pages)
from messaging.models import MessageWebhook


@admin.register(MessageWebhook)
class MessageWebhookAdmin(admin.ModelAdmin[MessageWebhook]):
    """Messages that came while something of ours had failed: somebody should answer them."""

    list_display = ["received_at", "sender", "recipient", "body", "error_code"]
    list_filter = [("error_code", admin.EmptyFieldListFilter)]
    search_fields = ["sender", "recipient", "body", "message_sid", "=error_code"]
    date_hierarchy = "received_at"
    fields = ["received_at", "sender", "recipient", "body", "error_code", "error_url", "message_sid"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
