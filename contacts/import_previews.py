"""A file of contacts that somebody looks at before it is imported: what its columns are taken for, what it would do.

It waits in the cache, for whoever sent it alone, and is imported wholly or not at all.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from contacts.import_checks import own_names, rows_checked
from contacts.import_rows import COLUMNS, Table, Unreadable, table_from_csv, targets_guessed
from contacts.import_services import ImportResult, RowError, Rows, contacts_import, contacts_import_whole
from contacts.models import Group
from core.spreadsheets import csv_lines
from telephony.phone import display, with_extension_shown

_WAITS_SECONDS = 3600
_SAMPLES, _SAMPLE_LENGTH = 3, 60


class Gone(Exception):
    """It is here no more: it waits for an hour, and for whoever sent it."""


@dataclass(slots=True)
class Preview:
    id: str
    name: str
    table: Table
    targets: list[str]
    groups: list[int]
    problem: str = ""
    """What has to be chosen first, as a sentence."""
    rows: Rows = field(default_factory=list)
    refused: list[RowError] = field(default_factory=list)
    result: ImportResult = field(default_factory=lambda: ImportResult(dry_run=True))

    def look(self) -> None:
        """Works out what would be done just now."""
        self.problem, self.rows, self.refused = "", [], []
        self.result = ImportResult(dry_run=True)
        try:
            self.rows, self.refused = rows_checked(self.table.mapped(self.targets))
        except Unreadable as error:
            self.problem = str(error)
            return
        self.result = contacts_import(rows=self.rows, errors=self.refused, dry_run=True, groups=self.groups)

    @property
    def columns(self) -> list[dict[str, Any]]:
        return [
            {"header": header.strip()[:200], "target": target, "samples": self._samples(place)}
            for place, (header, target) in enumerate(zip(self.table.header, self.targets, strict=True))
        ]

    def _samples(self, place: int) -> list[str]:
        found = (line[place].strip() for _, line in self.table.lines if place < len(line))
        samples: list[str] = []
        for cell in found:
            if cell:
                samples.append(cell[:_SAMPLE_LENGTH])
            if len(samples) == _SAMPLES:
                break
        return samples

    @property
    def changes(self) -> list[dict[str, Any]]:
        """The first rows that change contacts that are there, for people: `{row, contact, number, display, fields:
        {name, label, was, becomes}[]}`, in the language of whoever asks."""
        labels = targets() | {"extension": _("Extension")}
        return [
            {
                "row": change.row,
                "contact": change.contact,
                "number": change.number,
                "display": with_extension_shown(
                    display(change.number, home_region=settings.HOME_REGION), change.extension
                ),
                "fields": [
                    # An own field may have been taken away since.
                    {"name": each.name, "label": labels.get(each.name, each.name), "was": each.was,
                     "becomes": each.becomes}
                    for each in change.fields
                ],
            }
            for change in self.result.changes
        ]  # fmt: skip

    @property
    def more_changes(self) -> int:
        """So many rows change contacts beyond those that are shown."""
        return self.result.changes_total - len(self.result.changes)

    @property
    def has_work(self) -> bool:
        return bool(self.result.created or self.result.updated)

    def bad_rows(self) -> Iterator[str]:
        """The rows that cannot be used as a CSV file, each with the reason and all that stood there."""
        lines = dict(self.table.lines)
        reasons = ([error.row, error.detail, *lines.get(error.row, [])] for error in self.result.errors)
        return csv_lines([[_("Row"), _("Why"), *self.table.header], *reasons])


def targets() -> dict[str, str]:
    """All that a column may be taken for, by keys, with the names that people read."""
    shown = (_("Name"), _("Company"), _("E-mail"), _("Note"), _("Number"), _("Label"), _("Group"))
    return dict(zip(COLUMNS, shown, strict=True)) | {f"own.{key}": name for key, name in own_names().items()}


def preview_open(data: bytes, *, name: str, owner_id: int) -> Preview:
    """Looks at a file. Raises `Unreadable`."""
    table = table_from_csv(data)
    if not any(cell.strip() for cell in table.header):
        raise Unreadable(_("This file is empty."))
    preview = Preview(
        id=secrets.token_urlsafe(16),
        name=get_valid_filename(name or "contacts.csv"),
        table=table,
        targets=targets_guessed(table.header, own_names()),
        groups=[],
    )
    preview.look()
    _keep(preview, owner_id)
    return preview


def preview_get(preview_id: str, *, owner_id: int) -> Preview:
    """Raises `Gone`."""
    preview: Preview | None = cache.get(_key(preview_id, owner_id))
    if preview is None:
        raise Gone
    return preview


def preview_choose(
    preview: Preview, *, owner_id: int, columns: Sequence[str] | None = None, groups: Sequence[int] | None = None
) -> None:
    """Takes the columns for these targets, and picks everybody for these groups. What is unknown counts for nothing."""
    if columns is not None:
        known = targets()
        chosen = [target if target in known else "" for target in columns]
        preview.targets = [*chosen, *([""] * len(preview.targets))][: len(preview.targets)]
    if groups is not None:
        preview.groups = sorted(Group.objects.filter(pk__in=groups).values_list("pk", flat=True))
    preview.look()
    _keep(preview, owner_id)


def preview_confirm(preview: Preview, *, owner_id: int) -> ImportResult:
    """Imports it, when it still does what was shown. Raises `contacts.import_services.ChangedMeanwhile` when not: it
    then stays, and shows what it would do now."""
    # Whoever presses twice imports once.
    if not cache.delete(_key(preview.id, owner_id)):
        raise Gone
    try:
        result = contacts_import_whole(rows=preview.rows, expected=preview.result.plan, groups=preview.groups)
    except Exception:
        preview.look()
        _keep(preview, owner_id)
        raise
    result.errors = preview.result.errors
    return result


def _keep(preview: Preview, owner_id: int) -> None:
    cache.set(_key(preview.id, owner_id), preview, _WAITS_SECONDS)


def _key(preview_id: str, owner_id: int) -> str:
    """Of a file that this person has looked at. The number in it changes with what a preview holds: one that an older
    version keeps is here no more."""
    return f"contact-import:2:{owner_id}:{preview_id[:64]}"
