"""What each row of an import will do, and how that is shown before it is done."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from contacts.import_changes import Change, FieldChange
from contacts.models import Contact, ContactNumber, Group

# Begins the key of a target that is an own field.
OWN = "own."


@dataclass(slots=True)
class Step:
    """What one row will do."""

    row: int
    contact: Contact
    number: ContactNumber
    changed: list[str]
    # What the row says that the contact and its number had not: this is written, and nothing else of them.
    brings: dict[str, str] = field(default_factory=dict)
    brings_own: dict[str, str] = field(default_factory=dict)
    brings_number: dict[str, str] = field(default_factory=dict)
    # Of a contact that is there: its name and this number's extension before the import, and what was before this row
    # where the row brings something else, by the keys of targets.
    called: str = ""
    extended: str = ""
    was: dict[str, str] = field(default_factory=dict)
    is_new_number: bool = False
    makes_contact: bool = False
    # Ids of groups that the contact is picked for, and was not.
    groups: tuple[int, ...] = ()


def changes_of(steps: Sequence[Step]) -> list[Change]:
    """For people, before it is done."""
    names = dict(Group.objects.filter(pk__in={pk for step in steps for pk in step.groups}).values_list("pk", "name"))
    return [
        Change(
            row=step.row,
            contact=step.called,
            number=step.number.number,
            extension=step.extended,
            fields=tuple(
                [FieldChange.of(name, was, _brought(step, name)) for name, was in step.was.items()]
                + [FieldChange.of("group", "", names[pk]) for pk in step.groups if pk in names]
            ),
        )
        for step in steps
    ]


def _brought(step: Step, name: str) -> str:
    if name.startswith(OWN):
        return step.brings_own[name.removeprefix(OWN)]
    return (step.brings | step.brings_number)[name]


def mark_of(step: Step) -> str:
    """Another one when somebody was shown another name, or something else that is lost."""
    if not step.changed:
        return ""
    said = json.dumps([step.called, step.extended, step.was], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()
