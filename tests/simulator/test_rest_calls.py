"""What `POST Calls` may ask for beside a URL: recording, a limit of time, who answered."""

import asyncio
import io
import wave

import pytest

from tests.simulator.harness import CALLER, SUPPORT, bench, say, twiml, until

WAITING = twiml('<Gather timeout="600"/>')


async def answering(b, **behaviour):
    await b.http.put(f"/sim/telephones/{CALLER}", json={"behaviour": "answer", **behaviour})


async def create(b, **fields):
    answer = await b.rest("POST", "/Calls.json", data={"To": CALLER, "From": SUPPORT, **fields})
    assert answer.status_code == 201, answer.text
    return b.engine.find_leg(answer.json()["sid"])


@pytest.mark.parametrize(("channels", "count"), [("", 1), ("dual", 2)])
def test_a_call_is_recorded_from_its_answer_to_its_end(channels, count):
    async def scenario():
        async with bench() as b:
            await answering(b)
            callbacks = {
                "StatusCallback": f"{b.product.url}/leg",
                "RecordingStatusCallback": f"{b.product.url}/rec",
                "RecordingStatusCallbackEvent": ["in-progress", "completed"],
            }
            leg = await create(b, Twiml=WAITING, Record="true", RecordingChannels=channels, **callbacks)
            await until(lambda: leg.verb == "Gather")
            leg.endpoint.port.hear(leg.endpoint.port.listen())
            await until(lambda: b.product.at("/rec"))
            await asyncio.sleep(0.2)  # something must have been said to be recorded
            leg.party_hung_up()
            await b.quiet()

            begun, ended = (request.params for request in b.product.at("/rec"))
            assert (begun["RecordingStatus"], ended["RecordingStatus"]) == ("in-progress", "completed")
            assert (ended["RecordingSource"], ended["CallSid"]) == ("OutboundAPI", leg.sid)
            assert ended["RecordingChannels"] == str(count)
            last = b.product.at("/leg")[-1].params
            assert (last["CallStatus"], last["RecordingSid"]) == ("completed", ended["RecordingSid"])
            assert last["RecordingUrl"].endswith(f"/Recordings/{last['RecordingSid']}")
            listed = (await b.rest("GET", f"/Calls/{leg.sid}/Recordings.json")).json()["recordings"]
            assert [(one["sid"], one["channels"]) for one in listed] == [(ended["RecordingSid"], count)]
            media = await b.rest("GET", f"/Recordings/{ended['RecordingSid']}.wav")
            with wave.open(io.BytesIO(media.content)) as file:
                frames = file.readframes(file.getnframes())
                assert (file.getnchannels(), len(frames) > 2000, max(frames) > 0) == (count, True, True)

    asyncio.run(scenario())


def test_a_recording_is_there_from_its_beginning_and_can_be_heard_at_its_end():
    async def scenario():
        async with bench() as b:
            await answering(b)
            told = {"RecordingStatusCallback": f"{b.product.url}/rec", "RecordingStatusCallbackEvent": "in-progress"}
            leg = await create(b, Twiml=WAITING, Record="true", **told)
            sid = (await until(lambda: b.product.at("/rec")))[0].params["RecordingSid"]
            begun = (await b.rest("GET", f"/Recordings/{sid}.json")).json()
            media = [(await b.rest("GET", f"/Recordings/{sid}{suffix}")).status_code for suffix in ("", ".mp3")]
            leg.party_hung_up()
            await b.quiet()
            ended = (await b.rest("GET", f"/Recordings/{sid}.json")).json()

            assert (begun["status"], begun["duration"], media) == ("in-progress", None, [404, 404])
            assert (ended["status"], ended["duration"].isdigit()) == ("completed", True)
            assert leg.recordings == [sid]
            assert (await b.rest("GET", f"/Recordings/{sid}.wav")).status_code == 200

    asyncio.run(scenario())


def test_a_call_that_nobody_answers_leaves_no_recording():
    async def scenario():
        async with bench() as b:
            await b.http.put(f"/sim/telephones/{CALLER}", json={"behaviour": "busy"})
            leg = await create(b, Twiml=WAITING, Record="true", StatusCallback=f"{b.product.url}/leg")
            await b.quiet()

            assert leg.recordings == []
            assert "RecordingSid" not in b.product.at("/leg")[0].params

    asyncio.run(scenario())


def test_a_call_ends_when_its_time_is_over():
    async def scenario():
        async with bench() as b:
            await answering(b)
            begun = asyncio.get_running_loop().time()
            leg = await create(b, Twiml=WAITING, TimeLimit="1")
            await b.quiet()

            assert (leg.status, leg.ended_by) == ("completed", "timeout")
            assert 1.0 <= asyncio.get_running_loop().time() - begun < 5.0

    asyncio.run(scenario())


def test_a_living_calls_time_is_limited_later():
    async def scenario():
        async with bench() as b:
            await answering(b)
            leg = await create(b, Twiml=WAITING)
            await until(lambda: leg.verb == "Gather")
            await b.rest("POST", f"/Calls/{leg.sid}.json", data={"TimeLimit": "0.1"})
            await b.quiet()

            assert leg.ended_by == "timeout"

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("who", "mode", "word"),
    [
        ("human", "Enable", "human"),
        ("machine", "Enable", "machine_start"),
        ("machine", "DetectMessageEnd", "machine_end_beep"),
        ("fax", "Enable", "fax"),
        ("unknown", "Enable", "unknown"),
    ],
)
def test_who_answered_comes_with_the_request_for_twiml(who, mode, word):
    async def scenario():
        async with bench() as b:
            await answering(b, answered_by=who)
            b.product.answers["/voice"] = say("Hello")
            leg = await create(b, Url=f"{b.product.url}/voice", MachineDetection=mode)
            await b.quiet()

            assert b.product.at("/voice")[0].params["AnsweredBy"] == word
            assert (await b.rest("GET", f"/Calls/{leg.sid}.json")).json()["answered_by"] == word

    asyncio.run(scenario())


def test_in_the_background_the_twiml_does_not_wait_for_who_answered():
    async def scenario():
        async with bench(speed=30.0) as b:
            await answering(b, answered_by="machine")
            b.product.answers["/voice"] = WAITING
            fields = {"AsyncAmd": "true", "AsyncAmdStatusCallback": f"{b.product.url}/amd"}
            leg = await create(b, Url=f"{b.product.url}/voice", MachineDetection="Enable", **fields)
            told = (await until(lambda: b.product.at("/amd")))[0].params

            assert "AnsweredBy" not in b.product.at("/voice")[0].params
            assert [request.path for request in b.product.received] == ["/voice", "/amd"]
            assert {name: told[name] for name in ("CallSid", "AnsweredBy", "MachineDetectionDuration")} == {
                "CallSid": leg.sid,
                "AnsweredBy": "machine_start",
                "MachineDetectionDuration": "3000",
            }
            leg.party_hung_up()
            await b.quiet()

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"MachineDetection": "Guess"}, 20001),
        ({"MachineDetection": "Enable", "AsyncAmd": "true"}, 21262),
        ({"Record": "perhaps"}, 20001),
        ({"RecordingChannels": "stereo", "Record": "true"}, 20001),
        ({"TimeLimit": "soon"}, 20001),
        ({"TimeLimit": "-1"}, 20001),
        ({"TimeLimit": "inf"}, 20001),
        ({"Byoc": "BY1"}, 20501),
        ({"CallToken": "x"}, 20501),
        ({"RecordingTrack": "inbound"}, 20501),
        ({"SipAuthUsername": "x"}, 20501),
    ],
)
def test_what_cannot_be_done_makes_no_call(fields, code):
    async def scenario():
        async with bench() as b:
            answer = await b.rest("POST", "/Calls.json", data={"To": CALLER, "From": SUPPORT, "Twiml": "x", **fields})

            assert answer.json()["code"] == code
            assert b.engine.world.calls == {}

    asyncio.run(scenario())


def test_what_does_nothing_or_is_no_parameter_is_warned_of():
    async def scenario():
        async with bench() as b:
            await create(b, Twiml=WAITING, CallReason="x", StatusCalback="http://h/")
            texts = [warning["text"] for warning in b.engine.inspector.warnings]

            assert any("does nothing with CallReason" in text for text in texts)
            assert any("documents no StatusCalback" in text for text in texts)

    asyncio.run(scenario())
