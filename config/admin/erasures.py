from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.models import Erasure
from core.admin import ReadOnly
from core.languages import sentence


@admin.register(Erasure)
class ErasureAdmin(ReadOnly, admin.ModelAdmin[Erasure]):
    """That somebody was erased; of nobody who it was."""

    list_display = ["at", "by", "row_count", "at_twilio", "deleted_at_twilio"]
    list_select_related = ["by"]
    fields = ["at", "by", "what", "at_twilio", "deleted_at_twilio"]

    @admin.display(description=_("rows"))
    def row_count(self, erasure: Erasure) -> int:
        return sum(erasure.rows.values())

    @admin.display(description=_("rows"))
    def what(self, erasure: Erasure) -> str:
        return ", ".join(f"{count} {sentence(name)}" for name, count in erasure.rows.items()) or gettext("none")
