"""Takes down what parties say, in time, as a WAV file."""

from __future__ import annotations

import asyncio
import io
import wave
from typing import TYPE_CHECKING

import numpy as np

from simulator.engine.audio import SILENCE_RMS, rms
from simulator.identifiers import new_sid, now, rfc2822
from simulator.ports import FRAME_SAMPLES, SAMPLE_RATE, AudioSource
from simulator.world import Recording

if TYPE_CHECKING:
    from simulator.engine.interpreter import Script
    from simulator.engine.twiml import Verb
    from simulator.ports import Frame

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
        out = io.BytesIO()
        with wave.open(out, "wb") as file:
            file.setnchannels(self.channels)
            file.setsampwidth(2)
            file.setframerate(SAMPLE_RATE)
            samples = np.concatenate(self._frames) if self._frames else np.zeros(0, dtype=np.int16)
            file.writeframes(samples.astype("<i2").tobytes())
        return out.getvalue()


def keep(script: Script, recorder: Recorder, sid: str, source: str) -> Recording:
    """Stores what was recorded as a recording of the script's leg. `source` is Twilio's word: `RecordVerb`…"""
    recording = Recording(
        sid=sid,
        call_sid=script.leg.sid,
        source=source,
        channels=recorder.channels,
        duration=recorder.seconds,
        wav=recorder.wav(),
        start_time=recorder.started,
    )
    script.engine.world.add_recording(recording)
    script.leg.recordings.append(sid)
    script.leg.changed()
    return recording


def recording_url(script: Script, sid: str) -> str:
    """Where the recording is: without an extension, as Twilio gives it, it is a WAV file."""
    config = script.engine.config
    return f"{config.base_url}/2010-04-01/Accounts/{config.account_sid}/Recordings/{sid}"


def tell(
    script: Script, verb: Verb, sid: str, status: str, recorder: Recorder, source: str, *, error: str | None = None
) -> None:
    """The recording status callback, if the verb asks for this `status` (`in-progress`, `completed`, `absent`)."""
    url = verb.get("recordingStatusCallback")
    if not url or status not in verb.get("recordingStatusCallbackEvent", "completed").split():
        return
    params = {
        "AccountSid": script.leg.account_sid,
        "CallSid": script.leg.sid,
        "RecordingSid": sid,
        "RecordingUrl": recording_url(script, sid),
        "RecordingStatus": status,
        "RecordingChannels": str(recorder.channels),
        "RecordingStartTime": rfc2822(recorder.started) or "",
        "RecordingSource": source,
        "RecordingTrack": "both",
        "ErrorCode": error or "0",
    }
    if status == "completed":
        params["RecordingDuration"] = str(round(recorder.seconds))
    method = verb.get("recordingStatusCallbackMethod", "POST")
    script.engine.callbacks.send(script.leg, "recording", script.url(url), method, list(params.items()))


class DialRecording:
    """A `<Dial>` that is recorded from the answer on, also when the ringing was asked for: nothing is said in it."""

    SOURCE = "DialVerb"

    def __init__(self, script: Script, verb: Verb, sources: list[AudioSource], *, dual: bool) -> None:
        self.sid = new_sid("RE")
        self._script = script
        self._verb = verb
        self._recorder = Recorder(sources, dual=dual)
        tell(script, verb, self.sid, "in-progress", self._recorder, self.SOURCE)
        self._running = script.engine.spawn(self._recorder.run(LONGEST))

    def stop(self) -> None:
        self._running.cancel()
        keep(self._script, self._recorder, self.sid, self.SOURCE)
        tell(self._script, self._verb, self.sid, "completed", self._recorder, self.SOURCE)
