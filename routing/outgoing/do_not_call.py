"""Keeping the do-not-call list: adding one or many, and taking off with what is known of it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.days import desk_day
from core.languages import number_text
from core.text import cleaned
from routing.models import DoNotCall
from telephony.errors import InvalidNumber
from telephony.party import same_party
from telephony.phone import parse

if TYPE_CHECKING:
    from agents.models import Agent

MOST_ROWS = 5000
MOST_BYTES = 1_048_576


class Unusable(Exception):
    """More than is taken at a time, or no list at all. Its text is a sentence."""


@dataclass(frozen=True, slots=True)
class BadRow:
    row: int
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Added:
    """`known`: how many were on the list already, or came twice."""

    added: int
    known: int
    bad: tuple[BadRow, ...]


@dataclass(frozen=True, slots=True)
class Common:
    """What holds for all rows that do not say it themselves."""

    reason: str
    source: str = ""
    until: date | None = None
    channels: str = "both"
    override_by: str = "admins"


def entries_add(text: str, common: Common, *, by: Agent | None) -> Added:
    """Adds a number a line, after which reason, source and last day (2026-12-31) may follow, as a CSV has them. Rows
    that cannot be used are told; the others are added. Raises `Unusable`."""
    wanted: dict[str, DoNotCall] = {}
    bad: list[BadRow] = []
    doubles = 0
    for number, cells in _rows(text):
        try:
            row = _entry(cells, common, by)
        except ValueError as error:
            bad.append(BadRow(number, ", ".join(cells)[:80], str(error)))
            continue
        doubles += row.number in wanted
        wanted.setdefault(row.number, row)
    with transaction.atomic():
        entries_expire(wanted)
        listed = DoNotCall.objects.filter(removed_at=None, number__in=_all_written(wanted))
        on_list = {same for known in listed.values_list("number", flat=True) for same in same_party(known)}
        for known in on_list & wanted.keys():
            doubles += 1
            del wanted[known]
        # Somebody else may be adding the same numbers just now.
        DoNotCall.objects.bulk_create(wanted.values(), batch_size=500, ignore_conflicts=True)
    return Added(len(wanted), doubles, tuple(bad))


def entries_expire(numbers: Iterable[str]) -> None:
    """Takes off the list those of these numbers, however they are written, whose last day has passed: an entry that
    holds no more must not be in the way of one that does."""
    now = timezone.now()
    over = DoNotCall.objects.filter(removed_at=None, until__lt=desk_day(now), number__in=_all_written(numbers))
    over.update(removed_at=now, removed_why=_("Its last day had passed when the number was added again."))


def _all_written(numbers: Iterable[str]) -> list[str]:
    return list({same for number in numbers for same in same_party(number)})


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    text = text.removeprefix("\ufeff").replace("\x00", "")
    first = text.partition("\n")[0]
    # A semicolon parts cells where a comma is for decimals; one behind a number is no extension here.
    separator = max((";", "\t", ","), key=first.count)
    try:
        lines = list(csv.reader(io.StringIO(text), delimiter=separator))
    except csv.Error:
        raise Unusable(_("This cannot be read as a list of numbers.")) from None
    if len(lines) > MOST_ROWS:
        raise Unusable(_("Add at most %(count)s numbers at a time.") % {"count": number_text(MOST_ROWS)})
    for number, cells in enumerate(lines, start=1):
        cells = [cleaned(cell).strip() for cell in cells]
        is_header = number == 1 and cells and not re.search(r"[0-9]", cells[0])
        if any(cells) and not is_header:
            yield number, cells


def _entry(cells: Sequence[str], common: Common, by: Agent | None) -> DoNotCall:
    number, reason, source, until, *_more = [*cells, "", "", "", ""]
    try:
        e164 = parse(number, home_region=settings.HOME_REGION).e164
    except InvalidNumber as error:
        raise ValueError(error.message) from None
    return DoNotCall(
        number=e164,
        channels=common.channels,
        reason=(reason or common.reason)[:255],
        source=(source or common.source)[:120],
        until=_day(until) if until else common.until,
        override_by=common.override_by,
        added_by=by,
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(_("Write the last day like 2026-12-31.")) from None


def entries_remove(ids: Sequence[int], *, why: str, by: Agent | None) -> int:
    """Takes them off the list; the rows stay, with who did it and why. Returns how many were on it."""
    rows = DoNotCall.objects.filter(pk__in=ids, removed_at=None)
    return rows.update(removed_at=timezone.now(), removed_by=by, removed_why=why[:255])
