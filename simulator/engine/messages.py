"""User-defined messages between the product and a browser in a call. Twilio Docs, "Voice SDK Call Message Events"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.identifiers import iso, new_sid, now
from simulator.leg import CallLeg, Message

if TYPE_CHECKING:
    from simulator.engine.calls import CallEngine


def send_message(leg: CallLeg, content: object) -> Message | None:
    """Passes a message to the call's browser. None when there is no browser, or when its call is over."""
    message = Message(new_sid("KX"), content)
    if leg.over or not leg.endpoint.message(message.sid, content, message.content_type):
        return None
    leg.messages.append({"time": iso(now()), "direction": "out", "sid": message.sid, "content": content})
    leg.changed()
    return message


def message_received(engine: CallEngine, leg: CallLeg, message: Message) -> None:
    """Writes down what the browser said, and tells the subscriptions of the call."""
    leg.messages.append({"time": iso(now()), "direction": "in", "sid": message.sid, "content": message.content})
    params = {
        "AccountSid": leg.account_sid,
        "CallSid": leg.sid,
        "Sid": message.sid,
        "Content": message.text,
        "ContentType": message.content_type,
        "SequenceNumber": str(sum(1 for one in leg.messages if one["direction"] == "in")),
    }
    for subscription in leg.message_subscriptions.values():
        engine.callbacks.send(leg, "message", subscription.url, subscription.method, list(params.items()))
    leg.changed()
