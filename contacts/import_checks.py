"""Which rows of an import can be used, and what is wrong with the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework.exceptions import ValidationError

from contacts.import_rows import BadRow
from contacts.import_serializers import ImportRowSerializer
from contacts.import_services import RowError
from contacts.models import ContactField, Group
from core.text import in_sentence


def rows_checked(rows: Sequence[tuple[int, Any]]) -> tuple[list[tuple[int, dict[str, Any]]], list[RowError]]:
    """The rows that can be used, and what is wrong with the others."""
    # One for all: making its fields takes longer than using them.
    names = [(" ".join(name.replace(",", ", ").split()), pk) for pk, name in Group.objects.values_list("pk", "name")]
    groups = {**{name.casefold(): pk for name, pk in names}, **dict(names)}
    checked = ImportRowSerializer(own=own_names(), groups=groups)
    good: list[tuple[int, dict[str, Any]]] = []
    errors: list[RowError] = []
    for number, row in rows:
        if isinstance(row, BadRow):
            errors.append(RowError(number, row.detail))
            continue
        try:
            good.append((number, checked.run_validation(row)))
        except ValidationError as error:
            errors.append(RowError(number, _sentence(error.detail)))
    return good, errors


def own_names() -> dict[str, str]:
    """The names of own fields by their keys."""
    return dict(ContactField.objects.values_list("key", "name"))


def _sentence(errors: Any) -> str:
    """The first thing that is wrong in a row."""
    if not isinstance(errors, dict):
        return str(errors[0])
    name, messages = next(iter(errors.items()))
    message = str(messages[0])
    return message if name == "non_field_errors" else f"{in_sentence(name)}: {message}"
