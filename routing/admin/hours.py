"""Opening hours in Django admin: the week as spans, dates, holidays, and a switch."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.admin import SavesChanges
from core.languages import language_now, sentence
from routing.facts import hours_of
from routing.holidays import holiday_of, places
from routing.hour_texts import DAYS, HoursError, dates_read, week_read
from routing.hours import FIRST_YEAR, LAST_YEAR, Hours, Why
from routing.meeting import why_said
from routing.models import OpeningHours
from routing.usage import routes_using
from telephony.numbers import time_zones

_SHOWN = timedelta(days=366)
_SWITCH = frozenset({"switched", "switched_until", "switched_why"})


class HoursForm(forms.ModelForm[OpeningHours]):
    class Meta:
        model = OpeningHours
        fields = [
            *("name", "time_zone", "week", "switched", "switched_until", "switched_why"),
            *("country", "subdivision", "dates"),
        ]
        widgets = {
            "week": forms.Textarea(attrs={"rows": 4}),
            "dates": forms.Textarea(attrs={"rows": 4}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.was_over = "switched" in self.fields and self.instance.is_switch_over(timezone.now())
        if self.was_over:
            # The week applies by itself again: who means the same switch once more chooses it anew.
            self.initial.update(switched="", switched_until=None, switched_why="")
        elif "switched_until" in self.fields and self.instance.switched_until:
            # As a clock there shows it, which is how it is written and read.
            self.initial["switched_until"] = self.instance.switched_until.astimezone(
                _zone(self.instance.time_zone)
            ).replace(tzinfo=None)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if _is_never_open(cleaned) and (routes := routes_using("hours", self.instance.pk)):
            names = ", ".join(map(str, routes))
            self.add_error("week", _("Open on no day, and routes need it: %(names)s.") % {"names": names})
        until = cleaned.get("switched_until")
        if until is not None and not FIRST_YEAR <= until.year <= LAST_YEAR:
            # Whoever means for ever leaves it empty.
            self.add_error("switched_until", _("Choose a year from 1970 to 2199."))
            return cleaned
        if until is not None:
            until = until.replace(tzinfo=_zone(cleaned.get("time_zone") or self.instance.time_zone))
            cleaned["switched_until"] = until
        if not cleaned.get("switched"):
            # What belongs to no switch would end the next one.
            cleaned |= {"switched_until": None, "switched_why": ""}
        elif until is not None and until <= timezone.now():
            self.add_error("switched_until", _("This time is over. Choose a later one, or none."))
        return cleaned


def _is_never_open(cleaned: dict[str, Any]) -> bool:
    """What a route that is saved with them would be refused for."""
    try:
        week, dates = week_read(cleaned["week"]), dates_read(cleaned["dates"])
    except (KeyError, HoursError):
        return False
    return not any(week) and not any(own.spans for own in dates.values())


def _countries() -> list[tuple[str, str]]:
    names = Locale(language_now()).territories
    return sorted(((code, names.get(code, code)) for code in places()), key=lambda one: one[1])


@admin.register(OpeningHours)
class OpeningHoursAdmin(SavesChanges, admin.ModelAdmin[OpeningHours]):
    form = HoursForm
    change_form_template = "admin/routing/hours_form.html"
    list_display = ["name", "time_zone", "state"]
    search_fields = ["name"]
    readonly_fields = ["used_by"]
    fieldsets = [
        (None, {"fields": ["name", "time_zone", "used_by"]}),
        (gettext_lazy("Week"), {"fields": ["week"]}),
        (
            gettext_lazy("Manual switch"),
            {
                "fields": ["switched", "switched_until", "switched_why"],
                "description": gettext_lazy(
                    "Open or closed whatever the week says, until that time; then the week applies by itself. Without "
                    "a time it stays so until somebody changes it here."
                ),
            },
        ),
        (
            gettext_lazy("Holidays"),
            {
                "fields": ["country", "subdivision", "dates"],
                "description": gettext_lazy(
                    "A date of your own comes before the country's holiday and before the week. Without spans it is "
                    "closed all day."
                ),
            },
        ),
    ]

    @admin.display(description=gettext_lazy("now"))
    def state(self, row: OpeningHours) -> str:
        return state_said(row)

    @admin.display(description=gettext_lazy("used by routes"))
    def used_by(self, row: OpeningHours) -> str:
        return ", ".join(str(route) for route in routes_using("hours", row.pk)) or "–"

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "switched":
            kwargs["widget"] = forms.RadioSelect()
            kwargs["choices"] = OpeningHours.Switched.choices
        if db_field.name == "switched_until":
            kwargs["form_class"] = forms.DateTimeField
            kwargs["widget"] = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: OpeningHours, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        saved = []
        if not _SWITCH.isdisjoint(form.changed_data):
            agent: Any = request.user
            obj.switched_by, obj.switched_at = agent, timezone.now()
            saved = ["switched_by", "switched_at"]
        if saved or form.was_over:
            # They are one: a time that was not touched would end a switch that was.
            obj.save(update_fields=[*_SWITCH, *saved])

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        found, count, perms, protected = super().get_deleted_objects(objs, request)
        used = [f"{row}: {route}" for row in objs for route in routes_using("hours", row.pk)]
        return found, count, perms, [*protected, *used]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id) if object_id else None
        context = {**(extra_context or {}), "hours_data": _page_data(row), **_about(row, request.GET.get("check", ""))}
        return super().changeform_view(request, object_id, form_url, context)


def state_said(row: OpeningHours) -> str:
    """Whether it is open now, and until when."""
    try:
        hours = hours_of(row)
    except HoursError:
        return _("cannot be read")
    verdict = hours.at(timezone.now())
    if verdict.changes_at is None and verdict.why == Why.SWITCH:
        return _("open until somebody changes it") if verdict.is_open else _("closed until somebody changes it")
    if verdict.changes_at is None:
        return _("open") if verdict.is_open else _("closed")
    # Whoever reads it may live by another clock.
    blanks = {
        "time": date_format(verdict.changes_at.astimezone(hours.zone), "SHORT_DATETIME_FORMAT"),
        "zone": hours.zone.key,
    }
    if verdict.is_open:
        return _("open until %(time)s, %(zone)s") % blanks
    return _("closed until %(time)s, %(zone)s") % blanks


def _about(row: OpeningHours | None, check: str) -> dict[str, Any]:
    """Of saved hours: how they stand, the holidays of the next year, and the answer for a moment that was asked."""
    if row is None:
        return {}
    try:
        hours = hours_of(row)
    except HoursError:
        return {}
    return {
        "hours_state": state_said(row),
        "hours_switch": row,
        "hours_by_hand": bool(row.switched) and not row.is_switch_over(timezone.now()),
        "hours_holidays": _holidays(row, hours),
        "hours_check": check,
        "hours_answer": _answer(hours, check) if check else "",
    }


def _answer(hours: Hours, check: str) -> str:
    try:
        moment = datetime.fromisoformat(check)
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise ValueError
    except ValueError:
        return _("Write a day and a time.")
    verdict = hours.at_once(moment.replace(tzinfo=hours.zone))
    state = _("Open.") if verdict.is_open else _("Closed.")
    return f"{state} {sentence(why_said(hours, verdict))}"


def _holidays(row: OpeningHours, hours: Hours) -> list[dict[str, Any]]:
    """Of the next year, in order, each with whether it is the country's, one's own, or changed by oneself."""
    today = timezone.now().astimezone(hours.zone).date()
    named = holiday_of(row.country, row.subdivision)
    own = dates_read(row.dates)
    rows = []
    for number in range(_SHOWN.days):
        day = today + timedelta(days=number)
        rows += [_holiday(day, named(day), own.get(day))] if day in own or named(day) else []
    return rows


def _holiday(day: date, name: str, own: Any) -> dict[str, Any]:
    spans = ", ".join(str(span) for span in own.spans) if own else ""
    tag = (_("changed") if name else _("own")) if own else ""
    return {"day": day, "name": (own.name if own else "") or name, "tag": tag, "spans": spans or _("closed")}


def _zone(name: str) -> tzinfo:
    return ZoneInfo(name) if name in time_zones() else timezone.get_current_timezone()


def _page_data(row: OpeningHours | None) -> dict[str, Any]:
    now = timezone.now().astimezone(_zone(row.time_zone if row else ""))
    return {
        "days": [sentence(day) for day in DAYS],
        "today": now.weekday(),
        "now": now.hour + now.minute / 60,
        "countries": _countries(),
        "places": {code: parts for code, parts in places().items() if parts},
        "words": {name: str(text) for name, text in _WORDS.items()},
    }


_WORDS = {
    "week": gettext_lazy("Week"),
    "copy_monday": gettext_lazy("Copy Monday to Tuesday–Friday"),
    "today": gettext_lazy("today"),
    "span": gettext_lazy("Span"),
    "add_span": gettext_lazy("Add a span: %(day)s"),
    "remove_span": gettext_lazy("Remove %(span)s: %(day)s"),
    "begins": gettext_lazy("%(day)s from"),
    "ends": gettext_lazy("%(day)s until"),
    "closed_all_day": gettext_lazy("Closed all day"),
    "legend": gettext_lazy(
        "hatched: still the span of the day before · line: now. Spans keep their time zone's time when clocks change."
    ),
    "dates": gettext_lazy("Own dates"),
    "date": gettext_lazy("Date"),
    "date_name": gettext_lazy("Name of the date"),
    "add_date": gettext_lazy("Add a date"),
    "remove_date": gettext_lazy("Remove %(name)s"),
    "no_holidays": gettext_lazy("No holidays"),
    "whole_country": gettext_lazy("The whole country"),
    "leave": gettext_lazy("Discard all changes?"),
}  # fmt: skip
