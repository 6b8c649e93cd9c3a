"""How webhooks are sent when things go wrong, and what the call does then."""

import asyncio
import socket

import pytest
from starlette.responses import RedirectResponse, Response

from simulator.webhooks.overrides import parse_overrides
from tests.simulator.harness import bench, say, twiml

INCOMING = "/twilio/voice/incoming/"
FALLBACK = "/twilio/voice/fallback/"


def failing(status: int = 500) -> Response:
    return Response("no", status_code=status)


def number(b):
    return next(iter(b.engine.world.numbers.values()))


def out(b, kind: str) -> list[dict]:
    return [r for r in b.engine.inspector.requests if r["direction"] == "out" and r["kind"] == kind]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (failing(), "11200"),
        (Response("", media_type="text/xml"), "11770"),
        (Response("<oops", media_type="text/xml"), "12100"),
        (Response("<Message/>", media_type="text/xml"), "12102"),
        (Response("{}", media_type="application/json"), "12300"),
        (Response("<Response>" + " " * 70_000 + "</Response>", media_type="text/xml"), "11750"),
        (Response('<!DOCTYPE r [<!ENTITY a "b">]><Response>&a;</Response>', media_type="text/xml"), "12100"),
    ],
)
def test_a_document_that_cannot_be_run_sends_the_call_to_the_fallback(answer, code):
    async def scenario():
        async with bench() as b:
            b.product.answers |= {INCOMING: answer, FALLBACK: say("Saved")}
            call = await b.call()
            await b.quiet()

            fallback = b.product.at(FALLBACK)[0].params
            assert (fallback["ErrorCode"], fallback["ErrorUrl"]) == (code, b.product.url + INCOMING)
            assert fallback["CallSid"] == call.sid
            assert call.captions[0]["text"] == "Saved"
            assert int(code) in b.warnings

    asyncio.run(scenario())


def test_without_a_working_fallback_the_caller_is_told_and_the_inspector_shouts():
    async def scenario():
        async with bench() as b:
            b.product.answers |= {INCOMING: failing(), FALLBACK: failing()}
            call = await b.call()
            await b.quiet()

            assert "application error has occurred" in call.captions[0]["text"]
            assert call.status == "completed"
            assert [w["level"] for w in b.engine.inspector.warnings] == ["error"] * 3

    asyncio.run(scenario())


def test_a_refused_connection_is_tried_twice_and_then_the_fallback():
    async def scenario():
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            port = closed.getsockname()[1]
        async with bench() as b:
            number(b).voice_url = f"http://127.0.0.1:{port}/gone"
            b.product.answers[FALLBACK] = say("Saved")
            await b.call()
            await b.quiet()

            assert [(r["attempt"], r["status"]) for r in out(b, "twiml")] == [(1, None), (2, None)]
            tokens = {r["headers"]["I-Twilio-Idempotency-Token"] for r in out(b, "twiml")}
            assert len(tokens) == 1
            assert b.product.at(FALLBACK)[0].params["ErrorCode"] == "11202"

    asyncio.run(scenario())


def test_a_server_error_is_not_tried_again_by_default():
    async def scenario():
        async with bench() as b:
            b.product.answers["/twilio/voice/status/"] = failing()
            b.product.answers[INCOMING] = twiml("<Reject/>")
            await b.call()
            await b.quiet()

            assert len(b.product.at("/twilio/voice/status/")) == 1
            assert 11200 in b.warnings

    asyncio.run(scenario())


def test_overrides_in_the_fragment_ask_for_more_tries_and_are_not_sent():
    async def scenario():
        async with bench() as b:
            number(b).voice_url += "#rc=2&rp=5xx"
            b.product.answers[INCOMING] = failing(503)
            b.product.answers[FALLBACK] = twiml("")
            await b.call()
            await b.quiet()

            assert len(b.product.at(INCOMING)) == 3
            assert "#" not in b.product.at(INCOMING)[0].url

    asyncio.run(scenario())


def test_a_slow_answer_is_given_up_after_the_read_timeout():
    async def scenario():
        async with bench() as b:
            release = asyncio.Event()

            async def slow(_):
                await release.wait()
                return say("late")

            number(b).voice_url += "#rt=100"
            b.product.answers |= {INCOMING: slow, FALLBACK: say("Saved")}
            call = await b.call()
            await b.quiet()
            release.set()

            assert call.captions[0]["text"] == "Saved"

    asyncio.run(scenario())


def test_what_cannot_be_understood_in_a_fragment_is_named():
    overrides, problems = parse_overrides("https://h/x#rc=9&ct=5&rp=5xx,weird&ep=dublin&e=dublin&rt=x")

    assert (overrides.retries, overrides.connect_timeout, overrides.retry_on) == (5, 0.1, frozenset({"5xx"}))
    assert problems == ["rp=5xx,weird", "ep=dublin", "rt=x"]


def test_redirects_are_followed_with_get_and_signed_anew():
    async def scenario():
        async with bench() as b:
            b.product.answers |= {INCOMING: RedirectResponse("/there?x=1", 302), "/there": say("Found")}
            call = await b.call()
            await b.quiet()

            assert b.product.at("/there")[0].method == "GET"
            assert call.captions[0]["text"] == "Found"

    asyncio.run(scenario())


def test_endless_redirects_are_given_up_after_ten():
    async def scenario():
        async with bench() as b:
            b.product.answers |= {INCOMING: RedirectResponse(INCOMING, 307), FALLBACK: twiml("")}
            await b.call()
            await b.quiet()

            assert len(b.product.at(INCOMING)) == 11
            assert b.product.at(FALLBACK)[0].params["ErrorCode"] == "11215"

    asyncio.run(scenario())


@pytest.mark.parametrize("body", ["Please hold", "<Response><Say>Please hold</Say></Response>"])
def test_plain_text_is_twiml_when_it_can_be_and_read_aloud_when_not(body):
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = Response(body, media_type="text/plain")
            call = await b.call()
            await b.quiet()

            assert call.captions[0]["text"] == "Please hold"

    asyncio.run(scenario())
