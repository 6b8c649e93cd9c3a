"""Work that arrives together is done together, and each gets its own answer."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from typing import Any

import pytest

from core.sql import batching
from core.sql.batching import Batcher

PATIENCE = 10


class Bench:
    """Doubles numbers, in batches that it remembers; holds the first until it is told to go on."""

    def __init__(self) -> None:
        self.batches: list[list[Any]] = []
        self.began, self.go_on = threading.Event(), threading.Event()
        self.batcher: Batcher[Any, Any] = Batcher(self._work, name="test")

    def _work(self, batch: Sequence[Any]) -> list[Any]:
        self.batches.append(list(batch))
        self.began.set()
        assert self.go_on.wait(PATIENCE)
        return [item if isinstance(item, Exception) else item * 2 for item in batch]

    async def until_it_works(self) -> None:
        assert await asyncio.to_thread(self.began.wait, PATIENCE)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def gathered(futures: list[asyncio.Future[Any]]) -> Any:
    return asyncio.wait_for(asyncio.gather(*futures, return_exceptions=True), PATIENCE)


def test_one_alone_is_a_batch(bench):
    bench.go_on.set()

    async def ask() -> list[Any]:
        return [await asyncio.wait_for(bench.batcher.submit(number), PATIENCE) for number in (1, 2, 3)]

    assert asyncio.run(ask()) == [2, 4, 6]
    assert bench.batches == [[1], [2], [3]]


def test_what_comes_meanwhile_is_the_next_batch_in_the_order_of_arrival(bench):
    async def ask() -> Any:
        first = bench.batcher.submit(0)
        await bench.until_it_works()
        others = [bench.batcher.submit(number) for number in range(1, 9)]
        bench.go_on.set()
        return await gathered([first, *others])

    assert asyncio.run(ask()) == [0, 2, 4, 6, 8, 10, 12, 14, 16]
    assert bench.batches == [[0], [1, 2, 3, 4, 5, 6, 7, 8]]


def test_a_batch_has_a_limit(bench):
    bench.batcher = Batcher(bench._work, name="test", limit=3)

    async def ask() -> Any:
        first = bench.batcher.submit(0)
        await bench.until_it_works()
        others = [bench.batcher.submit(number) for number in range(1, 8)]
        bench.go_on.set()
        return await gathered([first, *others])

    assert asyncio.run(ask()) == [number * 2 for number in range(8)]
    assert [len(batch) for batch in bench.batches] == [1, 3, 3, 1]


@pytest.mark.parametrize("by", ["in time", "one after the other"])
def test_who_was_answered_and_who_came_meanwhile_go_on_together(bench, by, monkeypatch):
    """Two half crowds that take turns would stay two."""
    in_time = by == "in time"
    monkeypatch.setattr(batching, "_CROWD", PATIENCE)
    monkeypatch.setattr(batching, "_LINGER", PATIENCE if in_time else 0)
    monkeypatch.setattr(batching, "_APART", 0 if in_time else PATIENCE)

    async def again() -> Any:
        return await bench.batcher.submit(await bench.batcher.submit(5))

    async def ask() -> Any:
        first = asyncio.ensure_future(again())
        await bench.until_it_works()
        others = [bench.batcher.submit(number) for number in (1, 2, 3)]
        bench.go_on.set()
        return await gathered([first, *others])

    assert asyncio.run(ask()) == [20, 2, 4, 6]
    assert bench.batches == [[5], [1, 2, 3, 10]]


@pytest.mark.parametrize("by", ["in time", "one after the other"])
def test_who_is_back_before_the_thread_has_looked_is_counted_once(bench, by, monkeypatch):
    in_time = by == "in time"
    monkeypatch.setattr(batching, "_CROWD", PATIENCE)
    monkeypatch.setattr(batching, "_LINGER", 2 * PATIENCE if in_time else 0)
    monkeypatch.setattr(batching, "_APART", 0 if in_time else 2 * PATIENCE)
    back = threading.Event()

    class Slow(Batcher[Any, Any]):
        def _do(self, batch: Any) -> int:
            crowd = super()._do(batch)
            assert back.wait(PATIENCE)
            return crowd

    bench.batcher = Slow(bench._work, name="test")

    async def again() -> Any:
        answer = await bench.batcher.submit(5)
        second = bench.batcher.submit(answer)
        back.set()
        return await second

    async def ask() -> Any:
        first = asyncio.ensure_future(again())
        await bench.until_it_works()
        other = bench.batcher.submit(1)
        bench.go_on.set()
        return await gathered([first, other])

    assert asyncio.run(ask()) == [20, 2]
    assert bench.batches == [[5], [1, 10]]


def test_a_crowd_that_does_not_come_back_is_not_waited_for(bench, monkeypatch):
    monkeypatch.setattr(batching, "_CROWD", PATIENCE)

    async def ask() -> Any:
        first = bench.batcher.submit(0)
        await bench.until_it_works()
        others = [bench.batcher.submit(number) for number in (1, 2, 3)]
        bench.go_on.set()
        return [*await gathered([first, *others]), await asyncio.wait_for(bench.batcher.submit(4), PATIENCE)]

    assert asyncio.run(ask()) == [0, 2, 4, 6, 8]
    assert bench.batches == [[0], [1, 2, 3], [4]]


def test_an_item_that_nobody_waits_for_any_more_is_left_out(bench):
    async def ask() -> Any:
        first = bench.batcher.submit(0)
        await bench.until_it_works()
        second, third = bench.batcher.submit(1), bench.batcher.submit(2)
        second.cancel()
        bench.go_on.set()
        return await gathered([first, third])

    assert asyncio.run(ask()) == [0, 4]
    assert bench.batches == [[0], [2]]


def test_an_item_that_is_given_up_while_it_is_worked_on_disturbs_nobody(bench):
    async def ask() -> Any:
        first = bench.batcher.submit(0)
        await bench.until_it_works()
        first.cancel()
        bench.go_on.set()
        return await asyncio.wait_for(bench.batcher.submit(1), PATIENCE)

    assert asyncio.run(ask()) == 2


def test_an_error_goes_to_the_one_whose_it_is(bench):
    error = ValueError("the second")

    async def ask() -> Any:
        first = bench.batcher.submit(0)
        await bench.until_it_works()
        others = [bench.batcher.submit(item) for item in (1, error, 3)]
        bench.go_on.set()
        return await gathered([first, *others])

    assert asyncio.run(ask()) == [0, 2, error, 6]


@pytest.mark.parametrize("broken", [lambda batch: 1 // 0, lambda batch: batch[1:]], ids=["raises", "one too few"])
def test_what_the_work_raises_is_raised_to_all_and_the_next_batch_is_worked_on(bench, broken, caplog):
    works: list[Any] = [bench._work, broken, bench._work]
    batcher: Batcher[int, int] = Batcher(lambda batch: works.pop(0)(batch), name="test")

    async def ask() -> Any:
        first = batcher.submit(0)
        await bench.until_it_works()
        others = [batcher.submit(1), batcher.submit(2)]
        bench.go_on.set()
        return [*await gathered([first, *others]), await asyncio.wait_for(batcher.submit(3), PATIENCE)]

    first, one, other, last = asyncio.run(ask())

    assert (first, last) == (0, 6)
    assert isinstance(one, ZeroDivisionError | RuntimeError)
    assert one is other
    assert "a batch of 2 failed" in caplog.text


def test_an_event_loop_that_is_gone_stops_nobody(bench, caplog):
    async def ask_and_leave() -> None:
        bench.batcher.submit(0)
        await bench.until_it_works()

    async def ask() -> Any:
        bench.go_on.set()
        return await asyncio.wait_for(bench.batcher.submit(1), PATIENCE)

    asyncio.run(ask_and_leave())

    assert asyncio.run(ask()) == 2
    assert "the event loop is closed" in caplog.text


def test_crowds_in_several_loops_all_get_their_answers():
    batcher: Batcher[int, int] = Batcher(lambda batch: [item * 2 for item in batch], name="test")
    found: dict[int, list[int]] = {}

    async def one(number: int) -> list[int]:
        return [await asyncio.wait_for(batcher.submit(number + step), PATIENCE) for step in range(50)]

    async def crowd(start: int) -> None:
        for number, answers in zip(range(8), await asyncio.gather(*(one(start + n) for n in range(8))), strict=True):
            found[start + number] = answers

    threads = [threading.Thread(target=asyncio.run, args=(crowd(start),)) for start in (0, 1000, 2000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE * 2)

    assert len(found) == 24
    assert all(answers == [(number + step) * 2 for step in range(50)] for number, answers in found.items())
