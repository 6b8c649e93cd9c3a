"""Twilio's requests about calls, signed, as the bytes that go over the wire."""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

from bench.servers import ACCOUNT_SID, AUTH_TOKEN, BASE_URL, HOST, WEBHOOK_PASSWORD, WEBHOOK_USERNAME

INCOMING, STATUS = "/twilio/voice/incoming/", "/twilio/voice/status/"
BASIC = base64.b64encode(f"{WEBHOOK_USERNAME}:{WEBHOOK_PASSWORD}".encode()).decode()
_START = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Desk:
    """A line with the one agent who answers it, and a contact who calls."""

    line: str
    caller: str
    agent_id: int


@dataclass(frozen=True, slots=True)
class Call:
    """One call to a line: the caller's leg, and the agent's."""

    desk: Desk
    number: int

    @property
    def root_sid(self) -> str:
        return f"CA{self.number * 2:032x}"

    @property
    def leg_sid(self) -> str:
        return f"CA{self.number * 2 + 1:032x}"

    def incoming(self, **changes: str) -> dict[str, str]:
        """The request for TwiML."""
        return {
            "AccountSid": ACCOUNT_SID,
            "ApiVersion": "2010-04-01",
            "CallSid": self.root_sid,
            "CallStatus": "ringing",
            "Called": self.desk.line,
            "CalledCity": "",
            "CalledCountry": "US",
            "CalledState": "DC",
            "CalledZip": "",
            "Caller": self.desk.caller,
            "CallerCity": "WASHINGTON",
            "CallerCountry": "US",
            "CallerState": "DC",
            "CallerZip": "20001",
            "Direction": "inbound",
            "From": self.desk.caller,
            "FromCity": "WASHINGTON",
            "FromCountry": "US",
            "FromState": "DC",
            "FromZip": "20001",
            "StirVerstat": "TN-Validation-Passed-A",
            "To": self.desk.line,
            "ToCity": "",
            "ToCountry": "US",
            "ToState": "DC",
            "ToZip": "",
        } | changes

    def leg(self, status: str, sequence: int) -> dict[str, str]:
        """A callback of the leg that rings the agent's browser."""
        fields = {
            "AccountSid": ACCOUNT_SID,
            "ApiVersion": "2010-04-01",
            "CallSid": self.leg_sid,
            "CallStatus": status,
            "CallbackSource": "call-progress-events",
            "Called": f"client:agent_{self.desk.agent_id}",
            "Caller": self.desk.caller,
            "Direction": "outbound-dial",
            "From": self.desk.caller,
            "ParentCallSid": self.root_sid,
            "SequenceNumber": str(sequence),
            "Timestamp": _time(sequence),
            "To": f"client:agent_{self.desk.agent_id}",
        }
        return fields | ({"CallDuration": "9", "Duration": "1"} if status == "completed" else {})

    def root_completed(self) -> dict[str, str]:
        """The number's own callback, at the end."""
        return self.incoming(
            CallStatus="completed",
            CallbackSource="call-progress-events",
            CallDuration="14",
            Duration="1",
            SequenceNumber="0",
            Timestamp=_time(4),
        )

    def callbacks(self) -> list[dict[str, str]]:
        """All five status callbacks, in their order."""
        statuses = ("initiated", "ringing", "in-progress", "completed")
        return [*(self.leg(status, number) for number, status in enumerate(statuses)), self.root_completed()]


def _time(sequence: int) -> str:
    return format_datetime(_START + timedelta(seconds=sequence * 5))


def post(path: str, fields: dict[str, str], *, basic: bool = False, signature: str | None = None) -> bytes:
    """A webhook as it leaves the proxy before the server; really signed unless a `signature` is given."""
    return raw(
        "POST",
        path,
        urlencode(fields).encode(),
        {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "X-Twilio-Signature": signature or _signature(path, fields),
            "I-Twilio-Idempotency-Token": f"{fields['CallSid'][2:]}-{fields.get('SequenceNumber', 'x')}",
            "User-Agent": "TwilioProxy/1.1",
            **({"Authorization": f"Basic {BASIC}"} if basic else {}),
        },
    )


def raw(method: str, path: str, body: bytes, headers: dict[str, Any]) -> bytes:
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: {HOST}",
        "Accept: */*",
        "X-Forwarded-Proto: https",
        "X-Forwarded-For: 192.0.2.17",
        *(f"{name}: {value}" for name, value in headers.items()),
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _signature(path: str, fields: dict[str, str]) -> str:
    text = BASE_URL + path + "".join(name + fields[name] for name in sorted(fields))
    return base64.b64encode(hmac.digest(AUTH_TOKEN.encode(), text.encode(), "sha1")).decode()
