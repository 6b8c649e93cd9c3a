"""What callers hear in more than one place: texts and sounds."""

from __future__ import annotations

import io
import math
import tracemalloc
import wave
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.facts import known_now
from routing.greetings import sound_path, sound_url
from routing.models import Greeting, GreetingSound, Route, RouteVersion
from routing.sounds import SoundRefused, sound_convert
from tests import factories
from tests.routing.plans import document, step

ADD = "/admin/routing/greeting/add/"


def sound(seconds: float = 1, *, rate: int = 44_100, channels: int = 2, width: int = 2, hertz: int = 440) -> bytes:
    top = 2 ** (8 * width - 1) - 1
    frames = bytearray()
    for number in range(int(seconds * rate)):
        value = int(top * 0.5 * math.sin(2 * math.pi * hertz * number / rate))
        sample = bytes([value + 128]) if width == 1 else value.to_bytes(width, "little", signed=True)
        frames += sample * channels
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(bytes(frames))
    return made.getvalue()


def heard(wav: bytes) -> tuple[float, float]:
    """How often it swings each second, and how far."""
    with wave.open(io.BytesIO(wav)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        data = file.readframes(file.getnframes())
    values = [int.from_bytes(data[at : at + 2], "little", signed=True) for at in range(0, len(data), 2)]
    crossings = sum(1 for one, other in pairwise(values) if one < 0 <= other)
    return crossings / (len(values) / 8000), max(values) / 32767


@pytest.mark.parametrize("width", [1, 2, 3, 4])
@pytest.mark.parametrize(("rate", "channels"), [(8000, 1), (22_050, 1), (44_100, 2), (48_000, 1)])
def test_any_usual_wav_becomes_what_a_telephone_carries_and_sounds_the_same(width, rate, channels):
    made = sound_convert(sound(0.5, rate=rate, channels=channels, width=width))

    pitch, loudness = heard(made.wav)
    assert pitch == pytest.approx(440, abs=6)
    assert loudness == pytest.approx(0.5, abs=0.05)
    assert made.seconds == 1


NOTHING_HEARD = [sound(0, rate=8000), sound(0.00003, rate=96_000), sound(0.5, rate=8000)[:44] + bytes(8000)]


@pytest.mark.parametrize("data", [b"", b"ID3 no wave", sound(0.01)[:30], *NOTHING_HEARD, b"RIFF" + b"\xff" * 60])
def test_what_is_no_sound_is_refused_with_a_sentence(data):
    with pytest.raises(SoundRefused):
        sound_convert(data)


@pytest.mark.parametrize("kept", [0.5, 0.85])
def test_a_sound_that_was_cut_off_is_refused_and_says_so(kept):
    whole = sound(1, rate=8000, channels=1)

    with pytest.raises(SoundRefused, match="ends before the sound does"):
        sound_convert(whole[: int(len(whole) * kept)])


def test_a_length_that_its_program_did_not_know_is_that_of_the_file():
    """As it is written into a pipe."""
    whole = sound(1, rate=8000, channels=1)
    at = whole.index(b"data") + 4

    made = sound_convert(whole[:at] + b"\xff\xff\xff\xff" + whole[at + 4 :])

    assert (made.seconds, heard(made.wav)[0]) == (1, pytest.approx(440, abs=6))


def test_a_long_sound_takes_no_more_memory_than_a_few_times_its_file():
    data = sound(4, rate=96_000, channels=2, width=1)
    tracemalloc.start()

    sound_convert(data)

    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 12 * len(data)


def test_a_greeting_lasts_no_longer_than_a_minute():
    with pytest.raises(SoundRefused, match="60 seconds"):
        sound_convert(sound(60.1, rate=8000, channels=1, width=1))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 60))
def test_whatever_is_uploaded_is_converted_or_refused(junk, at):
    good = sound(0.01, rate=8000, channels=1)
    for data in (junk, good[:at] + junk + good[at:]):
        with suppress(SoundRefused):
            assert heard(sound_convert(data).wav)


@pytest.fixture
def admin(db) -> Client:
    client = Client()
    client.force_login(factories.make_agent("root", is_staff=True, is_superuser=True))
    return client


def posted(admin: Client, path: str = ADD, file: bytes | None = None, **fields: Any):
    sent = {"name": "Welcome", "language": "en", "voice": "", "text": ""} | fields
    if file is not None:
        sent["sound"] = SimpleUploadedFile("hello.wav", file, "audio/wav")
    return admin.post(path, sent, secure=True)


def test_a_sound_that_is_uploaded_can_be_heard_by_whoever_has_its_address_only(admin):
    assert posted(admin, file=sound()).status_code == 302
    kept = GreetingSound.objects.get()

    answer = Client().get(sound_path(kept), secure=True)

    assert (answer.status_code, answer["Content-Type"]) == (200, "audio/wav")
    assert heard(answer.content)
    assert sound_url(kept).startswith("https://") or sound_url(kept).startswith("http://")
    forged = sound_path(kept).replace(f"/{kept.greeting_id}-", "/999-")
    assert Client().get(forged, secure=True).status_code == 404
    assert Client().get("/twilio/greetings/x/", secure=True).status_code == 404
    page = admin.get(f"/admin/routing/greeting/{kept.greeting_id}/change/", secure=True).content.decode()
    assert sound_path(kept) in page


def test_another_sound_has_another_address(admin):
    posted(admin, file=sound())
    greeting = Greeting.objects.get()
    before = sound_path(greeting.sound)

    assert posted(admin, f"/admin/routing/greeting/{greeting.pk}/change/", sound(hertz=880)).status_code == 302

    assert sound_path(GreetingSound.objects.get()) != before
    assert Client().get(before, secure=True).status_code == 404


def test_what_is_no_sound_is_refused_at_its_field(admin):
    answer = posted(admin, file=b"MZ")

    assert "Upload a WAV file" in answer.content.decode()
    assert not Greeting.objects.exists()


def test_a_greeting_in_which_nothing_is_heard_is_refused(admin):
    assert "Callers would hear nothing" in posted(admin).content.decode()
    posted(admin, file=sound())
    greeting = Greeting.objects.get()
    path = f"/admin/routing/greeting/{greeting.pk}/change/"

    assert "Callers would hear nothing" in posted(admin, path, without_sound="on").content.decode()
    assert posted(admin, path, text="Welcome.", without_sound="on").status_code == 302
    assert not GreetingSound.objects.exists()


@pytest.mark.parametrize("words", ["...", "\u200b", "\U0001f600"])
def test_a_greeting_whose_words_nobody_can_hear_is_refused_unless_it_is_a_sound(admin, words):
    assert "at least one letter or digit" in posted(admin, text=words).content.decode()
    assert not Greeting.objects.exists()

    assert posted(admin, file=sound(), text=words).status_code == 302


@pytest.mark.parametrize("voice", ["Nobody.Such", "Nobody.Such <b>", "Polly.Amy <b>"])
def test_a_voice_that_twilio_has_not_is_refused_at_its_field(admin, voice):
    assert "Write the voice as Twilio names it" in posted(admin, text="Hello.", voice=voice).content.decode()
    assert not Greeting.objects.exists()
    assert posted(admin, text="Hello.", voice="Polly.Amy").status_code == 302


def test_a_greeting_that_a_route_plays_is_not_deleted(admin):
    greeting = Greeting.objects.create(name="Bye", text="Goodbye.")
    route = Route.objects.create(name="Short")
    steps = document(step("bye", "goodbye", prompt={"greeting": greeting.pk}))
    route.current = RouteVersion.objects.create(route=route, number=1, steps=steps)
    route.save()

    page = admin.post(f"/admin/routing/greeting/{greeting.pk}/delete/", {"post": "yes"}, secure=True)

    assert Greeting.objects.exists()
    assert "Bye: Short" in page.content.decode()


@pytest.mark.django_db
def test_a_greeting_is_there_with_a_text_or_a_sound():
    empty, full = Greeting.objects.create(name="Empty"), Greeting.objects.create(name="Full", text="Hello.")

    known = known_now()
    assert [known.has_greeting(pk) for pk in (empty.pk, full.pk, 999)] == [False, True, False]
