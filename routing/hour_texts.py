"""Opening hours as JSON: read with every care, for whoever saves them may send anything."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Any

from core.languages import Sentence, sentence
from core.languages import kept as _
from core.text import cleaned, shortened
from routing.hours import OwnDate, Span

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])\Z")
_MOST_SPANS, _MOST_DATES, _LONGEST_NAME = 12, 400, 80
DAYS = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))


class HoursError(ValueError):
    """Its text is a sentence that says what to do. `day` and `span`: where, when it is one of the week."""

    def __init__(self, text: Sentence, day: int | None = None, span: int | None = None) -> None:
        super().__init__(text)
        self.text, self.day, self.span = text, day, span

    @property
    def message(self) -> str:
        return sentence(self.text)


def week_read(stored: Any) -> tuple[tuple[Span, ...], ...]:
    """Seven lists of `["08:30", "12:30"]`, from Monday on. Raises `HoursError`."""
    if not isinstance(stored, list) or len(stored) != 7:
        raise HoursError(_("A week has seven days."))
    week = tuple(_spans(day, DAYS[number], number) for number, day in enumerate(stored))
    for number, spans in enumerate(week):
        _refuse_overlap_past_midnight(spans, week[(number + 1) % 7], number)
    return week


def dates_read(stored: Any) -> dict[date, OwnDate]:
    """A list of `{"date": "2026-12-24", "name": "Christmas Eve", "spans": [["08:30", "12:00"]]}`. Raises
    `HoursError`."""
    if not isinstance(stored, list) or len(stored) > _MOST_DATES:
        raise HoursError(_("Keep at most %(count)d dates.") % {"count": _MOST_DATES})
    dates: dict[date, OwnDate] = {}
    for row in stored:
        if not isinstance(row, dict):
            raise HoursError(_("A date has a day, a name and its spans."))
        try:
            day = date.fromisoformat(str(row.get("date")))
        except ValueError:
            raise HoursError(_("Choose a day for each date.")) from None
        if day in dates:
            raise HoursError(_("%(day)s is there twice.") % {"day": day.isoformat()})
        name = shortened(cleaned(str(row.get("name") or "")).strip(), _LONGEST_NAME)
        dates[day] = OwnDate(name, _spans(row.get("spans") or [], Sentence(day.isoformat()), None))
    return dates


def dates_fit(stored: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What `dates_read` has read, with what it has read of it and nothing else: databases refuse some characters and
    numbers that JSON may hold."""
    names = [own.name for own in dates_read(stored).values()]
    return [
        {"date": row["date"], "name": name, "spans": row.get("spans") or []}
        for row, name in zip(stored, names, strict=True)
    ]


def _spans(stored: Any, of: Sentence, day: int | None) -> tuple[Span, ...]:
    if not isinstance(stored, list) or len(stored) > _MOST_SPANS:
        raise HoursError(_("A day has at most %(count)d spans.") % {"count": _MOST_SPANS}, day)
    spans: list[Span] = []
    for number, pair in enumerate(stored):
        if not isinstance(pair, list) or len(pair) != 2:
            raise HoursError(_("%(day)s: a span has a beginning and an end.") % {"day": of}, day, number)
        begins, ends = _clock(pair[0]), _clock(pair[1], may_be_midnight=True)
        if begins is None or ends is None:
            raise HoursError(_("%(day)s: write times like 08:30.") % {"day": of}, day, number)
        span = Span.between(begins, ends)
        for other in spans:
            if span.begins < other.ends and other.begins < span.ends:
                blanks = {"day": of, "one": str(other), "other": str(span)}
                raise HoursError(_("%(day)s: %(one)s and %(other)s overlap.") % blanks, day, number)
        spans.append(span)
    return tuple(sorted(spans))


def _clock(text: Any, *, may_be_midnight: bool = False) -> time | None:
    if may_be_midnight and text == "24:00":
        return time()
    found = _CLOCK.match(text) if isinstance(text, str) else None
    return time(int(found[1]), int(found[2])) if found else None


def _refuse_overlap_past_midnight(spans: tuple[Span, ...], following: tuple[Span, ...], day: int) -> None:
    for span in spans:
        for other in following:
            if span.ends > other.begins + 24 * 60:
                blanks = {"day": DAYS[(day + 1) % 7], "one": str(span), "other": str(other)}
                raise HoursError(_("%(day)s: %(one)s of the day before and %(other)s overlap.") % blanks, day)


def span_json(span: Span) -> list[str]:
    begins, _dash, ends = str(span).partition("–")
    return [begins, ends]
