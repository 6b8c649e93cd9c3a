"""How webhooks are sent: passwords, methods, cookies, order."""

import asyncio
import hashlib

import pytest
from starlette.responses import Response

from tests.simulator.harness import bench, say, twiml, until

INCOMING = "/twilio/voice/incoming/"
FALLBACK = "/twilio/voice/fallback/"


def failing(status: int = 500) -> Response:
    return Response("no", status_code=status)


def number(b):
    return next(iter(b.engine.world.numbers.values()))


def test_a_basic_challenge_is_answered_and_the_password_is_shown_nowhere():
    async def scenario():
        async with bench(webhook_username="hook", webhook_password="s3cret") as b:

            def guarded(request):
                if request.headers.get("authorization") != "Basic aG9vazpzM2NyZXQ=":
                    return Response(status_code=401, headers={"WWW-Authenticate": 'Basic realm="twilio"'})
                return say("In")

            b.product.answers[INCOMING] = guarded
            call = await b.call()
            await b.quiet()

            first, second = b.product.at(INCOMING)
            assert "authorization" not in first.headers
            assert first.headers["x-twilio-signature"] == second.headers["x-twilio-signature"]
            assert call.captions[0]["text"] == "In"
            await b.rest("GET", "/IncomingPhoneNumbers.json")
            await b.rest("POST", "/Applications.json", data={"VoiceUrl": "https://hook:s3cret@example.com/"})
            seen = str(list(b.engine.inspector.requests)).lower()
            assert "/twilio/voice/incoming/" in seen
            assert "s3cret" not in seen
            assert "authorization" not in seen

    asyncio.run(scenario())


def test_a_digest_challenge_is_answered_also_for_a_later_url_without_password():
    async def scenario():
        async with bench(webhook_username="hook", webhook_password="s3cret") as b:

            def guarded(answer):
                def serve(request):
                    header = request.headers.get("authorization", "")
                    if not digest_is_right(header, request.path):
                        challenge = 'Digest realm="twilio", qop="auth", algorithm=MD5, nonce="n", opaque="o"'
                        return Response(status_code=401, headers={"WWW-Authenticate": challenge})
                    return answer

                return serve

            b.product.answers[INCOMING] = guarded(twiml(f"<Redirect>{b.product.url}/next</Redirect>"))
            b.product.answers["/next"] = guarded(say("In"))
            call = await b.call()
            await b.quiet()

            assert call.captions[0]["text"] == "In"
            assert len(b.product.at(INCOMING)) == 2

    asyncio.run(scenario())


def test_a_connection_that_is_reset_as_it_is_made_is_one_that_failed(monkeypatch):
    """As when the product is killed in that moment: the fallback is asked, and the call goes on."""

    async def scenario():
        async with bench() as b:
            b.product.answers[FALLBACK] = say("Sorry")
            sent = b.engine.sender._sender._client.send

            async def reset(request, **more):
                if request.url.path == INCOMING:
                    raise AttributeError("'NoneType' object has no attribute 'getpeername'")
                return await sent(request, **more)

            monkeypatch.setattr(b.engine.sender._sender._client, "send", reset)
            call = await b.call()
            await b.quiet()

            assert [caption["text"] for caption in call.captions] == ["Sorry"]

    asyncio.run(scenario())


def digest_is_right(header: str, path: str) -> bool:
    if not header.startswith("Digest "):
        return False
    parts = dict(part.strip().split("=", 1) for part in header[7:].split(","))
    parts = {name: value.strip('"') for name, value in parts.items()}
    md5 = lambda text: hashlib.md5(text.encode()).hexdigest()  # noqa: E731, S324
    expected = md5(f"{md5('hook:twilio:s3cret')}:n:{parts['nc']}:{parts['cnonce']}:auth:{md5(f'POST:{path}')}")
    return parts["response"] == expected and parts["uri"] == path


def test_a_refusal_without_a_challenge_is_final():
    async def scenario():
        async with bench(webhook_username="hook", webhook_password="s3cret") as b:
            b.product.answers |= {INCOMING: failing(401), FALLBACK: twiml("")}
            await b.call()
            await b.quiet()

            assert len(b.product.at(INCOMING)) == 1
            assert b.product.at(FALLBACK)[0].params["ErrorUrl"] == b.product.url + INCOMING

    asyncio.run(scenario())


def test_a_get_webhook_has_its_fields_in_the_query_and_a_signature_over_it():
    from twilio.request_validator import RequestValidator

    from tests.simulator.harness import TOKEN, query

    async def scenario():
        async with bench() as b:
            number(b).voice_method = "GET"
            b.product.answers[INCOMING] = say("Hi")
            call = await b.call()
            await b.quiet()

            request = b.product.at(INCOMING)[0]
            assert request.method == "GET"
            assert query(request.url)["CallSid"] == call.sid
            assert RequestValidator(TOKEN).validate(request.url, {}, request.headers["x-twilio-signature"])

    asyncio.run(scenario())


def test_a_cookie_of_one_call_does_not_turn_up_in_another():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = Response(
                twiml("<Reject/>"), media_type="text/xml", headers={"Set-Cookie": "session=1; Path=/"}
            )
            await b.call()
            await b.call()
            await b.quiet()

            assert all("cookie" not in request.headers for request in b.product.at(INCOMING))

    asyncio.run(scenario())


def test_a_call_and_its_legs_keep_their_cookies_through_redirects_and_callbacks():
    async def scenario():
        async with bench() as b:
            b.voice.behaviours["ada"] = "answer"
            number(b).status_callback = f"{b.product.url}/status"
            b.product.answers[INCOMING] = Response(
                status_code=307, headers={"Location": "/moved", "Set-Cookie": "first=1; Path=/"}
            )
            dialled = twiml('<Dial action="/action"><Client url="/whisper">ada</Client></Dial>')
            b.product.answers["/moved"] = Response(
                dialled, media_type="text/xml", headers={"Set-Cookie": "second=2; Path=/action"}
            )
            b.product.answers["/whisper"] = twiml("<Hangup/>")
            b.product.answers["/action"] = twiml("<Hangup/>")
            await b.call()
            await b.quiet()

            shown = {one.path: one.headers.get("cookie", "") for one in b.product.received}
            assert sorted(shown.pop("/action").split("; ")) == ["first=1", "second=2"]
            assert shown == {INCOMING: "", "/moved": "first=1", "/whisper": "first=1", "/status": "first=1"}

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("answer", "codes"),
    [
        (Response(status_code=204), []),
        (Response("<Response/>", media_type="text/xml"), []),
        (Response("thanks", media_type="text/plain"), [12300]),
        (Response("<ok/>", media_type="text/xml"), [15003]),
        (Response(status_code=403), [11200]),
    ],
)
def test_an_odd_answer_to_a_status_callback_is_warned_of(answer, codes):
    async def scenario():
        async with bench() as b:
            b.product.answers |= {INCOMING: twiml("<Reject/>"), "/twilio/voice/status/": answer}
            await b.call()
            await b.quiet()

            assert b.warnings == codes

    asyncio.run(scenario())


def test_callbacks_of_a_call_arrive_in_order_even_when_the_product_is_slow():
    async def scenario():
        async with bench() as b:
            order = []

            async def slow_at_first(request):
                await until(lambda: len(order) > 0 or call_over.is_set() or len(b.product.at("/leg")) == 1)
                order.append(request.params["SequenceNumber"])
                return Response(status_code=204)

            call_over = asyncio.Event()
            b.voice.behaviours["ada"] = "answer"
            b.product.answers["/leg"] = slow_at_first
            b.product.answers[INCOMING] = twiml(
                '<Dial><Client statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed">ada'
                "</Client></Dial>"
            )
            call = await b.call()
            await until(lambda: call.children and call.children[0].answered)
            call.party_hung_up()
            call_over.set()
            await b.quiet()

            assert order == ["0", "1", "2", "3"]

    asyncio.run(scenario())
