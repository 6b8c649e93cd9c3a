"""Texts for tests: Twilio's fields, rows, and a signed-in agent's requests."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from agents.models import Agent
from messaging.models import Direction, Message, Thread
from routing.models import Line
from tests.twilio import ACCOUNT_SID, CALLER, SUPPORT, sid

INCOMING = "/twilio/messaging/incoming/"
STATUS = "/twilio/messaging/status/"
FALLBACK = "/twilio/messaging/fallback/"


def text(number: int = 1, **changes: Any) -> dict[str, Any]:
    """The fields of a text to the Support line."""
    return {
        "MessageSid": sid("SM", number),
        "SmsSid": sid("SM", number),
        "AccountSid": ACCOUNT_SID,
        "From": CALLER,
        "To": SUPPORT,
        "Body": "Is my lamp ready?",
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsStatus": "received",
        "ApiVersion": "2010-04-01",
    } | changes


def status(word: str, number: int = 9, **changes: Any) -> dict[str, Any]:
    """The fields of a status callback of a text of ours."""
    return {
        "MessageSid": sid("SM", number),
        "MessageStatus": word,
        "AccountSid": ACCOUNT_SID,
        "From": SUPPORT,
        "To": CALLER,
        "ApiVersion": "2010-04-01",
    } | changes


def make_thread(line: Line, number: str = CALLER, **values: Any) -> Thread:
    return Thread.objects.create(line=line, number=number, **values)


def make_message(thread: Thread, **values: Any) -> Message:
    """A text of ours that Twilio has, unless it is said otherwise."""
    ours = {"direction": Direction.OUTBOUND, "sender": thread.line.number, "recipient": thread.number}
    return Message.objects.create(thread=thread, **(ours | {"body": "Yes, since noon."} | values))


def signed_in(agent: Agent) -> Client:
    client = Client()
    client.force_login(agent)
    return client


def send(client: Client, path: str, body: Any, **headers: str) -> Any:
    return client.generic("POST", path, json.dumps(body), "application/json", secure=True, headers=headers)


def get(client: Client, path: str, **query: Any) -> Any:
    return client.get(path, query, secure=True)
