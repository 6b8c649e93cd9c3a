"""The log's pages, which are merged from several queries."""

from __future__ import annotations

from collections.abc import Callable

from rest_framework.request import Request

from calls.log.merge import Page, Place
from calls.models import Call
from core.api.pages import Asked, PlacePagination


class CallPagination(PlacePagination):
    ordering = ("-start_time", "-sid")
    page_size = 25

    def calls(self, request: Request, read: Callable[[Page], list[Call]]) -> list[Call]:
        """One page of what `read` gives."""
        return self.read_page(request, Call, lambda asked: read(_page(asked)))


def _page(asked: Asked) -> Page:
    return Page(size=asked.size, place=Place(*asked.place) if asked.place else None, backwards=asked.backwards)
