"""The flight recorder's raw rows: what Twilio sent, and what else happened."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.admin.columns import KnowsItsViewer, call_link
from calls.models import Call, CallEvent
from calls.recorder.masking import (
    MaskingPolicy,
    masking_policy_for,
    params_masked,
    text_masked,
    twiml_masked,
    value_masked,
)
from core.admin import ReadOnly, TimeFilter
from core.languages import sentence
from telephony.models import Webhook
from telephony.webhooks.kinds import all_kinds, kind_named


def _moment(value: datetime) -> str:
    at = localtime(value)
    return f"{date_format(at, 'DATETIME_FORMAT')}.{at.microsecond // 1000:03d}"


def _milliseconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f} ms"


def _policy(row: Webhook | CallEvent) -> MaskingPolicy:
    call = (
        Call.objects.filter(pk=row.sid if isinstance(row, Webhook) else row.call_sid).select_related("parent").first()
    )
    return masking_policy_for(row.viewer, (call.parent or call) if call else None)  # type: ignore[union-attr]


def _json(value: Any) -> SafeString:
    return _text(json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True))


def _text(value: str) -> SafeString:
    return format_html('<pre class="raw">{}</pre>', value) if value else format_html("{}", "-")


class RouteFilter(admin.SimpleListFilter):
    """The kinds that there are: to ask the table which it holds would read all of it."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind.name, kind.name) for kind in all_kinds() if kind.may_be_read_by(request.user)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> QuerySet[Webhook]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Webhook)
class WebhookAdmin(ReadOnly, KnowsItsViewer, admin.ModelAdmin[Webhook]):
    """Every request of Twilio's, as it came."""

    list_display = ["received", "kind", "status", "call", "verdict_tag", "took", "problem"]
    list_display_links = ["received"]
    list_filter = [RouteFilter, "verdict", ("received_at", TimeFilter)]
    search_fields = ["=sid"]
    search_help_text = _("A CallSid or MessageSid, in full.")
    show_full_result_count = False
    ordering = ["-received_at", "-pk"]
    fieldsets = [
        (None, {"fields": ["received", "kind", "call", "status", "sequence_number", "verdict_tag", "took"]}),
        (_("What failed"), {"fields": ["failed"]}),
        (_("Fields"), {"fields": ["sent"]}),
        (_("Our answer"), {"fields": ["answered"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Webhook]:
        """Without those whose contents are for others: a text is read by who may read texts."""
        hidden = [kind.name for kind in all_kinds() if not kind.may_be_read_by(request.user)]
        rows: QuerySet[Webhook] = super().get_queryset(request)
        return rows.exclude(kind__in=hidden) if hidden else rows

    @admin.display(description=_("received"), ordering="received_at")
    def received(self, row: Webhook) -> str:
        return _moment(row.received_at)

    @admin.display(description=_("call or text"), ordering="sid")
    def call(self, row: Webhook) -> SafeString | str:
        kind = kind_named(row.kind)
        if kind is None or kind.is_about_a_call:
            return call_link(row.sid)
        return f"…{row.sid[-6:]}" if row.sid else "-"

    @admin.display(description=_("verdict"), ordering="verdict")
    def verdict_tag(self, row: Webhook) -> SafeString:
        tones = {Webhook.Verdict.FAILED: "stop", Webhook.Verdict.UNUSABLE: "stop"}
        return format_html(
            '<span class="tag {}">{}</span>', tones.get(Webhook.Verdict(row.verdict), ""), row.get_verdict_display()
        )

    @admin.display(description=_("took"), ordering="milliseconds")
    def took(self, row: Webhook) -> str:
        return _milliseconds(row.milliseconds)

    @admin.display(description=_("what failed"))
    def failed(self, row: Webhook) -> str:
        return text_masked(row.problem, _policy(row)) or gettext("Nothing.")

    @admin.display(description=_("fields"))
    def sent(self, row: Webhook) -> SafeString:
        return _json(params_masked(row.params, _policy(row)) if isinstance(row.params, dict) else {})

    @admin.display(description="TwiML")
    def answered(self, row: Webhook) -> SafeString:
        return _text(twiml_masked(row.answer, _policy(row)) if row.answer else "")


class KindFilter(admin.SimpleListFilter):
    """Our own failures, unless something else is asked for: they are what one looks for here."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("rest", gettext("Requests to Twilio")),
            ("action", gettext("Agents' actions")),
            ("all", gettext("Everything")),
        ]

    def choices(self, changelist: Any) -> Any:
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": gettext("Failures of our own"),
        }
        yield from list(super().choices(changelist))[1:]

    def queryset(self, request: HttpRequest, queryset: QuerySet[CallEvent]) -> QuerySet[CallEvent]:
        if self.value() == "all":
            return queryset
        return queryset.filter(kind=self.value() or CallEvent.Kind.INCIDENT)


@admin.register(CallEvent)
class CallEventAdmin(ReadOnly, KnowsItsViewer, admin.ModelAdmin[CallEvent]):
    """What failed of ours, what we asked of Twilio, what agents did."""

    list_display = ["happened", "call", "kind", "name", "what_came", "agent", "took"]
    list_display_links = ["happened"]
    list_filter = [KindFilter, ("at", TimeFilter)]
    list_select_related = ["agent"]
    search_fields = ["=call_sid"]
    search_help_text = _("A CallSid, in full.")
    show_full_result_count = False
    ordering = ["-at", "-pk"]
    fields = ["happened", "kind", "name", "what_came", "call", "agent", "took", "more"]

    @admin.display(description=_("happened"), ordering="at")
    def happened(self, event: CallEvent) -> str:
        return _moment(event.at)

    @admin.display(description=_("call"), ordering="call_sid")
    def call(self, event: CallEvent) -> SafeString | str:
        return call_link(event.call_sid)

    @admin.display(description=_("took"), ordering="milliseconds")
    def took(self, event: CallEvent) -> str:
        return _milliseconds(event.milliseconds)

    @admin.display(description=_("outcome"), ordering="outcome")
    def what_came(self, event: CallEvent) -> str:
        return sentence(event.outcome) or "-"

    @admin.display(description=_("detail"))
    def more(self, event: CallEvent) -> SafeString:
        policy = _policy(event)
        detail = dict(event.detail) if isinstance(event.detail, dict) else {"detail": event.detail}
        if isinstance(detail.get("answer"), str):
            detail["answer"] = twiml_masked(detail["answer"], policy)
        return _json(value_masked(detail, policy))
