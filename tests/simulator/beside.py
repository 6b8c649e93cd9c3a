"""The simulator beside a test that does not wait in an event loop."""

from __future__ import annotations

import asyncio
import threading
from datetime import date
from typing import Any

from tests.simulator.harness import Bench, bench, serving_app

_DEADLINE = 20


class Simulator:
    """It runs in an event loop of its own, and is reached over HTTP, as Twilio is."""

    bench: Bench

    def __init__(self) -> None:
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with bench() as self.bench, serving_app(self.bench) as self.url:
            self._ready.set()
            await self._stop.wait()

    def __enter__(self) -> Simulator:
        self._thread.start()
        assert self._ready.wait(_DEADLINE)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(_DEADLINE)

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_DEADLINE)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """To its control API."""
        answer = self._run(self.bench.http.post(path, json=body))
        assert answer.is_success, answer.text
        return answer.json()

    def plant(self, days: list[dict[str, Any]]) -> None:
        self.post("/sim/usage", {"days": days})

    def record(self) -> dict[date, dict[str, Any]]:
        """Its own, by day."""
        days = self._run(self.bench.http.get("/sim/usage")).json()["days"]
        return {date.fromisoformat(day.pop("date")): day for day in days}

    def quiet(self) -> None:
        self._run(self.bench.quiet())
