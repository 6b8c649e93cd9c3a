"""A simulated telephone, which a browser may lend its microphone and loudspeaker."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from simulator.ports import AudioSource
from simulator.voice.audio.analysis import AUDIBLE, Heard, longest_silence, measure, tones_heard
from simulator.voice.audio.buffer import Outlet, Reader
from simulator.voice.audio.sources import Silence, Tone
from simulator.voice.ear import Ear
from simulator.voice.peer import Peer
from simulator.voice.track import FRAME_SECONDS

if TYPE_CHECKING:
    from simulator.ports import Frame, Leg
    from simulator.voice.audio.speech import Speaker
    from simulator.voice.exchange import Exchange


def parse_voice(voice: str, speaker: Speaker) -> AudioSource:
    """A new source for `silence`, `tone:HZ` or `speech:WORDS`. Raises `ValueError` for anything else."""
    kind, _, detail = voice.partition(":")
    if kind == "silence":
        return Silence()
    if kind == "tone":
        return Tone(float(detail))
    if kind == "speech" and detail.strip():
        return speaker.say(detail, loop=True)
    raise ValueError(f"expected silence, tone:HZ or speech:WORDS, not {voice!r}")


class TelephoneReader:
    """What a telephone says: its own voice, or the browser that is attached to it, whichever it is at the moment."""

    duration: float | None = None

    def __init__(self, port: TelephonePort, voice: AudioSource, browser: Reader) -> None:
        self._port = port
        self._voice = voice
        self._browser = browser
        self._utterance: AudioSource | None = None
        self._uttered = port.utterances
        self._seconds = 0.0

    def read(self) -> Frame:
        own = self._browser.read() if self._port.browser_speaks else self._voice.read()
        if self._uttered != self._port.utterances:
            self._uttered, self._seconds = self._port.utterances, 0.0
            self._utterance = self._port.utterance() if self._port.utterance else None
        if self._utterance is None:
            return own
        frame = self._utterance.read()
        self._seconds += FRAME_SECONDS
        if self._seconds >= (self._utterance.duration or 0.0):
            self._utterance = None
        return frame


class TelephonePort:
    """`ports.Port` of a telephone."""

    def __init__(self, exchange: Exchange, voice: str) -> None:
        self._speaker = exchange.speaker
        self._voice = voice
        self._said = Outlet()
        self._ear = Ear(exchange.tasks)
        self._overhearing: list[Reader] = []
        self.browser_speaks = False
        #: What it says once, for each who listens, and how often it has said such a thing.
        self.utterance: Callable[[], AudioSource] | None = None
        self.utterances = 0
        parse_voice(voice, self._speaker)

    @property
    def words(self) -> str:
        kind, _, detail = self._voice.partition(":")
        return "" if self.browser_speaks or kind != "speech" else detail.strip()

    def utter(self, make: Callable[[], AudioSource]) -> float:
        self.utterance = make
        self.utterances += 1
        return make().duration or 0.0

    def hear(self, source: AudioSource | None) -> None:
        self._ear.hear(source)

    def listen(self) -> AudioSource:
        return TelephoneReader(self, parse_voice(self._voice, self._speaker), self._said.open())

    def overhear(self) -> AudioSource:
        reader = Reader()
        self._overhearing.append(reader)
        self._ear.tap(reader.push)
        return reader

    def forget(self) -> None:
        """The party is gone: nobody overhears it any more."""
        while self._overhearing:
            self._ear.untap(self._overhearing.pop().push)

    async def heard(self, seconds: float, tones: Sequence[float] = ()) -> Heard:
        """Measures what the telephone hears during the next `seconds`, and how much of these tones is in it."""
        frames: list[Frame] = []
        self._ear.tap(frames.append)
        try:
            await asyncio.sleep(seconds)
        finally:
            self._ear.untap(frames.append)
        samples = np.concatenate(frames) if frames else np.zeros(0, dtype=np.int16)
        return Heard(**measure(samples), silence=longest_silence(frames), tones=tones_heard(samples, tones))

    async def first_sound(self) -> datetime:
        """Waits until the telephone hears anything at all, and says when that was."""
        heard: asyncio.Future[datetime] = asyncio.get_running_loop().create_future()

        def tap(frame: Frame) -> None:
            if not heard.done() and np.abs(frame).max() > AUDIBLE:
                heard.set_result(datetime.now(UTC))

        self._ear.tap(tap)
        try:
            return await heard
        finally:
            self._ear.untap(tap)

    def attach(self, loudspeaker: Reader) -> None:
        self._ear.tap(loudspeaker.push)
        self.browser_speaks = True

    def detach(self, loudspeaker: Reader) -> None:
        self._ear.untap(loudspeaker.push)
        self.browser_speaks = False

    def push(self, samples: Frame) -> None:
        """What the attached browser just said."""
        self._said.push(samples)


class Telephone:
    """`ports.Endpoint` of a telephone. When it answers, rejects or hangs up is the engine's to decide."""

    def __init__(self, exchange: Exchange, voice: str) -> None:
        """Raises `ValueError` when there is no such voice."""
        self._exchange = exchange
        self.port = TelephonePort(exchange, voice)
        self._attached: Peer | None = None
        self._watch: asyncio.Task[None] | None = None
        self._over = False

    @property
    def words(self) -> str:
        return self.port.words

    def utter(self, make: Callable[[], AudioSource]) -> float | None:
        return self.port.utter(make)

    async def ring(self, leg: Leg) -> None: ...

    async def ringing(self) -> None: ...

    async def answer(self) -> None: ...

    def message(self, sid: str, content: object, content_type: str) -> bool:
        return False

    async def end(self, code: int | None = None, message: str = "") -> None:
        self._over = True
        self.port.forget()
        self.detach()

    async def attach(self, offer: str) -> str:
        """Lends the telephone a browser's microphone and loudspeaker; one lent before is given back.

        `offer` and the answer are session descriptions. Raises `peer.BadDescription`, and `LookupError` when the
        call is over.
        """
        loudspeaker = Reader()
        peer = self._exchange.open_peer(loudspeaker.read, self._heard_from_browser)
        try:
            answer = await peer.answer(offer)
            if self._over:
                raise LookupError("the call is over")
        except BaseException:
            self._exchange.close_peer(peer)
            raise
        self.detach()
        self._attached = peer
        self._watch = self._exchange.tasks.spawn(self._keep(peer, loudspeaker))
        return answer

    def detach(self) -> None:
        """The telephone speaks and hears by itself again."""
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        if self._attached is not None:
            self._exchange.close_peer(self._attached)
            self._attached = None

    def _heard_from_browser(self, samples: Frame) -> None:
        self.port.push(samples)

    async def _keep(self, peer: Peer, loudspeaker: Reader) -> None:
        """Joins the browser to the port for as long as it is connected."""
        try:
            async with asyncio.timeout(self._exchange.setup_seconds):
                await peer.connected.wait()
        except TimeoutError:
            pass
        else:
            self.port.attach(loudspeaker)
            try:
                await peer.lost.wait()
            finally:
                self.port.detach(loudspeaker)
        self._watch = None
        self.detach()
