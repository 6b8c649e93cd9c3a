"""What Twilio asks about callers on routes: each kind of webhook, what is done with it, and what is said of it.

Each address carries the turn that it speaks of: whatever is asked twice, or too late, gets the answer of now.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from calls import emergencies
from calls.answering import route_responses, route_twiml, twiml, twiml_responses
from calls.live import call_backs, conversations, status_callbacks
from calls.live.conversations import Asked
from calls.live.journey import Meeting
from calls.live.queues import place_of
from calls.models import Call
from calls.params import (
    ATTEMPT_FIELD,
    CALLER_FIELDS,
    PROGRESS_FIELDS,
    TRY_FIELD,
    TURN_FIELD,
    Believed,
    DialActionRequest,
    InputRequest,
    QueueRequest,
    VoiceRequest,
)
from calls.recorder.sentences import status_words
from calls.room_webhooks import after_dial, led_into_room
from core.sql.unit import UnitOfWork
from core.text import in_sentence
from routing.doings import Event, EventKind
from telephony.models import Webhook
from telephony.webhooks.kinds import Answer, WebhookKind
from telephony.webhooks.received import Received

_LANGUAGE_FIELD = "SpokenLanguage"
# Seconds that the music lasts, about: what is said in it goes by turns.
_ROUND = 15


def answer_to(meeting: Meeting | None) -> Answer:
    if meeting is None:
        return route_responses.nobody_known()
    return conversations.answered(meeting, route_responses.to_caller(meeting) or twiml_responses.apology())


def _gather(work: UnitOfWork, received: Received) -> Answer:
    request = InputRequest.from_fields(received.fields)
    asked = Asked(work, request.voice.sid)
    return answer_to(conversations.input_came(asked, request.turn, _event(request)))


def _event(request: InputRequest) -> Event:
    if request.digits:
        return Event(EventKind.PRESSED, request.digits)
    if request.speech:
        return Event(EventKind.SPOKE, request.speech)
    return Event(EventKind.NO_INPUT)


def _ring_action(work: UnitOfWork, received: Received) -> Answer:
    action = DialActionRequest.from_fields(received.fields)
    if (answer := after_dial(work, action)) is not None:
        return answer
    asked = Asked(work, action.voice.sid)
    status_callbacks.end_noted(asked.call, action.voice)
    return answer_to(
        conversations.ring_over(asked, action.turn, talked=action.has_talked, leg_sid=action.dial_call_sid)
    )


def _queue_action(work: UnitOfWork, received: Received) -> Answer:
    request = QueueRequest.from_fields(received.fields)
    asked = Asked(work, request.voice.sid)
    status_callbacks.end_noted(asked.call, request.voice)
    return answer_to(conversations.left_queue(asked, request.turn, request.result))


def _offer(work: UnitOfWork, received: Received) -> Answer:
    request = QueueRequest.from_fields(received.fields)
    return answer_to(conversations.fetched(Asked(work, request.voice.sid), request.turn))


def _wait(work: UnitOfWork, received: Received) -> Answer:
    request = InputRequest.from_fields(received.fields)
    asked = Asked(work, request.voice.sid)
    waits = asked.meeting.conversation if asked.meeting else None
    # Where a call-back may be asked for, that is key 1.
    leaves = "2" if waits is not None and call_backs.may_be_offered(waits) else "1"
    if request.digits == "1" and leaves != "1":
        conversations.wants_call_back(asked)
    if conversations.must_leave_queue(asked, wishes_to=request.digits == leaves) or asked.meeting is None:
        return route_responses.leave_queue()
    conversation = asked.meeting.conversation
    since = conversation.waiting_since or timezone.now()
    waited = max(0.0, (timezone.now() - since).total_seconds())
    place = place_of(conversation) if conversation.place_at else None
    return route_responses.while_waiting(asked.meeting, place, round_=int(waited // _ROUND))


def _press_one(work: UnitOfWork, received: Received) -> Answer:
    digits = received.fields.get("Digits", "")
    if not digits:
        return route_responses.press_one(received.fields.get(_LANGUAGE_FIELD, ""))
    return route_twiml.take_call_twiml() if digits == "1" else twiml.hang_up_twiml()


def _lead_back(work: UnitOfWork, received: Received) -> Answer:
    request = QueueRequest.from_fields(received.fields)
    if (answer := led_into_room(work, request.voice)) is not None:
        return answer
    if request.voice.from_browser:
        # There is nothing any more to follow into.
        return twiml.hang_up_twiml()
    asked = Asked(work, request.voice.sid)
    status_callbacks.end_noted(asked.call, request.voice)
    return answer_to(conversations.led_back(asked, request.turn))


def _late(work: UnitOfWork, received: Received) -> Answer:
    """Taken up too late to answer. Whoever was led back has asked anew."""
    return None if emergencies.leads_back(received) else _lost(work, received)


def _led_back_late(work: UnitOfWork, received: Received) -> Answer:
    return None if emergencies.asks_on(received) else _lost(work, received)


def _lost(work: UnitOfWork, received: Received) -> Answer:
    """Taken up too late to answer: the caller got the emergency answer, and is on no route any more."""
    conversations.lost(work, VoiceRequest.from_fields(received.fields).sid)
    return None


def _nothing_late(work: UnitOfWork, received: Received) -> Answer:
    return None


# --- What each is on the time line ------------------------------------------------------------------------------------

_LEFT = {
    "bridged": _("The conversation ended"),
    "bridging-in-process": _("The conversation ended"),
    "redirected-from-bridged": _("The conversation was taken elsewhere"),
    "redirected": _("The caller was fetched out of the queue"),
    "leave": _("The caller left the queue"),
    "hangup": _("The caller hung up while waiting"),
    "queue-full": _("The queue was full"),
    "error": _("Twilio could not put the caller into the queue"),
    "system-error": _("Twilio could not put the caller into the queue"),
}


def _param(row: Webhook, name: str) -> str:
    return str(row.params.get(name, "")) if isinstance(row.params, dict) else ""


def _gather_said(row: Webhook, **more: Any) -> str:
    if digits := _param(row, "Digits"):
        return gettext("The caller pressed %(keys)s") % {"keys": in_sentence(digits[:32])}
    if words := _param(row, "SpeechResult"):
        return gettext("The caller said “%(words)s”") % {"words": in_sentence(words[:200])}
    return gettext("The caller pressed nothing")


def _ring_action_said(row: Webhook, **more: Any) -> str:
    end = gettext(_RINGS.get(_param(row, "DialCallStatus"), _("Ringing ended")))
    return gettext("%(what)s, and Twilio asked what to do next") % {"what": end}


_RINGS = {
    "completed": _("The conversation ended"),
    "answered": _("The conversation ended"),
    "busy": _("The line was busy"),
    "no-answer": _("Nobody answered"),
    "failed": _("The call could not be connected"),
    "canceled": _("The caller hung up before anybody answered"),
}


def _queue_action_said(row: Webhook, **more: Any) -> str:
    end = gettext(_LEFT.get(_param(row, "QueueResult"), _("The caller left the queue")))
    return gettext("%(what)s, and Twilio asked what to do next") % {"what": end}


def _offer_said(row: Webhook, **more: Any) -> str:
    return gettext("Twilio fetched the caller and asked what to do")


def _lead_back_said(row: Webhook, **more: Any) -> str:
    return gettext("The caller was led back to where the route was left, and Twilio asked what to do next")


def _wait_said(row: Webhook, **more: Any) -> str:
    if _param(row, "Digits"):
        return gettext("The caller pressed %(keys)s while waiting") % {"keys": in_sentence(_param(row, "Digits")[:32])}
    return gettext("Twilio asked what the caller hears while waiting")


def _press_one_said(row: Webhook, **more: Any) -> str:
    digits = _param(row, "Digits")
    if not digits:
        return gettext("The outside number answered, and was asked to press 1")
    if digits == "1":
        return gettext("The outside number took the call")
    return gettext("The outside number did not take the call")


def _status_said(row: Webhook, *, leg: Call, is_root: bool) -> str:
    return status_words(row.status, leg=leg, is_root=is_root)


# --- The kinds --------------------------------------------------------------------------------------------------------


def _posted(name: str, *believed: str, turn: bool = True, **parts: Any) -> WebhookKind:
    """A kind about callers, who are never phones of ours: what a browser says is not believed."""
    fields = (*believed, TURN_FIELD) if turn else believed
    return WebhookKind(
        name=name,
        path=f"voice/{name}/",
        url_name=f"calls:{name}",
        in_query={"turn": TURN_FIELD} if turn else parts.pop("in_query", {}),
        believed=Believed(only_of_others=fields),
        **parts,
    )


ROUTE_KINDS = (
    _posted(
        "gather",
        "Digits",
        "SpeechResult",
        "Confidence",
        work=_gather,
        work_late=_late,
        emergency=emergencies.on_route,
        said=_gather_said,
    ),
    _posted(
        "ring-action",
        "DialCallStatus",
        "DialCallSid",
        "DialBridged",
        "DialCallDuration",
        work=_ring_action,
        work_late=_late,
        emergency=emergencies.on_route,
        said=_ring_action_said,
    ),
    _posted(
        "queue-action",
        "QueueResult",
        "QueueTime",
        work=_queue_action,
        work_late=_late,
        emergency=emergencies.on_route,
        said=_queue_action_said,
    ),
    _posted("offer", work=_offer, work_late=_late, emergency=emergencies.on_route, said=_offer_said),
    WebhookKind(
        name="lead-back",
        path="voice/lead-back/",
        url_name="calls:lead-back",
        in_query={"turn": TURN_FIELD, "try": TRY_FIELD},
        # A phone of ours may follow into a room, too: our own address says how often it has asked.
        believed=Believed(of_all=(TRY_FIELD,), only_of_others=(TURN_FIELD,)),
        work=_lead_back,
        work_late=_led_back_late,
        emergency=emergencies.led_back,
        said=_lead_back_said,
    ),
    _posted(
        "wait-document",
        "Digits",
        "QueuePosition",
        "QueueTime",
        work=_wait,
        work_late=_nothing_late,
        emergency=emergencies.while_waiting,
        said=_wait_said,
    ),
    _posted(
        "press-one",
        "Digits",
        "ParentCallSid",
        _LANGUAGE_FIELD,
        turn=False,
        in_query={"language": _LANGUAGE_FIELD},
        work=_press_one,
        emergency=lambda received: _press_one(UnitOfWork(), received),
        said=_press_one_said,
    ),
    _posted(
        "offer-status",
        *PROGRESS_FIELDS,
        "ParentCallSid",
        "ErrorCode",
        *CALLER_FIELDS,
        ATTEMPT_FIELD,
        turn=False,
        in_query={"attempt": ATTEMPT_FIELD},
        work_on_many=status_callbacks.status_callbacks_apply,
        is_waited_for=False,
        emergency=emergencies.nothing,
        said=_status_said,
    ),
)
