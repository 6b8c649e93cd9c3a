"""Conferences: Twilio Docs, "Conference resource"."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, Response

from simulator.engine.conference import Conference, Document
from simulator.engine.conference_sound import announce_to_all
from simulator.identifiers import rfc2822
from simulator.rest import making
from simulator.rest.api import API, ApiRequest
from simulator.rest.errors import ApiError
from simulator.rest.finding import within
from simulator.rest.paging import page_response


def conference_json(conference: Conference, account_sid: str) -> dict[str, Any]:
    base = f"{API}/Accounts/{account_sid}/Conferences/{conference.sid}"
    return {
        "sid": conference.sid,
        "account_sid": account_sid,
        "api_version": "2010-04-01",
        "friendly_name": conference.name,
        "status": conference.status,
        "region": "us1",
        "date_created": rfc2822(conference.date_created),
        "date_updated": rfc2822(conference.date_updated),
        "reason_conference_ended": conference.reason_ended,
        "call_sid_ending_conference": conference.ended_by_call,
        "uri": f"{base}.json",
        "subresource_uris": {"participants": f"{base}/Participants.json", "recordings": f"{base}/Recordings.json"},
    }


async def index(api: ApiRequest) -> Response:
    query, account_sid = api.request.query_params, api.engine.config.account_sid
    found = [
        one
        for one in api.engine.conferences.everyone()
        if query.get("FriendlyName", one.name) == one.name
        and query.get("Status", one.status) == one.status
        and within(one.date_created, query, "DateCreated")
        and within(one.date_updated, query, "DateUpdated")
    ]
    return page_response(api, "conferences", found, lambda one: conference_json(one, account_sid), newest_first=True)


async def fetch(api: ApiRequest) -> Response:
    return JSONResponse(conference_json(find_conference(api), api.engine.config.account_sid))


async def update(api: ApiRequest) -> Response:
    """Ends the conference, or says something to all who are in it."""
    conference = find_conference(api)
    status, url = api.text("Status"), making.address(api, "AnnounceUrl")
    if status not in ("", "completed"):
        raise ApiError(20001, message=f"Status must be completed, not {status!r}")
    if url and conference.status != "in-progress":
        raise ApiError(20001, message=f"Nothing can be announced: the conference is {conference.status}")
    if url:
        api.engine.spawn(announce_to_all(conference, Document(url, api.method("AnnounceMethod"))))
    if status:
        conference.end("conference-ended-via-api")
    return JSONResponse(conference_json(conference, api.engine.config.account_sid))


def find_conference(api: ApiRequest) -> Conference:
    """The conference in the path. Raises `ApiError` 20404."""
    sid = api.path("conference")
    conference = api.engine.conferences.find(sid)
    if conference is None:
        raise ApiError(20404, f"/Accounts/{api.engine.config.account_sid}/Conferences/{sid}.json")
    return conference
