from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from calls.models import Call, Line, Recording, StatusCallback


class ReadOnly:
    """The log is what happened: nobody adds to it or changes it by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Line)
class LineAdmin(admin.ModelAdmin[Line]):
    list_display = ["name", "number", "team", "ring_seconds", "takes_voicemail", "is_active"]
    list_filter = ["team", "is_active"]
    list_select_related = ["team"]
    search_fields = ["name", "number"]


class LegInline(ReadOnly, admin.TabularInline[Call, Call]):
    model = Call
    fk_name = "parent"
    verbose_name, verbose_name_plural = "leg", "legs"
    readonly_fields = [
        "sid",
        "called",
        "agent",
        "status",
        "start_time",
        "answer_time",
        "end_time",
        "duration",
    ]
    fields = tuple(readonly_fields)
    show_change_link = True
    extra = 0


class RecordingInline(ReadOnly, admin.TabularInline[Recording, Call]):
    model = Recording
    readonly_fields = ["sid", "status", "duration", "created_at"]
    fields = tuple(readonly_fields)
    extra = 0


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
class CallAdmin(ReadOnly, admin.ModelAdmin[Call]):
    list_display = ["start_time", "way", "caller", "called", "line", "agent", "status", "result", "duration"]
    list_filter = [RootFilter, "status", "result", "direction", "line", "agent"]
    list_select_related = ["line", "agent"]
    search_fields = ["sid", "caller", "called", "contact__name", "caller_name"]
    date_hierarchy = "start_time"
    inlines = [LegInline, RecordingInline]
    fieldsets = [
        (None, {"fields": ["sid", "way", "caller", "called", "status", "result", "problem"]}),
        ("When", {"fields": ["start_time", "answer_time", "end_time", "duration"]}),
        ("Who", {"fields": ["agent", "line", "contact", "caller_name", "city", "state", "country", "stir_verstat"]}),
        ("What Twilio said", {"fields": ["timeline"]}),
        ("Small print", {"fields": ["parent", "account_sid", "direction", "sip_response_code", "error_code"]}),
    ]

    @admin.display(description="way", ordering="direction")
    def way(self, call: Call) -> str:
        if call.parent_id:
            return "Leg"
        return "Incoming" if call.incoming else "Outgoing"

    @admin.display(description="timeline")
    def timeline(self, call: Call) -> SafeString:
        sids = [call.sid, *call.legs.values_list("sid", flat=True)]
        rows = StatusCallback.objects.filter(call_sid__in=sids)
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
                    json.dumps(row.params, indent=1, ensure_ascii=False, sort_keys=True),
                )
                for row in rows
            ),
        )
        if not body:
            return format_html("{}", "Twilio has said nothing of this call yet.")
        head = "<tr><th>Time</th><th>Route</th><th>Status</th><th>Of</th><th>Verdict</th><th>Fields</th></tr>"
        return format_html("<table><thead>{}</thead><tbody>{}</tbody></table>", SafeString(head), body)
