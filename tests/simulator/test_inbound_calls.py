"""A telephone calls one of our numbers, and a browser dials."""

import asyncio

import pytest
from twilio.request_validator import RequestValidator

from tests.simulator.harness import ACCOUNT, APP, CALLER, SUPPORT, TOKEN, bench, say, twiml, until

INCOMING = "/twilio/voice/incoming/"
OUTGOING = "/twilio/voice/outgoing/"
LEG = 'statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed"'


def ring(identity: str, attributes: str = "") -> str:
    return twiml(
        f'<Dial answerOnBridge="true" action="/action" {attributes}><Client {LEG}><Identity>{identity}</Identity>'
        '<Parameter name="call" value="x &amp; y"/></Client></Dial>'
    )


def test_a_call_rings_a_browser_and_is_reported_to_its_end():
    async def scenario():
        async with bench() as b:
            b.voice.behaviours["ada"] = "answer"
            b.product.answers[INCOMING] = ring("ada")
            b.product.answers["/action"] = twiml("<Hangup/>")

            call = await b.call()
            await until(lambda: call.status == "in-progress")
            child = call.children[0]
            child.party_hung_up()
            await b.quiet()

            assert child.custom_parameters == [("call", "x & y")]
            assert b.product.statuses("/leg") == ["initiated", "ringing", "in-progress", "completed"]
            assert [r.params["SequenceNumber"] for r in b.product.at("/leg")] == ["0", "1", "2", "3"]
            assert b.product.statuses() == ["completed"]
            action = b.product.at("/action")[0].params
            assert (action["DialCallStatus"], action["DialBridged"]) == ("completed", "true")
            assert action["DialCallSid"] == child.sid
            assert list(b.engine.inspector.warnings) == []

    asyncio.run(scenario())


def test_every_webhook_of_a_call_carries_a_signature_that_twilios_validator_accepts():
    async def scenario():
        async with bench() as b:
            b.voice.behaviours["ada"] = "answer"
            b.product.answers[INCOMING] = ring("ada")
            b.product.answers["/action"] = say("Żółć & <ok>".replace("&", "&amp;").replace("<", "&lt;"))
            call = await b.call(caller_name="JOHN DOE")
            await until(lambda: call.status == "in-progress")
            call.children[0].party_hung_up()
            await b.quiet()

            validator = RequestValidator(TOKEN)
            assert len(b.product.received) == 7
            for request in b.product.received:
                assert validator.validate(request.url, request.params, request.headers["x-twilio-signature"])
                assert request.headers["user-agent"] == "TwilioProxy/1.1"
                assert request.headers["i-twilio-idempotency-token"]

    asyncio.run(scenario())


def test_the_first_request_says_who_calls_and_from_where():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml("<Reject/>")
            await b.call(caller_name="JOHN DOE", forwarded_from="+12025550199", stir_verstat="TN-Validation-Passed-A")
            await b.quiet()

            params = b.product.at(INCOMING)[0].params
            assert params["From"] == params["Caller"] == CALLER
            assert params["To"] == params["Called"] == SUPPORT
            assert (params["CallStatus"], params["Direction"]) == ("ringing", "inbound")
            assert (params["FromCity"], params["FromState"], params["FromZip"]) == ("WASHINGTON", "DC", "20001")
            assert (params["FromCountry"], params["ToCountry"]) == ("US", "US")
            assert (params["CallerName"], params["ForwardedFrom"]) == ("JOHN DOE", "+12025550199")
            assert (params["StirVerstat"], params["AccountSid"]) == ("TN-Validation-Passed-A", ACCOUNT)
            assert params["ApiVersion"] == "2010-04-01"
            assert "ParentCallSid" not in params

    asyncio.run(scenario())


def test_a_withheld_number_arrives_as_a_word_without_a_place():
    async def scenario():
        async with bench() as b:
            await b.call("anonymous")
            await b.quiet()

            params = b.product.at(INCOMING)[0].params
            assert params["From"] == "anonymous"
            assert "FromCity" not in params

    asyncio.run(scenario())


def test_a_caller_who_gives_up_while_it_rings_leaves_no_answer_and_canceled():
    async def scenario():
        async with bench() as b:
            b.voice.behaviours["ada"] = "manual"
            b.product.answers[INCOMING] = ring("ada")
            b.product.answers["/action"] = say("never heard")
            call = await b.call()
            await until(lambda: call.children and call.children[0].status == "ringing")

            response = await b.http.post(f"/sim/calls/{call.sid}/hangup")
            await b.quiet()

            assert response.status_code == 200
            assert (call.status, call.children[0].status) == ("no-answer", "canceled")
            assert b.product.statuses() == ["no-answer"]
            assert b.product.statuses("/leg") == ["initiated", "ringing", "canceled"]
            assert b.product.at("/action")[0].params["DialCallStatus"] == "canceled"
            assert call.captions == []
            assert b.voice.named("ada").told == ["ring", "end"]

    asyncio.run(scenario())


def test_with_answer_on_bridge_the_caller_keeps_ringing_until_somebody_answers():
    async def scenario():
        async with bench() as b:
            b.voice.behaviours["ada"] = "manual"
            b.product.answers[INCOMING] = ring("ada")
            call = await b.call()
            child = (await until(lambda: call.children and call.children[0].status == "ringing" and call.children))[0]
            assert call.status == "ringing"

            child.party_answered()
            await until(lambda: call.status == "in-progress")

            assert b.voice.named(CALLER).told == ["ringing", "answer"]
            call.party_hung_up()
            await b.quiet()
            assert (call.status, child.status) == ("completed", "completed")

    asyncio.run(scenario())


def test_a_browser_dials_a_telephone_with_its_own_fields_in_the_first_request_only():
    async def scenario():
        async with bench() as b:
            await b.http.put(f"/sim/telephones/{CALLER}", json={"behaviour": "answer"})
            b.product.answers[OUTGOING] = twiml(
                f'<Dial answerOnBridge="true" callerId="{SUPPORT}" action="/action"><Number>{CALLER}</Number></Dial>'
            )
            call = await b.client_calls({"To": CALLER, "note": "hi", "From": "client:mallory", "CallSid": "CAforged"})
            await until(lambda: call.status == "in-progress")
            child = call.children[0]
            call.party_hung_up()
            await b.quiet()

            first = b.product.at(OUTGOING)[0].params
            assert (first["From"], first["To"], first["note"]) == ("client:ada", CALLER, "hi")
            assert (first["CallSid"], first["ApplicationSid"], first["Direction"]) == (call.sid, APP, "inbound")
            assert "note" not in b.product.at("/action")[0].params
            assert (child.from_, child.to, child.direction) == (SUPPORT, CALLER, "outbound-dial")
            assert b.product.statuses() == ["completed"]
            assert call.endpoint.told == ["ringing", "answer", "end"]

    asyncio.run(scenario())


def test_a_browser_with_an_unknown_application_is_refused():
    async def scenario():
        async with bench(twiml_app_sid="") as b:
            with pytest.raises(LookupError):
                await b.client_calls({})

    asyncio.run(scenario())


def test_a_call_to_an_empty_document_is_answered_and_over():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml("")
            call = await b.call()
            await b.quiet()

            assert call.status == "completed"
            last = b.product.at("/twilio/voice/status/")[0].params
            assert (last["CallDuration"], last["Duration"], last["SipResponseCode"]) == ("0", "1", "200")
            assert last["CallbackSource"] == "call-progress-events"

    asyncio.run(scenario())


@pytest.mark.parametrize(("reason", "status", "code"), [('reason="busy"', "busy", 31486), ("", "no-answer", 31480)])
def test_reject_turns_the_caller_away_unanswered(reason, status, code):
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml(f"<Reject {reason}/>")
            call = await b.call()
            await b.quiet()

            assert (call.status, call.answered) == (status, False)
            assert b.voice.named(CALLER).end_code == code

    asyncio.run(scenario())


def test_a_callers_name_is_told_only_where_the_number_looks_it_up():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml("<Reject/>")
            await b.call(caller_name="JANE DOE")
            number = b.engine.world.number_for(SUPPORT)
            await b.rest("POST", f"/IncomingPhoneNumbers/{number.sid}.json", data={"VoiceCallerIdLookup": "false"})
            await b.call(caller_name="JANE DOE")
            await b.quiet()
            wrong = await b.http.post("/sim/calls", json={"from": CALLER, "to": SUPPORT, "caller_name": 5})

            assert sorted(r.params.get("CallerName", "") for r in b.product.at(INCOMING)) == ["", "JANE DOE"]
            assert (wrong.status_code, wrong.json()["error"]) == (400, "caller_name: expected a text")

    asyncio.run(scenario())
