"""How calls come into a conference: `<Dial><Conference>`, and participants made by the REST API."""

from __future__ import annotations

import asyncio

from simulator.engine.conference import Conference, Document, Participant
from simulator.engine.conference_events import Callback
from simulator.engine.conference_sound import listen
from simulator.engine.dialling import Outcome, until_over
from simulator.engine.interpreter import Prepared, Script
from simulator.twiml.reading import Verb

DUPLICATE_LABEL = 16025
NOBODY_TO_COACH = 13240


async def dial_conference(script: Script, verb: Verb, noun: Verb, outcome: Outcome) -> None:
    """Puts the party in the room until it leaves, the conference ends, or the `<Dial>` does."""
    await script.answer()
    known = script.engine.conferences.get(noun.text)
    participant = known.expects(script.leg) if known else None
    if participant is None:
        participant = _participant(script, noun)
        if not _may_enter(script, known, participant):
            return
    conference = script.engine.conferences.named(noun.text)
    outcome.status, outcome.bridged, outcome.extra = "answered", True, {}
    conference.enter(participant)
    spawn = script.engine.spawn
    ear = spawn(listen(conference, participant))
    speech = spawn(conference.events.follow_speech(participant)) if conference.events.wanted("speaker") else None
    try:
        await until_over(participant.out, script.leg, verb)
    finally:
        outcome.status = "completed" if script.leg.over else "answered"
        # At once, so that whoever looks next sees the room as it is; and then in silence.
        conference.leave(participant)
        if speech is not None:
            speech.cancel()
        ear.cancel()
        await asyncio.wait({ear})


def _may_enter(script: Script, conference: Conference | None, participant: Participant) -> bool:
    label, coached = participant.label, participant.coached
    present = conference.participants if conference else []
    if label and conference is not None and conference.find(label) is not None:
        script.warn(DUPLICATE_LABEL, f"There is already a participant labelled {label!r}", level="error")
        return False
    if coached and all(one.sid != coached for one in present):
        script.warn(NOBODY_TO_COACH, f"<Conference coach>: {coached} is not in the conference", level="error")
        return False
    return True


def _participant(script: Script, noun: Verb) -> Participant:
    wait_url = noun.attributes.get("waitUrl")
    return Participant(
        script.leg,
        label=noun.get("participantLabel"),
        muted=noun.flag("muted", default=False),
        coached=noun.get("coach"),
        starts=noun.flag("startConferenceOnEnter", default=True),
        ends=noun.flag("endConferenceOnExit", default=False),
        callback=_callback(script, noun),
        wait=Document(script.url(wait_url) if wait_url else wait_url, noun.get("waitMethod", "POST")),
    )


def _callback(script: Script, noun: Verb) -> Callback | None:
    url = noun.get("statusCallback")
    if not url:
        return None
    events = frozenset(noun.get("statusCallbackEvent", "start end").split())
    return Callback(script.url(url), noun.get("statusCallbackMethod", "POST"), events)


def into(name: str) -> Prepared:
    """What a call runs that was made for this conference."""
    return Prepared([Verb("Dial", children=[Verb("Conference", text=name)])])
