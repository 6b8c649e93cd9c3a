"""The load generator, in a process of its own: `python -m bench.load`, a job as JSON on its standard input.

Posts whole calls in slices. In each slice every desk gets a call: first all requests for TwiML, then all status
callbacks; the two are timed apart. A job may bring requests of its own instead (`raw`). A slice's bytes are made and
signed before its clock starts.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import secrets
import sys
import time
from collections.abc import Iterator
from typing import Any, TypeAlias

from bench.figures import percentile
from bench.servers import cpu_seconds
from bench.traffic import INCOMING, STATUS, Call, Desk, post
from bench.wire import Connection, Tally, connections_to, post_all

# A server that used less than this share of so many pauses does nothing more for the requests it answered.
_QUIET_SHARE, _PAUSE, _QUIET_PAUSES = 0.2, 0.004, 3
_LONGEST_WAIT = 5.0
# Requests of one connection between two looks at the clock.
_BATCH = 10
# Of each connection, its requests for TwiML and its status callbacks.
Slice: TypeAlias = tuple[list[list[bytes]], list[list[bytes]]]


class Phase:
    """One kind of requests: their number, the time they took and the server's processor time."""

    def __init__(self, pids: list[int]) -> None:
        self.pids, self.tally = pids, Tally()
        self.took = self.cpu = self.own_cpu = 0.0

    async def run(self, connections: list[Connection], work: list[list[bytes]]) -> None:
        cpu, own, began = cpu_seconds(self.pids), time.process_time(), time.perf_counter()
        ended = await post_all(connections, work, self.tally)
        self.own_cpu += time.process_time() - own
        ended, used = await self._until_quiet(ended)
        self.took += ended - began
        self.cpu += used - cpu

    async def _until_quiet(self, ended: float) -> tuple[float, float]:
        """Waits for what the server does after its last answer: that counts, too."""
        deadline, quiet = ended + _LONGEST_WAIT, 0
        used = cpu_seconds(self.pids)
        while quiet < _QUIET_PAUSES and time.perf_counter() < deadline:
            await asyncio.sleep(_PAUSE)
            now, before = cpu_seconds(self.pids), used
            used = now
            if now - before < _QUIET_SHARE * _PAUSE:
                quiet += 1
            else:
                ended, quiet = time.perf_counter(), 0
        return ended, used

    def result(self) -> dict[str, Any]:
        times = self.tally.seconds
        if not times:
            return {}
        return {
            "count": len(times),
            "rate": len(times) / self.took,
            "cpu_us": self.cpu / len(times) * 1e6,
            "p50_ms": percentile(times, 0.5) * 1000,
            "p95_ms": percentile(times, 0.95) * 1000,
            "p99_ms": percentile(times, 0.99) * 1000,
            "statuses": {str(status): number for status, number in self.tally.statuses.items()},
        }


def prepared(job: dict[str, Any]) -> Iterator[Slice]:
    """Slices without end: in each, every connection's requests for TwiML, and its status callbacks."""
    desks = [Desk(*desk) for desk in job["desks"]]
    wires, basic = job["connections"], job.get("basic", False)
    number = secrets.randbits(80) << 32
    while True:
        incoming: list[list[bytes]] = [[] for _ in range(wires)]
        statuses: list[list[bytes]] = [[] for _ in range(wires)]
        for place, desk in enumerate(desks):
            number += 1
            call = Call(desk, number)
            incoming[place % wires].append(post(INCOMING, call.incoming(), basic=basic))
            if not job["incoming_only"]:
                statuses[place % wires] += [post(STATUS, fields, basic=basic) for fields in call.callbacks()]
        yield incoming, statuses


async def repeat(job: dict[str, Any]) -> dict[str, Any]:
    """Sends the job's own requests round and round, in batches."""
    requests = itertools.cycle([request.encode() for request in job["raw"]])
    wires = job["connections"]
    connections = connections_to(job)
    print("ready", flush=True)
    sys.stdin.readline()
    phase, began = Phase(job["pids"]), time.perf_counter()
    while time.perf_counter() - began < job["seconds"]:
        await phase.run(connections, [list(itertools.islice(requests, _BATCH)) for _ in range(wires)])
    return {"raw": phase.result()}


async def work_off(job: dict[str, Any]) -> dict[str, Any]:
    slices, connections = prepared(job), connections_to(job)
    # What keeps no state may get the same calls again: nothing more need be signed.
    slices = itertools.repeat(next(slices)) if job["repeat"] else slices
    print("ready", flush=True)
    sys.stdin.readline()
    incoming, statuses = Phase(job["pids"]), Phase(job["pids"])
    while incoming.took + statuses.took < job["seconds"]:
        first, second = next(slices)
        await incoming.run(connections, first)
        if not job["incoming_only"]:
            await statuses.run(connections, second)
    share = (incoming.own_cpu + statuses.own_cpu) / (incoming.took + statuses.took)
    return {"incoming": incoming.result(), "status": statuses.result(), "own_cpu_share": share}


def main() -> None:
    import uvloop

    job = json.loads(sys.stdin.readline())
    work = repeat if "raw" in job else work_off
    print(json.dumps(uvloop.run(work(job))), flush=True)


if __name__ == "__main__":
    main()
