"""The call engine together with the real voice side: what telephones hear."""

import asyncio
import io
import wave

import numpy as np
import pytest

from simulator.config import DEMO_RECORDINGS
from simulator.voice.audio.speech import Speaker
from simulator.voice.tasks import Tasks
from tests.simulator.harness import ACCOUNT, bench, serving_app, twiml, until

INCOMING = "/twilio/voice/incoming/"
PHONE = "+12025550150"
TONES = {500: "customer", 900: "agent", 1500: "supervisor"}


async def hears(b, sid: str, seconds: float = 0.5) -> dict[str, float]:
    return (await b.http.get(f"/sim/calls/{sid}/heard?seconds={seconds}")).json()


def test_two_telephones_hear_each_other_and_nothing_is_left_when_they_part():
    async def scenario():
        async with bench(voice=None, speed=1.0) as b:
            tasks = len(asyncio.all_tasks())
            await b.http.put(f"/sim/telephones/{PHONE}", json={"behaviour": "answer", "voice": "tone:700"})
            b.product.answers[INCOMING] = twiml(f'<Dial answerOnBridge="true"><Number>{PHONE}</Number></Dial>')
            call = await b.call(voice="tone:500")
            await until(lambda: call.status == "in-progress")

            one, other = await asyncio.gather(hears(b, call.sid), hears(b, call.children[0].sid))
            await b.http.post(f"/sim/calls/{call.sid}/hangup")
            await b.quiet()

            assert one["hz"] == pytest.approx(700, abs=10)
            assert other["hz"] == pytest.approx(500, abs=10)
            await until(lambda: len(asyncio.all_tasks()) <= tasks)

    asyncio.run(scenario())


def test_a_caller_hears_what_is_said_and_ringing_while_a_dial_rings():
    async def scenario():
        async with bench(voice=None, speed=1.0) as b:
            b.product.answers[INCOMING] = twiml(f"<Say>Welcome to Ringdesk, please hold</Say><Dial>{PHONE}</Dial>")
            call = await b.call()
            await until(lambda: call.verb == "Say")
            said = await hears(b, call.sid)
            await until(lambda: call.verb == "Dial" and call.children)
            ringing = await hears(b, call.sid)
            call.party_hung_up()
            await b.quiet()

            assert said["rms"] > 100
            assert ringing["hz"] in (pytest.approx(440, abs=10), pytest.approx(480, abs=10))

    asyncio.run(scenario())


def test_three_telephones_in_a_conference_hear_the_others_but_not_themselves():
    async def scenario():
        async with bench(voice=None, speed=1.0) as b:
            b.product.answers[INCOMING] = twiml("<Dial><Conference>room</Conference></Dial>")
            calls = [await b.call(voice=voice) for voice in ("tone:500", "silence", "silence")]
            await until(lambda: "room" in b.engine.conferences and len(b.engine.conferences["room"].participants) == 3)
            speaker, listener, _ = calls

            heard, own = await asyncio.gather(hears(b, listener.sid, 1.0), hears(b, speaker.sid, 1.0))
            for call in calls:
                call.party_hung_up()
            await b.quiet()

            assert heard["hz"] == pytest.approx(500, abs=10)
            assert own["rms"] < heard["rms"] / 10

    asyncio.run(scenario())


def test_an_unknown_voice_is_refused():
    async def scenario():
        async with bench(voice=None) as b:
            placed = await b.http.post("/sim/calls", json={"from": PHONE, "to": "+12025550100", "voice": "yodel"})
            set_ = await b.http.put(f"/sim/telephones/{PHONE}", json={"voice": "yodel"})

            assert (placed.status_code, set_.status_code) == (400, 400)

    asyncio.run(scenario())


def test_the_page_and_its_files_are_served():
    async def scenario():
        async with bench(voice=None) as b, serving_app(b):
            assert (await b.http.get("/")).status_code == 200
            assert (await b.http.get("/static/js/main.js")).status_code == 200

    asyncio.run(scenario())


def test_a_message_of_before_the_start_is_heard_and_is_there_again_after_a_reset():
    (message,) = DEMO_RECORDINGS
    at = f"/2010-04-01/Accounts/{ACCOUNT}/Recordings/{message.sid}"

    async def scenario():
        async with bench(voice=None, recordings=DEMO_RECORDINGS) as b:
            facts = (await b.rest("GET", f"/Recordings/{message.sid}.json")).json()
            assert (facts["call_sid"], facts["duration"]) == (message.call_sid, str(message.seconds))
            for _ in range(2):
                with wave.open(io.BytesIO((await b.http.get(at)).content)) as file:
                    samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
                assert len(samples) / 8000 == pytest.approx(message.seconds, abs=0.5)
                assert np.sqrt(np.mean(np.square(samples, dtype=np.float64))) > 500
                assert (await b.http.get(f"{at}.mp3")).headers["content-type"] == "audio/mpeg"
                await b.http.post("/sim/reset")

    asyncio.run(scenario())


@pytest.mark.parametrize("program", ["espeak-ng", None])
def test_what_is_said_in_it_is_not_longer_than_it(program):
    async def scenario():
        tasks = Tasks()
        for message in DEMO_RECORDINGS:
            said = await Speaker(tasks, program).spoken(message.words)
            assert len(said) / 8000 <= message.seconds
        await tasks.close()

    asyncio.run(scenario())


async def tones(b, call) -> set[int]:
    """Which of the tones a telephone hears."""
    frames = []
    ear = call.endpoint.port._ear
    ear.tap(frames.append)
    await until(lambda: len(frames) >= 30)
    ear.untap(frames.append)
    samples = np.concatenate(frames[10:30]).astype(float)
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    hertz = np.fft.rfftfreq(len(samples), 1 / 8000)
    # A tone alone stands out by orders of magnitude; one that is not there leaves next to nothing.
    return {hz for hz in TONES if power[np.abs(hertz - hz) < 10].max() > 100_000}


async def heard(b, calls) -> list[set[int]]:
    return list(await asyncio.gather(*(tones(b, call) for call in calls)))


async def until_heard(b, calls, wanted) -> None:
    """Waits until each hears just those tones."""
    async with asyncio.timeout(10):
        while (now := await heard(b, calls)) != wanted:
            last = now  # noqa: F841  what a failure shows
            await asyncio.sleep(0)


def conference_of(b):
    return b.engine.conferences["room"]


async def room_of_three(b):
    b.product.answers[INCOMING] = twiml("<Dial><Conference>room</Conference></Dial>")
    numbers = [f"+1202555014{place}" for place in range(3)]
    calls = [await b.call(number, voice=f"tone:{hz}") for number, hz in zip(numbers, TONES, strict=True)]
    await until(lambda: "room" in b.engine.conferences and len(b.engine.conferences["room"].participants) == 3)
    conference = b.engine.conferences["room"]

    async def update(call, **fields):
        answer = await b.rest("POST", f"/Conferences/{conference.sid}/Participants/{call.sid}.json", data=fields)
        assert answer.status_code == 200, answer.text

    return calls, update


def test_hold_mute_and_coaching_route_the_sound():
    async def scenario():
        async with bench(voice=None, speed=1.0) as b:
            calls, update = await room_of_three(b)
            customer, agent, supervisor = calls
            await until_heard(b, calls, [{900, 1500}, {500, 1500}, {500, 900}])

            await update(customer, Hold="true", HoldUrl="")
            await until_heard(b, calls, [set(), {1500}, {900}])
            await update(customer, Hold="false")
            await update(supervisor, Coaching="true", CallSidToCoach=agent.sid)
            await until_heard(b, calls, [{900}, {500, 1500}, {500, 900}])
            await update(supervisor, Muted="true")
            await until_heard(b, calls, [{900}, {500}, {500, 900}])
            # Whoever coaches somebody who leaves is heard by nobody.
            await update(supervisor, Muted="false")
            agent.party_hung_up()
            await until_heard(b, [customer, supervisor], [set(), {500}])
            refused = await b.rest(
                "POST",
                f"/Conferences/{conference_of(b).sid}/Participants/{supervisor.sid}.json",
                data={"Muted": "true", "Coaching": "true", "CallSidToCoach": agent.sid},
            )
            assert (refused.status_code, refused.json()["code"]) == (400, 13240)
            assert not conference_of(b).find(supervisor.sid).muted, "nothing of it is done"
            for call in (customer, supervisor):
                call.party_hung_up()
            await b.quiet()

    asyncio.run(scenario())


def test_words_that_a_telephone_says_are_heard_by_the_other_party_instead_of_its_own_tone():
    async def scenario():
        async with bench(voice=None, speed=1.0) as b:
            await b.http.put(f"/sim/telephones/{PHONE}", json={"behaviour": "answer", "voice": "silence"})
            b.product.answers[INCOMING] = twiml(f"<Dial><Number>{PHONE}</Number></Dial>")
            call = await b.call(voice="tone:500")
            await until(lambda: call.hearing == "party")
            listener = call.children[0]
            assert await tones(b, listener) == {500}

            await b.http.post(f"/sim/calls/{call.sid}/say", json={"words": "I would like to speak to sales, please"})
            said = (await b.http.get(f"/sim/calls/{listener.sid}/heard?seconds=1")).json()
            await until_heard(b, [listener], [{500}])
            call.party_hung_up()
            await b.quiet()

            assert said["hz"] != pytest.approx(500, abs=10)

    asyncio.run(scenario())


def test_a_voicemail_takes_down_what_the_caller_says_after_the_beep():
    async def scenario():
        async with bench(voice=None, speed=1.0) as b:
            await b.http.put(f"/sim/telephones/{PHONE}", json={"behaviour": "voicemail", "greeting": "Hi"})
            b.product.answers[INCOMING] = twiml(f"<Dial><Number>{PHONE}</Number></Dial>")
            call = await b.call(voice="tone:900")
            child = (await until(lambda: call.children and call.children[0].beeped.is_set() and call.children))[0]
            await tones(b, child)
            call.party_hung_up()
            await until(lambda: child.voicemail is not None)
            wav = (await b.http.get(f"/sim/calls/{child.sid}/voicemail")).content
            await b.quiet()

            samples = np.frombuffer(wav[44:], dtype="<i2").astype(float)
            power = np.abs(np.fft.rfft(samples))
            assert np.fft.rfftfreq(len(samples), 1 / 8000)[power.argmax()] == pytest.approx(900, abs=10)

    asyncio.run(scenario())
