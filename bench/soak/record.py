"""The simulator's own record of everything, kept beside it: it remembers less than a soak makes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import websockets

Json = dict[str, Any]


class Record:
    """Every leg, request and warning since it began, as the simulator's events tell. Use as `async with`."""

    def __init__(self, bench_url: str) -> None:
        self._url = bench_url.replace("http", "ws", 1) + "/sim/events"
        self.calls: dict[str, Json] = {}
        self.requests: dict[int, Json] = {}
        self.warnings: list[Json] = []
        #: What each conference was like, by its sid: after each change, with the moment when that was heard of.
        self.conferences: dict[str, list[tuple[datetime, Json]]] = {}
        #: Whether anything may have been missed.
        self.interrupted = False
        self._changed = asyncio.Event()
        self._begun = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Record:
        self._task = asyncio.create_task(self._run())
        await asyncio.wait_for(self._begun.wait(), 10)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        async for socket in websockets.connect(self._url, max_size=None, ping_interval=None, proxy=None):
            try:
                async for text in socket:
                    self._take(json.loads(text))
            except websockets.ConnectionClosed:
                self.interrupted = True

    def _take(self, event: Json) -> None:
        kind = event["type"]
        if kind == "snapshot":
            self._begun.set()
            for call in event["calls"]:
                self.calls[call["sid"]] = call
            for request in event["requests"]:
                self.requests[request["id"]] = request
        elif kind == "call":
            self.calls[event["call"]["sid"]] = event["call"]
        elif kind == "caption" and event["sid"] in self.calls:
            captions = self.calls[event["sid"]]["captions"]
            captions.append({"time": event["time"], "text": event["text"]})
        elif kind == "request":
            self.requests[event["request"]["id"]] = event["request"]
        elif kind == "conference":
            seen = self.conferences.setdefault(event["conference"]["sid"], [])
            seen.append((datetime.now(UTC), event["conference"]))
        elif kind == "warning":
            self.warnings.append(event["warning"])
        self._changed.set()
        self._changed = asyncio.Event()

    async def until(self, condition: Callable[[], Any], seconds: float) -> Any:
        """What `condition` gives as soon as it is truthy; its last answer when the time is over."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while not (found := condition()):
            left = deadline - loop.time()
            if left <= 0:
                return found
            try:
                await asyncio.wait_for(self._changed.wait(), left)
            except TimeoutError:
                return condition()
        return found

    def over(self, sid: str) -> bool:
        return bool(self.calls.get(sid, {}).get("end_time"))

    def children(self, sid: str) -> list[Json]:
        return [call for call in self.calls.values() if call["parent_call_sid"] == sid]

    def root_of(self, leg: Json) -> str:
        """The call that a leg belongs to. One that REST made has no parent: where it reports to names the call. Nor has
        a browser's own that comes into a call, which says itself into which."""
        if root := self.comes_into(leg):
            return root
        if leg["direction"] == "outbound-api":
            for request in self.requests_of(leg["sid"]):
                if found := parse_qs(urlsplit(request["url"]).query).get("call"):
                    return found[0]
        return str(leg["parent_call_sid"] or leg["sid"])

    def comes_into(self, leg: Json) -> str:
        """The call that a browser's own leg asked to come into, to supervise it or to go on with it; empty for any
        other leg."""
        if leg["direction"] != "inbound" or leg["party"] == "telephone":
            return ""
        asked = (request["params"] for request in self.requests_of(leg["sid"]))
        named = (params.get("supervise") or params.get("Move") for params in asked)
        return next((str(root) for root in named if root), "")

    def was_in_a_room(self, sid: str) -> bool:
        histories = self.conferences.values()
        return any(one["call_sid"] == sid for seen in histories for _, now in seen for one in now["participants"])

    def requests_of(self, sid: str) -> list[Json]:
        return [request for request in self.requests.values() if request["call_sid"] == sid]
