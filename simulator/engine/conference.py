"""Conferences: rooms in which everybody hears everybody else. Twilio Docs, "TwiML Voice: <Conference>"."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http.cookiejar import CookieJar
from typing import TYPE_CHECKING, Any

from simulator.engine.audio import Mix, ringback
from simulator.engine.conference_events import Callback, Events
from simulator.identifiers import moment, new_sid, now
from simulator.leg import CallLeg
from simulator.ports import AudioSource

if TYPE_CHECKING:
    from simulator.engine.calls import CallEngine

ENDED_KEPT = 500
#: How the status of a participant's call is called here: Twilio Docs, "Conference Participant resource", `status`.
STATUSES = {"queued": "queued", "initiated": "connecting", "ringing": "ringing", "in-progress": "connected"}


@dataclass(frozen=True)
class Document:
    """Where something to be heard is; without a URL (None) it is music, with an empty one silence."""

    url: str | None = None
    method: str = "POST"


@dataclass(eq=False)
class Participant:
    """One who is in the room, or called into it.

    `turned` is set when there is something else to be heard, `out` when it has to leave: the conference ended, or it
    was `kicked`. `coached` is the CallSid of the only one who hears it; empty when all do.
    """

    leg: CallLeg
    label: str = ""
    muted: bool = False
    coached: str = ""
    starts: bool = True
    ends: bool = False
    #: Whether the others hear how it is rung.
    early_media: bool = False
    #: Who is to be told of the conference, if this is the first who comes.
    callback: Callback | None = None
    wait: Document = field(default_factory=Document)
    hold: Document | None = None
    announcements: list[Document] = field(default_factory=list)
    kicked: bool = False
    date_created: datetime = field(default_factory=moment)
    date_updated: datetime = field(default_factory=now)
    turned: asyncio.Event = field(default_factory=asyncio.Event)
    out: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def sid(self) -> str:
        return self.leg.sid

    @property
    def status(self) -> str:
        ended = "complete" if self.leg.answered else "failed"
        return STATUSES.get(self.leg.status, ended)

    def is_heard_by(self, other: Participant) -> bool:
        silent = self.muted or self.hold is not None
        return other is not self and not silent and self.coached in ("", other.sid)

    def as_json(self) -> dict[str, Any]:
        return {
            "call_sid": self.sid,
            "label": self.label,
            "status": self.status,
            "muted": self.muted,
            "hold": self.hold is not None,
            "coaching": self.coached or None,
            "end_conference_on_exit": self.ends,
        }


class Conference:
    """A conference by name. It starts with two participants, one of whom may start it."""

    def __init__(self, engine: CallEngine, name: str) -> None:
        self.engine = engine
        self.name = name
        self.sid = new_sid("CF")
        self.date_created = moment()
        self.date_updated = now()
        #: Who is in the room, in the order they came; and who is being called into it.
        self.participants: list[Participant] = []
        self.awaited: list[Participant] = []
        #: What is said to all of them: makes a reader for each.
        self.announcers: list[Callable[[], AudioSource]] = []
        self.started = asyncio.Event()
        self.ended = asyncio.Event()
        self.reason_ended: str | None = None
        self.ended_by_call: str | None = None
        self.events = Events(self, engine.callbacks)
        #: Passwords that its callbacks' host was shown.
        self.credentials: dict[str, tuple[str, str]] = {}
        self.cookies = CookieJar()

    @property
    def status(self) -> str:
        return "completed" if self.ended.is_set() else "in-progress" if self.started.is_set() else "init"

    def find(self, call_sid_or_label: str) -> Participant | None:
        """In the room, or on the way to it."""
        everybody = [*self.participants, *self.awaited]
        return next((one for one in everybody if call_sid_or_label in (one.sid, one.label or None)), None)

    def expects(self, leg: CallLeg) -> Participant | None:
        return next((one for one in self.awaited if one.leg is leg), None)

    # --- coming and going -------------------------------------------------------------------------------------------

    def expect(self, participant: Participant) -> None:
        """Somebody is being called. When the call comes to nothing, the room is told so."""
        self.awaited.append(participant)
        self.changed(participant)

        def follow(leg: CallLeg, status: str | None) -> None:
            if participant not in self.awaited:
                leg.unobserve(follow)
            elif leg.over:
                self.awaited.remove(participant)
                self.events.listen(participant.callback)
                self.events.left(participant, "participant_add_failed")
                self._end_if_empty(participant)
            if status is not None:
                self.mix()

        participant.leg.observe(follow)

    def enter(self, participant: Participant) -> None:
        self.events.listen(participant.callback)
        if participant in self.awaited:
            self.awaited.remove(participant)
        self.participants.append(participant)
        self.events.tell("join", "participant-join", participant)
        present = self.participants
        if not self.started.is_set() and len(present) > 1 and any(other.starts for other in present):
            self.started.set()
            self.events.start(participant)
        self.changed()

    def leave(self, participant: Participant) -> None:
        """Takes a participant out, and ends the conference if that was to be, or if nobody is left."""
        if participant not in self.participants:
            return
        self.participants.remove(participant)
        participant.leg.hear(None)
        leg = participant.leg
        by_api = participant.kicked or not leg.over or leg.ended_by == "api"
        self.events.left(participant, "participant_updated_via_api" if by_api else "participant_hung_up")
        how = "kicked" if participant.kicked else "left"
        if participant.ends:
            self.end(f"participant-with-end-conference-on-exit-{how}", participant)
        else:
            self._end_if_empty(participant, how)
        self.changed()

    def kick(self, participant: Participant) -> None:
        """One who is still being called is called no more. A call in the room goes on with its TwiML."""
        participant.kicked = True
        if participant in self.awaited:
            participant.leg.finish("canceled", by="api")
        participant.out.set()

    def end(self, reason: str, by: Participant | None = None) -> None:
        """Everybody has to leave, and who is still being called is called no more."""
        if self.ended.is_set():
            return
        self.ended.set()
        self.date_updated = now()
        self.reason_ended, self.ended_by_call = reason, by.sid if by else None
        why = "moderator_ended_conference" if by else "conference_ended_via_api"
        others, self.participants = self.participants, []
        for other in others:
            other.leg.hear(None)
            other.out.set()
            self.events.left(other, why)
        awaited, self.awaited = self.awaited, []
        for other in awaited:
            other.leg.finish("canceled", by="api")
        self.events.end(reason, by)
        self.engine.conferences.close(self)

    def _end_if_empty(self, participant: Participant, how: str = "left") -> None:
        if not self.participants and not self.awaited:
            self.end(f"last-participant-{how}", participant)

    # --- what is changed by the REST API ----------------------------------------------------------------------------

    def mute(self, participant: Participant, muted: bool) -> None:
        if participant.muted != muted:
            participant.muted = muted
            self.events.tell("mute", "participant-mute" if muted else "participant-unmute", participant)
            self.changed(participant)

    def set_hold(self, participant: Participant, hold: Document | None) -> None:
        """Nobody hears who is on hold, who hears a document of its own. Another document replaces the one before."""
        if participant.hold == hold:
            return
        news = (participant.hold is None) != (hold is None)
        participant.hold = hold
        if news:
            self.events.tell("hold", "participant-unhold" if hold is None else "participant-hold", participant)
        self.changed(participant)

    def modify(self, participant: Participant, **changes: Any) -> None:
        """Sets `ends`, `coached` or `wait`. While one is on hold its `ends` stays: Twilio takes it without a word."""
        if participant.hold is not None:
            changes.pop("ends", None)
        news = {name: value for name, value in changes.items() if getattr(participant, name) != value}
        for name, value in news.items():
            setattr(participant, name, value)
        if news:
            self.events.tell("modify", "participant-modify", participant)
            self.changed(participant)

    def announce(self, participant: Participant, document: Document) -> None:
        """One announcement after another, to this participant only."""
        participant.announcements.append(document)
        participant.turned.set()

    # --- what is heard ----------------------------------------------------------------------------------------------

    def changed(self, participant: Participant | None = None) -> None:
        if participant is not None:
            participant.date_updated = now()
        self.date_updated = now()
        self.engine.inspector.publish({"type": "conference", "conference": self.as_json()})
        self.mix()

    def mix(self) -> None:
        """Everybody is to hear anew. Readers have one owner only, so they are made anew, too."""
        for participant in self.participants:
            participant.turned.set()

    def sound_for(self, participant: Participant) -> AudioSource:
        """What a participant hears of the others, of whoever is being called, and of what is said to all."""
        heard = [one.leg.endpoint.port.listen() for one in self.participants if one.is_heard_by(participant)]
        heard += [ringback() for one in self.awaited if one.early_media and one.leg.status == "ringing"]
        heard += [make() for make in self.announcers]
        return Mix(lambda: heard)

    def as_json(self) -> dict[str, Any]:
        return {
            "sid": self.sid,
            "name": self.name,
            "status": self.status,
            "participants": [one.as_json() for one in [*self.participants, *self.awaited]],
        }


class Conferences(dict[str, Conference]):
    """Those that are on, by name; and the latest of those that ended, oldest first."""

    def __init__(self, engine: CallEngine) -> None:
        super().__init__()
        self._engine = engine
        self.ended: deque[Conference] = deque(maxlen=ENDED_KEPT)

    def named(self, name: str) -> Conference:
        if name not in self:
            self[name] = Conference(self._engine, name)
        return self[name]

    def close(self, conference: Conference) -> None:
        if self.get(conference.name) is conference:
            del self[conference.name]
        self.ended.append(conference)

    def everyone(self) -> list[Conference]:
        """Newest first."""
        return sorted([*self.ended, *self.values()], key=lambda one: one.date_created, reverse=True)

    def find(self, sid: str) -> Conference | None:
        return next((one for one in self.everyone() if one.sid == sid), None)

    def clear(self) -> None:
        super().clear()
        self.ended.clear()
