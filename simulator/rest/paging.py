"""Lists, a page at a time, with the links that Twilio's client follows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse

from simulator.rest.errors import ApiError

DEFAULT_SIZE, MAX_SIZE = 50, 1000


def page_response(request: Request, name: str, items: Sequence[Any], path: str) -> JSONResponse:
    """One page of `items` (already as JSON) under the key `name`, by the query's `Page` and `PageSize`."""
    try:
        size = min(max(int(request.query_params.get("PageSize", DEFAULT_SIZE)), 1), MAX_SIZE)
        page = max(int(request.query_params.get("Page", 0)), 0)
    except ValueError as error:
        raise ApiError(20001, message="Page and PageSize must be numbers") from error
    kept = [(key, value) for key, value in request.query_params.multi_items() if key not in ("Page", "PageToken")]
    kept = [(key, value) for key, value in kept if key != "PageSize"]

    def uri(number: int) -> str:
        return f"{path}?{urlencode([*kept, ('PageSize', str(size)), ('Page', str(number))])}"

    start = page * size
    shown = list(items[start : start + size])
    return JSONResponse(
        {
            name: shown,
            "first_page_uri": uri(0),
            "next_page_uri": uri(page + 1) if start + size < len(items) else None,
            "previous_page_uri": uri(page - 1) if page else None,
            "page": page,
            "page_size": size,
            "start": start,
            "end": max(start + len(shown) - 1, start),
            "uri": uri(page),
        }
    )
