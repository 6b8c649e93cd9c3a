"""What Twilio asks and says about rooms: each kind of webhook, what is done with it, and what is said of it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from calls import emergencies
from calls.answering import room_twiml, route_responses, twiml, twiml_responses
from calls.live import conversations, status_callbacks
from calls.live.conversations import Asked
from calls.live.services import CallRefused
from calls.models import Call, Conversation
from calls.params import (
    CALLER_FIELDS,
    PROGRESS_FIELDS,
    ROOM_FIELD,
    Believed,
    ConferenceRequest,
    DialActionRequest,
    OutgoingRequest,
    VoiceRequest,
)
from calls.recorder.sentences import status_words
from calls.rooms import coming, entering, leaving, moving
from calls.rooms.inside import Inside
from core.sql.unit import UnitOfWork
from telephony.models import Webhook
from telephony.webhooks.forms import Fields
from telephony.webhooks.kinds import Answer, WebhookKind
from telephony.webhooks.received import Received

_LANGUAGE_FIELD = "SpokenLanguage"


def after_dial(work: UnitOfWork, action: DialActionRequest) -> Answer:
    """Of a call that was held or handed over: what the leg whose `<Dial>` is over does next; None when that is as with
    any other call."""
    if leaving.line_was_lost(work, action):
        work.flush()
        return on_the_way(work, action.voice.sid)
    if not entering.is_handled(action.voice.sid):
        return None
    inside = Inside(action.voice.sid, work)
    one = entering.parent_comes(inside, action)
    if one is not None:
        return room_twiml.into_room(one, room=inside.the_room.name, language=inside.language)
    known = inside.conversation
    if known is None or action.turn is not None or known.state not in _LED or not inside.the_root.round:
        return None
    if action.voice.from_browser:
        # Whoever gave the call away.
        return twiml.hang_up_twiml()
    return on_the_way(work, action.voice.sid)


def led_into_room(work: UnitOfWork, voice: VoiceRequest) -> Answer:
    """To a leg whose way into a room was lost with an answer of ours; None for all others."""
    one, inside = entering.on_the_way_in(work, voice)
    if one is None:
        return None
    return room_twiml.into_room(one, room=inside.the_room.name, language=inside.language)


def to_mover(work: UnitOfWork, asked: OutgoingRequest) -> Answer:
    """A phone with which an agent goes on with a call."""
    found = moving.arrive(work, asked)
    if found is None:
        return room_twiml.not_here()
    inside, one = found
    return room_twiml.into_room(one, room=inside.the_room.name, language=inside.language)


_LED = (Conversation.State.WAITING, Conversation.State.OFFERED, Conversation.State.DIALLING)


def _room(work: UnitOfWork, received: Received) -> Answer:
    voice = VoiceRequest.from_fields(received.fields)
    found = entering.child_comes(work, voice, received.fields.get(ROOM_FIELD, ""))
    if found is None:
        return twiml.hang_up_twiml()
    inside, one = found
    return room_twiml.into_room(one, room=inside.the_room.name, language=inside.language)


def _room_action(work: UnitOfWork, received: Received) -> Answer:
    """A leg has left its room, and lives."""
    voice = VoiceRequest.from_fields(received.fields)
    if not leaving.left_room(work, voice):
        return twiml.hang_up_twiml()
    work.flush()
    return on_the_way(work, voice.sid)


def on_the_way(work: UnitOfWork, sid: str) -> Answer:
    """A customer who is led somewhere, and asks before Twilio has asked at the address to which the leg was sent."""
    asked = Asked(work, sid)
    known = asked.meeting.conversation if asked.meeting else None
    meeting = conversations.fetched(asked, known.turn if known else None)
    if meeting is None:
        return route_responses.nobody_known()
    return conversations.answered(meeting, route_responses.to_caller(meeting) or twiml_responses.apology())


def _hold_music(work: UnitOfWork, received: Received) -> Answer:
    return room_twiml.hold_music(received.fields.get(_LANGUAGE_FIELD, ""))


def _conference(work: UnitOfWork, received: Received) -> Answer:
    entering.conference_apply(work, ConferenceRequest.from_fields(received.fields))
    return None


def supervisor_answer(work: UnitOfWork, asked: OutgoingRequest) -> Answer:
    """A supervisor's browser calls: into the room, or a sentence."""
    found = coming.supervisor_comes(work, asked)
    if isinstance(found, CallRefused):
        return twiml_responses.to_agent(found)
    inside, one = found
    return room_twiml.supervisor_into_room(one, room=inside.the_room.name)


def _nothing_late(work: UnitOfWork, received: Received) -> Answer:
    return None


# --- What each is on the time line ------------------------------------------------------------------------------------

_EVENTS = {
    "conference-start": _("The conference began"),
    "conference-end": _("The conference ended"),
    "participant-join": _("A leg came into the conference"),
    "participant-leave": _("A leg left the conference"),
    "participant-hold": _("Twilio began to play the music on hold"),
    "participant-unhold": _("The hold ended"),
    "participant-mute": _("A leg of the conference was muted"),
    "participant-unmute": _("A leg of the conference was heard again"),
}
_ABOUT_CONFERENCE = _("Twilio told us about the conference")


def _param(row: Webhook, name: str) -> str:
    return str(row.params.get(name, "")) if isinstance(row.params, dict) else ""


def _room_said(row: Webhook, **more: Any) -> str:
    return gettext("Twilio sent a leg to the conference and asked what to do")


def _room_action_said(row: Webhook, **more: Any) -> str:
    return gettext("A leg was out of the conference, and Twilio asked what to do next")


def _hold_music_said(row: Webhook, **more: Any) -> str:
    return gettext("Twilio asked what is heard on hold")


def _conference_said(row: Webhook, **more: Any) -> str:
    return gettext(_EVENTS.get(_param(row, "StatusCallbackEvent"), _ABOUT_CONFERENCE))


def _status_said(row: Webhook, *, leg: Call, is_root: bool) -> str:
    return status_words(row.status, leg=leg, is_root=is_root)


# --- The kinds --------------------------------------------------------------------------------------------------------


def _posted(name: str, **parts: Any) -> WebhookKind:
    return WebhookKind(name=name, path=f"voice/{name}/", url_name=f"calls:{name}", **parts)


ROOM_KINDS = (
    _posted(
        "room",
        # Also of a colleague's leg, whose `From` is a phone of ours: our own address says it, and nothing else counts.
        believed=Believed(of_all=(ROOM_FIELD,)),
        in_query={"room": ROOM_FIELD},
        work=_room,
        work_late=_nothing_late,
        emergency=emergencies.into_room,
        said=_room_said,
    ),
    _posted(
        "room-action",
        believed=Believed(),
        work=_room_action,
        work_late=_nothing_late,
        emergency=emergencies.left_room,
        said=_room_action_said,
    ),
    _posted(
        "hold-music",
        believed=Fields.of("CallSid", "ConferenceSid", _LANGUAGE_FIELD),
        in_query={"language": _LANGUAGE_FIELD},
        work=_hold_music,
        work_late=_nothing_late,
        emergency=lambda received: _hold_music(UnitOfWork(), received),
        said=_hold_music_said,
    ),
    _posted(
        "conference",
        believed=Fields.of(
            "CallSid",
            "ConferenceSid",
            "FriendlyName",
            "StatusCallbackEvent",
            "SequenceNumber",
            "Timestamp",
            "ParticipantLabel",
            "Muted",
            "Hold",
            "Coaching",
            "ReasonParticipantLeft",
        ),
        work=_conference,
        is_waited_for=False,
        emergency=emergencies.nothing,
        said=_conference_said,
        status_field="StatusCallbackEvent",
    ),
    _posted(
        "participant-status",
        believed=Believed(only_of_others=("ParentCallSid", "ErrorCode", *PROGRESS_FIELDS, *CALLER_FIELDS)),
        in_query={"call": "ParentCallSid"},
        work_on_many=status_callbacks.status_callbacks_apply,
        is_waited_for=False,
        emergency=emergencies.nothing,
        said=_status_said,
    ),
)
