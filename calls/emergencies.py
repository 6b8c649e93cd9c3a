"""What is answered when all else fails: with neither database nor cache nor broker."""

from __future__ import annotations

from calls.answering import route_responses, twiml, twiml_responses
from calls.params import from_browser
from telephony.webhooks.kinds import Answer
from telephony.webhooks.received import Received

TALKED = ("completed", "answered")


def to_party(received: Received) -> Answer:
    """What can be said without knowing anything: nobody who has talked, or left a message, is asked for one."""
    fields = received.fields
    talked = fields.get("DialCallStatus") in TALKED
    if from_browser(received.form):
        return twiml.hang_up_twiml() if talked else twiml_responses.not_started()
    if fields.get("RecordingSid"):
        return twiml_responses.after_message()
    return twiml.hang_up_twiml() if talked else twiml_responses.when_all_fails()


def after_message(received: Received) -> Answer:
    return to_party(received) if from_browser(received.form) else twiml_responses.after_message()


def while_waiting(received: Received) -> Answer:
    """In the queue, where Twilio takes but a few verbs."""
    return route_responses.please_wait()


def nothing(received: Received) -> Answer:
    return None
