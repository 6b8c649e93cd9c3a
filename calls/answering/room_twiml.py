"""What is heard in rooms, and on the way into them: facts in, TwiML out; put together with our own addresses."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.templatetags.static import static
from django.utils.translation import gettext_noop as _
from twilio.twiml.voice_response import Dial, VoiceResponse

from calls.answering.prompts import said
from calls.answering.twiml import Said, text_of
from calls.models import Participant
from core.languages import known_language
from telephony.callbacks import callback_url

# The first to come decides what is told of the conference: every leg says the same.
ROOM_EVENTS = "start end join leave mute hold modify"


def into_room(one: Participant, *, room: str, language: str) -> str:
    """A leg goes into its room. The customer's end is the end of all."""
    is_customer = one.role == Participant.Role.CUSTOMER
    return room_twiml(
        room=room,
        label=one.label,
        ends=is_customer,
        # Until the other leg has come: a moment.
        wait_url=hold_music_url(language) if is_customer else "",
        action_url=callback_url("calls:room-action"),
        events_url=callback_url("calls:conference"),
    )


def supervisor_into_room(one: Participant, *, room: str) -> str:
    """Is heard by whom they want to be, and by nobody until the agent to whisper to is there. Begins no conference and
    ends none."""
    coach = one.coached_leg if one.mode == Participant.Mode.WHISPER else ""
    return room_twiml(
        room=room,
        label=one.label,
        ends=False,
        begins=False,
        muted=one.mode == Participant.Mode.LISTEN or (one.mode == Participant.Mode.WHISPER and not coach),
        coach=coach,
        wait_url="",
        action_url=callback_url("calls:room-action"),
        events_url=callback_url("calls:conference"),
    )


def room_twiml(
    *,
    room: str,
    label: str,
    ends: bool,
    wait_url: str,
    action_url: str,
    events_url: str,
    begins: bool = True,
    muted: bool = False,
    coach: str = "",
) -> str:
    how: dict[str, Any] = {**({"muted": True} if muted else {}), **({"coach": coach} if coach else {})}
    response = VoiceResponse()
    dial = Dial(action=action_url, method="POST")
    dial.conference(
        room,
        beep="false",
        start_conference_on_enter=begins,
        end_conference_on_exit=ends,
        wait_url=wait_url,
        wait_method="POST",
        participant_label=label,
        status_callback=events_url,
        status_callback_event=ROOM_EVENTS,
        status_callback_method="POST",
        **how,
    )
    response.append(dial)
    return text_of(response)


def not_here() -> str:
    """To a phone with which an agent wanted to go on with a call that is not to be had there. Unanswered: else the page
    would take it for the call."""
    response = VoiceResponse()
    response.reject()
    return text_of(response)


def hold_music_url(language: str) -> str:
    return f"{callback_url('calls:hold-music')}?language={known_language(language)}"


def hold_music(language: str) -> str:
    """What whoever is on hold hears: a sentence, and music for as long as it takes."""
    return hold_twiml(
        said(_("Please hold the line. We will be right back with you."), language),
        urljoin(settings.PUBLIC_BASE_URL, static("calls/wait.wav")),
    )


def hold_twiml(sentence: Said, music_url: str) -> str:
    response = VoiceResponse()
    response.say(sentence.text, language=sentence.language, voice=sentence.voice)
    response.play(music_url, loop=0)
    return text_of(response)
