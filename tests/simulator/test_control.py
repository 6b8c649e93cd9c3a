"""The control API under /sim/."""

import asyncio
import json

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from simulator.config import MisconfiguredError, from_environment, parse_numbers
from tests.simulator.harness import ACCOUNT, CALLER, SUPPORT, bench, serving_app, twiml, until

INCOMING = "/twilio/voice/incoming/"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"from": CALLER, "to": "+12025550177"}, 404),
        ({"from": CALLER}, 404),
        ({"from": "nobody", "to": SUPPORT}, 400),
        ([], 400),
    ],
)
def test_an_impossible_call_is_refused_with_a_reason(body, status):
    async def scenario():
        async with bench() as b:
            response = await b.http.post("/sim/calls", json=body)

            assert response.status_code == status
            assert response.json()["error"]

    asyncio.run(scenario())


def test_a_call_can_be_watched_and_its_telephone_used():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml('<Gather timeout="60"/>')
            call = await b.call()
            await until(lambda: call.verb == "Gather")

            shown = (await b.http.get(f"/sim/calls/{call.sid}")).json()
            listed = (await b.http.get("/sim/calls")).json()["calls"]
            heard = (await b.http.get(f"/sim/calls/{call.sid}/heard?seconds=0")).json()
            hung_up = (await b.http.post(f"/sim/calls/{call.sid}/hangup")).json()
            late = await b.http.post(f"/sim/calls/{call.sid}/digits", json={"digits": "1"})
            await b.quiet()

            assert shown == listed[0]
            assert (shown["status"], shown["party"], shown["verb"]) == ("in-progress", "telephone", "Gather")
            assert heard["seconds"] == 0
            assert hung_up["status"] == "completed"
            assert hung_up["end_time"].endswith("Z")
            assert late.status_code == 409

    asyncio.run(scenario())


@pytest.mark.parametrize("tones", ["high", "0", "4000", "nan", ",".join(["440"] * 21)])
def test_tones_that_no_telephone_hears_are_refused_with_a_sentence(tones):
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml("<Gather/>")
            call = await b.call()
            await until(lambda: call.verb == "Gather")
            answer = await b.http.get(f"/sim/calls/{call.sid}/heard?seconds=0&tones={tones}")
            call.party_hung_up()
            await b.quiet()

            assert answer.status_code == 400
            assert answer.json()["error"].startswith("tones: ")

    asyncio.run(scenario())


def test_a_ringing_telephone_can_be_answered_or_declined_by_hand():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml("<Dial><Number>+12025550150</Number></Dial>")
            for act, status in (("answer", "in-progress"), ("reject", "busy")):
                call = await b.call()
                child = (await until(lambda call=call: [c for c in call.children if c.status == "ringing"]))[0]
                response = await b.http.post(f"/sim/calls/{child.sid}/{act}")
                again = await b.http.post(f"/sim/calls/{child.sid}/{act}")
                assert (response.json()["status"], again.status_code) == (status, 409)
                call.party_hung_up()
                await b.quiet()

    asyncio.run(scenario())


def test_a_telephone_keeps_its_behaviour_until_reset():
    async def scenario():
        async with bench() as b:
            path = "/sim/telephones/+12025550150"
            put = await b.http.put(path, json={"behaviour": "busy", "delay": 1.5})
            listed = (await b.http.get("/sim/telephones")).json()["telephones"]
            wrong = await b.http.put(path, json={"behaviour": "explode"})
            await b.http.post("/sim/reset")

            assert put.json() == {
                "number": "+12025550150",
                "behaviour": "busy",
                "delay": 1.5,
                "voice": "tone:440",
                "answered_by": "human",
                "line_type": "mobile",
                "texts": {"result": "deliver", "code": None, "delay": None},
                "reply": "",
                "press": None,
                "say": None,
                "greeting": "",
            }
            assert listed == [put.json()]
            assert wrong.status_code == 400
            assert (await b.http.get("/sim/telephones")).json()["telephones"] == []

    asyncio.run(scenario())


def test_another_sites_page_may_not_use_it():
    async def scenario():
        async with bench() as b, serving_app(b) as url:
            foreign = await b.http.post("/sim/reset", headers={"Origin": "https://evil.example"})
            own = await b.http.post("/sim/reset", headers={"Origin": "http://localhost"})
            with pytest.raises(InvalidStatus, match="403"):
                await connect(f"{url.replace('http', 'ws')}/sim/events", origin="https://evil.example")

            assert (foreign.status_code, own.status_code) == (403, 200)

    asyncio.run(scenario())


def test_events_begin_with_a_snapshot_and_go_on_as_things_happen():
    async def scenario():
        async with bench() as b, serving_app(b) as url:
            async with connect(f"{url.replace('http', 'ws')}/sim/events") as socket:
                snapshot = json.loads(await socket.recv())
                call = await b.call()
                event = json.loads(await socket.recv())
                seen = {event["type"]}
                while not {"call", "request", "warning", "caption"} <= seen:
                    seen.add(json.loads(await socket.recv())["type"])
                assert (await b.http.get("/sim/health")).json()["sockets"] == 1
            await until(lambda: b.engine.inspector.sockets == 0)

            assert snapshot["type"] == "snapshot"
            parts = {"calls", "messages", "opt_outs", "senders", "requests", "numbers", "telephones", "warnings"}
            assert set(snapshot) == {"type", "faults", "queues"} | parts
            assert snapshot["numbers"][0]["phone_number"] == SUPPORT
            assert (event["type"], event["call"]["sid"]) == ("call", call.sid)

    asyncio.run(scenario())


def test_a_webhook_can_be_sent_again_with_a_good_signature():
    async def scenario():
        async with bench(webhook_username="hook", webhook_password="s3cret") as b:
            b.product.answers[INCOMING] = twiml("<Reject/>")
            await b.call()
            await b.quiet()
            first = next(r for r in b.engine.inspector.requests if r["kind"] == "status")

            again = (await b.http.post(f"/sim/requests/{first['id']}/repeat")).json()

            one, two = b.product.at("/twilio/voice/status/")
            assert one.params == two.params
            assert one.headers["x-twilio-signature"] == two.headers["x-twilio-signature"]
            assert again["id"] > first["id"]

    asyncio.run(scenario())


def test_requests_can_be_listed_for_a_call():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml("<Reject/>")
            first, second = await b.call(), await b.call()
            await b.quiet()

            found = (await b.http.get(f"/sim/requests?call_sid={first.sid}")).json()["requests"]
            last = (await b.http.get("/sim/requests?limit=1")).json()["requests"]

            assert [r["kind"] for r in found] == ["twiml", "status"]
            assert {r["call_sid"] for r in found} == {first.sid}
            assert found[0]["params"]["CallSid"] == first.sid
            assert "<Reject" in found[0]["response_body"]
            assert len(last) == 1
            assert second.over

    asyncio.run(scenario())


def test_reset_ends_every_call_and_forgets_it():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml('<Gather timeout="60"/>')
            call = await b.call()
            await until(lambda: call.verb == "Gather")

            await b.http.post("/sim/reset")

            assert call.over
            assert call.endpoint.told[-1] == "end"
            assert (await b.http.get("/sim/calls")).json() == {"calls": []}
            assert (await b.http.get("/sim/requests")).json() == {"requests": []}
            assert (await b.http.get("/sim/health")).json()["legs"] == 0

    asyncio.run(scenario())


def test_a_caller_hangs_up_after_the_given_seconds_however_fast_the_simulator_is():
    async def scenario():
        async with bench(speed=1000.0) as b:
            b.product.answers[INCOMING] = twiml('<Gather timeout="60"/>')
            call = await b.call(hangup_after=0.3)
            await b.quiet()

            shown = (await b.http.get(f"/sim/calls/{call.sid}")).json()
            assert shown["ended_by"] == "party"
            assert (call.end_time - call.date_created).total_seconds() >= 0.3

    asyncio.run(scenario())


def test_a_call_that_ends_sooner_leaves_nobody_waiting_to_hang_up():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml("<Reject/>")
            call = await b.call(hangup_after=3600)
            await b.quiet()

            assert (call.status, call.ended_by) == ("no-answer", "twiml")

    asyncio.run(scenario())


@pytest.mark.parametrize("value", ["soon", -1, True, 1e9])
def test_an_impossible_time_to_hang_up_is_refused_and_no_call_is_placed(value):
    async def scenario():
        async with bench() as b:
            response = await b.http.post("/sim/calls", json={"from": CALLER, "to": SUPPORT, "hangup_after": value})

            assert response.status_code == 400
            assert "hangup_after" in response.json()["error"]
            assert b.engine.world.calls == {}

    asyncio.run(scenario())


def test_every_leg_of_a_call_that_is_over_says_how_it_went():
    async def scenario():
        async with bench() as b:
            b.voice.behaviours["ada"] = "answer"
            b.product.answers[INCOMING] = twiml("<Say>Hello</Say><Dial><Client>ada</Client></Dial>")
            call = await b.call()
            await until(lambda: call.children and call.children[0].answered)
            call.party_hung_up()
            await b.quiet()

            child, parent = (await b.http.get("/sim/calls")).json()["calls"]
            assert parent["ended_by"] == "party"
            assert [caption["text"] for caption in parent["captions"]] == ["Hello"]
            assert (child["parent_call_sid"], child["ended_by"], child["to"]) == (call.sid, "dial", "client:ada")
            for leg in (parent, child):
                assert leg["status"] == "completed"
                assert leg["start_time"] <= leg["answer_time"] <= leg["end_time"]
                assert leg["duration"] == 0

    asyncio.run(scenario())


def test_the_health_counts_what_must_not_leak():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml('<Gather timeout="60"/>')
            call = await b.call()
            await until(lambda: call.verb == "Gather")

            health = (await b.http.get("/sim/health")).json()

            assert (health["legs"], health["sockets"]) == (1, 0)
            assert health["tasks"] >= 1
            assert health["open_files"] > 0

    asyncio.run(scenario())


def test_the_environment_and_a_dotenv_file_configure_it(tmp_path, monkeypatch):
    for name in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "PUBLIC_BASE_URL", "SIMULATOR_PORT", "SIMULATOR_NUMBERS"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    dotenv = tmp_path / ".env"
    with pytest.raises(MisconfiguredError, match="TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"):
        from_environment(dotenv)

    dotenv.write_text(f"TWILIO_ACCOUNT_SID={ACCOUNT}\nTWILIO_AUTH_TOKEN=abc\nSIMULATOR_PORT=9001\n")
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "wins")
    config = from_environment(dotenv)

    assert (config.account_sid, config.auth_token, config.port) == (ACCOUNT, "wins", 9001)
    assert config.numbers == (("+12025550100", "Support"), ("+12025550101", "Sales"))


def test_a_malformed_number_in_the_configuration_is_named():
    with pytest.raises(MisconfiguredError, match="12025"):
        parse_numbers("12025 Support")
