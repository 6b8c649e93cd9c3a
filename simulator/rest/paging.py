"""Lists, a page at a time, with the links that Twilio's client follows.

A page begins after (`PA…`) or ends before (`PB…`) the item that its `PageToken` names, so what is made or deleted
between two pages neither shifts them nor breaks them off. `Page` is a number for the client only, as with Twilio.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar
from urllib.parse import urlencode

from starlette.responses import JSONResponse

from simulator.rest.api import API, ApiRequest
from simulator.rest.declared import PAGING
from simulator.rest.errors import ApiError

DEFAULT_SIZE, MAX_SIZE = 50, 1000
AFTER, BEFORE = "PA", "PB"


class Item(Protocol):
    sid: str

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
    query = api.request.query_params
    try:
        size = min(max(int(query.get("PageSize", DEFAULT_SIZE)), 1), MAX_SIZE)
        page = max(int(query.get("Page", 0)), 0)
    except ValueError as error:
        raise ApiError(20001, message="Page and PageSize must be numbers") from error
    token = query.get("PageToken", "")
    first, last = _span(api, items, size, token, newest_first=newest_first)
    shown = items[first:last]
    full_path = api.request.url.path
    path = full_path[full_path.index(API) :]
    kept = [(key, value) for key, value in query.multi_items() if key not in PAGING]

    def uri(number: int, place: str = "") -> str:
        paging = [("PageSize", str(size)), ("Page", str(number)), *([("PageToken", place)] if place else [])]
        return f"{path}?{urlencode([*kept, *paging])}"

    def beside(way: str, item: T, number: int) -> str:
        api.engine.world.mark_page(item.sid, item.date_created)
        return uri(max(number, 0), way + item.sid)

    start = page * size
    return JSONResponse(
        {
            name: [as_json(item) for item in shown],
            "first_page_uri": uri(0),
            "next_page_uri": beside(AFTER, shown[-1], page + 1) if shown and last < len(items) else None,
            "previous_page_uri": beside(BEFORE, shown[0], page - 1) if first and shown else None,
            "page": page,
            "page_size": size,
            "start": start,
            "end": max(start + len(shown) - 1, start),
            "uri": uri(page, token),
        }
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
