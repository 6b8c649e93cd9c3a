from __future__ import annotations

from django.contrib import admin

from config.models import Erasure
from core.admin import ReadOnly


@admin.register(Erasure)
class ErasureAdmin(ReadOnly, admin.ModelAdmin[Erasure]):
    """That somebody was erased; of nobody who it was."""

    list_display = ["at", "by", "row_count", "at_twilio", "deleted_at_twilio"]
    list_select_related = ["by"]
    fields = ["at", "by", "what", "at_twilio", "deleted_at_twilio"]

    @admin.display(description="rows")
    def row_count(self, erasure: Erasure) -> int:
        return sum(erasure.rows.values())

    @admin.display(description="rows")
    def what(self, erasure: Erasure) -> str:
        return ", ".join(f"{count} {name}" for name, count in erasure.rows.items()) or "none"
