"""Lists, a page at a time, with the links that Twilio's client follows.

A page begins after (`PA…`) or ends before (`PB…`) the item that its `PageToken` names, so what is made or deleted
between two pages neither shifts them nor breaks them off. `Page` is a number for the client only, as with Twilio.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import urlencode

from starlette.responses import JSONResponse

from simulator.rest.api import API, ApiRequest
from simulator.rest.declared import PAGING
from simulator.rest.errors import ApiError

DEFAULT_SIZE, MAX_SIZE = 50, 1000
AFTER, BEFORE = "PA", "PB"


class Item(Protocol):
    @property
    def sid(self) -> str: ...

    @property
    def date_created(self) -> datetime:
        """When it was made; no two of a list were made at the same time."""
        ...


T = TypeVar("T", bound=Item)


def page_response(
    api: ApiRequest,
    name: str,
    items: Sequence[T],
    as_json: Callable[[T], dict[str, Any]],
    *,
    newest_first: bool = False,
) -> JSONResponse:
    """The page of `items`, all that the list has in the order that it has them, that the query asks for."""
    full_path = api.request.url.path
    page = _page(api, items, full_path[full_path.index(API) :], newest_first=newest_first)
    return JSONResponse(
        {
            name: [as_json(item) for item in page.items],
            "first_page_uri": page.first,
            "next_page_uri": page.next,
            "previous_page_uri": page.previous,
            "page": page.number,
            "page_size": page.size,
            "start": page.start,
            "end": max(page.start + len(page.items) - 1, page.start),
            "uri": page.here,
        }
    )


def meta_page_response(
    api: ApiRequest, name: str, items: Sequence[T], as_json: Callable[[T], dict[str, Any]]
) -> JSONResponse:
    """The same in the form of Twilio's newer APIs. Its links are whole URLs of Twilio's, the host included."""
    page = _page(api, items, f"https:/{api.request.url.path}")
    meta = {
        "page": page.number,
        "page_size": page.size,
        "first_page_url": page.first,
        "previous_page_url": page.previous,
        "url": page.here,
        "next_page_url": page.next,
        "key": name,
    }
    return JSONResponse({name: [as_json(item) for item in page.items], "meta": meta})


@dataclass(frozen=True)
class Page(Generic[T]):
    """A page's items, and where it and the pages around it are."""

    items: Sequence[T]
    number: int
    size: int
    first: str
    here: str
    next: str | None
    previous: str | None

    @property
    def start(self) -> int:
        return self.number * self.size


def _page(api: ApiRequest, items: Sequence[T], path: str, *, newest_first: bool = False) -> Page[T]:
    query = api.request.query_params
    try:
        size = min(max(int(query.get("PageSize", DEFAULT_SIZE)), 1), MAX_SIZE)
        page = max(int(query.get("Page", 0)), 0)
    except ValueError as error:
        raise ApiError(20001, message="Page and PageSize must be numbers") from error
    token = query.get("PageToken", "")
    first, last = _span(api, items, size, token, newest_first=newest_first)
    shown = items[first:last]
    kept = [(key, value) for key, value in query.multi_items() if key not in PAGING]

    def uri(number: int, place: str = "") -> str:
        paging = [("PageSize", str(size)), ("Page", str(number)), *([("PageToken", place)] if place else [])]
        return f"{path}?{urlencode([*kept, *paging])}"

    def beside(way: str, item: T, number: int) -> str:
        api.engine.world.mark_page(item.sid, item.date_created)
        return uri(max(number, 0), way + item.sid)

    return Page(
        shown,
        page,
        size,
        first=uri(0),
        here=uri(page, token),
        next=beside(AFTER, shown[-1], page + 1) if shown and last < len(items) else None,
        previous=beside(BEFORE, shown[0], page - 1) if first and shown else None,
    )


def _span(api: ApiRequest, items: Sequence[Item], size: int, token: str, *, newest_first: bool) -> tuple[int, int]:
    """Where the page begins among the items, and before which it ends. Raises `ApiError` for a token that was never
    given out."""
    if not token:
        return 0, size
    way, sid = token[: len(AFTER)], token[len(AFTER) :]
    mark = api.engine.world.page_marks.get(sid)
    if way not in (AFTER, BEFORE) or mark is None:
        raise ApiError(20001, message="PageToken is not one of this list")

    def passed(item: Item) -> bool:
        return item.date_created > mark if newest_first else item.date_created < mark

    before = sum(1 for item in items if passed(item))
    if way == BEFORE:
        return max(before - size, 0), before
    first = before + sum(1 for item in items if item.date_created == mark)
    return first, first + size
