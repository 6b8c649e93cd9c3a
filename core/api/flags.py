"""What a query says yes or no to."""

from __future__ import annotations

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request


def flag_asked(request: Request, name: str, *, default: bool) -> bool:
    """Raises `ValidationError` for anything else: whoever meant a rehearsal must not get an import."""
    value = request.query_params.get(name, str(default)).lower()
    if value not in ("true", "false", "1", "0"):
        raise ValidationError({name: _("Choose true or false.")})
    return value in ("true", "1")
