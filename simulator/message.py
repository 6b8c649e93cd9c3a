"""One text message: its explicit states, what it holds, and when what became of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http.cookiejar import CookieJar
from typing import Any, Literal

from simulator.identifiers import iso, moment, new_sid, now

Json = dict[str, Any]
Direction = Literal["inbound", "outbound-api", "outbound-reply"]

#: Twilio Docs, "Messages resource", "Message status values". `sent` is the last one where no receipt ever comes.
TRANSITIONS: dict[str, frozenset[str]] = {
    "scheduled": frozenset({"queued", "canceled", "failed"}),
    "accepted": frozenset({"queued", "failed"}),
    "queued": frozenset({"sending", "failed"}),
    "sending": frozenset({"sent", "failed"}),
    "sent": frozenset({"delivered", "undelivered"}),
    "receiving": frozenset({"received"}),
    **dict.fromkeys(("delivered", "undelivered", "failed", "canceled", "received"), frozenset()),
}
#: Statuses after which the text may be redacted or deleted.
COMPLETE = frozenset({"sent", "delivered", "undelivered", "failed", "canceled", "received"})
#: Statuses that nobody is told of: Twilio Docs, "Outbound Message Status in Status Callbacks".
UNTOLD = frozenset({"sending"})

#: Twilio's error dictionary, for what befalls messages that were taken.
ERRORS: dict[int, str] = {
    11200: "HTTP retrieval failure",
    11751: "Media message: media exceeds messaging provider size limit",
    12300: "Invalid Content-Type",
    21610: "Attempt to send to unsubscribed recipient",
    21703: "The Messaging Service does not have a phone number available to send a message",
    30001: "Queue overflow",
    30002: "Account suspended",
    30003: "Unreachable destination handset",
    30004: "Message blocked",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Carrier violation",
    30008: "Unknown error",
    30022: "US A2P 10DLC - rate limits exceeded",
    30023: "US A2P 10DLC - daily message cap reached",
    30027: "US A2P 10DLC - T-Mobile daily message limit reached",
    30032: "Toll-free number has not been verified",
    30033: "US A2P 10DLC - campaign suspended",
    30034: "US A2P 10DLC - message from an unregistered number",
    30035: "US A2P 10DLC - message from an unavailable number",
    30036: "Validity period expired",
}


class IllegalTransitionError(Exception):
    """A message was to go from one status to another that cannot follow it."""


@dataclass(eq=False)
class Media:
    """A picture, a sound or a file that goes with a message."""

    content_type: str
    data: bytes = b""
    sid: str = field(default_factory=lambda: new_sid("ME"))
    date_created: datetime = field(default_factory=moment)
    date_updated: datetime = field(default_factory=now)


class TextMessage:
    """A message. Observers are told, in order and at once, of every change of status."""

    def __init__(
        self,
        account_sid: str,
        from_: str | None,
        to: str,
        body: str,
        direction: Direction,
        status: str,
        *,
        service_sid: str | None = None,
        mms: bool = False,
    ) -> None:
        self.sid = new_sid("MM" if mms else "SM")
        self.account_sid = account_sid
        #: None as long as a Messaging Service has not chosen who sends it.
        self.from_ = from_
        self.to = to
        self.body = body
        self.direction: Direction = direction
        self.status = status
        self.service_sid = service_sid
        self.mms = mms
        #: What it counts as, of a sender's queue and of the bill; 0 as long as nobody was chosen to send it.
        self.segments = 0
        self.media: list[Media] = []
        #: How many are to be fetched yet, which is done when it is sent.
        self.media_asked = 0
        self.status_callback = ""
        self.error_code: int | None = None
        self.price: str | None = None
        #: Passwords of the URLs that were asked about this message, by host.
        self.credentials: dict[str, tuple[str, str]] = {}
        #: Cookies that were given in answer to texts between the two.
        self.cookies = CookieJar()
        #: What Twilio made of it as a word: `STOP`, `START`, `HELP`; or whose answer it is: `twilio`, `telephone`.
        self.opt_out_type: str | None = None
        self.author: str | None = None
        self.redacted = False
        #: Whether the account has it at all: not what comes to a service that takes no texts.
        self.logged = True
        #: Seconds that it may wait in its sender's queue.
        self.expires = 36_000
        self.date_created = moment()
        self.date_updated = self.date_created
        self.date_sent: datetime | None = None
        self.history: list[tuple[str, datetime]] = [(status, self.date_created)]
        self._observers: list[Callable[[TextMessage, str | None], None]] = []

    @property
    def complete(self) -> bool:
        return self.status in COMPLETE

    @property
    def inbound(self) -> bool:
        return self.direction == "inbound"

    @property
    def date_queued(self) -> datetime:
        """When it began to wait for its sender."""
        return next((time for status, time in self.history if status == "queued"), self.date_created)

    @property
    def error_message(self) -> str | None:
        return None if self.error_code is None else ERRORS.get(self.error_code, "Unknown error")

    @property
    def media_count(self) -> int:
        return len(self.media) + self.media_asked

    def observe(self, observer: Callable[[TextMessage, str | None], None]) -> None:
        """`observer(message, status)` is called with the new status, or with None when anything else changed."""
        self._observers.append(observer)

    def changed(self, status: str | None = None) -> None:
        self.date_updated = now()
        for observer in list(self._observers):
            observer(self, status)

    def move(self, status: str, error_code: int | None = None) -> None:
        """Goes on to `status`. Raises `IllegalTransitionError` when that cannot follow."""
        if status not in TRANSITIONS[self.status]:
            raise IllegalTransitionError(f"{self.sid}: {self.status} cannot become {status}")
        self.status = status
        self.error_code = error_code
        self.history.append((status, now()))
        if status == "sent" or (status == "received" and self.date_sent is None):
            self.date_sent = now()
        self.changed(status)

    def redact(self) -> None:
        self.body = ""
        self.redacted = True
        self.changed()

    def as_json(self) -> Json:
        """The control API's view of the message."""
        return {
            "sid": self.sid,
            "direction": self.direction,
            "from": self.from_,
            "to": self.to,
            "body": self.body,
            "status": self.status,
            "error_code": self.error_code,
            "error_message": self.error_message,
            "segments": self.segments,
            "media": [{"sid": one.sid, "content_type": one.content_type, "bytes": len(one.data)} for one in self.media],
            "messaging_service_sid": self.service_sid,
            "opt_out_type": self.opt_out_type,
            "author": self.author,
            "price": self.price,
            "date_created": iso(self.date_created),
            "date_sent": iso(self.date_sent),
            "history": [{"status": status, "time": iso(time)} for status, time in self.history],
        }
