"""Spam rules in Django admin."""

from __future__ import annotations

from django.contrib import admin

from core.admin import SavesChanges
from routing.models import SpamRule


@admin.register(SpamRule)
class SpamRuleAdmin(SavesChanges, admin.ModelAdmin[SpamRule]):
    list_display = ["kind", "number", "action", "note", "is_active"]
    list_display_links = ["kind", "number"]
    list_filter = ["action", "is_active"]
    search_fields = ["number", "note"]
    fields = ["kind", "number", "action", "note", "is_active"]
