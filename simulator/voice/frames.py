"""The text frames of the signalling socket: one JSON object each, `{"type", "payload", "version"}`."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

Payload = dict[str, Any]

#: Sent by the server when it has nothing to say; the SDK answers with the same.
KEEP_ALIVE = "\n"
VERSION = "1.6"

# What the SDK makes of them is in its `errors/generated.ts`.
APPLICATION_NOT_FOUND = 31001
CONNECTION_ERROR = 31005
CANCELLED = 31008
RECONNECT_INVALID = 31107
NOT_AUTHORISED = 31201
MEDIA_FAILED = 53405
BAD_MESSAGE_TYPE = 31210
MESSAGE_TOO_LARGE = 31212

#: The only type of message that Twilio passes on.
USER_MESSAGE = "user-defined-message"


def encode(kind: str, payload: Payload) -> str:
    return json.dumps({"type": kind, "payload": payload, "version": VERSION})


def decode(text: str) -> tuple[str, Payload] | None:
    """Type and payload of a frame; None for the keep-alive and for what is no frame."""
    try:
        frame = json.loads(text)
    except ValueError:
        return None
    if not isinstance(frame, dict) or not isinstance(frame.get("type"), str):
        return None
    payload = frame.get("payload")
    return frame["type"], payload if isinstance(payload, dict) else {}


def error(code: int, message: str) -> Payload:
    return {"error": {"code": code, "message": message}}


def call_params(payload: Payload) -> dict[str, str]:
    """What was given to `device.connect({params})`: one string, both sides percent-encoded."""
    twilio = payload.get("twilio")
    params = twilio.get("params") if isinstance(twilio, dict) else None
    # The SDK uses encodeURIComponent, so that a plus sign is a plus sign (`pstream.ts`).
    return dict(parse_qsl(params.replace("+", "%2B"), keep_blank_values=True)) if isinstance(params, str) else {}


def text(payload: Payload, key: str) -> str:
    value = payload.get(key)
    return value if isinstance(value, str) else ""
