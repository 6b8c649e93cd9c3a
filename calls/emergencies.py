"""What is answered when all else fails: with neither database nor cache nor broker."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from django.urls import reverse

from calls.answering import route_responses, twiml, twiml_responses
from calls.params import TRY_FIELD, TURN_FIELD, DialActionRequest, from_browser
from telephony.webhooks.forms import whole_field
from telephony.webhooks.kinds import Answer
from telephony.webhooks.received import Received

# Whoever asks there is on a route, and has been answered before. Not where callers are led back to: once is enough.
_ON_ROUTE = ("calls:gather", "calls:ring-action", "calls:queue-action", "calls:offer")
_WAITING = "calls:wait-document"
# Of these the other leg may have been sent elsewhere, where whoever asks is to follow.
_AFTER_DIAL = ("calls:ring-action", "calls:dial-action")
_ROOM = "calls:room"
_LEAD_BACK = "calls:lead-back"
# So often whoever follows another leg into a room asks again. The other one waits there: both would be lost by less.
_TRIES = 6


def to_party(received: Received) -> Answer:
    """What can be said without knowing anything: nobody who has talked, or left a message, is asked for one."""
    fields = received.fields
    talked = has_talked(received)
    if from_browser(received.form):
        return twiml.hang_up_twiml() if talked else twiml_responses.not_started()
    if fields.get("RecordingSid"):
        return twiml_responses.after_message()
    return twiml.hang_up_twiml() if talked else twiml_responses.when_all_fails()


def left_room(received: Received) -> Answer:
    """Whoever was called here, an agent's phone or an outside number, is not asked for a message."""
    was_called = received.fields.get("Direction", "").startswith("outbound-dial")
    is_ours = received.fields.get("To", "").startswith("client:")
    return twiml.hang_up_twiml() if was_called or is_ours else to_party(received)


def has_talked(received: Received) -> bool:
    return DialActionRequest.from_fields(received.fields).has_talked


def was_parted(received: Received) -> bool:
    """Whether the two have talked, and the other leg was sent into a room, where this one is to follow: of such a leg
    alone Twilio says no duration."""
    return has_talked(received) and "DialCallDuration" not in received.form


def after_dial(received: Received) -> Answer:
    """Whoever is to follow the other leg asks again; nothing goes on for anybody else."""
    return route_responses.lead_after() if was_parted(received) else to_party(received)


def into_room(received: Received) -> Answer:
    """Whoever was sent into a room asks again for the way there."""
    return route_responses.lead_after()


def led_back(received: Received) -> Answer:
    """Whoever was led back on a route is asked for a message; whoever is to follow into a room asks on for a while."""
    if not asks_on(received):
        return to_party(received)
    return route_responses.lead_after(whole_field(received.fields, TRY_FIELD) or 0)


def asks_on(received: Received) -> bool:
    """Whether `led_back` has the leg ask again."""
    return _may_ask_again(whole_field(received.fields, TRY_FIELD))


def _may_ask_again(tries: int | None) -> bool:
    return tries is not None and 0 < tries < _TRIES


def on_route(received: Received) -> Answer:
    """Whoever is on a route hears music for a moment, and asks again: once, for what is asked there has the answer of
    `to_party` when that fails, too."""
    if was_parted(received):
        return route_responses.lead_after()
    if not leads_back(received):
        return to_party(received)
    return route_responses.lead_back(whole_field(received.fields, TURN_FIELD), moment=True)


def leads_back(received: Received) -> bool:
    """Whether `on_route` has the caller ask again."""
    return was_parted(received) or not (from_browser(received.form) or has_talked(received))


def of_fallback(received: Received) -> Answer:
    """Twilio could not use an answer of ours. Whoever is on a route is led back to it at once, by the address alone
    that failed; anybody else, and whoever was led back before, gets what can be said."""
    failed = failed_on_route(received)
    if failed is None:
        return to_party(received)
    if was_parted(received) or failed.name in (_ROOM, _LEAD_BACK):
        return route_responses.lead_after(failed.tries)
    # In the queue, Twilio takes but a few verbs.
    return route_responses.please_wait() if failed.name == _WAITING else route_responses.lead_back(failed.turn)


class FailedAt(NamedTuple):
    """An address of ours, by its URL name, whose answer Twilio could not use."""

    name: str
    turn: int | None
    #: How often whoever is to follow into a room has asked there.
    tries: int = 0


def failed_on_route(received: Received) -> FailedAt | None:
    """Where it failed for whoever asks at the fallback; None when the caller does not go on from there."""
    try:
        parts = urlsplit(received.fields.get("ErrorUrl", ""))
        query = parse_qs(parts.query, max_num_fields=9)
    except ValueError:
        return None
    tries = _whole(query, "try")
    if _may_ask_again(tries) and parts.path == reverse(_LEAD_BACK):
        return FailedAt(_LEAD_BACK, None, tries or 0)
    if not leads_back(received):
        return None
    known = _AFTER_DIAL if was_parted(received) else (*_ON_ROUTE, _WAITING, _ROOM)
    names = [name for name in known if parts.path == reverse(name)]
    return FailedAt(names[0], _whole(query, "turn")) if names else None


def _whole(query: dict[str, list[str]], name: str) -> int | None:
    return whole_field({name: query[name][0]}, name) if name in query else None


def after_message(received: Received) -> Answer:
    return to_party(received) if from_browser(received.form) else twiml_responses.after_message()


def while_waiting(received: Received) -> Answer:
    """In the queue, where Twilio takes but a few verbs."""
    return route_responses.please_wait()


def nothing(received: Received) -> Answer:
    return None
