"""API keys: Twilio Docs, "Key resource". A key's secret is shown once, when it is made."""

from __future__ import annotations

import secrets
from typing import Any

from starlette.responses import JSONResponse, Response

from simulator.identifiers import new_sid, now, rfc2822
from simulator.rest.api import ApiRequest, Confidential
from simulator.rest.auth import Key, keys_of
from simulator.rest.errors import ApiError
from simulator.rest.paging import page_response


def key_json(key: Key) -> dict[str, Any]:
    return {
        "sid": key.sid,
        "friendly_name": key.friendly_name,
        "date_created": rfc2822(key.date_created),
        "date_updated": rfc2822(key.date_updated),
    }


async def create(api: ApiRequest) -> Response:
    key = Key(new_sid("SK"), api.text("FriendlyName"), secrets.token_urlsafe(24))
    keys_of(api.engine.world)[key.sid] = key
    return Confidential({**key_json(key), "secret": key.secret}, 201, hidden="secret")


async def fetch(api: ApiRequest) -> Response:
    return JSONResponse(key_json(_key(api)))


async def update(api: ApiRequest) -> Response:
    key = _key(api)
    key.friendly_name, key.date_updated = api.text("FriendlyName", key.friendly_name), now()
    return JSONResponse(key_json(key))


async def delete(api: ApiRequest) -> Response:
    del keys_of(api.engine.world)[_key(api).sid]
    return Response(status_code=204)


async def index(api: ApiRequest) -> Response:
    return page_response(api, "keys", list(keys_of(api.engine.world).values()), key_json)


def _key(api: ApiRequest) -> Key:
    sid = api.path("key")
    key = keys_of(api.engine.world).get(sid)
    if key is None:
        raise ApiError(20404, f"/Accounts/{api.engine.config.account_sid}/Keys/{sid}.json")
    return key
