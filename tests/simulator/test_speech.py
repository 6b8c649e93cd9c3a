"""`<Gather>` of words, and telephones that press keys and say words by rule."""

import asyncio
import json

import pytest

from tests.simulator.harness import CALLER, bench, twiml, until

INCOMING = "/twilio/voice/incoming/"
PHONE = "+12025550150"


async def asked(b, attributes: str = 'input="speech"', inside: str = "", **call):
    if "speechTimeout" not in attributes:
        attributes += ' speechTimeout="0.05"'
    b.product.answers["/said"] = twiml("")
    b.product.answers[INCOMING] = twiml(f'<Gather action="/said" {attributes}>{inside}</Gather><Say>Nothing</Say>')
    caller = await b.call(voice="silence", **call)
    await until(lambda: caller.verb in ("Gather", "Pause") or caller.over)
    return caller


async def says(b, call, words: str, **more):
    return await b.http.post(f"/sim/calls/{call.sid}/say", json={"words": words, **more})


async def told(b) -> dict[str, str]:
    params = (await until(lambda: b.product.at("/said")))[0].params
    await b.quiet()
    return params


def test_the_words_of_a_telephone_are_what_speech_is_understood_as():
    async def scenario():
        async with bench() as b:
            call = await asked(b, 'input="speech" language="en-GB" hints="sales, support" speechModel="phone_call"')
            answer = await says(b, call, " I would like  sales ", confidence=0.75)
            params = await told(b)

            assert params["SpeechResult"] == "I would like sales"
            assert (params["Confidence"], params["Language"]) == ("0.75", "en-GB")
            assert "Digits" not in params
            assert answer.json()["said"][0]["text"] == "I would like sales"
            assert call.endpoint.told.count("utter") == 1, "it is heard, too"
            assert b.warnings == []

    asyncio.run(scenario())


def test_sentences_close_to_each_other_are_one_and_words_interrupt_the_prompt():
    async def scenario():
        async with bench() as b:
            call = await asked(b, 'input="speech" speechTimeout="0.3"', '<Pause length="100000"/>')
            await says(b, call, "Sales", confidence=0.9)
            await says(b, call, "please", confidence=0.5)
            params = await told(b)

            assert (params["SpeechResult"], params["Confidence"]) == ("Sales please", "0.5")

    asyncio.run(scenario())


def test_partial_results_are_told_while_the_words_are_said():
    async def scenario():
        async with bench() as b:
            call = await asked(b, 'input="speech" partialResultCallback="/partial"')
            await says(b, call, "I would like sales")
            await told(b)

            partial = [request.params for request in b.product.at("/partial")]
            assert [one["UnstableSpeechResult"] for one in partial] == ["I would", "I would like sales"]
            assert [one["SequenceNumber"] for one in partial] == ["0", "1"]
            assert partial[0]["CallSid"] == call.sid

    asyncio.run(scenario())


@pytest.mark.parametrize("first", ["key", "words"])
def test_of_keys_and_words_whichever_comes_first_counts(first):
    async def scenario():
        async with bench() as b:
            attributes = 'input="dtmf speech" timeout="0.2" speechTimeout="0.2" partialResultCallback="/partial"'
            call = await asked(b, attributes)
            if first == "key":
                call.party_digits("1")
                await says(b, call, "two")
            else:
                await says(b, call, "two")
                await until(lambda: b.product.at("/partial"))
                call.party_digits("1")
            params = await told(b)

            assert (params.get("Digits"), params.get("SpeechResult")) == (
                ("1", None) if first == "key" else (None, "two")
            )

    asyncio.run(scenario())


def test_keys_are_nothing_where_only_words_are_listened_to_and_words_nothing_where_only_keys_are():
    async def scenario(attributes, empty):
        async with bench() as b:
            call = await asked(b, f'{attributes} timeout="0.2" actionOnEmptyResult="true"')
            if "speech" in attributes:
                call.party_digits("1")
            else:
                await says(b, call, "one")
            params = await told(b)

            assert {name: params[name] for name in ("Digits", "SpeechResult") if name in params} == empty

    asyncio.run(scenario('input="speech"', {"SpeechResult": ""}))
    asyncio.run(scenario('input="dtmf"', {"Digits": ""}))


def test_without_words_the_next_verb_runs():
    async def scenario():
        async with bench() as b:
            call = await asked(b, 'input="speech" timeout="0.05"')
            await b.quiet()

            assert [caption["text"] for caption in call.captions] == ["Nothing"]
            assert b.product.at("/said") == []

    asyncio.run(scenario())


def test_a_telephone_that_repeats_its_words_says_them_when_it_is_asked():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml(
                '<Gather action="/said" input="speech" speechTimeout="auto"><Say>What is it about?</Say></Gather>'
            )
            call = await b.call(voice="speech:my invoice")
            assert (await told(b))["SpeechResult"] == "my invoice"
            assert call.captions[0]["text"] == "What is it about?"

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "body",
    [{}, {"words": ""}, {"words": " "}, {"words": 7}, {"words": "a" * 1001}, {"words": "x", "confidence": 2}],
)
def test_what_cannot_be_said_is_refused(body):
    async def scenario():
        async with bench() as b:
            call = await asked(b)
            answer = await b.http.post(f"/sim/calls/{call.sid}/say", json=body)

            assert answer.status_code == 400
            assert call.said == []
            call.party_hung_up()
            assert (await says(b, call, "too late")).status_code == 409
            await b.quiet()

    asyncio.run(scenario())


async def rule(b, phone: str, **settings):
    response = await b.http.put(f"/sim/telephones/{phone}", json=settings)
    assert response.status_code == 200, response.text
    return response.json()


def test_a_telephone_presses_by_rule_one_entry_for_each_time_it_is_asked():
    async def scenario():
        async with bench() as b:
            shown = await rule(b, CALLER, press=[{"digits": "1", "after": 0.01}, {"digits": "22#", "after": 0}])
            again = await rule(b, CALLER, **shown)
            b.product.answers[INCOMING] = twiml('<Gather action="/first" numDigits="1"/>')
            b.product.answers["/first"] = twiml('<Gather action="/second"/>')
            b.product.answers["/second"] = twiml('<Gather action="/third" timeout="0.1"/>')
            await b.call()
            await b.quiet()

            assert again == shown
            assert b.product.at("/first")[0].params["Digits"] == "1"
            assert b.product.at("/second")[0].params["Digits"] == "22"
            assert b.product.at("/third") == []

    asyncio.run(scenario())


def test_a_rule_that_is_no_list_holds_every_time_and_words_are_said_where_keys_are_nothing():
    async def scenario():
        async with bench() as b:
            await rule(b, CALLER, press={"digits": "5", "after": 0}, say={"words": "sales", "after": 0})
            b.product.answers[INCOMING] = twiml('<Gather action="/first" input="dtmf speech" numDigits="1"/>')
            b.product.answers["/first"] = twiml('<Gather action="/second" numDigits="1"/>')
            b.product.answers["/second"] = twiml('<Gather action="/third" input="speech" speechTimeout="0.05"/>')
            await b.call()
            await b.quiet()

            assert [b.product.at(path)[0].params["Digits"] for path in ("/first", "/second")] == ["5", "5"]
            assert b.product.at("/third")[0].params["SpeechResult"] == "sales"

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "wrong",
    [
        {"press": "x"},
        {"press": {"digits": "1", "when": 2}},
        {"press": {"digits": "1", "after": -1}},
        {"press": [1]},
        {"press": ["1"] * 51},
        {"say": {"words": "\ud800"}},
        {"say": {"words": "yes", "confidence": "high"}},
        {"greeting": 5},
    ],
)
def test_a_rule_that_cannot_be_is_refused(wrong):
    async def scenario():
        async with bench() as b:
            answer = await b.http.put(
                f"/sim/telephones/{PHONE}",
                content=json.dumps(wrong),
                headers={"Content-Type": "application/json"},
            )

            assert answer.status_code == 400
            assert next(iter(wrong)) in answer.json()["error"]

    asyncio.run(scenario())


def whispered(b, attributes: str = 'answerOnBridge="true"') -> None:
    b.product.answers[INCOMING] = twiml(
        f'<Dial action="/after" {attributes}><Number url="/whisper">{PHONE}</Number></Dial>'
    )
    b.product.answers["/whisper"] = twiml(
        '<Gather numDigits="1" timeout="0.2" action="/accept"><Say>Press 1</Say></Gather><Hangup/>'
    )
    b.product.answers["/accept"] = twiml("")


def test_whoever_presses_one_is_connected_and_the_caller_hears_ringing_until_then():
    async def scenario():
        async with bench() as b:
            await rule(b, PHONE, behaviour="answer", press={"digits": "1", "after": 0.1})
            whispered(b, "")
            call = await b.call()
            await until(lambda: b.product.at("/whisper"))
            ringing = call.hearing
            await until(lambda: call.hearing == "party")
            call.party_hung_up()
            await b.quiet()

            assert ringing == "ringing"
            assert b.product.at("/accept")[0].params["Digits"] == "1"
            assert b.product.at("/after")[0].params["DialBridged"] == "true"

    asyncio.run(scenario())


def test_the_voicemail_of_a_mobile_is_not_connected_where_a_key_is_asked_for():
    async def scenario():
        async with bench() as b:
            await rule(b, PHONE, behaviour="voicemail")
            b.product.answers["/after"] = twiml("")
            whispered(b)
            call = await b.call()
            await b.quiet()

            assert b.product.at("/after")[0].params["DialBridged"] == "false"
            assert call.captions == []

    asyncio.run(scenario())


def test_the_voicemail_of_a_mobile_takes_a_message():
    async def scenario():
        async with bench() as b:
            await rule(b, PHONE, behaviour="voicemail", greeting="Leave me a message")
            b.product.answers[INCOMING] = twiml(f"<Dial>{PHONE}</Dial>")
            call = await b.call()
            child = (await until(lambda: call.children and call.children[0].beeped.is_set() and call.children))[0]
            missing = await b.http.get(f"/sim/calls/{child.sid}/voicemail")
            await until(lambda: child.endpoint.port.source is not None)
            call.party_hung_up()
            await until(lambda: child.voicemail is not None)
            message = await b.http.get(f"/sim/calls/{child.sid}/voicemail")
            await b.quiet()

            assert child.said[0]["text"] == "Leave me a message"
            assert child.endpoint.told.count("utter") == 2, "greeting and beep"
            assert missing.status_code == 404
            assert message.content[:4] == b"RIFF"
            assert child.as_json()["voicemail"] == child.voicemail

    asyncio.run(scenario())


def test_a_machine_that_answers_is_found_out_at_its_beep():
    async def scenario():
        async with bench() as b:
            await rule(b, PHONE, behaviour="voicemail")
            b.product.answers["/answered"] = twiml("<Say>Please call us back</Say>")
            fields = {"To": PHONE, "From": "+12025550100", "Url": f"{b.product.url}/answered"}
            await b.rest("POST", "/Calls.json", data={**fields, "MachineDetection": "DetectMessageEnd"})
            await b.quiet()

            assert b.product.at("/answered")[0].params["AnsweredBy"] == "machine_end_beep"

    asyncio.run(scenario())
