"""A call to one of our own numbers: the leg that calls has an inbound call at its other end, with TwiML of its own."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from simulator.engine.audio import SILENT_FRAME
from simulator.leg import UNANSWERED_ENDS, CallLeg, Utterance
from simulator.ports import AudioSource, Leg, Port, Unreachable

if TYPE_CHECKING:
    from simulator.engine.calls import CallEngine
    from simulator.ports import Frame
    from simulator.world import IncomingNumber

#: A number whose TwiML dials itself would go on for ever.
MOST_HOPS = 5
#: Frames kept for the readers of one sound, which do not read at quite the same time: 200 ms.
FRAMES_KEPT = 10


class Line:
    """What is heard at one end, for any number of readers at the other: each frame is read once and shared."""

    def __init__(self) -> None:
        self._source: AudioSource | None = None
        self._frames: deque[Frame] = deque(maxlen=FRAMES_KEPT)
        self.read_so_far = 0

    def carry(self, source: AudioSource | None) -> None:
        self._source = source

    def frame(self, index: int) -> tuple[int, Frame]:
        """The frame of that number, or the oldest that is left; with its number."""
        while self.read_so_far <= index:
            self._frames.append(SILENT_FRAME if self._source is None else self._source.read())
            self.read_so_far += 1
        oldest = self.read_so_far - len(self._frames)
        index = max(index, oldest)
        return index, self._frames[index - oldest]


class LineReader:
    duration: float | None = None

    def __init__(self, line: Line) -> None:
        self._line = line
        self._next = line.read_so_far

    def read(self) -> Frame:
        at, frame = self._line.frame(self._next)
        self._next = at + 1
        return frame


class LinePort:
    """`ports.Port` of one end: hears into one line, is heard from the other."""

    def __init__(self, heard: Line, said: Line) -> None:
        self._heard = heard
        self._said = said

    def hear(self, source: AudioSource | None) -> None:
        self._heard.carry(source)

    def listen(self) -> AudioSource:
        return LineReader(self._said)

    def overhear(self) -> AudioSource:
        return LineReader(self._heard)


class CalledNumber:
    """`ports.Endpoint` of the leg that calls our number."""

    def __init__(self, engine: CallEngine, number: IncomingNumber) -> None:
        self._engine = engine
        self._number = number
        there, back = Line(), Line()
        self.port: Port = LinePort(heard=there, said=back)
        self._far_port = LinePort(heard=back, said=there)
        self.inbound: CallLeg | None = None

    async def ring(self, leg: Leg) -> None:
        """Makes the inbound call. Raises `Unreachable` when calls have led to calls too often."""
        calling = self._engine.find_leg(leg.sid)
        if calling is None or calling.hops >= MOST_HOPS:
            text = f"{self._number.phone_number} was not called: {MOST_HOPS} calls led to each other already"
            self._engine.inspector.warn(None, text, call_sid=leg.sid, level="error")
            raise Unreachable(text)
        caller = CallingLeg(calling, self._far_port)
        self.inbound = caller.inbound = self._engine.place_number_call(calling, self._number, caller)

    async def ringing(self) -> None: ...

    async def answer(self) -> None: ...

    @property
    def words(self) -> str:
        return ""

    def utter(self, make: Callable[[], AudioSource]) -> float | None:
        return None

    def message(self, sid: str, content: object, content_type: str) -> bool:
        return False

    async def end(self, code: int | None = None, message: str = "") -> None:
        if self.inbound is not None:
            self.inbound.party_hung_up()

    def pass_digits(self, digits: str) -> None:
        if self.inbound is not None:
            self.inbound.party_digits(digits)

    def pass_words(self, utterance: Utterance) -> None:
        if self.inbound is not None:
            self.inbound.party_says(utterance)


class CallingLeg:
    """`ports.Endpoint` of the inbound call: its party is the leg that called."""

    def __init__(self, leg: CallLeg, port: Port) -> None:
        self._leg = leg
        self.port = port
        self.inbound: CallLeg | None = None

    async def ring(self, leg: Leg) -> None:
        raise Unreachable("A leg that calls cannot be rung")

    async def ringing(self) -> None: ...

    async def answer(self) -> None:
        self._leg.party_answered()

    @property
    def words(self) -> str:
        return ""

    def utter(self, make: Callable[[], AudioSource]) -> float | None:
        return None

    def message(self, sid: str, content: object, content_type: str) -> bool:
        return False

    async def end(self, code: int | None = None, message: str = "") -> None:
        """Unanswered, the calling leg ends as the inbound call did: a `<Reject>` makes it busy, or no answer."""
        status = self.inbound.status if self.inbound is not None else ""
        self._leg.finish(status if status in UNANSWERED_ENDS else "no-answer", by="party")

    def pass_digits(self, digits: str) -> None:
        self._leg.party_digits(digits)

    def pass_words(self, utterance: Utterance) -> None:
        self._leg.party_says(utterance)


def pass_digits(leg: CallLeg, digits: str) -> None:
    """Lets a leg's party hear digits; only where that is a call of ours do they count."""
    if isinstance(leg.endpoint, CalledNumber | CallingLeg):
        leg.endpoint.pass_digits(digits)


def pass_words(leg: CallLeg, utterance: Utterance) -> None:
    """The same with words: whoever is there hears them anyway, but only a call of ours knows which they are."""
    if isinstance(leg.endpoint, CalledNumber | CallingLeg):
        leg.endpoint.pass_words(utterance)
