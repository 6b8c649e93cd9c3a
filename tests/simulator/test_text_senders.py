"""How fast senders are, and what becomes of texts when their queue is full."""

from itertools import pairwise

import pytest

from simulator.texts.senders import standard_rate
from tests.simulator.harness import CALLER, SALES, SUPPORT, bench, until
from tests.simulator.texting import history, run, sent, statuses, text

#: It empties while a test runs, and stays full.
OVERFULL = 5_000_000
CANADIAN, GERMAN, TOLL_FREE = "+14165550100", "+4930123456", "+18005550100"


@pytest.mark.parametrize(
    ("sender", "to", "rate"),
    [
        (SUPPORT, CALLER, 1),
        (SUPPORT, CANADIAN, 1),
        (SUPPORT, GERMAN, 10),
        (TOLL_FREE, CALLER, 3),
        (TOLL_FREE, GERMAN, 10),
        ("12345", CALLER, 100),
        ("Ringdesk", GERMAN, 10),
    ],
)
def test_each_kind_of_sender_has_its_own_pace(sender, to, rate):
    assert standard_rate(sender, to) == rate


def test_a_sender_sends_its_segments_one_after_another_in_order():
    async def scenario():
        async with bench(speed=10) as b:
            messages = [await sent(b, "x" * (300 if number == 1 else 1)) for number in range(4)]
            await b.quiet()

            begun = [dict(message.history)["sending"] for message in messages]
            gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(begun)]
            # A segment takes a tenth of a second here, and the second text has two.
            assert all(gap >= least for gap, least in zip(gaps, (0.09, 0.19, 0.09), strict=True))

    run(scenario)


def test_senders_do_not_wait_for_each_other():
    async def scenario():
        async with bench() as b:
            await b.http.put(f"/sim/senders/{SUPPORT}", json={"queued": 30_000})
            waiting = await sent(b)
            message = await sent(b, From=SALES)
            await until(lambda: message.status == "delivered")

            assert waiting.status == "queued"
            await b.http.post("/sim/reset")

    run(scenario)


def test_a_sender_can_be_made_faster():
    async def scenario():
        async with bench(speed=1) as b:
            await b.http.put(f"/sim/senders/{SUPPORT}", json={"rate": 1000})
            await b.http.put(f"/sim/telephones/{CALLER}", json={"texts": "silent"})
            messages = [await sent(b) for _ in range(20)]
            await until(lambda: all(message.status == "sent" for message in messages), 5)

            listed = (await b.http.get("/sim/senders")).json()["senders"]
            assert [(one["sender"], one["rate"], one["sent"]) for one in listed] == [
                (SUPPORT, 1000, 20),
                (SALES, 1.0, 0),
            ]

    run(scenario)


def test_a_full_queue_refuses_at_once_or_loses_what_it_took():
    async def scenario():
        async with bench() as b:
            full = await b.http.put(f"/sim/senders/{SUPPORT}", json={"queued": OVERFULL})
            refused = await text(b)
            await b.http.put(f"/sim/senders/{SUPPORT}", json={"overflow": 30001, "queued": OVERFULL})
            lost = await sent(b, StatusCallback=f"{b.product.url}/told")
            await until(lambda: statuses(b, "/told"))
            emptied = await b.http.put(f"/sim/senders/{SUPPORT}", json={"queued": 0})
            taken = await sent(b)
            await b.quiet()

            assert full.json()["capacity"] == 36_000
            assert (refused.status_code, refused.json()["code"]) == (400, 21611)
            assert (history(lost), lost.error_code) == (["queued", "failed"], 30001)
            assert statuses(b, "/told") == ["failed"]
            assert emptied.json()["queued"] == 0
            assert taken.status == "delivered"

    run(scenario)


def test_a_filled_queue_empties_at_the_senders_pace():
    async def scenario():
        async with bench() as b:
            await b.http.put(f"/sim/senders/{SUPPORT}", json={"queued": 500})
            message = await sent(b)
            await b.quiet()

            assert message.status == "delivered"

    run(scenario)


def test_emptying_a_queue_loses_the_texts_in_it():
    async def scenario():
        async with bench() as b:
            await b.http.put(f"/sim/senders/{SUPPORT}", json={"queued": 30_000})
            message = await sent(b)
            await until(lambda: b.engine.texts.sender_of(SUPPORT).waiting)
            await b.http.put(f"/sim/senders/{SUPPORT}", json={"queued": 0})
            await b.quiet()

            assert (message.status, message.error_code) == ("failed", 30001)

    run(scenario)


def test_a_text_that_waits_longer_than_it_is_good_for_is_not_sent():
    async def scenario():
        async with bench() as b:
            await b.http.put(f"/sim/senders/{SUPPORT}", json={"queued": 500})
            message = await sent(b, ValidityPeriod="2")
            await b.quiet()

            assert (history(message), message.error_code) == (["queued", "failed"], 30036)

    run(scenario)


@pytest.mark.parametrize(
    "body", [{"rate": 0}, {"rate": "fast"}, {"queued": -1}, {"queued": True}, {"overflow": 1}, {"speed": 1}]
)
def test_nonsense_about_a_sender_is_refused(body):
    async def scenario():
        async with bench() as b:
            answer = await b.http.put(f"/sim/senders/{SUPPORT}", json=body)

            assert answer.status_code == 400
            assert next(iter(body)) in answer.json()["error"]

    run(scenario)
