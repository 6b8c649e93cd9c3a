"""What `<Dial>` does from the answer on."""

import asyncio

from tests.simulator.harness import SALES, SUPPORT, bench, say, twiml, until

INCOMING = "/twilio/voice/incoming/"
OUTGOING = "/twilio/voice/outgoing/"
PHONE = "+12025550150"


def dial(body: str, attributes: str = 'answerOnBridge="true"') -> str:
    return twiml(f'<Dial action="/action" {attributes}>{body}</Dial>')


def test_a_whisper_is_heard_by_the_called_party_before_they_are_connected():
    async def scenario():
        async with bench() as b:
            b.voice.behaviours["ada"] = "answer"
            b.product.answers[INCOMING] = dial('<Client url="/whisper">ada</Client>')
            b.product.answers["/whisper"] = twiml('<Say>From Support</Say><Gather numDigits="1" action="/accept"/>')
            b.product.answers["/accept"] = twiml("")
            call = await b.call()
            child = (await until(lambda: call.children and call.children[0].verb == "Gather" and call.children))[0]
            assert call.status == "ringing"

            child.party_digits("1")
            await until(lambda: call.status == "in-progress")

            assert child.captions[0]["text"] == "From Support"
            assert b.product.at("/whisper")[0].params["ParentCallSid"] == call.sid
            call.party_hung_up()
            await b.quiet()

    asyncio.run(scenario())


def test_a_whisper_that_hangs_up_never_connects():
    async def scenario():
        async with bench() as b:
            b.voice.behaviours["ada"] = "answer"
            b.product.answers[INCOMING] = dial('<Client url="/whisper">ada</Client>')
            b.product.answers["/whisper"] = twiml("<Dial>+12025550199</Dial><Hangup/>")
            await b.call()
            await b.quiet()

            action = b.product.at("/action")[0].params
            assert (action["DialCallStatus"], action["DialBridged"]) == ("no-answer", "false")
            assert 13201 in b.warnings

    asyncio.run(scenario())


def test_the_time_limit_parts_the_parties_and_the_action_goes_on():
    async def scenario():
        async with bench() as b:
            b.voice.behaviours["ada"] = "answer"
            b.product.answers[INCOMING] = dial("<Client>ada</Client>", 'timeLimit="0.05"')
            b.product.answers["/action"] = say("Time is up")
            call = await b.call()
            await b.quiet()

            assert call.children[0].status == "completed"
            assert call.captions[-1]["text"] == "Time is up"

    asyncio.run(scenario())


def test_a_star_drops_the_called_party_when_asked_to():
    async def scenario():
        async with bench() as b:
            b.voice.behaviours["ada"] = "answer"
            b.product.answers[INCOMING] = dial("<Client>ada</Client>", 'hangupOnStar="true"')
            b.product.answers["/action"] = say("Dropped")
            call = await b.call()
            await until(lambda: call.children and call.children[0].status == "in-progress")
            await until(lambda: call.endpoint.port.source is not None)

            await until(lambda: call.party_digits("*") or call.children[0].over)
            await b.quiet()

            assert call.captions[-1]["text"] == "Dropped"

    asyncio.run(scenario())


def test_each_party_is_shown_what_the_other_pressed():
    async def scenario():
        async with bench() as b:
            b.voice.behaviours["ada"] = "answer"
            b.product.answers[INCOMING] = dial("<Client>ada</Client>")
            call = await b.call()
            await until(lambda: call.endpoint.port.source is not None)
            child = call.children[0]

            call.party_digits("1w2")
            child.party_digits("#")
            await until(lambda: len(child.captions) == 2 and call.captions)

            assert [caption["text"] for caption in child.captions] == ["(digit 1)", "(digit 2)"]
            assert call.captions[0]["text"] == "(digit #)"
            assert not call.over
            call.party_hung_up()
            await b.quiet()

    asyncio.run(scenario())


def test_a_dial_can_be_recorded_with_a_channel_for_each_party():
    async def scenario():
        async with bench() as b:
            b.voice.behaviours["ada"] = "answer"
            b.product.answers[INCOMING] = dial(
                "<Client>ada</Client>",
                'record="record-from-answer-dual" recordingStatusCallback="/recording" '
                'recordingStatusCallbackEvent="in-progress completed"',
            )
            call = await b.call()
            # A party that is gone before it was connected leaves no recording.
            await until(lambda: b.product.at("/recording"))
            call.children[0].party_hung_up()
            await b.quiet()

            told = b.product.at("/recording")[-1].params
            assert told["RecordingStatus"] == "completed"
            assert (told["RecordingSource"], told["RecordingChannels"]) == ("DialVerb", "2")
            assert told["CallSid"] == call.sid
            assert b.product.at("/action")[0].params["RecordingUrl"].endswith(told["RecordingSid"])

    asyncio.run(scenario())


def test_a_child_sent_elsewhere_lets_its_parent_go_on():
    async def scenario():
        async with bench() as b:
            b.voice.behaviours["ada"] = "answer"
            b.product.answers[INCOMING] = dial("<Client>ada</Client>")
            b.product.answers["/action"] = say("Go on")
            call = await b.call(to=SALES)
            await until(lambda: call.status == "in-progress")
            child = call.children[0]

            response = await b.rest("POST", f"/Calls/{child.sid}.json", data={"Twiml": say("Moved")})
            await b.quiet()

            assert response.status_code == 200
            assert child.captions[0]["text"] == "Moved"
            assert call.captions[0]["text"] == "Go on"
            action = b.product.at("/action")[0].params
            assert action["DialCallStatus"] == "completed"
            assert "DialCallDuration" not in action

    asyncio.run(scenario())


def test_a_parent_sent_elsewhere_ends_its_child_without_an_action():
    async def scenario():
        async with bench() as b:
            b.voice.behaviours["ada"] = "answer"
            b.product.answers[INCOMING] = dial("<Client>ada</Client>")
            call = await b.call(to=SUPPORT)
            await until(lambda: call.status == "in-progress")

            await b.rest("POST", f"/Calls/{call.sid}.json", data={"Url": f"{b.product.url}/elsewhere"})
            await until(lambda: b.product.at("/elsewhere"))
            await b.quiet()

            assert call.children[0].status == "completed"
            assert b.product.at("/action") == []

    asyncio.run(scenario())
