"""Takes down what parties say, in time, as a WAV file."""

from __future__ import annotations

import asyncio
import io
import wave
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.engine.audio import SILENCE_RMS, rms
from simulator.identifiers import new_sid, now, rfc2822
from simulator.ports import FRAME_SAMPLES, SAMPLE_RATE, AudioSource
from simulator.world import Recording

if TYPE_CHECKING:
    from simulator.engine.calls import CallEngine
    from simulator.engine.interpreter import Script
    from simulator.leg import CallLeg
    from simulator.ports import Frame
    from simulator.twiml.reading import Verb

#: Seconds: no call is longer.
LONGEST = 14_400.0
FRAME_SECONDS = FRAME_SAMPLES / SAMPLE_RATE


class Recorder:
    """Reads its sources twenty milliseconds at a time and keeps what it reads: one channel each, or all in one."""

    def __init__(self, sources: list[AudioSource], *, dual: bool = False) -> None:
        self._sources = sources
        self.channels = len(sources) if dual else 1
        self._frames: list[Frame] = []
        self.started = now()
        #: Seconds of silence since something was last heard.
        self.silent_for = 0.0
        self.heard_anything = False

    @property
    def seconds(self) -> float:
        return len(self._frames) * FRAME_SECONDS

    def take(self) -> None:
        frames = [source.read() for source in self._sources]
        loud = max(rms(frame) for frame in frames) > SILENCE_RMS
        self.silent_for = 0.0 if loud else self.silent_for + FRAME_SECONDS
        self.heard_anything = self.heard_anything or loud
        if self.channels > 1:
            self._frames.append(np.stack(frames, axis=1).reshape(-1))
        else:
            total = np.sum([frame.astype(np.int32) for frame in frames], axis=0)
            self._frames.append(np.clip(total, -32768, 32767).astype(np.int16))

    async def run(self, most: float) -> None:
        """Records for at most so many seconds. Keeps to the clock: what is late is made up for."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        while self.seconds < most:
            while self.seconds < min(loop.time() - begun, most):
                self.take()
            await asyncio.sleep(FRAME_SECONDS)

    def wav(self) -> bytes:
        return wav_of(np.concatenate(self._frames) if self._frames else np.zeros(0, dtype=np.int16), self.channels)


def wav_of(samples: Frame, channels: int = 1) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(samples.astype("<i2").tobytes())
    return out.getvalue()


async def sound_of(engine: CallEngine, recording: Recording) -> bytes:
    """The recording's WAV file. What was left before the start is spoken when it is first asked for."""
    if not recording.wav:
        samples = await engine.registrar.spoken(recording.words)
        missing = round(recording.duration * SAMPLE_RATE) - len(samples)
        recording.wav = wav_of(np.pad(samples, (0, max(0, missing))))
    return recording.wav


@dataclass(frozen=True)
class RecordingCallback:
    """Who is told of which events (`in-progress`, `completed`, `absent`) of a recording; nobody without a URL."""

    url: str = ""
    method: str = "POST"
    events: frozenset[str] = frozenset({"completed"})


def callback_of(script: Script, verb: Verb) -> RecordingCallback:
    url = verb.get("recordingStatusCallback")
    events = frozenset(verb.get("recordingStatusCallbackEvent", "completed").split())
    return RecordingCallback(script.url(url) if url else "", verb.get("recordingStatusCallbackMethod", "POST"), events)


def begin(engine: CallEngine, leg: CallLeg, recorder: Recorder, source: str) -> Recording:
    """A recording of the leg that is in progress. `source` is Twilio's word: `RecordVerb`…"""
    recording = Recording(
        sid=new_sid("RE"),
        call_sid=leg.sid,
        source=source,
        channels=recorder.channels,
        duration=0.0,
        wav=b"",
        start_time=recorder.started,
        status="in-progress",
    )
    engine.world.add_recording(recording)
    return recording


def keep(engine: CallEngine, leg: CallLeg, recorder: Recorder, recording: Recording) -> None:
    """Completes it with what was recorded."""
    recording.duration, recording.wav = recorder.seconds, recorder.wav()
    recording.status, recording.date_updated = "completed", now()
    engine.usage.recording_made(recording)
    leg.recordings.append(recording.sid)
    leg.changed()


def discard(recording: Recording) -> None:
    """There was nothing to be recorded."""
    recording.status, recording.date_updated = "absent", now()


def recording_url(engine: CallEngine, sid: str) -> str:
    """Where the recording is: without an extension, as Twilio gives it, it is a WAV file."""
    config = engine.config
    return f"{config.base_url}/2010-04-01/Accounts/{config.account_sid}/Recordings/{sid}"


def tell(
    engine: CallEngine,
    leg: CallLeg,
    callback: RecordingCallback,
    sid: str,
    status: str,
    recorder: Recorder,
    source: str,
) -> None:
    """The recording status callback, if this `status` is asked for."""
    if not callback.url or status not in callback.events:
        return
    params = {
        "AccountSid": leg.account_sid,
        "CallSid": leg.sid,
        "RecordingSid": sid,
        "RecordingUrl": recording_url(engine, sid),
        "RecordingStatus": status,
        "RecordingChannels": str(recorder.channels),
        "RecordingStartTime": rfc2822(recorder.started) or "",
        "RecordingSource": source,
        "RecordingTrack": "both",
        "ErrorCode": "0",
    }
    if status == "completed":
        params["RecordingDuration"] = str(round(recorder.seconds))
    engine.callbacks.send(leg, "recording", callback.url, callback.method, list(params.items()))


class DialRecording:
    """A `<Dial>` that is recorded from the answer on, also when the ringing was asked for: nothing is said in it."""

    SOURCE = "DialVerb"

    def __init__(self, script: Script, verb: Verb, sources: list[AudioSource], *, dual: bool) -> None:
        self._engine, self._leg = script.engine, script.leg
        self._callback = callback_of(script, verb)
        self._recorder = Recorder(sources, dual=dual)
        self._recording = begin(self._engine, self._leg, self._recorder, self.SOURCE)
        self.sid = self._recording.sid
        self._tell("in-progress")
        self._running = script.engine.spawn(self._recorder.run(LONGEST))

    def stop(self) -> None:
        self._running.cancel()
        keep(self._engine, self._leg, self._recorder, self._recording)
        self._tell("completed")

    def _tell(self, status: str) -> None:
        tell(self._engine, self._leg, self._callback, self.sid, status, self._recorder, self.SOURCE)


@dataclass(frozen=True)
class CallRecordingWish:
    """That a call made through the REST API be recorded as a whole; `dual`: its party and what it hears apart."""

    callback: RecordingCallback
    dual: bool = False


class CallRecording:
    """A whole call, from its answer to its end: what its party says, and what it is told."""

    SOURCE = "OutboundAPI"

    def __init__(self, engine: CallEngine, leg: CallLeg, wish: CallRecordingWish) -> None:
        """To be made before the leg is announced: its last status callback tells of the recording."""
        self._engine = engine
        self._wish = wish
        self._recorder: Recorder | None = None
        self._recording: Recording | None = None
        self._running: asyncio.Task[None] | None = None
        leg.observe(self._follow)

    def _follow(self, leg: CallLeg, status: str | None) -> None:
        if status == "in-progress":
            port = leg.endpoint.port
            self._recorder = Recorder([port.listen(), port.overhear()], dual=self._wish.dual)
            self._recording = begin(self._engine, leg, self._recorder, self.SOURCE)
            self._tell(leg, "in-progress", self._recorder, self._recording.sid)
            self._running = self._engine.spawn(self._recorder.run(LONGEST))
        elif status is not None and leg.over and self._recorder and self._recording and self._running:
            self._running.cancel()
            recording = self._recording
            keep(self._engine, leg, self._recorder, recording)
            leg.recording_facts = {
                "RecordingUrl": recording_url(self._engine, recording.sid),
                "RecordingSid": recording.sid,
                "RecordingDuration": str(round(recording.duration)),
            }
            self._tell(leg, "completed", self._recorder, recording.sid)

    def _tell(self, leg: CallLeg, status: str, recorder: Recorder, sid: str) -> None:
        tell(self._engine, leg, self._wish.callback, sid, status, recorder, self.SOURCE)
