"""The load generator, in a process of its own: `python -m bench.load`, a job as JSON on its standard input.

Posts whole calls in slices. In each slice every desk gets a call: first all requests for TwiML, then all status
callbacks; the two are timed apart. A job may bring requests of its own instead (`raw`). All bytes are made and signed
before the clock starts.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import secrets
import sys
import time
from typing import Any

from bench.figures import percentile
from bench.servers import cpu_seconds
from bench.traffic import INCOMING, STATUS, Call, Desk, post
from bench.wire import Connection, Tally, connections_to, post_all

# A server that used less than this share of so many pauses does nothing more for the requests it answered.
_QUIET_SHARE, _PAUSE, _QUIET_PAUSES = 0.2, 0.004, 3
_LONGEST_WAIT = 5.0
# Requests of one connection between two looks at the clock.
_BATCH = 10


class Phase:
    """One kind of requests: their number, the time they took and the server's processor time."""

    def __init__(self, pids: list[int]) -> None:
        self.pids, self.tally = pids, Tally()
        self.took = self.cpu = 0.0

    async def run(self, connections: list[Connection], work: list[list[bytes]]) -> None:
        cpu, began = cpu_seconds(self.pids), time.perf_counter()
        ended = await post_all(connections, work, self.tally)
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


def prepare(job: dict[str, Any]) -> list[tuple[list[list[bytes]], list[list[bytes]]]]:
    """For each slice, each connection's requests for TwiML and its status callbacks."""
    desks = [Desk(*desk) for desk in job["desks"]]
    wires, basic = job["connections"], job.get("basic", False)
    number = secrets.randbits(80) << 32
    slices = []
    for _ in range(job["slices"]):
        incoming: list[list[bytes]] = [[] for _ in range(wires)]
        statuses: list[list[bytes]] = [[] for _ in range(wires)]
        for place, desk in enumerate(desks):
            number += 1
            call = Call(desk, number)
            incoming[place % wires].append(post(INCOMING, call.incoming(), basic=basic))
            statuses[place % wires] += [post(STATUS, fields, basic=basic) for fields in call.callbacks()]
        slices.append((incoming, statuses))
    return slices


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
    slices = prepare(job)
    connections = connections_to(job)
    print("ready", flush=True)
    sys.stdin.readline()
    incoming, statuses = Phase(job["pids"]), Phase(job["pids"])
    own, began = time.process_time(), time.perf_counter()
    for first, second in itertools.cycle(slices) if job["repeat"] else slices:
        await incoming.run(connections, first)
        if not job.get("incoming_only"):
            await statuses.run(connections, second)
        if time.perf_counter() - began > job["seconds"]:
            break
    share = (time.process_time() - own) / (time.perf_counter() - began)
    return {"incoming": incoming.result(), "status": statuses.result(), "own_cpu_share": share}


def main() -> None:
    import uvloop

    job = json.loads(sys.stdin.readline())
    work = repeat if "raw" in job else work_off
    print(json.dumps(uvloop.run(work(job))), flush=True)


if __name__ == "__main__":
    main()
