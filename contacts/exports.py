"""Contacts as files: one as JSON or vCard, many as the CSV that can be imported again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from contacts.consents import consent_history
from contacts.models import Contact, ContactField
from core.spreadsheets import csv_lines

_VCARD_KINDS = {"mobile": "cell", "landline": "voice", "voip": "voice", "toll-free": "voice", "other": "voice"}


def contact_as_json(contact: Contact) -> dict[str, Any]:
    """What is kept in contacts of one: its fields, numbers, groups, notes and consents. Calls are in the log."""
    numbers = list(contact.numbers.all())
    return {
        "id": contact.pk,
        "name": contact.name,
        "company": contact.company,
        "email": contact.email,
        "note": contact.note,
        "owner": contact.owner.name if contact.owner else None,
        "language": contact.language,
        "time_zone": contact.time_zone,
        "own": contact.own,
        "created_at": contact.created_at,
        "updated_at": contact.updated_at,
        "numbers": [
            {"number": row.number, "extension": row.extension, "label": row.label, "line_type": row.line_type}
            for row in numbers
        ],
        "groups": list(contact.groups.order_by("name").values_list("name", flat=True)),
        "notes": [
            {"at": note.at, "author": note.author.name if note.author else None, "text": note.text}
            for note in contact.notes.select_related("author")
        ],
        "consents": [
            {
                "number": row.number, "sender": row.sender, "state": row.state, "source": row.source,
                "note": row.note, "at": row.at,
            }
            for row in consent_history([row.number for row in numbers])
        ],
    }  # fmt: skip


def contact_as_vcard(contact: Contact) -> str:
    """RFC 6350, version 4.0. Lines end as it asks for, and are folded after 75 bytes."""
    lines = ["BEGIN:VCARD", "VERSION:4.0", f"FN:{_escaped(contact.name)}"]
    if contact.company:
        lines.append(f"ORG:{_escaped(contact.company)}")
    if contact.email:
        lines.append(f"EMAIL:{_escaped(contact.email)}")
    for place, row in enumerate(contact.numbers.all(), start=1):
        extension = f";ext={row.extension}" if row.extension else ""
        kind = _VCARD_KINDS.get(row.line_type, "voice")
        lines.append(f"TEL;VALUE=uri;TYPE={kind};PREF={min(place, 100)}:tel:{row.number}{extension}")
    if contact.language:
        lines.append(f"LANG:{contact.language}")
    if contact.time_zone:
        lines.append(f"TZ:{contact.time_zone}")
    if contact.note:
        lines.append(f"NOTE:{_escaped(contact.note)}")
    lines += [f"REV:{contact.updated_at:%Y%m%dT%H%M%SZ}", "END:VCARD"]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _escaped(text: str) -> str:
    for letter in ("\\", ",", ";"):
        text = text.replace(letter, f"\\{letter}")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")


def _folded(line: str) -> str:
    """Not within a character: parts of one would be none."""
    parts, part = [], b""
    for letter in line:
        encoded = letter.encode()
        if len(part) + len(encoded) > (75 if not parts else 74):
            parts.append(part)
            part = b""
        part += encoded
    return b"\r\n ".join([*parts, part]).decode()


def contacts_as_csv(contacts: QuerySet[Contact]) -> Iterator[str]:
    """A line for each number, and one for a contact without any; with its header first."""
    return csv_lines(_rows(contacts))


def _rows(contacts: QuerySet[Contact]) -> Iterator[list[Any]]:
    own = list(ContactField.objects.values_list("key", flat=True))
    yield ["name", "company", "email", "note", "number", "label", "group", *own]
    for contact in contacts.prefetch_related("numbers", "groups").iterator(chunk_size=500):
        groups = ", ".join(group.name for group in contact.groups.all())
        for row in list(contact.numbers.all()) or [None]:
            number, label = (str(row), row.label) if row else ("", "")
            facts = [contact.name, contact.company, contact.email, contact.note, number, label, groups]
            yield [*facts, *(contact.own.get(key, "") for key in own)]
