"""What a conference tells its status callback: Twilio Docs, "TwiML Voice: <Conference>", `statusCallback`."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.engine.audio import SILENCE_RMS, rms
from simulator.identifiers import now, rfc2822

if TYPE_CHECKING:
    from simulator.engine.conference import Conference, Participant
    from simulator.webhooks.callbacks import Callbacks

#: Why a conference ended, in words.
REASONS = {
    "conference-ended-via-api": "The conference was ended by the REST API",
    "participant-with-end-conference-on-exit-left": "A participant with endConferenceOnExit left",
    "participant-with-end-conference-on-exit-kicked": "A participant with endConferenceOnExit was removed",
    "last-participant-left": "The last participant left",
    "last-participant-kicked": "The last participant was removed",
}
FRAME_SECONDS = 0.02
#: Somebody who is silent for so long, in seconds, has stopped speaking.
PAUSE_SECONDS = 1.0


@dataclass(frozen=True)
class Callback:
    """Who is told of which events (`start`, `end`, `join`…)."""

    url: str
    method: str = "POST"
    events: frozenset[str] = frozenset({"start", "end"})


class Events:
    """The callbacks of one conference: one after another, and each with its number."""

    def __init__(self, conference: Conference, callbacks: Callbacks) -> None:
        self._conference = conference
        self._callbacks = callbacks
        self._callback: Callback | None = None
        self._decided = False
        self._sequence = 0

    def listen(self, callback: Callback | None) -> None:
        """The first participant decides who is told, also when that is nobody."""
        if not self._decided:
            self._callback, self._decided = callback, True

    def wanted(self, event: str) -> bool:
        return self._callback is not None and event in self._callback.events

    def tell(self, event: str, name: str, participant: Participant, facts: dict[str, str] | None = None) -> None:
        """Of a participant."""
        self._send(event, name, self._about(participant) | (facts or {}), participant)

    def start(self, by: Participant) -> None:
        self._send("start", "conference-start", {}, by)

    def left(self, participant: Participant, reason: str) -> None:
        facts = {"ParticipantCallStatus": participant.leg.status, "ReasonParticipantLeft": reason}
        self.tell("leave", "participant-leave", participant, facts)

    def end(self, reason: str, by: Participant | None) -> None:
        facts = {"ReasonConferenceEnded": reason, "Reason": REASONS[reason]}
        if by is not None:
            facts |= {"CallSidEndingConference": by.sid, "ParticipantLabelEndingConference": by.label}
        self._send("end", "conference-end", facts, by)

    def announced(self, url: str, participant: Participant | None, failure: str) -> None:
        """An announcement to one, or to all, came to its end, or failed."""
        about = self._about(participant) if participant else {}
        facts = {"AnnounceUrl": url, "ReasonAnnouncementFailed": failure}
        name = "announcement-fail" if failure else "announcement-end"
        self._send("announcement", name, about | facts, participant)

    async def follow_speech(self, participant: Participant) -> None:
        """Tells when a participant begins and ceases to speak, for as long as it runs."""
        heard = participant.leg.endpoint.port.listen()
        speaks, silent_for = False, 0.0
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            due += FRAME_SECONDS
            await asyncio.sleep(max(0.0, due - loop.time()))
            loud = rms(heard.read()) > SILENCE_RMS and not participant.muted
            silent_for = 0.0 if loud else silent_for + FRAME_SECONDS
            if loud != speaks and (loud or silent_for >= PAUSE_SECONDS):
                speaks = loud
                self.tell("speaker", f"participant-speech-{'start' if loud else 'stop'}", participant)

    def _about(self, participant: Participant) -> dict[str, str]:
        return {
            "CallSid": participant.sid,
            "Muted": _word(participant.muted),
            "Hold": _word(participant.hold is not None),
            "Coaching": _word(bool(participant.coached)),
            "StartConferenceOnEnter": _word(participant.starts),
            "EndConferenceOnExit": _word(participant.ends),
            "ParticipantLabel": participant.label,
        }

    def _send(self, event: str, name: str, facts: dict[str, str], participant: Participant | None) -> None:
        if self._callback is None or event not in self._callback.events:
            return
        conference = self._conference
        self._sequence += 1
        params = {
            "AccountSid": conference.engine.config.account_sid,
            "ConferenceSid": conference.sid,
            "FriendlyName": conference.name,
            "StatusCallbackEvent": name,
            "SequenceNumber": str(self._sequence),
            "Timestamp": rfc2822(now()) or "",
            **{key: value for key, value in facts.items() if value},
        }
        call_sid = participant.sid if participant else None
        url, method = self._callback.url, self._callback.method
        self._callbacks.send(conference, "conference", url, method, list(params.items()), call_sid=call_sid)


def _word(flag: bool) -> str:
    return str(flag).lower()
