"""The verbs of TwiML besides `<Dial>`."""

import asyncio
import io
import wave

import pytest
from starlette.responses import Response

from simulator.twiml.reading import TwimlError, parse
from tests.simulator.harness import ACCOUNT, bench, say, twiml, until

INCOMING = "/twilio/voice/incoming/"


def heard(call) -> list[str]:
    return [caption["text"] for caption in call.captions]


async def gathering(b, attributes: str, inside: str = ""):
    b.product.answers[INCOMING] = twiml(f'<Gather action="/digits" {attributes}>{inside}</Gather><Say>Nothing</Say>')
    call = await b.call()
    await until(lambda: call.verb in ("Gather", "Pause") or call.over)
    return call


@pytest.mark.parametrize(
    ("attributes", "pressed", "digits", "key"),
    [
        ('numDigits="3"', "1234", "123", None),
        ('finishOnKey="#"', "12#", "12", "#"),
        ('finishOnKey="*"', "1#*", "1#", "*"),
        ('timeout="0.05"', "7", "7", None),
        ('finishOnKey="" numDigits="2"', "#1", "#1", None),
    ],
)
def test_gather_reads_digits_until_their_number_a_key_or_the_time_ends_it(attributes, pressed, digits, key):
    async def scenario():
        async with bench() as b:
            call = await gathering(b, attributes)
            response = await b.http.post(f"/sim/calls/{call.sid}/digits", json={"digits": pressed})
            await b.quiet()

            assert response.json()["digits"] == pressed
            params = b.product.at("/digits")[0].params
            assert params["Digits"] == digits
            assert params.get("FinishedOnKey") == key

    asyncio.run(scenario())


def test_gather_without_a_digit_falls_through():
    async def scenario():
        async with bench() as b:
            call = await gathering(b, 'timeout="0.02"', "<Say>Press one</Say>")
            await b.quiet()

            assert heard(call) == ["Press one", "Nothing"]
            assert b.product.at("/digits") == []

    asyncio.run(scenario())


def test_gather_asks_its_action_also_for_nothing_when_told_to():
    async def scenario():
        async with bench() as b:
            await gathering(b, 'timeout="0.02" actionOnEmptyResult="true"')
            await b.quiet()

            assert b.product.at("/digits")[0].params["Digits"] == ""

    asyncio.run(scenario())


def test_a_digit_interrupts_what_gather_is_saying():
    async def scenario():
        async with bench() as b:
            call = await gathering(b, 'numDigits="1"', '<Pause length="100000"/><Say>Too late</Say>')
            call.party_digits("1")
            await b.quiet()

            assert b.product.at("/digits")[0].params["Digits"] == "1"
            assert "Too late" not in heard(call)

    asyncio.run(scenario())


def test_record_stores_a_wav_file_and_tells_of_it():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml(
                '<Record action="/recorded" maxLength="0.2" recordingStatusCallback="/recording"/>'
            )
            call = await b.call()
            await b.quiet()

            action = b.product.at("/recorded")[0].params
            told = b.product.at("/recording")[0].params
            assert action["RecordingSid"] == told["RecordingSid"] == call.recordings[0]
            assert (told["RecordingStatus"], told["RecordingSource"]) == ("completed", "RecordVerb")
            assert action["Digits"] == ""
            for suffix in ("", ".wav"):
                media = await b.rest("GET", f"/Recordings/{told['RecordingSid']}{suffix}")
                with wave.open(io.BytesIO(media.content)) as file:
                    assert (file.getnchannels(), file.getframerate(), file.getnframes()) == (1, 8000, 1600)

    asyncio.run(scenario())


def test_a_recording_can_be_had_as_mp3():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml('<Record action="/recorded" maxLength="0.2"/>')
            call = await b.call()
            await b.quiet()

            media = await b.http.get(f"/2010-04-01/Accounts/{ACCOUNT}/Recordings/{call.recordings[0]}.mp3")
            assert media.headers["content-type"] == "audio/mpeg"
            assert media.content[:3] == b"ID3" or media.content[0] == 0xFF

    asyncio.run(scenario())


def test_record_ends_at_a_key_which_the_action_is_told():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml('<Record action="/recorded" playBeep="false" finishOnKey="#"/>')
            call = await b.call()
            await until(lambda: call.verb == "Record")
            await until(lambda: call.party_digits("#") or b.product.at("/recorded"))
            await b.quiet()

            assert b.product.at("/recorded")[0].params["Digits"] == "#"

    asyncio.run(scenario())


def test_silence_is_no_recording_and_the_next_verb_runs():
    async def scenario():
        async with bench() as b:
            told = 'recordingStatusCallback="/recording" recordingStatusCallbackEvent="in-progress absent"'
            record = f'<Record action="/recorded" timeout="0.06" {told}/>'
            b.product.answers[INCOMING] = twiml(f"{record}<Say>Bye</Say>")
            call = await b.call(voice="silence")
            await b.quiet()

            begun, absent = (one.params for one in b.product.at("/recording"))
            assert (begun["RecordingSid"], absent["RecordingStatus"]) == (absent["RecordingSid"], "absent")
            recording = await b.rest("GET", f"/Recordings/{absent['RecordingSid']}.json")
            assert (recording.json()["status"], recording.json()["duration"]) == ("absent", None)
            assert call.recordings == []
            assert b.product.at("/recorded") == []
            assert heard(call) == ["Bye"]

    asyncio.run(scenario())


def test_hanging_up_ends_a_recording_and_its_action_is_told_so():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml('<Record action="/recorded" playBeep="false"/>')
            b.product.answers["/recorded"] = say("never heard")
            call = await b.call()
            await until(lambda: call.verb == "Record")
            await asyncio.sleep(0.1)  # something must have been said to be recorded
            call.party_hung_up()
            await b.quiet()

            params = b.product.at("/recorded")[0].params
            assert (params["Digits"], params["CallStatus"]) == ("hangup", "completed")
            assert heard(call) == []

    asyncio.run(scenario())


def test_redirect_goes_to_a_relative_url():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml("<Redirect>../next/</Redirect><Say>Unreachable</Say>")
            b.product.answers["/twilio/voice/next/"] = say("There")
            call = await b.call()
            await b.quiet()

            assert heard(call) == ["There"]

    asyncio.run(scenario())


def test_play_fetches_a_sound_and_reports_what_is_none():
    async def scenario():
        async with bench() as b:
            b.product.answers["/good.wav"] = Response(b"RIFF", media_type="audio/x-wav")
            b.product.answers["/bad"] = Response("text", media_type="text/plain")
            b.product.answers[INCOMING] = twiml(
                '<Play>/good.wav</Play><Play>/bad</Play><Play digits="1w2"/><Say>End</Say>'
            )
            call = await b.call()
            await b.quiet()

            assert heard(call)[0] == "(plays good.wav)"
            assert heard(call)[-1] == "End"
            assert b.warnings == [12300]

    asyncio.run(scenario())


def test_a_pause_at_the_beginning_does_not_answer():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml('<Pause length="1"/><Reject/>')
            call = await b.call()
            await b.quiet()

            assert not call.answered

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "body",
    [
        "<Dance/>",
        '<Say colour="red">Hi</Say>',
        '<Gather dtmfDetection="true" timeout="0"/>',
        "<Dial><Fax>1</Fax></Dial>",
        '<Dial ringTone="us"/>',
    ],
)
def test_what_is_not_understood_is_reported(body):
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml(body)
            await b.call()
            await b.quiet()

            assert 12200 in b.warnings

    asyncio.run(scenario())


def test_what_asks_for_just_what_happens_anyway_is_not_reported():
    _, warnings = parse(twiml('<Dial><Conference beep="false" record="do-not-record">a</Conference></Dial>'))

    assert warnings == []


def test_words_with_markup_are_spoken_as_plain_words():
    verbs, warnings = parse(twiml("<!-- c --><Say>Dear <emphasis>Ada</emphasis>,\n  hello</Say>"))

    assert verbs[0].text == "Dear Ada, hello"
    assert warnings == []


def test_an_entity_bomb_is_no_document():
    with pytest.raises(TwimlError):
        parse('<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><Response><Say>&b;</Say></Response>')
