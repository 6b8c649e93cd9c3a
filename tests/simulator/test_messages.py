"""User-defined messages between the product and browsers, and what browsers are told of the caller's number."""

import asyncio

import pytest

from simulator.engine.calls import ANONYMOUS
from tests.simulator.harness import CALLER, SUPPORT, bench, twiml, until

INCOMING = "/twilio/voice/incoming/"


async def ringing(b, attributes: str = "", **facts):
    b.voice.behaviours["ada"] = "manual"
    b.product.answers[INCOMING] = twiml(f"<Dial {attributes}><Client>ada</Client></Dial>")
    call = await b.call(**facts)
    await until(lambda: call.children and call.children[0].status == "ringing")
    return call, call.children[0]


def test_a_message_reaches_the_browser_and_its_own_reaches_a_subscription():
    async def scenario():
        async with bench() as b:
            call, leg = await ringing(b)
            path = f"/Calls/{leg.sid}/UserDefinedMessageSubscriptions"
            made = await b.rest("POST", f"{path}.json", data={"Callback": f"{b.product.url}/said"})
            sent = await b.rest("POST", f"/Calls/{leg.sid}/UserDefinedMessages.json", data={"Content": '{"a": 1}'})
            leg.party_message("KX2", {"b": "ü"}, "application/json")
            told = (await until(lambda: b.product.at("/said")))[0].params

            assert (made.status_code, sent.status_code) == (201, 201)
            assert made.json()["uri"].endswith(f"{path}/{made.json()['sid']}.json")
            assert sent.json()["sid"].startswith("KX")
            assert ("message", {"a": 1}) in b.voice.named("ada").told
            assert (told["CallSid"], told["Sid"], told["Content"]) == (leg.sid, "KX2", '{"b": "\\u00fc"}')
            shown = (await b.http.get(f"/sim/calls/{leg.sid}")).json()["messages"]
            assert [(one["direction"], one["content"]) for one in shown] == [("out", {"a": 1}), ("in", {"b": "ü"})]

            ended = await b.rest("DELETE", f"{path}/{made.json()['sid']}.json")
            leg.party_message("KX3", {}, "application/json")
            call.party_hung_up()
            await b.quiet()
            assert (ended.status_code, len(b.product.at("/said"))) == (204, 1)

    asyncio.run(scenario())


def test_what_cannot_be_sent_is_refused():
    async def scenario():
        async with bench() as b:
            call, leg = await ringing(b)
            path = f"/Calls/{leg.sid}/UserDefinedMessages.json"
            for content in ("", "{", '"' + "x" * 10_000 + '"'):
                answer = await b.rest("POST", path, data={"Content": content})
                assert (answer.status_code, answer.json()["code"]) == (400, 20001)
            call.party_hung_up()
            await b.quiet()
            over = await b.rest("POST", path, data={"Content": "{}"})
            telephone = await b.rest("POST", f"/Calls/{call.sid}/UserDefinedMessages.json", data={"Content": "{}"})
            unknown = await b.rest("POST", "/Calls/CA1/UserDefinedMessages.json", data={"Content": "{}"})
            assert [one.status_code for one in (over, telephone, unknown)] == [400, 400, 404]

    asyncio.run(scenario())


@pytest.mark.parametrize(("attributes", "verdict"), [("", "TN-Validation-Failed"), (f'callerId="{SUPPORT}"', None)])
def test_the_verdict_on_the_callers_number_goes_with_that_number(attributes, verdict):
    async def scenario():
        async with bench() as b:
            call, leg = await ringing(b, attributes, from_=CALLER, stir_verstat="TN-Validation-Failed")

            assert leg.stir_status == verdict
            call.party_hung_up()
            await b.quiet()

    asyncio.run(scenario())


def test_a_browser_without_an_identity_calls_as_nobody():
    async def scenario():
        async with bench() as b:
            b.product.answers["/twilio/voice/outgoing/"] = twiml("<Hangup/>")
            await b.client_calls({"To": CALLER}, identity="")
            await b.quiet()

            assert b.product.at("/twilio/voice/outgoing/")[0].params["From"] == f"client:{ANONYMOUS}"

    asyncio.run(scenario())
