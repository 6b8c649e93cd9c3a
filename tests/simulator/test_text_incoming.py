"""Texts to us: what the product is told, and what is made of its answers."""

import base64
import json

import pytest
from starlette.responses import Response

from tests.simulator.harness import ACCOUNT, APP, CALLER, SALES, SUPPORT, bench, twiml
from tests.simulator.texting import FALLBACK, INCOMING, history, is_signed, run, sent, statuses, text, text_us

OTHER = "+12025550177"
DELIVERED = ["queued", "sending", "sent", "delivered"]


def replies(b):
    return [one for one in b.engine.world.messages.values() if one.direction == "outbound-reply"]


def test_a_text_to_us_is_told_to_the_numbers_url_with_twilios_fields():
    async def scenario():
        async with bench() as b:
            message = await text_us(b, "  Hello, ünïcode 🙂 \n")
            await b.quiet()

            told = b.product.at(INCOMING)[0]
            assert is_signed(told)
            assert told.params == {
                "AccountSid": ACCOUNT,
                "ApiVersion": "2010-04-01",
                "Body": "  Hello, ünïcode 🙂 \n",
                "From": CALLER,
                "FromCity": "WASHINGTON",
                "FromCountry": "US",
                "FromState": "DC",
                "FromZip": "20001",
                "MessageSid": message.sid,
                "NumMedia": "0",
                "NumSegments": "1",
                "SmsMessageSid": message.sid,
                "SmsSid": message.sid,
                "SmsStatus": "received",
                "To": SUPPORT,
                "ToCity": "WASHINGTON",
                "ToCountry": "US",
                "ToState": "DC",
                "ToZip": "20001",
            }
            assert history(message) == ["receiving", "received"]
            assert message.date_sent is not None
            assert replies(b) == []

    run(scenario)


def test_cookies_are_kept_for_whoever_texts_whom_until_a_reset():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = Response(
                "<Response/>", media_type="text/xml", headers={"Set-Cookie": "talk=1; Path=/"}
            )
            for from_, to in ((CALLER, SUPPORT), (CALLER, SALES), (OTHER, SUPPORT), (CALLER, SUPPORT)):
                await text_us(b, from_=from_, to=to)
                await b.quiet()
            assert [one.headers.get("cookie") for one in b.product.at(INCOMING)] == [None, None, None, "talk=1"]

            await b.http.post("/sim/reset")
            await text_us(b)
            await b.quiet()
            assert "cookie" not in b.product.at(INCOMING)[-1].headers

    run(scenario)


def test_a_picture_is_fetched_from_the_simulator_by_the_account_only():
    async def scenario():
        async with bench() as b:
            jpeg = {"content_type": "image/jpeg", "data": base64.b64encode(b"jpeg").decode()}
            message = await text_us(b, "", media=[jpeg, "photo"])
            await b.quiet()

            told = b.product.at(INCOMING)[0].params
            assert (told["NumMedia"], told["Body"], message.sid[:2]) == ("2", "", "MM")
            assert (told["MediaContentType0"], told["MediaContentType1"]) == ("image/jpeg", "image/png")
            path = told["MediaUrl0"].removeprefix("http://localhost:8001")
            answer = await b.http.get(path, auth=(ACCOUNT, "token-for-tests"))
            host = await b.http.get(f"/api.twilio.com{path}", auth=(ACCOUNT, "token-for-tests"))
            assert (answer.content, answer.headers["content-type"]) == (b"jpeg", "image/jpeg")
            assert host.content == b"jpeg"
            assert (await b.http.get(path)).status_code == 401

    run(scenario)


def test_an_application_of_the_numbers_is_told_instead():
    async def scenario():
        async with bench() as b:
            b.engine.world.applications[APP].sms_url = f"{b.product.url}/app"
            b.engine.world.number_for(SUPPORT).sms_application_sid = APP
            await text_us(b)
            await text_us(b, to=SALES)
            await b.quiet()

            assert (len(b.product.at("/app")), len(b.product.at(INCOMING))) == (1, 1)

    run(scenario)


def test_a_number_without_a_url_drops_the_text_loudly():
    async def scenario():
        async with bench() as b:
            b.engine.world.number_for(SUPPORT).sms_url = ""
            message = await text_us(b)
            await b.quiet()

            assert (b.product.received, message.status) == ([], "received")
            assert b.engine.inspector.warnings[-1]["message_sid"] == message.sid

    run(scenario)


def test_a_message_may_go_to_another_telephone_and_hold_a_picture():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml(
                f'<Message to="{OTHER}" from="{SALES}" statusCallback="/told"><Body>Look</Body>'
                "<Media>/photo</Media></Message>"
            )
            b.product.answers["/photo"] = Response(b"jpeg", media_type="image/jpeg")
            await text_us(b)
            await b.quiet()

            reply = replies(b)[0]
            assert (reply.from_, reply.to, reply.body) == (SALES, OTHER, "Look")
            assert [media.data for media in reply.media] == [b"jpeg"]
            assert statuses(b, "/told") == ["sent", "delivered"]

    run(scenario)


def test_a_reply_goes_to_whoever_texted_and_comes_from_the_number_that_was_texted():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml("<Message> Thanks,\n  we got it </Message>")
            await text_us(b, to=SALES)
            await b.quiet()

            reply = replies(b)[0]
            assert (reply.from_, reply.to, reply.body) == (SALES, CALLER, "Thanks,\n  we got it")
            assert history(reply) == DELIVERED

    run(scenario)


@pytest.mark.parametrize("content", [Response("Thanks", media_type="text/plain"), twiml("<Message>Thanks</Message>")])
def test_plain_words_are_an_answer_too(content):
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = content
            await text_us(b)
            await b.quiet()

            assert [one.body for one in replies(b)] == ["Thanks"]

    run(scenario)


def test_a_redirect_asks_another_document_about_the_same_text():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml('<Redirect method="GET">/more?a=1</Redirect><Message>No</Message>')
            b.product.answers["/more"] = twiml("<Message>Yes</Message>")
            message = await text_us(b)
            await b.quiet()

            more = b.product.at("/more")[0]
            assert (more.method, f"MessageSid={message.sid}" in more.url) == ("GET", True)
            assert [one.body for one in replies(b)] == ["Yes"]

    run(scenario)


def test_a_redirect_without_an_end_is_stopped():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml(f"<Redirect>{INCOMING}</Redirect>")
            await text_us(b)
            await b.quiet()

            assert len(b.product.at(INCOMING)) == 100
            assert b.warnings == [11215]

    run(scenario)


def test_the_action_of_a_message_hears_of_it_and_goes_on_from_there():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml('<Message action="/after">One</Message><Message>Never</Message>')
            b.product.answers["/after"] = twiml("<Message>Two</Message>")
            await text_us(b)
            await b.quiet()

            after = b.product.at("/after")[0].params
            assert (after["MessageSid"], after["MessageStatus"]) == (replies(b)[0].sid, "queued")
            assert [one.body for one in replies(b)] == ["One", "Two"]

    run(scenario)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Response("broken", 500), "11200"),
        (Response("<Response", media_type="text/xml"), "12100"),
        (Response("<Hello/>", media_type="text/xml"), "12102"),
        (Response("{}", media_type="application/json"), "12300"),
        (Response(b"sound", media_type="audio/wav"), "12300"),
    ],
)
def test_the_fallback_is_asked_when_the_answer_is_none(answer, code):
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = answer
            b.product.answers[FALLBACK] = twiml("<Message>From the fallback</Message>")
            message = await text_us(b)
            await b.quiet()

            told = b.product.at(FALLBACK)[0]
            assert is_signed(told)
            assert (told.params["ErrorCode"], told.params["ErrorUrl"]) == (code, f"{b.product.url}{INCOMING}")
            assert (told.params["MessageSid"], told.params["Body"]) == (message.sid, "Hello")
            assert [one.body for one in replies(b)] == ["From the fallback"]

    run(scenario)


@pytest.mark.parametrize(
    "body",
    [
        "<Redirect>http://[</Redirect>",
        "<Redirect>mailto:ada</Redirect>",
        '<Message action="http://[">Hi</Message>',
        '<Message statusCallback="http://[">Hi</Message>',
    ],
)
def test_a_url_that_is_none_is_warned_of(body):
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml(body)
            await text_us(b)
            await b.quiet()

            assert b.warnings == [11210]
            assert [one.status for one in replies(b)] == ["delivered"] * body.count("Hi")

    run(scenario)


def test_what_a_message_may_not_hold_is_warned_of():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml(
                "<Say>Hello</Say><Message/><Message to='nobody'>x</Message><Message volume='1'>Taken</Message>"
            )
            await text_us(b)
            await b.quiet()

            assert [one.body for one in replies(b)] == ["Taken"]
            assert sorted(b.warnings) == [12200, 12200, 21211, 21602]

    run(scenario)


def test_a_telephone_that_answers_by_itself_does():
    async def scenario():
        async with bench() as b:
            await b.http.put(f"/sim/telephones/{CALLER}", json={"reply": "I am driving"})
            await sent(b)
            await b.quiet()

            assert [one.params["Body"] for one in b.product.at(INCOMING)] == ["I am driving"]

    run(scenario)


# --- who wants no more ------------------------------------------------------------------------------------------------


def test_stop_blocks_the_sender_until_start_and_twilio_answers_by_itself():
    async def scenario():
        async with bench() as b:
            await text_us(b, " stop ")
            await b.quiet()
            refused = await text(b)
            from_sales = await text(b, From=SALES)
            blocked = (await b.http.get("/sim/opt-outs")).json()["opt_outs"]
            await text_us(b, "Start")
            await b.quiet()
            taken = await text(b)
            await b.quiet()

            assert [one.params["Body"] for one in b.product.at(INCOMING)] == [" stop ", "Start"]
            assert "OptOutType" not in b.product.at(INCOMING)[0].params
            assert (refused.status_code, refused.json()["code"]) == (400, 21610)
            assert (from_sales.status_code, taken.status_code) == (201, 201)
            assert blocked == [{"sender": SUPPORT, "telephone": CALLER}]
            first, second = replies(b)
            assert "unsubscribed" in first.body
            assert "re-subscribed" in second.body
            assert [history(one) for one in (first, second)] == [DELIVERED] * 2
            assert statuses(b) == []

    run(scenario)


@pytest.mark.parametrize("word", ["STOP", "stopall", "Unsubscribe", "CANCEL", "end", "QUIT", "revoke", "OPTOUT"])
def test_each_of_these_words_blocks(word):
    async def scenario():
        async with bench() as b:
            await text_us(b, word)
            await text_us(b, word)
            await b.quiet()

            assert (await text(b)).json()["code"] == 21610
            assert len(replies(b)) == 1

    run(scenario)


@pytest.mark.parametrize("words", ["Please stop", "STOP!", "yes", "START"])
def test_other_words_are_texts_like_any_other(words):
    async def scenario():
        async with bench() as b:
            await text_us(b, words)
            await b.quiet()

            assert (await text(b)).status_code == 201
            assert replies(b) == []
            await b.quiet()

    run(scenario)


def test_help_is_answered_even_to_who_is_blocked():
    async def scenario():
        async with bench() as b:
            await text_us(b, "STOP")
            await text_us(b, "Help")
            await b.quiet()

            assert [one.author for one in replies(b)] == ["twilio", "twilio"]
            assert [one.status for one in replies(b)] == ["delivered"] * 2
            assert len(b.product.at(INCOMING)) == 2

    run(scenario)


def test_an_answer_to_who_is_blocked_is_not_taken():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml("<Message>Sorry to see you go</Message>")
            await text_us(b, "STOP")
            await b.quiet()

            assert [one.author for one in replies(b)] == ["twilio"]
            assert b.warnings == [21610]

    run(scenario)


# --- the control API --------------------------------------------------------------------------------------------------


def test_texts_are_listed_with_when_each_status_was_reached():
    async def scenario():
        async with bench() as b:
            message = await sent(b)
            await text_us(b)
            await b.quiet()

            everything = (await b.http.get("/sim/messages")).json()["messages"]
            to_caller = (await b.http.get("/sim/messages", params={"to": CALLER})).json()["messages"]
            unescaped = (await b.http.get(f"/sim/messages?from={CALLER}")).json()["messages"]
            one = (await b.http.get(f"/sim/messages/{message.sid}")).json()
            requests = (await b.http.get(f"/sim/requests?message_sid={everything[1]['sid']}")).json()["requests"]

            assert [entry["direction"] for entry in everything] == ["outbound-api", "inbound"]
            assert to_caller == [one]
            assert [entry["from"] for entry in unescaped] == [CALLER]
            assert [entry["status"] for entry in one["history"]] == DELIVERED
            times = [entry["time"] for entry in one["history"]]
            assert times == sorted(times)
            assert [request["kind"] for request in requests] == ["text"]
            assert (await b.http.get("/sim/messages/SM1")).status_code == 404

    run(scenario)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"from": "nobody"}, 400),
        ({"to": "+12025550199"}, 404),
        ({"body": ""}, 400),
        ({"body": 5}, 400),
        ({"body": "\ud83d"}, 400),
        ({"body": "x" * 1601}, 400),
        ({"media": "video"}, 400),
        ({"media": [{"content_type": "image/png", "data": "?"}]}, 400),
        ({"media": [{"content_type": "application/x-sh", "data": ""}]}, 400),
        ({"media": ["photo"] * 11}, 400),
    ],
)
def test_nonsense_from_a_telephone_is_refused(fields, status):
    async def scenario():
        async with bench() as b:
            body = {"from": CALLER, "to": SUPPORT, "body": "Hello", **fields}
            # By hand: httpx cannot write half a character, but a program can.
            answer = await b.http.post("/sim/messages", content=json.dumps(body))

            assert (answer.status_code, "error" in answer.json()) == (status, True)
            assert b.engine.world.messages == {}

    run(scenario)


@pytest.mark.parametrize(
    "body",
    [
        {"texts": "explode"},
        {"texts": {"result": "undelivered", "code": "30003"}},
        {"texts": {"result": "refuse", "code": 30003}},
        {"texts": {"result": "deliver", "delay": -1}},
        {"texts": {"rate": 1}},
        {"texts": ["deliver"]},
        {"line_type": "rotary"},
        {"reply": 5},
        {"reply": "\udc00"},
    ],
)
def test_nonsense_about_what_a_telephone_does_with_texts_is_refused(body):
    async def scenario():
        async with bench() as b:
            answer = await b.http.put(f"/sim/telephones/{CALLER}", content=json.dumps(body))

            assert answer.status_code == 400
            assert b.engine.world.telephones == {}

    run(scenario)


def test_a_webhook_of_a_text_is_sent_again():
    async def scenario():
        async with bench() as b:
            await text_us(b)
            await b.quiet()
            request = (await b.http.get("/sim/requests")).json()["requests"][-1]
            again = await b.http.post(f"/sim/requests/{request['id']}/repeat")

            assert again.json()["message_sid"] == request["message_sid"]
            first, second = b.product.at(INCOMING)
            assert first.params == second.params
            assert is_signed(second)

    run(scenario)


def test_a_reset_ends_what_is_under_way_and_forgets_who_is_blocked():
    async def scenario():
        async with bench() as b:
            await text_us(b, "STOP")
            await b.quiet()
            await b.http.put(f"/sim/senders/{SALES}", json={"queued": 30_000})
            await sent(b, From=SALES)
            await b.http.post("/sim/reset")

            health = (await b.http.get("/sim/health")).json()
            assert (health["messages"], health["tasks"]) == (0, 0)
            assert (await text(b)).status_code == 201
            await b.quiet()

    run(scenario)
