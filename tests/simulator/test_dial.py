"""What `<Dial>` does with those it rings."""

import asyncio

import pytest

from tests.simulator.harness import CALLER, bench, twiml, until

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
