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
