from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from calls.models import Call, CallResult, Line, Recording, Webhook
from calls.serializers import party_of


class ReadOnly:
    """The log is what happened: nobody adds to it or changes it by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class CallColumns:
    """A call's facts as people read them: seconds count, and a duration is not a number."""

    @admin.display(description="began", ordering="start_time")
    def began(self, call: Call) -> str:
        return _time(call.start_time)

    @admin.display(description="answered")
    def answered(self, call: Call) -> str:
        return _time(call.answer_time)

    @admin.display(description="ended")
    def ended(self, call: Call) -> str:
        return _time(call.end_time)

    @admin.display(description="lasted", ordering="duration")
    def lasted(self, call: Call) -> str:
        if call.duration is None:
            return "-"
        minutes, seconds = divmod(call.duration, 60)
        return f"{minutes}:{seconds:02d}"

    @admin.display(description="line", ordering="line__name")
    def line_name(self, call: Call) -> str:
        return call.line.name if call.line else "-"

    @admin.display(description="other party")
    def party(self, call: Call) -> str:
        party = party_of(call)
        return f"{party['name']} {party['display']}".strip()

    @admin.display(description="outcome", ordering="result")
    def outcome(self, call: Call) -> SafeString:
        word = call.get_result_display() or call.get_status_display()
        return format_html('<span class="tag {}">{}</span>', _TONES.get(call.result, ""), word)


_TONES: dict[str, str] = {
    CallResult.ANSWERED: "go",
    CallResult.REACHED: "go",
    CallResult.MISSED: "stop",
    CallResult.FAILED: "stop",
    CallResult.VOICEMAIL: "info",
}


def _time(value: datetime | None) -> str:
    return localtime(value).strftime("%d %b %Y, %H:%M:%S") if value else "-"


@admin.register(Line)
class LineAdmin(admin.ModelAdmin[Line]):
    list_display = ["name", "number", "team", "ring_seconds", "takes_voicemail", "is_active"]
    list_filter = ["team", "is_active"]
    list_select_related = ["team"]
    search_fields = ["name", "number"]


class LegInline(ReadOnly, CallColumns, admin.TabularInline[Call, Call]):
    model = Call
    fk_name = "parent"
    verbose_name, verbose_name_plural = "leg", "legs"
    readonly_fields = ("called", "agent", "status", "began", "answered", "ended", "lasted")
    fields = readonly_fields
    show_change_link = True
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Call]:
        return super().get_queryset(request).select_related("agent").order_by("start_time", "sid")


class RecordingInline(ReadOnly, admin.TabularInline[Recording, Call]):
    model = Recording
    readonly_fields = ("created_at", "duration", "status", "sound")
    fields = readonly_fields
    extra = 0

    @admin.display(description="sound")
    def sound(self, recording: Recording) -> SafeString:
        url = reverse("api:recording", args=[recording.call_id, recording.sid])
        return format_html('<audio controls preload="none" src="{}"></audio>', url)


class RootFilter(admin.SimpleListFilter):
    """Calls as people count them, unless every leg is asked for."""

    title = "shown"
    parameter_name = "shown"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("legs", "Every leg")]

    def choices(self, changelist: Any) -> Any:
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": "Calls",
        }
        yield {
            "selected": self.value() == "legs",
            "query_string": changelist.get_query_string({self.parameter_name: "legs"}),
            "display": "Every leg",
        }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Call]) -> QuerySet[Call]:
        # Only the list is narrowed: a leg's own page is reached from its call.
        return queryset if self.value() == "legs" else queryset.filter(parent__isnull=True)


@admin.register(Call)
class CallAdmin(ReadOnly, CallColumns, admin.ModelAdmin[Call]):
    list_display = ["began", "way", "party", "line_name", "agent", "outcome", "lasted"]
    list_filter = [RootFilter, "status", "result", "direction", "line", "agent"]
    list_select_related = ["line", "agent", "contact"]
    search_fields = ["sid", "caller", "called", "contact__name", "caller_name"]
    date_hierarchy = "start_time"
    inlines = [LegInline, RecordingInline]
    fieldsets = [
        (None, {"fields": ["way", "caller", "called", "line", "agent", "status", "outcome", "problem"]}),
        ("When", {"fields": ["began", "answered", "ended", "lasted"]}),
        ("Who", {"fields": ["contact", "caller_name", "city", "state", "country", "stir_verstat", "forwarded_from"]}),
        ("What Twilio said", {"fields": ["timeline"]}),
        ("Small print", {"fields": ["sid", "parent", "direction", "sip_response_code", "error_code"]}),
    ]

    @admin.display(description="way", ordering="direction")
    def way(self, call: Call) -> str:
        if call.parent_id:
            return "Leg"
        return "Incoming" if call.incoming else "Outgoing"

    @admin.display(description="timeline")
    def timeline(self, call: Call) -> SafeString:
        sids = [call.sid, *call.legs.values_list("sid", flat=True)]
        rows = Webhook.objects.filter(call_sid__in=sids)
        body = format_html_join(
            "",
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>"
            "<td><details><summary>Fields</summary><pre>{}</pre></details></td></tr>",
            (
                (
                    localtime(row.received_at).strftime("%H:%M:%S.%f")[:-3],
                    row.kind,
                    row.call_status,
                    "this call" if row.call_sid == call.sid else f"leg …{row.call_sid[-6:]}",
                    row.get_verdict_display(),
                    json.dumps(_masked(row.params), indent=1, ensure_ascii=False, sort_keys=True),
                )
                for row in rows
            ),
        )
        if not body:
            return format_html("{}", "Twilio has said nothing of this call yet.")
        head = "<tr><th>Time</th><th>Route</th><th>Status</th><th>Of</th><th>Verdict</th><th>Fields</th></tr>"
        return format_html("<table><thead>{}</thead><tbody>{}</tbody></table>", SafeString(head), body)


def _masked(params: dict[str, Any]) -> dict[str, Any]:
    """The account's name is half of a credential: no page shows it."""
    return params | {"AccountSid": "AC…"} if "AccountSid" in params else params
