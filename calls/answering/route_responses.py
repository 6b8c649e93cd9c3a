"""What a caller on a route is answered: what was decided, put into TwiML with our own addresses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.templatetags.static import static
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as _

from calls.answering import route_twiml, twiml, twiml_responses
from calls.answering.prompts import VOICES, asks_for_message, said
from calls.answering.route_twiml import Heard, Sound
from calls.answering.twiml import Said, VoicemailUrls
from calls.live import call_backs
from calls.live.journey import OVER, Meeting
from calls.live.queues import Place
from calls.live.services import ring_parameters
from calls.models import Conversation
from core.languages import known_language, speaking
from routing.doings import Ask, DialNumber, End, Say, TakeMessage
from routing.greetings import sound_url
from routing.models import Greeting
from routing.step_fields import Prompt
from telephony.callbacks import callback_url

State = Conversation.State


def to_caller(meeting: Meeting) -> str:
    """What the caller is answered now."""
    if meeting.repeated:
        return meeting.repeated
    if meeting.conversation.state in call_backs.ALL:
        return _called_back(meeting)
    before = _before(meeting)
    if meeting.goes_on:
        return route_twiml.go_on_twiml(before=before, action_url=_turn(meeting, "calls:gather"))
    if meeting.rung:
        return _ring(meeting, before)
    if meeting.conversation.state == State.WAITING:
        return _enqueue(meeting, before)
    last = meeting.doings[-1] if meeting.doings else None
    if isinstance(last, Ask):
        return _ask(meeting, last, before)
    if isinstance(last, DialNumber):
        return _dial(meeting, last, before)
    if isinstance(last, TakeMessage):
        return _message(meeting, last, before)
    if isinstance(last, End) and last.refused:
        return route_twiml.reject_twiml()
    if last is None and meeting.conversation.state not in OVER:
        # What was answered before is not known any more. It must not be silence.
        return nobody_known()
    return route_twiml.end_twiml(before)


def _called_back(meeting: Meeting) -> str:
    noted = _("That is noted. You keep your place, and we call you back at the number you are calling from. Goodbye.")
    return route_twiml.end_twiml([said(noted, meeting.language)])


def _before(meeting: Meeting) -> list[Heard]:
    """What is said on the way to the last."""
    told: list[Heard] = []
    turn, sentence = meeting.conversation.terms.get("said_in") or (0, "")
    if sentence and turn + 1 == meeting.conversation.turn:
        told.append(said(str(sentence), meeting.language))
    if meeting.nobody_left:
        told.append(said(_("Nobody is there to take your call any more."), meeting.language))
    for doing in meeting.doings:
        if isinstance(doing, Say):
            told += _heard(doing.prompt, doing.language)
    return told


def _heard(prompt: Prompt, language: str) -> list[Heard]:
    """A prompt's sound or sentence; nothing when there is none."""
    text, voice = prompt.text, prompt.voice
    if prompt.greeting:
        greeting = Greeting.objects.filter(pk=prompt.greeting).select_related("sound").first()
        if greeting is None:
            return []
        if hasattr(greeting, "sound"):
            return [Sound(sound_url(greeting.sound))]
        text, voice, language = greeting.text, greeting.voice, greeting.language
    if not text.strip():
        return []
    name, ours = VOICES[known_language(language)]
    return [Said(text, name, voice or ours)]


def _with_query(name: str, **values: int | str) -> str:
    query = "&".join(f"{key}={value}" for key, value in values.items())
    return f"{callback_url(name)}?{query}"


def _turn(meeting: Meeting, name: str) -> str:
    return _with_query(name, turn=meeting.conversation.turn)


def _ask(meeting: Meeting, ask: Ask, before: Sequence[Heard]) -> str:
    words = [word for key in ask.keys for word in (key.words or ((key.meaning,) if key.meaning else ()))]
    name, _voice = VOICES[known_language(ask.language)]
    return route_twiml.ask_twiml(
        before=before,
        prompt=_heard(ask.prompt, ask.language),
        seconds=ask.seconds,
        action_url=_turn(meeting, "calls:gather"),
        speech=route_twiml.Speech(name, tuple(words)) if ask.speech else None,
    )


def _ring(meeting: Meeting, before: Sequence[Heard]) -> str:
    call, conversation = meeting.call, meeting.conversation
    return route_twiml.ring_twiml(
        before=before,
        identities=[agent.identity for agent in meeting.rung],
        parameters=ring_parameters(call, call.line, call.contact),
        timeout=int(conversation.terms.get("rings", 20)),
        action_url=_turn(meeting, "calls:ring-action"),
        status_url=_with_query("calls:offer-status", attempt=conversation.attempt),
    )


def _dial(meeting: Meeting, dial: DialNumber, before: Sequence[Heard]) -> str:
    line = meeting.call.line
    return route_twiml.number_twiml(
        before=before,
        number=dial.number,
        caller_id=line.number if line else settings.TWILIO_CALLER_ID,
        timeout=dial.ring_seconds,
        action_url=_turn(meeting, "calls:ring-action"),
        status_url=callback_url("calls:status"),
        whisper_url=_with_query("calls:press-one", language=known_language(meeting.language)) if dial.press_one else "",
    )


def _enqueue(meeting: Meeting, before: Sequence[Heard]) -> str:
    return route_twiml.enqueue_twiml(
        before=before,
        queue=f"team-{meeting.conversation.team_id}",
        action_url=_turn(meeting, "calls:queue-action"),
        wait_url=_turn(meeting, "calls:wait-document"),
    )


def _message(meeting: Meeting, message: TakeMessage, before: Sequence[Heard]) -> str:
    line = meeting.call.line
    greeting = _heard(message.prompt, message.language)
    return route_twiml.voicemail_after_twiml(
        before=before,
        greeting=greeting or [asks_for_message(line.name if line else "", message.language)],
        nothing_heard=said(_("We did not hear a message. Goodbye."), message.language),
        seconds=twiml.VOICEMAIL_SECONDS,
        urls=VoicemailUrls(action=callback_url("calls:recording"), status=callback_url("calls:recording-status")),
    )


# --- While the caller waits -------------------------------------------------------------------------------------------


def while_waiting(meeting: Meeting, place: Place | None, *, round_: int) -> str:
    """What is heard in the queue: first the place, then by turns what the team has its callers hear and the place; and
    music."""
    conversation, language = meeting.conversation, meeting.language
    heard: list[Heard] = []
    own = _heard(_prompt(conversation.terms.get("hears")), str(conversation.terms.get("language") or language))
    if own and round_ % 2:
        heard += own
    elif place is not None:
        heard.append(_place_said(place, language))
    if call_backs.is_offered(conversation, timezone.now()):
        heard.append(said(_("Press 1 and we call you back; you keep your place in line."), language))
    if round_ == 0 or round_ % 4 == 2:
        leave = _("If you do not want to wait, press 1.")
        if call_backs.may_be_offered(conversation):
            leave = _("If you do not want to wait, press 2.")
        heard.append(said(leave, language))
    return route_twiml.wait_twiml(heard=[*heard, music()], action_url=_turn(meeting, "calls:wait-document"))


def _prompt(stored: Any) -> Prompt:
    known = stored if isinstance(stored, dict) else {}
    return Prompt(
        str(known.get("text") or ""),
        str(known.get("language") or ""),
        str(known.get("voice") or ""),
        known.get("greeting"),
    )


def _place_said(place: Place, language: str) -> Said:
    with speaking(language):
        sentences = [gettext("None of us is free at the moment.")]
        if place.number == 1:
            sentences.append(gettext("You are the next in line."))
        else:
            sentences.append(gettext("You are number %(number)d in line.") % {"number": place.number})
        if place.minutes is not None:
            minutes = ngettext(
                "You will wait for about %(count)d minute.", "You will wait for about %(count)d minutes.", place.minutes
            )
            sentences.append(minutes % {"count": place.minutes})
    return Said(" ".join(sentences), *VOICES[known_language(language)])


def music() -> Sound:
    return Sound(urljoin(settings.PUBLIC_BASE_URL, static("calls/wait.wav")))


def please_wait() -> str:
    """In the queue, when something of ours failed. Asked again when it ends, so that nothing is lost by it."""
    patience = said(_("One moment please."), "")
    return route_twiml.wait_twiml(heard=[patience, music()], action_url=callback_url("calls:wait-document"))


def lead_back(turn: int | None, *, moment: bool = False) -> str:
    """To a caller on a route, when something of ours failed: back to what the conversation says by now. With `moment`
    after some music, for what failed may be well by then."""
    heard: list[Heard] = [said(_("One moment please."), ""), music()] if moment else []
    return route_twiml.redirect_twiml(before=heard, url=_with_query("calls:lead-back", turn=turn or 0))


def lead_after(tries: int = 0) -> str:
    """To whoever is to follow another leg into a room, when something of ours failed, and has asked so often since:
    soon, for that one is alone."""
    return route_twiml.redirect_twiml(
        before=[said(_("One moment please."), "")], url=_with_query("calls:lead-back", turn=0, **{"try": tries + 1})
    )


def leave_queue() -> str:
    return route_twiml.leave_twiml()


def press_one(language: str) -> str:
    """To whoever answers an outside number."""
    return route_twiml.press_one_twiml(
        asks=said(_("There is a call for you. Press 1 to take it."), language),
        action_url=_with_query("calls:press-one", language=known_language(language)),
    )


def nobody_known() -> str:
    """To a caller of whom nothing is known: it must not be silence."""
    return twiml_responses.when_all_fails()
