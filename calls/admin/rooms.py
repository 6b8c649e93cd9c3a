"""Who was in a call, how, and by whom it was handed over: the room's page, reached from its call's."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.admin.columns import call_link, length_text, time_text
from calls.models import Participant, Room, Transfer
from core.admin import ReadOnly
from core.languages import sentence
from core.text import in_sentence
from telephony.party import is_withheld


class ParticipantInline(ReadOnly, admin.TabularInline[Any, Room]):
    model = Participant
    template = "admin/calls/rows.html"
    extra = 0
    readonly_fields = ("who", "role", "how", "state", "came", "left", "leg")
    fields = readonly_fields

    @admin.display(description=_("who"))
    def who(self, one: Participant) -> str:
        if one.agent is not None:
            return str(one.agent.name)
        number = gettext("Number withheld") if is_withheld(one.number) else one.number
        return " ".join(in_sentence(part) for part in (one.name, number) if part) or "-"

    @admin.display(description=_("how"))
    def how(self, one: Participant) -> str:
        """What a supervisor did, or does; that somebody is on hold or muted, or why somebody did not come."""
        parts = [one.get_mode_display()] if one.is_supervisor else []
        if one.takes_over and not one.is_supervisor:
            parts.append(gettext("Took the call over"))
        if one.held:
            parts.append(gettext("On hold since %(time)s") % {"time": time_text(one.held_since)})
        if one.muted and not one.is_supervisor:
            parts.append(gettext("Muted"))
        if one.problem:
            parts.append(sentence(one.problem))
        return ", ".join(str(part) for part in parts) or "-"

    @admin.display(description=_("came"))
    def came(self, one: Participant) -> str:
        return time_text(one.joined_at)

    @admin.display(description=_("left"))
    def left(self, one: Participant) -> str:
        return time_text(one.left_at)

    @admin.display(description=_("leg"))
    def leg(self, one: Participant) -> SafeString | str:
        return call_link(one.leg_sid) if one.leg_sid else "-"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Participant]:
        return super().get_queryset(request).select_related("agent").order_by("pk")


@admin.register(Room)
class RoomAdmin(ReadOnly, admin.ModelAdmin[Room]):
    inlines = [ParticipantInline]
    fieldsets = [
        (None, {"fields": ["of_call", "state", "opened", "held", "transfers"]}),
        (_("Small print"), {"fields": ["conference_sid", "name", "child_sid"]}),
    ]
    search_fields = ["call__sid", "conference_sid"]

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        """On no menu: whoever wants it comes from the call."""
        return {}

    @admin.display(description=_("call"))
    def of_call(self, room: Room) -> SafeString | str:
        return call_link(room.pk)

    @admin.display(description=_("created at"))
    def opened(self, room: Room) -> str:
        return time_text(room.created_at)

    @admin.display(description=_("on hold"))
    def held(self, room: Room) -> str:
        return length_text(room.held_seconds)

    @admin.display(description=_("transfers"))
    def transfers(self, room: Room) -> SafeString | str:
        found = Transfer.objects.filter(call=room.pk).select_related("from_agent", "to_agent", "to_team")
        return format_html_join(SafeString("<br>"), "{}", ((transfer_words(one),) for one in found)) or "-"


class TransferInline(ReadOnly, admin.TabularInline[Any, Any]):
    """On the page of the call that was handed over."""

    model = Transfer
    template = "admin/calls/rows.html"
    extra = 0
    readonly_fields = ("at", "giver", "taker", "mode", "state", "why")
    fields = readonly_fields

    @admin.display(description=_("when"))
    def at(self, transfer: Transfer) -> str:
        return time_text(transfer.created_at)

    @admin.display(description=_("from"))
    def giver(self, transfer: Transfer) -> str:
        return transfer.from_agent.name if transfer.from_agent else "-"

    @admin.display(description=_("to"))
    def taker(self, transfer: Transfer) -> str:
        return _taker(transfer)

    @admin.display(description=_("problem"))
    def why(self, transfer: Transfer) -> str:
        return sentence(transfer.problem) or "-"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Transfer]:
        return super().get_queryset(request).select_related("from_agent", "to_agent", "to_team").order_by("pk")


def _taker(transfer: Transfer) -> str:
    if transfer.to_agent is not None:
        return str(transfer.to_agent.name)
    if transfer.to_team is not None:
        return str(transfer.to_team.name)
    return " ".join(in_sentence(part) for part in (transfer.to_name, transfer.to_number) if part) or "-"


def transfer_words(transfer: Transfer) -> str:
    return gettext("%(time)s: %(giver)s to %(taker)s, %(mode)s: %(state)s") % {
        "time": time_text(transfer.created_at),
        "giver": in_sentence(transfer.from_agent.name) if transfer.from_agent else "-",
        "taker": _taker(transfer),
        "mode": transfer.get_mode_display(),
        "state": transfer.get_state_display(),
    }


def room_link(sid: str) -> SafeString | str:
    """To the page of a call's room; "-" when it was in none."""
    if not Room.objects.filter(pk=sid).exists():
        return "-"
    url = reverse("admin:calls_room_change", args=[sid])
    return format_html('<a href="{}">{}</a>', url, gettext("Who was in it, and how"))
