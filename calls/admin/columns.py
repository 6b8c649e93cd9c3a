"""What the pages of the call log share."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from calls.models import Call, CallResult
from calls.payloads import party_json
from core.text import in_sentence


class KnowsItsViewer:
    """Leaves on each object of a page who looks at it: what is shown goes by that, and fields know no request."""

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        found = super().get_object(request, object_id, from_field)  # type: ignore[misc]
        if found is not None:
            found.viewer = request.user
        return found


class CallColumns:
    """A call's facts as people read them: seconds count, and a duration is not a number."""

    @admin.display(description=_("began"), ordering="start_time")
    def began(self, call: Call) -> str:
        return time_text(call.start_time)

    @admin.display(description=_("answered"))
    def answered(self, call: Call) -> str:
        return time_text(call.answer_time)

    @admin.display(description=_("ended"))
    def ended(self, call: Call) -> str:
        return time_text(call.end_time)

    @admin.display(description=_("lasted"), ordering="duration")
    def lasted(self, call: Call) -> str:
        if call.duration is None:
            return "-"
        return length_text(call.duration)

    @admin.display(description=_("line"), ordering="line__name")
    def line_name(self, call: Call) -> str:
        return call.line.name if call.line else "-"

    @admin.display(description=_("other party"))
    def party(self, call: Call) -> SafeString:
        party = party_json(call)
        # A narrow column breaks between the two, and not inside a number.
        return format_html(
            '{} <span class="nowrap">{}</span>', in_sentence(party["name"]), in_sentence(party["display"])
        )

    @admin.display(description=_("result"), ordering="result")
    def result_word(self, call: Call) -> SafeString:
        word = call.get_result_display() or call.get_status_display()
        return format_html('<span class="tag {}">{}</span>', _TONES.get(call.result, ""), word)


_TONES: dict[str, str] = {
    CallResult.ANSWERED: "go",
    CallResult.REACHED: "go",
    CallResult.MISSED: "stop",
    CallResult.FAILED: "stop",
    CallResult.VOICEMAIL: "info",
}


def call_title(call: Call) -> str:
    """Who called whom, by their names where they are known."""
    party = party_json(call)
    theirs = in_sentence(party["name"] or party["display"])
    line = in_sentence(call.line.name) if call.line else ""
    if call.incoming:
        return f"{theirs} → {line or call.called}"
    return f"{call.agent or line or call.caller} → {theirs}"


def time_text(value: datetime | None) -> str:
    return date_format(localtime(value), "DATETIME_FORMAT") if value else "-"


def length_text(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}:{rest:02d}"


def call_link(sid: str) -> SafeString | str:
    """A link to the call, or leg, of this sid."""
    if not sid:
        return "-"
    return format_html('<a href="{}">…{}</a>', reverse("admin:calls_call_change", args=[sid]), sid[-6:])
