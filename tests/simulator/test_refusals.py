"""What the simulator does not build ends the call loudly; what Twilio would not take is warned of."""

import asyncio
import logging

import pytest

from simulator.twiml.grammar import UNBUILT_VERBS, VERBS
from simulator.twiml.reading import parse
from tests.simulator.harness import bench, twiml

INCOMING = "/twilio/voice/incoming/"
APOLOGY = "We are sorry, an application error has occurred. Goodbye."


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ('<Connect><Stream url="wss://h/"/></Connect>', "<Connect>"),
        ('<Start><Stream url="wss://h/"/></Start>', "<Start>"),
        ("<Pay/>", "<Pay>"),
        ("<Dial><Sip>sip:ada@h</Sip></Dial>", "<Sip> in <Dial>"),
        ("<Dial><Number>+12025550150</Number><Sip>sip:ada@h</Sip></Dial>", "<Sip> in <Dial>"),
        ('<Enqueue workflowSid="WW1"/>', '<Enqueue workflowSid="WW1">'),
        ("<Enqueue><Task>{}</Task></Enqueue>", "<Task> in <Enqueue>"),
    ],
)
def test_what_is_not_built_is_refused_by_name_and_the_caller_hears_of_it(body, named, caplog):
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml(f"<Say>Hello</Say>{body}<Say>Never said</Say>")
            with caplog.at_level(logging.WARNING, "simulator"):
                call = await b.call()
                await b.quiet()

            assert [caption["text"] for caption in call.captions] == ["Hello", APOLOGY]
            errors = [w for w in b.engine.inspector.warnings if w["level"] == "error"]
            assert named in errors[0]["text"]
            assert errors[0]["call_sid"] == call.sid
            assert [r.levelname for r in caplog.records if named in r.getMessage()] == ["WARNING"]
            assert b.product.at("/twilio/voice/fallback/") == []

    asyncio.run(scenario())


def test_it_is_refused_where_it_is_nested_too():
    async def scenario():
        async with bench() as b:
            b.voice.behaviours["ada"] = "answer"
            b.product.answers["/whisper"] = twiml("<Connect/>")
            b.product.answers[INCOMING] = twiml('<Dial action="/after"><Client url="/whisper">ada</Client></Dial>')
            call = await b.call()
            await b.quiet()

            assert call.children[0].status == "completed"
            assert b.product.at("/after")[0].params["DialBridged"] == "false"

    asyncio.run(scenario())


def test_a_verb_is_either_built_or_refused():
    assert not set(VERBS) & UNBUILT_VERBS


@pytest.mark.parametrize(
    "body",
    [
        '<Say loop="often">x</Say>',
        '<Gather numDigits="many"/>',
        '<Gather numDigits="0"/>',
        '<Gather actionOnEmptyResult="yes"/>',
        '<Gather finishOnKey="##"/>',
        '<Gather input="dtmf telepathy"/>',
        '<Dial method="PUT">+12025550150</Dial>',
        '<Dial timeout="4">+12025550150</Dial>',
        '<Dial timeout="601">+12025550150</Dial>',
        '<Dial timeout="-5">+12025550150</Dial>',
        '<Dial timeLimit="14401">+12025550150</Dial>',
        '<Dial record="always">+12025550150</Dial>',
        '<Dial ringTone="us" answerOnBridge="1">+12025550150</Dial>',
        '<Dial recordingStatusCallbackEvent="done">+12025550150</Dial>',
        '<Dial><Number statusCallbackEvent="anwsered">+12025550150</Number></Dial>',
        '<Dial><Number sendDigits="1,2">+12025550150</Number></Dial>',
        '<Dial><Conference statusCallbackEvent="joined">r</Conference></Dial>',
        '<Dial><Conference beep="maybe">r</Conference></Dial>',
        '<Dial><Conference coach="ada">r</Conference></Dial>',
        '<Record maxLength="1h"/>',
        '<Reject reason="rude"/>',
        '<Enqueue waitUrlMethod="DELETE">q</Enqueue>',
        '<Pause length="²"/>',
    ],
)
def test_a_value_that_twilio_does_not_take_is_warned_of(body):
    _, warnings = parse(twiml(body))

    assert any("not valid, expected" in warning for warning in warnings), warnings


def test_an_unusable_value_leaves_the_default():
    (dial, gather), _ = parse(
        twiml('<Dial timeout="soon" answerOnBridge="1" timeLimit="nan">+12025550150</Dial><Gather timeout="0.05"/>')
    )

    assert dial.attributes == {}
    assert gather.attributes == {"timeout": "0.05"}


def test_good_values_are_not_warned_of():
    _, warnings = parse(
        twiml(
            '<Say loop="0" voice="Polly.Joanna" language="en-GB">x</Say>'
            '<Gather input="dtmf" timeout="5" finishOnKey="" numDigits="4" method="get"><Pause length="2"/></Gather>'
            '<Dial timeout="20" answerOnBridge="true" record="record-from-answer-dual" hangupOnStar="false" '
            'recordingStatusCallback="/r" recordingStatusCallbackEvent="in-progress completed absent">'
            '<Number sendDigits="ww12#" statusCallback="/s" statusCallbackEvent="initiated ringing">+1</Number></Dial>'
            '<Record maxLength="120" finishOnKey="*#" playBeep="true" transcribe="false"/>'
        )
    )

    assert warnings == []
