"""What Twilio's debugger says of a call: Twilio Docs, "Call Notifications resource"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from starlette.responses import Response

from simulator.identifiers import rfc2822
from simulator.inspector import Json
from simulator.rest.api import API, ApiRequest
from simulator.rest.errors import ApiError
from simulator.rest.finding import find_call, within
from simulator.rest.paging import page_response

#: `log`, by how the inspector calls it.
LEVELS = {"error": "0", "warning": "1"}


@dataclass(frozen=True)
class Notification:
    sid: str
    date_created: datetime
    code: int
    log: str
    text: str


async def index(api: ApiRequest) -> Response:
    """The latest first. What has no code of Twilio's is the simulator's own, and Twilio would say nothing of it."""
    leg, query = find_call(api), api.request.query_params
    log = query.get("Log", "")
    if log not in ("", *LEVELS.values()):
        raise ApiError(20001, message="Log must be 0 or 1")
    found = [
        one
        for place, warning in enumerate(api.engine.inspector.warnings)
        if warning["call_sid"] == leg.sid and warning["code"] is not None
        for one in [_of(warning, place)]
        if log in ("", one.log) and within(one.date_created, query, "MessageDate")
    ]
    account_sid = api.engine.config.account_sid

    def as_json(one: Notification) -> dict[str, Any]:
        return {
            "account_sid": account_sid,
            "api_version": "2010-04-01",
            "call_sid": leg.sid,
            "date_created": rfc2822(one.date_created),
            "date_updated": rfc2822(one.date_created),
            "error_code": str(one.code),
            "log": one.log,
            "message_date": rfc2822(one.date_created),
            "message_text": one.text,
            "more_info": f"https://www.twilio.com/docs/api/errors/{one.code}",
            "request_method": None,
            "request_url": None,
            "sid": one.sid,
            "uri": f"{API}/Accounts/{account_sid}/Calls/{leg.sid}/Notifications/{one.sid}.json",
        }

    return page_response(api, "notifications", found[::-1], as_json, newest_first=True)


def _of(warning: Json, place: int) -> Notification:
    # No two of a list at the same time, though they were written down in one millisecond.
    at = datetime.fromisoformat(warning["time"].replace("Z", "+00:00")) + timedelta(microseconds=place)
    return Notification(warning["sid"], at, warning["code"], LEVELS[warning["level"]], warning["text"])
