"""Queues and who waits in them: Twilio Docs, "Queue resource" and "Member resource".

Twilio documents no codes for a name that is taken or a queue that is not empty: the answer is a 400 with code 20001.
"""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, Response

from simulator.engine.interpreter import Goto
from simulator.engine.queue import DEFAULT_SIZE, LARGEST_SIZE, LONGEST_NAME, Place, Queue
from simulator.identifiers import is_web_address, rfc2822
from simulator.rest.api import API, ApiRequest
from simulator.rest.errors import ApiError
from simulator.rest.paging import page_response


def queue_json(queue: Queue, account_sid: str) -> dict[str, Any]:
    return {
        "sid": queue.sid,
        "account_sid": account_sid,
        "friendly_name": queue.name,
        "current_size": len(queue.places),
        "max_size": queue.max_size,
        "average_wait_time": queue.average_wait,
        "date_created": rfc2822(queue.date_created),
        "date_updated": rfc2822(queue.date_updated),
        "uri": f"{API}/Accounts/{account_sid}/Queues/{queue.sid}.json",
    }


def member_json(place: Place, account_sid: str) -> dict[str, Any]:
    return {
        "call_sid": place.sid,
        "queue_sid": place.queue.sid,
        "date_enqueued": rfc2822(place.date_created),
        "position": place.position,
        "wait_time": place.seconds,
        "uri": f"{API}/Accounts/{account_sid}/Queues/{place.queue.sid}/Members/{place.sid}.json",
    }


async def index(api: ApiRequest) -> Response:
    account_sid = api.engine.config.account_sid
    queues = sorted(api.engine.queues.values(), key=lambda queue: queue.date_created, reverse=True)
    return page_response(api, "queues", queues, lambda queue: queue_json(queue, account_sid), newest_first=True)


async def create(api: ApiRequest) -> Response:
    name = _name(api)
    if not name:
        raise ApiError(20001, message="FriendlyName is required")
    queue = api.engine.queues.make(name, _size(api, DEFAULT_SIZE))
    return JSONResponse(queue_json(queue, api.engine.config.account_sid), 201)


async def fetch(api: ApiRequest) -> Response:
    return JSONResponse(queue_json(_queue(api), api.engine.config.account_sid))


async def update(api: ApiRequest) -> Response:
    queue = _queue(api)
    size = _size(api, queue.max_size)
    name = _name(api, but=queue)
    if name and name != queue.name:
        api.engine.queues.rename(queue, name)
    queue.change(max_size=size)
    return JSONResponse(queue_json(queue, api.engine.config.account_sid))


async def delete(api: ApiRequest) -> Response:
    queue = _queue(api)
    if queue.places:
        raise ApiError(20001, message=f"Queue {queue.sid} is not empty: only empty queues can be deleted")
    api.engine.queues.remove(queue)
    return Response(status_code=204)


async def list_members(api: ApiRequest) -> Response:
    account_sid = api.engine.config.account_sid
    places = _queue(api).places
    return page_response(api, "queue_members", places, lambda place: member_json(place, account_sid))


async def fetch_member(api: ApiRequest) -> Response:
    return JSONResponse(member_json(_member(api), api.engine.config.account_sid))


async def update_member(api: ApiRequest) -> Response:
    """Takes a caller out of the queue and runs other TwiML. A second time there is no such member."""
    url, method = api.text("Url"), api.method("Method")
    if not url:
        raise ApiError(21205)
    if not is_web_address(url):
        raise ApiError(21222, url)
    place = _member(api)
    answer = member_json(place, api.engine.config.account_sid)
    api.engine.redirect(place.leg, Goto(url, method), None)
    return JSONResponse(answer)


def _name(api: ApiRequest, but: Queue | None = None) -> str:
    """`FriendlyName`. Raises `ApiError` for one that is too long, or another queue's."""
    name = api.text("FriendlyName").strip()
    if len(name) > LONGEST_NAME:
        raise ApiError(20001, message=f"FriendlyName may have {LONGEST_NAME} characters")
    if name and api.engine.queues.get(name) not in (None, but):
        raise ApiError(20001, message=f"There is a queue with the FriendlyName {name} already")
    return name


def _size(api: ApiRequest, default: int) -> int:
    text = api.text("MaxSize") or str(default)
    if not (text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= LARGEST_SIZE):
        raise ApiError(20001, message=f"MaxSize must be a whole number, 1 to {LARGEST_SIZE}")
    return int(text)


def _queue(api: ApiRequest) -> Queue:
    sid = api.path("queue")
    queue = api.engine.queues.find(sid)
    if queue is None:
        raise ApiError(20404, f"/Accounts/{api.engine.config.account_sid}/Queues/{sid}.json")
    return queue


def _member(api: ApiRequest) -> Place:
    queue, call_sid = _queue(api), api.path("call")
    place = queue.find(call_sid)
    if place is None:
        path = f"/Accounts/{api.engine.config.account_sid}/Queues/{queue.sid}/Members/{call_sid}.json"
        raise ApiError(20404, path)
    return place
