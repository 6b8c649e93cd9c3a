"""What happened: every request in and out, every warning, and the sockets that are told of it as it happens."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections import deque
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from simulator.identifiers import iso, new_sid, now

Json = dict[str, Any]

REQUESTS_KEPT = 2000
WARNINGS_KEPT = 500
#: Events a slow socket may lag behind before it is dropped.
SOCKET_BACKLOG = 2000
#: Longest piece of a body that is kept, in characters. TwiML may have 64 kB.
BODY_KEPT = 65_536

_CREDENTIALS = re.compile(r"""(https?://)[^/\s"'<>@?#]+@""")


def without_credentials(url: str) -> str:
    """The URL without `user:password@`, which is a secret and not part of any signed URL either."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, parts.query, parts.fragment))


def redact(text: str) -> str:
    """A text without the passwords of the URLs in it: TwiML, or a number's resource."""
    return _CREDENTIALS.sub(r"\1", text)


@dataclass(eq=False)
class Subscription:
    """One socket's events, oldest first; None means that it fell too far behind and is to be closed."""

    events: asyncio.Queue[Json | None] = field(default_factory=lambda: asyncio.Queue(SOCKET_BACKLOG + 1))
    lost: bool = False


class Inspector:
    """The bounded memory of the simulator."""

    def __init__(self) -> None:
        self.requests: deque[Json] = deque(maxlen=REQUESTS_KEPT)
        self.warnings: deque[Json] = deque(maxlen=WARNINGS_KEPT)
        self._ids = itertools.count(1)
        self._subscriptions: set[Subscription] = set()

    @property
    def sockets(self) -> int:
        return len(self._subscriptions)

    def subscribe(self) -> Subscription:
        subscription = Subscription()
        self._subscriptions.add(subscription)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        self._subscriptions.discard(subscription)

    def publish(self, event: Json) -> None:
        """Tells every socket. Never waits: a socket that does not read is dropped."""
        for subscription in list(self._subscriptions):
            if subscription.events.qsize() >= SOCKET_BACKLOG:
                self.unsubscribe(subscription)
                subscription.lost = True
                subscription.events.put_nowait(None)
            else:
                subscription.events.put_nowait(event)

    def request(self, **fields: Any) -> Json:
        """Remembers a request, made by us (`direction` `out`) or to us (`in`), with the answer it got.

        `fault` says what was done to it on purpose; None for nothing.
        """
        record = {
            "id": next(self._ids),
            "fault": None,
            "message_sid": None,
            **fields,
            "url": without_credentials(fields["url"]),
        }
        record["response_body"] = redact(fields.get("response_body") or "")
        record["params"] = {name: redact(value) for name, value in fields.get("params", {}).items()}
        self.requests.append(record)
        self.publish({"type": "request", "request": record})
        return record

    def find_request(self, request_id: int) -> Json | None:
        return next((record for record in self.requests if record["id"] == request_id), None)

    def warn(
        self,
        code: int | None,
        text: str,
        *,
        call_sid: str | None = None,
        message_sid: str | None = None,
        level: str = "warning",
    ) -> None:
        """Remembers a warning or error as Twilio's debugger would. `code` is Twilio's, or None for our own limits."""
        warning = {
            "sid": new_sid("NO"),
            "time": iso(now()),
            "call_sid": call_sid,
            "message_sid": message_sid,
            "code": code,
            "text": text,
            "level": level,
        }
        self.warnings.append(warning)
        self.publish({"type": "warning", "warning": warning})

    def clear(self) -> None:
        self.requests.clear()
        self.warnings.clear()
