"""Pages by place, not by number: the log grows at the top while it is read."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.utils.urls import remove_query_param, replace_query_param

from calls.log.merge import Page, Place
from calls.models import Call

_NEXT, _PREVIOUS = "n", "p"
_MAX_CURSOR = 300


class CallPagination(CursorPagination):
    """`next` and `previous` name a call's place. Its base class says the same to the API's schema."""

    ordering = ("-start_time", "-sid")
    page_size = 25
    page_size_query_param = "page_size"
    max_page_size = 100

    def read_page(self, request: Request, read: Callable[[Page], list[Call]]) -> list[Call]:
        """One page of what `read` gives."""
        size = self.get_page_size(request) or self.page_size
        way, place = _decoded(request.query_params.get(self.cursor_query_param, ""))
        backwards = way == _PREVIOUS
        calls = read(Page(size=size + 1, place=place, backwards=backwards))
        more = len(calls) > size
        # The one too many is the farthest.
        calls = (calls[-size:] if backwards else calls[:size]) if more else calls
        self.url = request.build_absolute_uri()
        self.after = calls[-1] if calls and (more or backwards) else None
        self.ahead = calls[0] if calls and (more if backwards else place) else None
        return calls

    def get_next_link(self) -> str | None:
        return self._link(_NEXT, self.after)

    def get_previous_link(self) -> str | None:
        return self._link(_PREVIOUS, self.ahead)

    def _link(self, way: str, call: Call | None) -> str | None:
        if call is None:
            return None
        url: Any = remove_query_param(self.url, self.cursor_query_param)
        return str(replace_query_param(url, self.cursor_query_param, _encoded(way, call)))


def _encoded(way: str, call: Call) -> str:
    text = f"{way}|{call.start_time.astimezone(UTC).isoformat()}|{call.sid}"
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decoded(cursor: str) -> tuple[str, Place | None]:
    if not cursor:
        return _NEXT, None
    try:
        if len(cursor) > _MAX_CURSOR:
            raise ValueError
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        way, time, sid = text.split("|")
        start_time = datetime.fromisoformat(time)
        if way not in (_NEXT, _PREVIOUS) or start_time.tzinfo is None or "\x00" in sid:
            raise ValueError
        return way, Place(start_time=start_time.astimezone(UTC), sid=sid)
    except (ValueError, OverflowError):
        raise ValidationError(
            {"cursor": _("This cursor cannot be read. Take `next` or `previous` as it came.")}
        ) from None
