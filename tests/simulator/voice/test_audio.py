from __future__ import annotations

import asyncio
import gc
import io

import av
import numpy as np
import pytest

from simulator.ports import FRAME_SAMPLES, SAMPLE_RATE
from simulator.voice.audio import speech, ulaw
from simulator.voice.audio.analysis import longest_silence, measure, tones_heard
from simulator.voice.audio.buffer import MOST_SAMPLES, Outlet, Reader
from simulator.voice.audio.files import SoundFile
from simulator.voice.audio.sources import Samples, Silence, Tone
from simulator.voice.audio.speech import Speaker
from simulator.voice.ear import Ear
from simulator.voice.tasks import Tasks
from simulator.voice.telephone import parse_voice
from tests.simulator.voice.rig import eventually, wav


def read(source, seconds):
    return np.concatenate([source.read() for _ in range(round(seconds * 50))])


def frame(value):
    return np.full(FRAME_SAMPLES, value, np.int16)


def test_a_tone_is_of_its_frequency_and_loudness():
    found = measure(read(Tone(440), 1))
    assert found["hz"] == pytest.approx(440, abs=1)
    assert found["rms"] == pytest.approx(8000 / 2**0.5, rel=0.01)
    assert found["peak"] == pytest.approx(8000, rel=0.01)


def test_frames_of_a_tone_join_without_a_click():
    assert np.abs(np.diff(read(Tone(440), 1).astype(int))).max() < 8000 * 2 * np.pi * 440 / SAMPLE_RATE + 2


def test_of_each_tone_is_told_how_loud_it_is_among_others_but_for_gaps_and_short_notes():
    sound, note = read(Tone(700), 1), read(Tone(440), 0.2)
    sound[: len(note)] += note
    sound[len(sound) // 2 :] = 0

    found = tones_heard(sound, [700, 440, 740])

    assert [tone["hz"] for tone in found] == [700, 440, 740]
    assert found[0]["level"] == pytest.approx(8000, rel=0.01)
    assert max(tone["level"] for tone in found[1:]) < 100
    assert tones_heard(sound[:100], [700]) == [{"hz": 700, "level": 0}]
    assert tones_heard(sound, []) == []


@pytest.mark.parametrize("hz", [0, 10, 5000, float("nan"), float("inf")])
def test_a_tone_no_telephone_carries_is_refused(hz):
    with pytest.raises(ValueError, match="Hz"):
        Tone(hz)


def test_silence_measures_nothing():
    assert measure(read(Silence(), 0.1)) == {"rms": 0, "peak": 0, "hz": 0}
    assert measure(np.zeros(0, np.int16)) == {"rms": 0, "peak": 0, "hz": 0}


def test_the_longest_silence_is_that_of_the_sound_between_other_sound():
    quiet, loud = frame(20), frame(9000)
    assert longest_silence([]) == 0
    assert longest_silence([quiet, loud, quiet, quiet, quiet, loud, quiet, quiet]) == pytest.approx(0.06)
    assert longest_silence([loud, -loud]) == 0


def test_samples_end_in_silence():
    source = Samples(np.full(200, 7, np.int16))
    assert source.duration == 200 / SAMPLE_RATE
    assert read(source, 0.1).tolist() == [7] * 200 + [0] * 600


def test_looped_samples_begin_again():
    source = Samples(np.full(FRAME_SAMPLES, 7, np.int16), loop=True)
    assert source.duration is None
    assert read(source, 1).tolist() == [7] * SAMPLE_RATE


def test_a_reader_starts_after_two_frames():
    reader = Reader()
    reader.push(frame(1))
    assert reader.read().tolist() == [0] * FRAME_SAMPLES
    reader.push(frame(2))
    assert [reader.read()[0] for _ in range(3)] == [1, 2, 0]
    reader.push(frame(3))
    assert reader.read()[0] == 0
    reader.push(frame(4))
    assert reader.read()[0] == 3


def test_a_reader_drops_what_is_older_than_200_ms():
    reader = Reader()
    for value in range(1, 31):
        reader.push(frame(value))
    assert [int(reader.read()[0]) for _ in range(11)] == [*range(21, 31), 0]


def test_an_outlet_forgets_readers_that_nobody_holds():
    outlet = Outlet()
    kept, lost = outlet.open(), outlet.open()
    assert len(outlet) == 2
    del lost
    gc.collect()
    assert len(outlet) == 1
    for _ in range(1000):
        outlet.push(frame(5))
    assert len(kept._waiting) <= MOST_SAMPLES


def test_ulaw_is_what_ffmpeg_makes():
    samples = np.arange(-32768, 32768, dtype=np.int32).astype(np.int16)
    decoder = av.CodecContext.create("pcm_mulaw", "r")
    decoder.format, decoder.layout, decoder.sample_rate = "s16", "mono", SAMPLE_RATE
    (decoded,) = decoder.decode(av.Packet(ulaw.encode(samples)))
    back = decoded.to_ndarray().reshape(-1).astype(int)
    # The steps of µ-law: sixteen a segment, each segment twice the one before.
    allowed = np.maximum(8, (np.abs(samples.astype(int)) + 132) / 32)
    inside = np.abs(samples.astype(int)) <= 32635
    assert (np.abs(back - samples)[inside] <= allowed[inside] + 4).all()
    assert ulaw.encode(np.zeros(1, np.int16)) == b"\xff"


def encoded(codec, kind):
    out = io.BytesIO()
    with av.open(out, "w", format=kind) as container:
        stream = container.add_stream(codec, rate=48000, layout="mono")
        pcm = read(Tone(500), 2)
        part = av.AudioFrame.from_ndarray(pcm.reshape(1, -1), format="s16", layout="mono")
        part.sample_rate = SAMPLE_RATE
        fifo = av.AudioResampler(format=stream.format.name, layout="mono", rate=48000, frame_size=stream.frame_size)
        for piece in [*fifo.resample(part), *fifo.resample(None)]:
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return out.getvalue()


@pytest.mark.parametrize(
    ("make", "content_type"),
    [
        (lambda: wav(2, 500), "audio/wav"),
        (lambda: wav(2, 500, 44100), "audio/x-wav; charset=binary"),
        (lambda: encoded("libmp3lame", "mp3"), "audio/mpeg"),
        (lambda: encoded("libopus", "ogg"), "audio/ogg"),
    ],
    ids=["wav", "wav 44.1 kHz", "mp3", "ogg"],
)
def test_sound_files_are_decoded(make, content_type):
    source = SoundFile(make(), content_type)
    assert source.duration == pytest.approx(2, abs=0.1)
    found = measure(read(source, 1.8))
    assert found["hz"] == pytest.approx(500, abs=2)
    assert found["rms"] == pytest.approx(8000 / 2**0.5, rel=0.1)
    read(source, 1)
    assert measure(read(source, 1))["rms"] == 0


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (b"", "audio/wav"),
        (b"no sound at all", "audio/mpeg"),
        (b"<html></html>" * 100, "audio/mpeg"),
        (wav(0.1), "text/html"),
        (wav(0.1)[:44], "audio/wav"),
        (bytes(40_000_001), "audio/wav"),
    ],
    ids=["empty", "words", "html", "wrong type", "no samples", "too long"],
)
def test_what_is_no_sound_is_refused(data, content_type):
    with pytest.raises(ValueError, match=r"."):
        SoundFile(data, content_type)


def with_speaker(work, **options):
    async def run():
        tasks = Tasks()
        try:
            return await work(Speaker(tasks, **options))
        finally:
            await tasks.close()

    return asyncio.run(run())


def test_words_are_spoken_when_espeak_is_done():
    async def work(speaker):
        source = speaker.say("Thank you for calling. Please hold the line.")
        guess = source.duration
        assert measure(source.read())["rms"] == 0
        await eventually(lambda: source._samples, "espeak-ng said nothing")
        assert source.duration <= guess < source.duration + 2
        assert measure(read(source, source.duration))["rms"] > 500
        assert speaker.say("Thank you  for calling. Please hold the line.").duration == source.duration

    with_speaker(work)


def test_an_unknown_language_is_spoken_all_the_same():
    async def work(speaker):
        sources = [speaker.say("hello", language) for language in ("xx-YY", "-f /etc/passwd", "de-DE")]
        await eventually(lambda: all(source._samples for source in sources), "not all was said")

    with_speaker(work)


def test_without_espeak_words_are_hummed():
    async def work(speaker):
        source = speaker.say("one two three")
        assert 0.5 < source.duration < 3
        assert measure(read(source, source.duration))["rms"] > 500

    with_speaker(work, program=None)


def test_nothing_to_say_is_no_trouble():
    async def work(speaker):
        assert measure(speaker.say(" ").read())["rms"] == 0

    with_speaker(work)


def test_the_memory_of_speech_is_bounded(monkeypatch):
    monkeypatch.setattr(speech, "MOST_CACHED_SAMPLES", 20_000)

    async def work(speaker):
        for text in ("one", "two", "three", "four"):
            source = speaker.say(text)
            await eventually(lambda: source._samples, "nothing was said")  # noqa: B023
        assert sum(map(len, speaker._spoken.values())) <= 20_000
        assert not speaker._waiting

    with_speaker(work)


@pytest.mark.parametrize("voice", ["", "tone", "tone:", "tone:abc", "tone:99999", "speech:", "speech: ", "song:la"])
def test_a_voice_that_is_none_is_refused(voice):
    with pytest.raises(ValueError, match=r"."):
        with_speaker(lambda speaker: _async(parse_voice, voice, speaker))


async def _async(function, *arguments):
    return function(*arguments)


def test_an_ear_reads_only_while_somebody_wants_to_know():
    class Counting(Silence):
        reads = 0

        def read(self):
            self.reads += 1
            return super().read()

    async def run():
        tasks = Tasks()
        ear, source, heard = Ear(tasks), Counting(), []
        ear.hear(source)
        await asyncio.sleep(0.1)
        assert (source.reads, len(tasks)) == (0, 0)
        ear.tap(heard.append)
        await eventually(lambda: len(heard) >= 5, "nothing is heard")
        ear.untap(heard.append)
        await eventually(lambda: len(tasks) == 0, "the pump goes on")
        reads = source.reads
        await asyncio.sleep(0.1)
        assert source.reads == reads

    asyncio.run(run())


def test_an_ear_misses_what_was_said_before():
    async def run():
        tasks = Tasks()
        ear, heard = Ear(tasks), []
        ear.hear(Samples(np.concatenate([np.full(800, 1, np.int16), np.full(8000, 2, np.int16)])))
        await asyncio.sleep(0.15)
        ear.tap(heard.append)
        await eventually(lambda: heard, "nothing is heard")
        assert heard[0][0] == 2
        ear.untap(heard.append)
        await tasks.close()

    asyncio.run(run())
