"""Calls to one of our own numbers: an inbound call at the other end."""

import asyncio

import pytest

from tests.simulator.harness import CALLER, SALES, SUPPORT, bench, say, twiml, until

INCOMING = "/twilio/voice/incoming/"


def routes(b, **twiml_of: str) -> None:
    """What each of our numbers, `support` and `sales`, does with its callers."""
    by_number = {SUPPORT: twiml_of["support"], SALES: twiml_of["sales"]}
    b.product.answers[INCOMING] = lambda request: by_number[request.params["To"]]


def inbound_to(b, number: str):
    return [leg for leg in b.engine.world.calls.values() if leg.direction == "inbound" and leg.to == number]


def test_dialling_one_of_our_numbers_runs_its_own_twiml_on_a_call_of_its_own():
    async def scenario():
        async with bench() as b:
            dial = f'<Dial action="/after" answerOnBridge="true"><Number>{SALES}</Number></Dial>'
            routes(b, support=twiml(dial), sales=twiml('<Gather timeout="60" numDigits="1" action="/menu"/>'))
            b.product.answers["/menu"] = say("You pressed it")
            caller = await b.call(CALLER, SUPPORT)
            await until(lambda: caller.status == "in-progress")
            (inbound,) = inbound_to(b, SALES)

            request = next(r for r in b.product.at(INCOMING) if r.params["CallSid"] == inbound.sid)
            assert (request.params["From"], request.params["Direction"]) == (CALLER, "inbound")
            assert "ParentCallSid" not in request.params
            assert caller.children[0].status == "in-progress"
            caller.party_digits("7")
            await b.quiet()

            assert b.product.at("/menu")[0].params["Digits"] == "7"
            assert [caption["text"] for caption in inbound.captions] == ["You pressed it"]
            after = b.product.at("/after")[0].params
            assert (after["DialCallStatus"], after["DialCallSid"]) == ("completed", caller.children[0].sid)
            # The number's status callback tells of the inbound call, beside that of the caller's.
            ends = {r.params["CallSid"] for r in b.product.at("/twilio/voice/status/")}
            assert ends == {caller.sid, inbound.sid}

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("sales", "status"), [('<Reject reason="busy"/>', "busy"), ("<Reject/>", "no-answer"), ("<Hangup/>", "completed")]
)
def test_what_the_number_does_is_what_becomes_of_the_dial(sales, status):
    async def scenario():
        async with bench() as b:
            dial = f'<Dial action="/after" answerOnBridge="true"><Number>{SALES}</Number></Dial>'
            routes(b, support=twiml(dial), sales=twiml(sales))
            await b.call(CALLER, SUPPORT)
            await b.quiet()

            assert b.product.at("/after")[0].params["DialCallStatus"] == status

    asyncio.run(scenario())


def test_a_caller_who_gives_up_is_gone_at_the_number_too():
    async def scenario():
        async with bench() as b:
            dial = f'<Dial answerOnBridge="true"><Number>{SALES}</Number></Dial>'
            routes(b, support=twiml(dial), sales=twiml('<Pause length="99999"/>'))
            caller = await b.call(CALLER, SUPPORT)
            (inbound,) = await until(lambda: inbound_to(b, SALES))
            caller.party_hung_up()
            await b.quiet()

            assert (caller.children[0].status, inbound.status) == ("canceled", "no-answer")

    asyncio.run(scenario())


def test_the_parties_hear_each_other():
    async def scenario():
        async with bench() as b:
            dial = f"<Dial><Number>{SALES}</Number></Dial>"
            routes(b, support=twiml(dial), sales=twiml(f"<Dial><Number>{CALLER}1</Number></Dial>"))
            caller = await b.call("+12025550143", SUPPORT)
            await until(lambda: inbound_to(b, SALES) and inbound_to(b, SALES)[0].children)
            inbound_to(b, SALES)[0].children[0].party_answered()
            await until(lambda: caller.children[0].answered and b.voice.named(f"{CALLER}1").port.source is not None)

            assert caller.endpoint.port.source.read().max() == 5000
            assert b.voice.named(f"{CALLER}1").port.source.read().max() == 5000
            caller.party_hung_up()
            await b.quiet()

    asyncio.run(scenario())


def test_a_number_that_dials_itself_does_not_go_on_for_ever():
    async def scenario():
        async with bench() as b:
            itself = twiml(f'<Dial answerOnBridge="true"><Number>{SUPPORT}</Number></Dial>')
            routes(b, support=itself, sales=itself)
            await b.call(CALLER, SUPPORT)
            await b.quiet()

            assert len(inbound_to(b, SUPPORT)) == 6
            assert any("calls led to each other" in warning["text"] for warning in b.engine.inspector.warnings)

    asyncio.run(scenario())


def test_a_call_made_through_the_api_to_one_of_our_numbers_is_a_call_there():
    async def scenario():
        async with bench() as b:
            routes(b, support=twiml(""), sales=say("Welcome to Sales"))
            fields = {"To": SALES, "From": SUPPORT, "Twiml": twiml('<Pause length="1"/>')}
            made = (await b.rest("POST", "/Calls.json", data=fields)).json()
            await b.quiet()

            (inbound,) = inbound_to(b, SALES)
            assert inbound.captions[0]["text"] == "Welcome to Sales"
            assert b.engine.find_leg(made["sid"]).status == "completed"

    asyncio.run(scenario())


def test_words_of_a_caller_are_known_at_the_number_that_is_dialled():
    async def scenario():
        async with bench() as b:
            dial = f'<Dial answerOnBridge="true"><Number>{SALES}</Number></Dial>'
            gather = '<Gather timeout="60" input="speech" speechTimeout="0.05" action="/menu"/>'
            routes(b, support=twiml(dial), sales=twiml(gather))
            caller = await b.call(CALLER, SUPPORT)
            await until(lambda: caller.hearing == "party" and inbound_to(b, SALES)[0].verb == "Gather")
            await b.http.post(f"/sim/calls/{caller.sid}/say", json={"words": "my invoice"})
            await b.quiet()

            assert b.product.at("/menu")[0].params["SpeechResult"] == "my invoice"

    asyncio.run(scenario())
