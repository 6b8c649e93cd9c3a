"""A Twilio that keeps texts, in the place of the HTTP client: its answers, silences and losses are chosen by a test."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import requests
from django.utils import timezone
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from urllib3.exceptions import MaxRetryError, NewConnectionError

from tests.twilio import ACCOUNT_SID, sid

# What becomes of a POST: taken and answered; taken, and the answer lost; or not taken, and why.
OK, TAKEN_500, TAKEN_SILENT, TAKEN_CUT, LOST_500, LOST_SILENT, BUSY, NO_CONNECTION = (
    "ok", "taken-500", "taken-silent", "taken-cut", "lost-500", "lost-silent", "busy", "no-connection",
)  # fmt: skip
# Sent elsewhere by something on the way, once Twilio had it or before.
TAKEN_MOVED, LOST_MOVED = "taken-moved", "lost-moved"
TAKEN = (OK, TAKEN_500, TAKEN_SILENT, TAKEN_CUT, TAKEN_MOVED)
FATES = (*TAKEN, LOST_500, LOST_SILENT, LOST_MOVED, BUSY, NO_CONNECTION)


@dataclass
class Account:
    """`fate`: what becomes of the next text, by its fields; a number is one of Twilio's error codes."""

    fate: Callable[[dict[str, Any]], str | int] = lambda data: OK
    texts: list[dict[str, Any]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    looks: int = 0
    is_away: bool = False
    retry_after: str = "1"
    lock: Any = field(default_factory=threading.Lock)

    def to(self, number: str) -> list[dict[str, Any]]:
        return [text for text in self.texts if text["to"] == number]

    def request(
        self, method: str, url: str, *, params: dict[str, Any] | None = None, data: dict[str, Any] | None = None
    ) -> Response:
        path = urlsplit(url).path
        if method.upper() == "POST" and path.endswith("/Messages.json"):
            return self._create(data or {})
        if path.endswith("/Messages.json"):
            return self._list(params or {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()})
        raise AssertionError(f"{method} {path}")

    def _create(self, data: dict[str, Any]) -> Response:
        with self.lock:
            self.asked.append(data)
            fate = self.fate(data)
            text = None
            if fate in TAKEN:
                text = self.take(data)
        if fate == NO_CONNECTION:
            reason = NewConnectionError(None, "refused")  # type: ignore[arg-type]
            raise requests.ConnectionError(MaxRetryError(None, url="/", reason=reason))  # type: ignore[arg-type]
        if fate in (TAKEN_SILENT, LOST_SILENT):
            raise requests.ReadTimeout("too slow")
        if fate == TAKEN_CUT:
            raise requests.ConnectionError("Remote end closed connection without response")
        if fate in (TAKEN_500, LOST_500):
            return Response(500, json.dumps({"code": 20500, "message": "Internal", "status": 500}))
        if fate in (TAKEN_MOVED, LOST_MOVED):
            return Response(302, "<html>Moved</html>", headers={"Location": "https://proxy.example.com/login"})
        if fate == BUSY:
            body = json.dumps({"code": 20429, "message": "Too many", "status": 429})
            return Response(429, body, headers={"Retry-After": self.retry_after} if self.retry_after else {})
        if isinstance(fate, int):
            return Response(400, json.dumps({"code": fate, "message": "Refused", "status": 400}))
        return Response(201, json.dumps(text))

    def take(self, data: dict[str, Any]) -> dict[str, Any]:
        made = format_datetime(timezone.now())
        text = {
            "sid": sid("SM", len(self.texts) + 1),
            "account_sid": ACCOUNT_SID,
            "from": data.get("From"),
            "messaging_service_sid": data.get("MessagingServiceSid"),
            "to": data["To"],
            "body": data.get("Body", ""),
            "status": "queued",
            "direction": "outbound-api",
            "num_segments": "1",
            "num_media": "0",
            "price": None,
            "price_unit": "USD",
            "error_code": None,
            "error_message": None,
            "date_created": made,
            "date_sent": None,
            "date_updated": made,
            "callback": data.get("StatusCallback", ""),
        }
        self.texts.append(text)
        return text

    def _list(self, params: dict[str, Any]) -> Response:
        self.looks += 1
        if self.is_away:
            raise requests.ReadTimeout("too slow")
        found = [
            text
            for text in reversed(self.texts)
            if params.get("To") in (None, text["to"]) and params.get("From") in (None, text["from"])
        ]
        page = {"messages": found[:50], "next_page_uri": None, "page": 0, "page_size": 50, "uri": "/Messages.json"}
        return Response(200, json.dumps(page))


@contextmanager
def twilio_is(account: Account) -> Iterator[Account]:
    """Within it, whatever asks Twilio asks this account."""

    def request(self: Any, method: str, url: str, *, params: Any = None, data: Any = None, **_: Any) -> Response:
        return account.request(method, url, params=params, data=data)

    with patch.object(TwilioHttpClient, "request", request):
        yield account
