from __future__ import annotations

from django.contrib import admin

from calls.models import Line
from telephony.admin_forms import SavesChanges


@admin.register(Line)
class LineAdmin(SavesChanges, admin.ModelAdmin[Line]):
    list_display = ["name", "number", "team", "ring_seconds", "takes_voicemail", "is_active"]
    list_filter = ["team", "is_active"]
    list_select_related = ["team"]
    search_fields = ["name", "number"]
