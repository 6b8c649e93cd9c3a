from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.admin.columns import CallColumns, KnowsItsViewer, call_link, call_title, length_text, time_text
from calls.admin.rooms import TransferInline, room_link
from calls.had_by import had_by
from calls.handling_payloads import held_seconds
from calls.log.to_do import missed_to_call_back, voicemail_unheard
from calls.models import Call, CallQuality, Recording, RecordingPlay
from calls.quality.words import figures_text, quality_summary, warning_text
from calls.recorder.timeline import call_timeline
from core.admin import ReadOnly
from core.folding import SearchesFolded
from core.languages import sentence
from core.text import in_sentence


class RowsInline(ReadOnly, admin.TabularInline[Any, Call]):
    """A table of what belongs to a call; not there while there is nothing."""

    template = "admin/calls/rows.html"
    extra = 0


class LegInline(CallColumns, RowsInline):
    model = Call
    fk_name = "parent"
    verbose_name, verbose_name_plural = _("leg"), _("legs")
    readonly_fields = ("leg", "called", "agent", "status", "began", "answered", "ended", "lasted")
    fields = readonly_fields

    @admin.display(description=_("leg"))
    def leg(self, call: Call) -> SafeString | str:
        return call_link(call.sid)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Call]:
        return super().get_queryset(request).select_related("agent").order_by("start_time", "sid")


class RecordingInline(RowsInline):
    model = Recording
    readonly_fields = ("sound", "created_at", "duration", "status")
    fields = readonly_fields

    @admin.display(description=_("sound"))
    def sound(self, recording: Recording) -> SafeString:
        url = reverse("api:recording", args=[recording.call_id, recording.sid])
        return format_html('<audio controls preload="none" src="{}"></audio>', url)


class PlayInline(RowsInline):
    model = RecordingPlay
    readonly_fields = ("agent", "began", "recording")
    fields = readonly_fields

    @admin.display(description=_("when"))
    def began(self, play: RecordingPlay) -> str:
        return time_text(play.at)

    def get_queryset(self, request: HttpRequest) -> QuerySet[RecordingPlay]:
        return super().get_queryset(request).select_related("agent", "recording")


class QualityInline(RowsInline):
    model = CallQuality
    readonly_fields = ("agent", "sounded", "means", "warned", "measured", "devices")
    fields = readonly_fields

    @admin.display(description=_("how it sounded"))
    def sounded(self, quality: CallQuality) -> str:
        return quality_summary(quality)

    @admin.display(description=_("means"))
    def means(self, quality: CallQuality) -> str:
        return figures_text(quality) or "-"

    @admin.display(description=_("warned of"))
    def warned(self, quality: CallQuality) -> str:
        return "; ".join(warning_text(one) for one in quality.warnings) or "-"

    @admin.display(description=_("measured"))
    def measured(self, quality: CallQuality) -> str:
        length = length_text(quality.seconds)
        if quality.is_complete:
            return length
        return gettext("%(length)s, until its page went away") % {"length": length}

    @admin.display(description=_("with"))
    def devices(self, quality: CallQuality) -> str:
        parts = (quality.microphone, quality.speaker, quality.network, quality.edge, quality.codec)
        return ", ".join(dict.fromkeys(part for part in parts if part)) or "-"

    def get_queryset(self, request: HttpRequest) -> QuerySet[CallQuality]:
        return super().get_queryset(request).select_related("agent")


class RootFilter(admin.SimpleListFilter):
    """Calls as people count them, unless every leg is asked for."""

    title = _("shown")
    parameter_name = "shown"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("legs", gettext("Every leg"))]

    def choices(self, changelist: Any) -> Any:
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": gettext("Calls"),
        }
        yield {
            "selected": self.value() == "legs",
            "query_string": changelist.get_query_string({self.parameter_name: "legs"}),
            "display": gettext("Every leg"),
        }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Call]) -> QuerySet[Call]:
        # Only the list is narrowed: a leg's own page is reached from its call.
        return queryset if self.value() == "legs" else queryset.filter(parent__isnull=True)


class ToDoFilter(admin.SimpleListFilter):
    """What the home page counts, call by call."""

    title = _("what needs doing")
    parameter_name = "todo"
    _PARTS = {"call-back": missed_to_call_back, "unheard": voicemail_unheard}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("call-back", _("Missed, not called back")), ("unheard", _("Voicemail not heard"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Call]) -> QuerySet[Call]:
        part = self._PARTS.get(self.value() or "")
        return part(queryset) if part else queryset


_WHOSE = ("line", "led_to", "agent", "colleague")


@admin.register(Call)
class CallAdmin(SearchesFolded, ReadOnly, KnowsItsViewer, CallColumns, admin.ModelAdmin[Call]):
    # What capabilities above the log say of a call: each a function of it, with a description as admin has them.
    said_by_others: ClassVar[list[Callable[[Call], Any]]] = []
    list_display = ["began", "way", "party", "line_name", "agent", "result_word", "lasted"]
    list_filter = [RootFilter, ToDoFilter, "result", "line", "agent"]
    search_fields = ["sid", "caller", "called", "contact__searched", "searched_name", "searched_note"]
    search_help_text = _("Name, company, number, note or CallSid")
    date_hierarchy = "start_time"
    inlines = [LegInline, TransferInline, RecordingInline, PlayInline, QualityInline]
    fieldsets = [
        (None, {"fields": ["way", "caller", "called", *_WHOSE, "result_word", "why", "room"]}),
        (_("What happened"), {"fields": ["timeline"]}),
        (_("What the agent noted"), {"fields": ["agent_outcome", "note"]}),
        (_("When"), {"fields": ["began", "answered", "ended", "lasted", "waited", "held", "agents"]}),
        (
            _("Who"),
            {
                "fields": [
                    "contact",
                    "caller_name",
                    "city",
                    "state",
                    "country",
                    "stir_verstat",
                    "spam",
                    "forwarded_from",
                ]
            },
        ),
        (_("Small print"), {"fields": ["sid", "parent", "status", "sip_response_code", "error_code"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Call]:
        # Joined: of a call whose contact, line or agent is gone, that is nobody; looked up, it would be an error.
        return super().get_queryset(request).select_related(*_WHOSE, "contact")

    def get_fieldsets(self, request: HttpRequest, obj: Call | None = None) -> Any:
        first, *others = super().get_fieldsets(request, obj)
        return [(first[0], {**first[1], "fields": [*first[1]["fields"], *self.said_by_others]}), *others]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        call = self.get_object(request, unquote(object_id))
        titles = {"title": f"{_kind(call)}: {call_title(call)}", "subtitle": None} if call else {}
        return super().change_view(request, object_id, form_url, {**titles, **(extra_context or {})})

    @admin.display(description=_("way"), ordering="direction")
    def way(self, call: Call) -> str:
        if call.parent_id:
            return gettext("Leg")
        if call.is_internal:
            return gettext("Internal")
        return gettext("Incoming") if call.incoming else gettext("Outgoing")

    @admin.display(description=_("what happened"))
    def timeline(self, call: Call) -> SafeString:
        entries = call_timeline(call, viewer=call.viewer)  # type: ignore[attr-defined]
        return render_to_string("admin/calls/timeline.html", {"entries": entries})

    @admin.display(description=_("problem"))
    def why(self, call: Call) -> str:
        return sentence(call.problem) or "-"

    @admin.display(description=_("conference"))
    def room(self, call: Call) -> SafeString | str:
        return room_link(call.sid)

    @admin.display(description=_("on hold"))
    def held(self, call: Call) -> str:
        return length_text(held_seconds(call)) if call.is_handled else "-"

    @admin.display(description=_("agents"))
    def agents(self, call: Call) -> SafeString | str:
        """Who had it, in order, and when."""
        had = [] if call.parent_id else had_by(call, call.legs.select_related("agent").order_by("start_time", "sid"))
        lines = ((f"{in_sentence(one.agent.name)}: {time_text(one.since)} – {time_text(one.until)}",) for one in had)
        return format_html_join(SafeString("<br>"), "{}", lines) or "-"

    @admin.display(description=_("outcome"))
    def agent_outcome(self, call: Call) -> str:
        return call.get_outcome_display() or "-"


def _kind(call: Call) -> str:
    if call.parent_id:
        return gettext("Leg")
    if call.is_internal:
        return gettext("Internal call")
    return gettext("Incoming call") if call.incoming else gettext("Outgoing call")
