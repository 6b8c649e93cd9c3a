"""`<Conference>`: a room in which everybody hears everybody else. Twilio Docs, "TwiML Voice: <Conference>"."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.engine.audio import Mix
from simulator.engine.interpreter import Script
from simulator.engine.waiting import CONFERENCE_VERBS, silenced, wait_music
from simulator.identifiers import new_sid, now, rfc2822
from simulator.leg import CallLeg
from simulator.twiml.reading import Verb

if TYPE_CHECKING:
    from simulator.engine.calls import CallEngine
    from simulator.engine.dialling import Outcome

DUPLICATE_LABEL = 16025
NOBODY_TO_COACH = 13240


@dataclass(eq=False)
class Member:
    """A participant. `out` is set when it has to leave because the conference ended."""

    leg: CallLeg
    noun: Verb
    out: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def muted(self) -> bool:
        return self.noun.flag("muted", default=False)

    @property
    def coaches(self) -> str:
        """The CallSid of the only participant who hears this one; empty when all do."""
        return self.noun.get("coach")

    def is_heard_by(self, other: Member) -> bool:
        return other is not self and not self.muted and self.coaches in ("", other.leg.sid)

    @property
    def starts(self) -> bool:
        return self.noun.flag("startConferenceOnEnter", default=True)

    @property
    def ends(self) -> bool:
        return self.noun.flag("endConferenceOnExit", default=False)


class Conference:
    """A conference by name. It starts with two participants, one of whom may start it."""

    def __init__(self, engine: CallEngine, name: str) -> None:
        self.engine = engine
        self.name = name
        self.sid = new_sid("CF")
        self.members: list[Member] = []
        self.started = asyncio.Event()
        self.sequence = 0
        #: The first to join decides who is told of what: the callbacks' URL, method and events.
        self.callback: tuple[str, str, frozenset[str]] | None = None

    def enter(self, script: Script, member: Member) -> None:
        if not self.members and (url := member.noun.get("statusCallback")):
            events = frozenset(member.noun.get("statusCallbackEvent", "start end").split())
            self.callback = (script.url(url), member.noun.get("statusCallbackMethod", "POST"), events)
        self.members.append(member)
        self._tell(member, "join", "participant-join", self._facts(member))
        if not self.started.is_set() and len(self.members) > 1 and any(other.starts for other in self.members):
            self.started.set()
            self._tell(member, "start", "conference-start", {})
        self.mix()

    def leave(self, member: Member) -> None:
        """Takes a participant out, and ends the conference if that was to be, or if nobody is left."""
        if member not in self.members:
            return
        self.members.remove(member)
        member.leg.hear(None)
        reason = {"ParticipantCallStatus": member.leg.status, "ReasonParticipantLeft": "participant_hung_up"}
        self._tell(member, "leave", "participant-leave", self._facts(member) | reason)
        if member.ends or not self.members:
            why = "participant-with-end-conference-on-exit-left" if member.ends else "last-participant-left"
            others, self.members = self.members, []
            for other in others:
                other.leg.hear(None)
                other.out.set()
                moderator = {"ReasonParticipantLeft": "moderator_ended_conference"}
                self._tell(other, "leave", "participant-leave", self._facts(other) | moderator)
            facts = {"ReasonConferenceEnded": why, "CallSidEndingConference": member.leg.sid}
            self._tell(member, "end", "conference-end", facts)
            self.engine.conferences.pop(self.name, None)
        else:
            self.mix()

    def mix(self) -> None:
        """Everybody hears those they are to hear from now on. Readers are made anew: each may have one owner only."""
        if not self.started.is_set():
            return
        for member in self.members:
            heard = [other.leg.endpoint.port.listen() for other in self.members if other.is_heard_by(member)]
            member.leg.hear(Mix(lambda heard=heard: heard), "conference")  # type: ignore[misc]

    def _facts(self, member: Member) -> dict[str, str]:
        return {
            "CallSid": member.leg.sid,
            "Muted": str(member.muted).lower(),
            "Hold": "false",
            "Coaching": str(bool(member.coaches)).lower(),
            "StartConferenceOnEnter": str(member.starts).lower(),
            "EndConferenceOnExit": str(member.ends).lower(),
            "ParticipantLabel": member.noun.get("participantLabel"),
        }

    def _tell(self, member: Member, event: str, name: str, facts: dict[str, str]) -> None:
        if self.callback is None or event not in self.callback[2]:
            return
        url, method, _ = self.callback
        self.sequence += 1
        params = {
            "AccountSid": member.leg.account_sid,
            "ConferenceSid": self.sid,
            "FriendlyName": self.name,
            "StatusCallbackEvent": name,
            "SequenceNumber": str(self.sequence),
            "Timestamp": rfc2822(now()) or "",
            **{key: value for key, value in facts.items() if value},
        }
        self.engine.callbacks.send(member.leg, "conference", url, method, list(params.items()))


async def dial_conference(script: Script, verb: Verb, noun: Verb, outcome: Outcome) -> None:
    """Puts the party in the room until it leaves or the conference ends."""
    await script.answer()
    known = script.engine.conferences.get(noun.text)
    present = known.members if known else []
    label, coached = noun.get("participantLabel"), noun.get("coach")
    if label and any(member.noun.get("participantLabel") == label for member in present):
        script.warn(DUPLICATE_LABEL, f"There is already a participant labelled {label!r}", level="error")
        return
    if coached and all(member.leg.sid != coached for member in present):
        script.warn(NOBODY_TO_COACH, f"<Conference coach>: {coached} is not in the conference", level="error")
        return
    conference = script.engine.conference(noun.text)
    member = Member(script.leg, noun)
    outcome.status, outcome.bridged, outcome.extra = "answered", True, {}
    conference.enter(script, member)
    try:
        await _wait_for_start(script, noun, conference, member)
        await member.out.wait()
    finally:
        outcome.status = "completed" if script.leg.over else "answered"
        conference.leave(member)


async def _wait_for_start(script: Script, noun: Verb, conference: Conference, member: Member) -> None:
    if conference.started.is_set():
        return
    music = asyncio.create_task(
        wait_music(
            script,
            noun.attributes.get("waitUrl"),
            noun.get("waitMethod", "POST"),
            CONFERENCE_VERBS,
            lambda: {"ConferenceSid": conference.sid},
        )
    )
    waits = {asyncio.create_task(event.wait()) for event in (conference.started, member.out)}
    try:
        await asyncio.wait({music, *waits}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waits:
            task.cancel()
        await silenced(music)
    script.leg.run_verb("Dial")
    conference.mix()
