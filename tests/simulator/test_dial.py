"""What `<Dial>` does with those it rings."""

import asyncio

import pytest

from tests.simulator.harness import CALLER, SALES, SUPPORT, bench, say, twiml, until

INCOMING = "/twilio/voice/incoming/"
OUTGOING = "/twilio/voice/outgoing/"
PHONE = "+12025550150"


def dial(body: str, attributes: str = 'answerOnBridge="true"') -> str:
    return twiml(f'<Dial action="/action" {attributes}>{body}</Dial>')


async def outcome(b) -> dict[str, str]:
    await until(lambda: b.product.at("/action"))
    return b.product.at("/action")[0].params


@pytest.mark.parametrize(
    ("behaviour", "child_status", "sip"),
    [
        ("busy", "busy", "486"),
        ("failed", "failed", "404"),
        ("reject", "busy", "603"),
        ("no-answer", "no-answer", "487"),
    ],
)
def test_what_a_telephone_does_becomes_the_dials_status(behaviour, child_status, sip):
    async def scenario():
        async with bench() as b:
            await b.http.put(f"/sim/telephones/{PHONE}", json={"behaviour": behaviour})
            b.product.answers[INCOMING] = dial(
                f'<Number statusCallback="/leg">{PHONE}</Number>', 'answerOnBridge="true" timeout="0.05"'
            )
            b.product.answers["/action"] = twiml("")
            call = await b.call()
            await b.quiet()

            action = b.product.at("/action")[0].params
            assert (action["DialCallStatus"], action["DialBridged"]) == (child_status, "false")
            assert "DialCallDuration" not in action
            assert b.product.at("/leg")[0].params["SipResponseCode"] == sip
            assert call.status == child_status

    asyncio.run(scenario())


def test_an_unreachable_browser_is_no_answer_at_once_and_the_next_verb_runs():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml(
                '<Dial><Client statusCallback="/leg">nobody</Client></Dial><Say>Sorry</Say>'
            )
            call = await b.call()
            await b.quiet()

            assert b.product.at("/leg")[0].params["SipResponseCode"] == "404"
            assert call.children[0].status == "no-answer"
            assert [caption["text"] for caption in call.captions] == ["Sorry"]

    asyncio.run(scenario())


def test_the_first_to_answer_wins_and_the_others_are_canceled():
    async def scenario():
        async with bench() as b:
            b.voice.behaviours |= {"ada": "manual", "grace": "manual", "hedy": "reject"}
            b.product.answers[INCOMING] = dial("<Client>ada</Client><Client>grace</Client><Client>hedy</Client>")
            call = await b.call()
            await until(lambda: [leg.status for leg in call.children] == ["ringing", "ringing", "busy"])
            ada, grace, hedy = call.children

            grace.party_answered()
            await until(lambda: call.status == "in-progress")

            assert [ada.status, grace.status, hedy.status] == ["canceled", "in-progress", "busy"]
            assert b.voice.named("ada").told == ["ring", "end"]
            assert b.voice.named(CALLER).port.source is not None
            call.party_hung_up()
            await b.quiet()
            assert (await outcome(b))["DialCallStatus"] == "completed"

    asyncio.run(scenario())


def test_no_more_than_ten_ring_at_once():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = dial("".join(f"<Client>agent_{i}</Client>" for i in range(12)))
            call = await b.call()
            await b.quiet()

            assert len(call.children) == 10
            assert 12200 in b.warnings

    asyncio.run(scenario())


def test_sequential_rings_one_after_another():
    async def scenario():
        async with bench() as b:
            b.voice.behaviours |= {"ada": "reject", "grace": "answer"}
            b.product.answers[INCOMING] = dial(
                "<Client>ada</Client><Client>grace</Client>", 'sequential="true" answerOnBridge="true"'
            )
            call = await b.call()
            await until(lambda: call.status == "in-progress")

            assert [leg.status for leg in call.children] == ["busy", "in-progress"]
            call.party_hung_up()
            await b.quiet()

    asyncio.run(scenario())


def test_a_browser_without_a_caller_id_cannot_call_a_number():
    async def scenario():
        async with bench() as b:
            b.product.answers[OUTGOING] = dial(f"<Number>{PHONE}</Number>")
            call = await b.client_calls({"To": PHONE})
            await b.quiet()

            assert 13214 in b.warnings
            assert call.children == []
            action = b.product.at("/action")[0].params
            assert action["DialCallStatus"] == "failed"
            assert "DialCallSid" not in action

    asyncio.run(scenario())


def test_a_malformed_number_fails_loudly():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = dial("<Number>12</Number>")
            await b.call()
            await b.quiet()

            assert 13223 in b.warnings
            assert b.product.at("/action")[0].params["DialCallStatus"] == "failed"

    asyncio.run(scenario())


def test_a_telephones_number_is_shown_to_whom_the_call_is_passed_on():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = dial(f"<Number>{PHONE}</Number>")
            call = await b.call()
            await until(lambda: call.children)

            assert call.children[0].from_ == CALLER
            call.party_hung_up()
            await b.quiet()

    asyncio.run(scenario())


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
                'record="record-from-answer-dual" recordingStatusCallback="/recording"',
            )
            call = await b.call()
            await until(lambda: call.children and call.children[0].status == "in-progress")
            call.children[0].party_hung_up()
            await b.quiet()

            told = b.product.at("/recording")[0].params
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
