"""What a participant hears: the wait, the hold, an announcement, or the others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from simulator.engine.interpreter import Allowed, Goto, Script
from simulator.engine.own_number import Line, LinePort, LineReader
from simulator.engine.waiting import CONFERENCE_VERBS, silenced, wait_music
from simulator.inspector import Json
from simulator.leg import CallLeg
from simulator.ports import AudioSource, Leg, Unreachable

if TYPE_CHECKING:
    from simulator.engine.calls import CallEngine
    from simulator.engine.conference import Conference, Document, Participant


#: The same as while one waits; but what cannot be played is told to the status callback, and nobody apologises.
ANNOUNCEMENT = Allowed(CONFERENCE_VERBS.verbs, CONFERENCE_VERBS.code, strict=True)


#: A wait document that cannot be had keeps its participant out of the room, who goes on with the call's TwiML.
WAIT = Allowed(CONFERENCE_VERBS.verbs, CONFERENCE_VERBS.code, quiet=True)


async def listen(conference: Conference, participant: Participant) -> None:
    """Lets a participant hear whatever is to be heard at the moment, until it is cancelled."""
    while True:
        participant.turned.clear()
        if participant.announcements:
            await _announce(conference, participant, participant.announcements[0])
            participant.announcements.pop(0)
            continue
        playing = asyncio.create_task(_play(conference, participant))
        turned = asyncio.create_task(_turned(conference, participant))
        try:
            await asyncio.wait({playing, turned}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            turned.cancel()
            await silenced(playing)


def _document(conference: Conference, participant: Participant) -> Document | None:
    """What a participant hears who does not hear the others."""
    return participant.hold or (None if conference.started.is_set() else participant.wait)


async def _turned(conference: Conference, participant: Participant) -> None:
    """Until something else is to be heard. Others who come and go do not let one's wait begin anew."""
    waits = participant.wait if _document(conference, participant) is participant.wait else None
    while True:
        await participant.turned.wait()
        if waits is None or participant.announcements or _document(conference, participant) is not waits:
            return
        participant.turned.clear()


async def _play(conference: Conference, participant: Participant) -> Script | None:
    leg = participant.leg
    document = _document(conference, participant)
    if document is not None:
        script = Script(conference.engine, leg)
        held = document is participant.hold
        url, method, allowed = document.url, document.method, CONFERENCE_VERBS if held else WAIT
        music = await wait_music(script, url, method, allowed, lambda: _params(conference), repeat=held)
        leg.hear(None)  # there is nothing to go back to, nor another document
        if not held and music is not None and music.failed:
            participant.out.set()
    else:
        leg.run_verb("Dial")
        leg.hear(conference.sound_for(participant), "conference")
    await asyncio.Event().wait()
    return None


async def _announce(conference: Conference, participant: Participant, document: Document) -> None:
    script = Script(conference.engine, participant.leg, allowed=ANNOUNCEMENT)
    url = document.url or ""
    await script.run(Goto(url, document.method, _params(conference), "announce"))
    conference.events.announced(url, participant, "The document could not be played" if script.failed else "")


def _params(conference: Conference) -> dict[str, str]:
    return {"ConferenceSid": conference.sid, "FriendlyName": conference.name}


async def announce_to_all(conference: Conference, document: Document) -> None:
    """Lets everybody who is not on hold hear a document, which is asked for once."""
    line = Line()
    announcer = Announcer(conference.engine, conference, line)

    def reader() -> AudioSource:
        return LineReader(line)

    conference.announcers.append(reader)
    conference.mix()
    script = Script(conference.engine, announcer, allowed=ANNOUNCEMENT, params=lambda: _standard(conference))
    url = document.url or ""
    saying = asyncio.create_task(script.run(Goto(url, document.method, _params(conference), "announce")))
    ended = asyncio.create_task(conference.ended.wait())
    try:
        await asyncio.wait({saying, ended}, return_when=asyncio.FIRST_COMPLETED)
        if conference.ended.is_set():
            return
        saying.result()
    finally:
        ended.cancel()
        saying.cancel()
        conference.announcers.remove(reader)
        conference.mix()
    conference.events.announced(url, None, "The document could not be played" if script.failed else "")


def _standard(conference: Conference) -> list[tuple[str, str]]:
    return [("AccountSid", conference.engine.config.account_sid), ("ApiVersion", "2010-04-01")]


class Announcer(CallLeg):
    """Stands in for a call where TwiML is run for a whole room: what it would hear is heard by all."""

    def __init__(self, engine: CallEngine, conference: Conference, line: Line) -> None:
        endpoint = Room(LinePort(heard=line, said=Line()))
        super().__init__(engine.config.account_sid, "", "", "outbound-api", "number", endpoint, "in-progress")
        self.sid = conference.sid
        self._engine = engine
        self._conference = conference

    def caption(self, text: str) -> Json:
        for participant in self._conference.participants:
            if participant.hold is None:
                self._engine.caption(participant.leg, text)
        return super().caption(text)


class Room:
    """`ports.Endpoint` of the stand-in."""

    words = ""

    def __init__(self, port: LinePort) -> None:
        self.port = port

    async def ring(self, leg: Leg) -> None:
        raise Unreachable("A room cannot be rung")

    async def ringing(self) -> None: ...

    async def answer(self) -> None: ...

    def utter(self, make: Callable[[], AudioSource]) -> float | None:
        return None

    def message(self, sid: str, content: object, content_type: str) -> bool:
        return False

    async def end(self, code: int | None = None, message: str = "") -> None: ...
