"""Pages by place, not by number: lists grow at the top while they are read.

A cursor names the last row's own keys, the unique one included. Rest framework's counts rows that have the same first
key, and gives up at a thousand of them.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import Field, Model, Q, QuerySet
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.utils.urls import remove_query_param, replace_query_param

CURSOR_UNREAD = gettext_lazy("This cursor cannot be read. Take `next` or `previous` as it came.")
_NEXT, _PREVIOUS = "n", "p"
_MAX_CURSOR = 2000
_MOST_NUMBER = 2**63 - 1
R = TypeVar("R", bound=Model)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of a list is read: `size` rows after the one that has these keys, or before it when backwards."""

    size: int
    place: tuple[Any, ...] | None
    backwards: bool


@dataclass(frozen=True, slots=True)
class _Key:
    field: Field[Any, Any]
    falls: bool

    def of(self, row: Model) -> str:
        return str(self.field.value_to_string(row))

    def read(self, text: Any) -> Any:
        """Raises `ValueError` and its like for what is no value of the field."""
        if not isinstance(text, str) or "\x00" in text:
            raise ValueError
        # Half of a surrogate pair is no text for a database.
        text.encode()
        value = self.field.to_python(text)
        if isinstance(value, int) and abs(value) > _MOST_NUMBER:
            raise ValueError
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise ValueError
            value = value.astimezone(UTC)
        return value


class PlacePagination(CursorPagination):
    """`next` and `previous` name a row's place. Its base class says the same to the API's schema.

    `ordering`: names of fields that are never null, the last of which, or both together, no two rows share.
    """

    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 100
    ordering: Any = ("pk",)

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        keys = _keys(queryset.model, self.ordering)
        return self.read_page(request, queryset.model, lambda asked: list(_rows(queryset, keys, asked)))

    def read_page(self, request: Request, model: type[R], read: Callable[[Asked], list[R]]) -> list[R]:
        """One page of what `read` gives, which is in the list's own order also when it is read backwards."""
        self._row_keys = _keys(model, self.ordering)
        size = self.get_page_size(request) or self.page_size
        way, place = _decoded(request.query_params.get(self.cursor_query_param, ""), self._row_keys)
        backwards = way == _PREVIOUS
        rows = read(Asked(size + 1, place, backwards))
        more = len(rows) > size
        # The one too many is the farthest.
        rows = (rows[-size:] if backwards else rows[:size]) if more else rows
        self.url = request.build_absolute_uri()
        self.after = rows[-1] if rows and (more or backwards) else None
        self.ahead = rows[0] if rows and (more if backwards else place) else None
        return rows

    def get_next_link(self) -> str | None:
        return self._link(_NEXT, self.after)

    def get_previous_link(self) -> str | None:
        return self._link(_PREVIOUS, self.ahead)

    def _link(self, way: str, row: Model | None) -> str | None:
        if row is None:
            return None
        url: Any = remove_query_param(self.url, self.cursor_query_param)
        return str(replace_query_param(url, self.cursor_query_param, _encoded(way, row, self._row_keys)))


def _keys(model: type[Model], ordering: Sequence[str]) -> list[_Key]:
    meta: Any = model._meta  # noqa: SLF001
    names = [(name.removeprefix("-"), name.startswith("-")) for name in ordering]
    return [_Key(meta.pk if name == "pk" else meta.get_field(name), falls) for name, falls in names]


def _rows(queryset: QuerySet[R], keys: Sequence[_Key], asked: Asked) -> list[R]:
    """In the list's own order, whichever way they are read."""
    falls = [key.falls != asked.backwards for key in keys]
    names = [key.field.attname for key in keys]
    rows = queryset.order_by(*(f"-{name}" if down else name for name, down in zip(names, falls, strict=True)))
    if asked.place is not None:
        rows = rows.filter(_beyond(names, falls, asked.place))
    found = list(rows[: asked.size])
    return found[::-1] if asked.backwards else found


def _beyond(names: Sequence[str], falls: Sequence[bool], place: Sequence[Any]) -> Q:
    """What comes after a place: what is equal in the first keys, and beyond it in the next."""
    ways = ["lt" if down else "gt" for down in falls]
    found, equal = Q(), Q()
    for name, way, value in zip(names, ways, place, strict=True):
        found |= equal & Q(**{f"{name}__{way}": value})
        equal &= Q(**{name: value})
    # An index begins to be read there.
    return Q(**{f"{names[0]}__{ways[0]}e": place[0]}) & found


def _encoded(way: str, row: Model, keys: Sequence[_Key]) -> str:
    text = json.dumps([way, *(key.of(row) for key in keys)])
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decoded(cursor: str, keys: Sequence[_Key]) -> tuple[str, tuple[Any, ...] | None]:
    if not cursor:
        return _NEXT, None
    try:
        if len(cursor) > _MAX_CURSOR:
            raise ValueError
        way, *texts = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        place = tuple(key.read(text) for key, text in zip(keys, texts, strict=True))
        if way not in (_NEXT, _PREVIOUS):
            raise ValueError
    except (ValueError, TypeError, OverflowError, RecursionError, DjangoValidationError):
        raise ValidationError({"cursor": CURSOR_UNREAD}) from None
    return str(way), place
