"""Lines as programs name them: by id or by number, the same in every part of the API."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers

from routing.models import Line

_ID = re.compile(r"\A[0-9]{1,15}\Z")
_NUMBER = re.compile(r"\A\+[0-9]{2,15}\Z")


def line_parameter(description: str = "") -> OpenApiParameter:
    """The parameter `line` of a list."""
    said = "The line's id, or its number as E.164"
    return OpenApiParameter("line", OpenApiTypes.STR, description=f"{said}: {description}" if description else said)


def line_named(lines: QuerySet[Line], name: str) -> Line | None:
    """The line of these that is named by its id or its number."""
    if _ID.match(name):
        return lines.filter(pk=int(name)).first()
    return lines.filter(number=name).first() if _NUMBER.match(name) else None


def line_id_asked(name: str) -> int | None:
    """Of a query: None when no line is asked for, 0 for a number that is no line of ours. Raises the framework's
    `ValidationError` for what is neither an id nor a number."""
    # A plus that was not quoted is a space.
    name = f"+{name[1:]}" if name.startswith(" ") else name
    if not name:
        return None
    if _ID.match(name):
        return int(name)
    if not _NUMBER.match(name):
        raise serializers.ValidationError({"line": _("This is neither a line's id nor its number.")})
    found = Line.objects.filter(number=name).values_list("pk", flat=True).first()
    return found or 0


@extend_schema_field({"oneOf": [{"type": "integer"}, {"type": "string", "maxLength": 32}]})
class LineNameField(serializers.CharField):
    """A line's id or number, as it was sent: who may use it is the view's to say."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=32, **options)
