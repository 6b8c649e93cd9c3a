"""Noise suppression: a voice in a noisy room reaches the telephone without the room, and never with a gap."""

from __future__ import annotations

import threading
import wave
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from playwright.sync_api import expect

from tests.browser.stack import eventually
from tests.chromium import launch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

RATE = 48_000
#: Of the microphone's sound, in seconds: somebody speaks, and then only the room is heard.
SPOKEN, SILENT = 3.0, 2.0
NOISE = 0.02
#: Of a voice, RMS of 32767.
LOUD = 300
LEAST_DECIBELS = 10
MOST_GAP_SECONDS = 0.2
# Vowels by the middles of their formants in Hz: as in "father", "see", "boot", "met".
VOWELS = ((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480))


def spoken(seconds: float) -> Any:
    """Something that is taken for speech: vowels of a voice whose pitch moves, five syllables a second."""
    at = np.arange(int(seconds * RATE)) / RATE
    pitch = 120 + 25 * np.sin(2 * np.pi * 0.7 * at) + 10 * np.sin(2 * np.pi * 2.3 * at)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    syllable = (at * 5).astype(int) % len(VOWELS)
    voice = np.zeros_like(at)
    for number in range(1, 30):
        for which, formants in enumerate(VOWELS):
            # Each harmonic is as loud as the nearest formants have it.
            loudness = sum(np.exp(-(((number * pitch - middle) / 110) ** 2)) for middle in formants) + 0.02
            voice += np.where(syllable == which, loudness * np.sin(number * phase) / number**0.3, 0)
    rhythm = 0.25 + 0.75 * np.abs(np.sin(np.pi * 5 * at))
    return 0.4 * rhythm * voice / np.abs(voice).max()


def room(seconds: float) -> Any:
    return NOISE * np.random.default_rng(1).standard_normal(int(seconds * RATE))


@contextmanager
def hearing(playwright: Playwright, folder: Path, sound: Any) -> Iterator[Browser]:
    """A browser whose microphone hears this, again and again."""
    path = folder / "microphone.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    browser = launch(playwright, extra=[f"--use-file-for-fake-audio-capture={path}"])
    try:
        yield browser
    finally:
        browser.close()


# The browser's own suppression would take the noise away before ours is asked.
_PLAIN_MICROPHONE = """
() => {
  const media = navigator.mediaDevices;
  const open = media.getUserMedia.bind(media);
  const plain = { noiseSuppression: false, autoGainControl: false, echoCancellation: false };
  media.getUserMedia = ({ audio }) => open({ audio: { ...(audio === true ? {} : audio), ...plain } });
}
"""


def loudness(stack: Any, sid: str) -> tuple[float, float]:
    """How loud the telephone hears the agent speak, and how loud the room around them (RMS, of 32767)."""
    parts = sorted(stack.heard(sid, 0.25)["rms"] for _ in range(int((SPOKEN + SILENT) / 0.25)))
    return float(np.median(parts[-6:])), float(np.median(parts[:3]))


def decibels(one: float, other: float) -> float:
    return float(20 * np.log10(max(one, 0.1) / max(other, 0.1)))


def test_the_noise_is_gone_while_it_is_suppressed_and_the_voice_stays(open_desk, stack, playwright, tmp_path):
    sound = np.concatenate([spoken(SPOKEN), np.zeros(int(SILENT * RATE))]) + room(SPOKEN + SILENT)
    with hearing(playwright, tmp_path, sound) as browser:
        desk = open_desk("ada", where=browser)
        desk.expect_reachable()
        desk.page.evaluate(_PLAIN_MICROPHONE)
        sid = stack.telephone_calls("+12025550142", voice="silence")
        desk.take("Maya")
        eventually(lambda: stack.heard(sid, 0.3)["rms"] > 100, "the telephone hears the agent")
        key = desk.button("Suppress noise")
        expect(key).to_have_attribute("aria-pressed", "false")
        voice, noise = loudness(stack, sid)

        key.click()
        expect(key).to_have_attribute("aria-pressed", "true")
        expect(key).to_have_attribute("aria-busy", "false")
        clean_voice, clean_noise = loudness(stack, sid)
        key.click()
        expect(key).to_have_attribute("aria-pressed", "false")
        again_voice, again_noise = loudness(stack, sid)

    assert decibels(noise, clean_noise) >= LEAST_DECIBELS
    assert abs(decibels(voice, clean_voice)) < 6
    assert abs(decibels(noise, again_noise)) < 3
    assert abs(decibels(voice, again_voice)) < 3
    assert not desk.foreign
    assert not desk.problems


class Ear:
    """Measures without a pause what the telephone hears, in windows that overlap: each gap of `MOST_GAP_SECONDS` has
    one of them within it."""

    EVERY, LENGTH = 0.04, MOST_GAP_SECONDS - 0.05

    def __init__(self, stack: Any, sid: str) -> None:
        self._stack, self._sid = stack, sid
        self._over = threading.Event()
        self._threads = ThreadPoolExecutor(8)
        self._windows: list[Future[dict[str, float]]] = []

    def __enter__(self) -> Ear:
        self._listening = threading.Thread(target=self._listen)
        self._listening.start()
        return self

    def _listen(self) -> None:
        while not self._over.wait(self.EVERY):
            self._windows.append(self._threads.submit(self._stack.heard, self._sid, self.LENGTH))

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._listening.join()
        self._threads.shutdown()

    @property
    def levels(self) -> list[float]:
        return [window.result()["rms"] for window in self._windows]


def test_switching_leaves_no_gap_and_the_choice_holds_for_the_next_call(open_desk, stack, playwright, tmp_path):
    with hearing(playwright, tmp_path, spoken(6)) as browser:
        desk = open_desk("ada", where=browser)
        desk.expect_reachable()
        desk.page.evaluate(_PLAIN_MICROPHONE)
        sid = stack.telephone_calls("+12025550142", voice="silence")
        desk.take("Maya")
        eventually(lambda: stack.heard(sid, 0.3)["rms"] > LOUD, "the telephone hears the agent")
        key = desk.button("Suppress noise")
        with Ear(stack, sid) as ear:
            for on in (True, False, True):
                key.click()
                expect(key).to_have_attribute("aria-busy", "false")
                expect(key).to_have_attribute("aria-pressed", str(on).lower())
            stack.heard(sid, 0.5)
        assert len(ear.levels) > 10
        assert min(ear.levels) > LOUD / 10

        desk.button("Mute").click()
        eventually(lambda: stack.heard(sid, 0.3)["rms"] == 0, "the telephone hears nothing")
        with Ear(stack, sid) as muted:
            key.click()
            expect(key).to_have_attribute("aria-pressed", "false")
            stack.heard(sid, 0.5)
        assert max(muted.levels) == 0
        key.click()
        desk.button("Mute").click()
        eventually(lambda: stack.heard(sid, 0.3)["rms"] > LOUD, "the telephone hears the agent again")
        desk.hang_up()
        desk.expect_idle()
        eventually(lambda: stack.call(sid)["status"] == "completed", "the call is over")
        desk.expect_reachable()

        next_sid = stack.telephone_calls("+12025550142", voice="silence")
        desk.take("Maya")
        expect(key).to_have_attribute("aria-pressed", "true")
        expect(key).to_have_attribute("aria-busy", "false")
        eventually(lambda: stack.heard(next_sid, 0.3)["rms"] > LOUD, "the telephone hears the agent")
    assert not desk.problems


def test_where_it_cannot_work_a_sentence_says_so_and_the_call_goes_on(open_desk, stack, playwright, tmp_path):
    with hearing(playwright, tmp_path, spoken(6)) as browser:
        desk = open_desk("ada", where=browser)
        desk.expect_reachable()
        # Nobody says that the worklet could not compile it: it is as where the policy of a proxy forbids it.
        desk.page.route("**/rnnoise*.wasm", lambda route: route.fulfill(body=b"no module"))
        sid = stack.telephone_calls("+12025550142", voice="silence")
        desk.take("Maya")
        key = desk.button("Suppress noise")
        with Ear(stack, sid) as ear:
            stack.bench("GET", f"/sim/calls/{sid}/heard?until=sound")
            key.click()
            expect(desk.call_area).to_contain_text("Noise cannot be suppressed at the moment. You are heard as before.")
        expect(key).to_have_attribute("aria-pressed", "false")
        assert min(ear.levels[-10:]) > LOUD / 10
        desk.page.unroute("**/rnnoise*.wasm")
        key.click()
        expect(key).to_have_attribute("aria-busy", "false")
        expect(key).to_have_attribute("aria-pressed", "true")
        expect(desk.call_area).not_to_contain_text("Noise cannot be suppressed")
