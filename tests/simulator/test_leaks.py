"""Hundreds of calls leave nothing behind."""

import asyncio
import os

import pytest

from simulator.inspector import Inspector
from tests.simulator.harness import CALLER, bench, say, twiml, until

INCOMING = "/twilio/voice/incoming/"
CALLS = 300


TEXTS = 200


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0


def test_three_hundred_calls_of_every_kind_leave_no_task_and_no_socket():
    async def scenario():
        async with bench() as b:
            b.voice.behaviours |= {"ada": "answer", "grace": "manual", "hedy": "reject"}
            documents = [
                twiml('<Dial answerOnBridge="true" action="/action"><Client>ada</Client><Client>grace</Client></Dial>'),
                twiml('<Dial timeout="0.05" action="/action"><Client>grace</Client></Dial>'),
                twiml('<Dial action="/action"><Client>hedy</Client><Client>nobody</Client></Dial>'),
                twiml('<Gather timeout="30"><Say>Hi</Say></Gather>'),
                twiml("<Enqueue>line</Enqueue>"),
                twiml("<Dial><Conference>room</Conference></Dial>"),
            ]
            b.product.answers[INCOMING] = lambda r: documents[int(r.params["From"][-3:]) % len(documents)]
            b.product.answers["/action"] = say("Bye")
            warm_up = await b.call(CALLER)
            warm_up.party_hung_up()
            await b.quiet()
            before = len(asyncio.all_tasks())
            open_before = descriptors()

            for batch in range(0, CALLS, 60):
                calls = [await b.call(f"+1202555{1000 + i}") for i in range(batch, batch + 60)]
                await until(lambda calls=calls: all(call.answered or call.over for call in calls), 30)
                for call in calls:
                    call.party_hung_up()
                await until(lambda: not b.engine.world.live_calls and not b.engine.tasks, 30)

            health = (await b.http.get("/sim/health")).json()
            assert (health["legs"], health["tasks"], health["sockets"]) == (0, 0, 0)
            await until(lambda: len(asyncio.all_tasks()) <= before)
            await until(lambda: descriptors() <= open_before, 15)
            assert b.engine.conferences == {}
            assert b.engine.queues["line"].places == []
            assert all(endpoint.told[-1] == "end" for endpoint in b.voice.endpoints)
            assert all(endpoint.told.count("end") == 1 for endpoint in b.voice.endpoints)

    asyncio.run(scenario())


def test_what_is_remembered_is_bounded():
    inspector = Inspector()
    for _ in range(inspector.requests.maxlen + 10):
        inspector.request(url="http://h/")

    assert len(inspector.requests) == inspector.requests.maxlen
    assert inspector.find_request(1) is None


def test_a_socket_that_does_not_read_is_dropped():
    inspector = Inspector()
    slow = inspector.subscribe()
    for _ in range(3000):
        inspector.publish({"type": "reset"})

    assert inspector.sockets == 0
    assert slow.events.qsize() == 2001


@pytest.mark.parametrize("ended", [True, False])
def test_closing_the_simulator_ends_everything(ended):
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = twiml('<Gather timeout="30"/>')
            call = await b.call()
            await until(lambda: call.verb == "Gather")
            if ended:
                call.party_hung_up()
            engine = b.engine
        assert call.over
        assert engine.tasks == 0

    asyncio.run(scenario())


def test_two_hundred_texts_each_way_leave_no_task_and_nothing_waiting():
    async def scenario():
        async with bench() as b:
            b.product.answers["/twilio/messaging/incoming/"] = twiml('<Message statusCallback="/told">Thanks</Message>')
            await b.http.put("/sim/senders/+12025550100", json={"rate": 1000})
            before = len(asyncio.all_tasks())
            open_before = descriptors()
            for number in range(TEXTS):
                telephone = f"+1202555{1000 + number}"
                body = {"from": telephone, "to": "+12025550100", "body": "Hello"}
                assert (await b.http.post("/sim/messages", json=body)).status_code == 201
            await until(lambda: not b.engine.tasks, 60)

            assert {message.status for message in b.engine.world.messages.values()} == {"received", "delivered"}
            assert len(b.product.at("/told")) == TEXTS * 2
            assert len(asyncio.all_tasks()) <= before
            assert descriptors() <= open_before + 2
            assert (await b.http.get("/sim/senders")).json()["senders"][0]["queued"] == 0

    asyncio.run(scenario())
