"""Posts calls as the worst network would: `python -m bench.delivery`, a job as JSON on its standard input.

`racing`: a call's five callbacks leave at once, on as many connections. `reversed`: they come the last one first. One
in ten comes twice, and among them are requests that somebody else signed.
"""

from __future__ import annotations

import asyncio
import json
import random
import secrets
import sys
from collections import Counter
from typing import Any

from bench.traffic import INCOMING, STATUS, Call, Desk, post
from bench.wire import Tally, connections_to, post_all

_TWICE = 0.1
_FORGED = 0.1
_FORGED_SIGNATURE = "AAAAAAAAAAAAAAAAAAAAAAAAAAA="


class Delivery:
    """Everything about one job that is decided before the first request leaves."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.dice = random.Random(job["seed"])
        self.racing = job["racing"]
        # Sids of one job are neighbours: the database can be asked for all of them.
        self.first = secrets.randbits(80) << 32
        desks = [Desk(*desk) for desk in job["desks"]]
        self.calls = [Call(desks[at % len(desks)], self.first + at) for at in range(job["calls"])]
        self.forged: list[bytes] = []

    def batches(self, connections: int) -> list[tuple[list[list[bytes]], list[list[bytes]], list[list[bytes]]]]:
        """For so many calls at a time as fit: requests for TwiML, callbacks, forgeries; each by connection."""
        at_once = connections // 5 if self.racing else connections
        found = []
        for start in range(0, len(self.calls), at_once):
            calls = self.calls[start : start + at_once]
            incoming = [[post(INCOMING, call.incoming())] for call in calls]
            each = [self._callbacks(call) for call in calls]
            good = [[request] for requests in each for request in requests] if self.racing else each
            bad = [self._forgeries(call) for call in calls]
            found.append((incoming, good, [requests for requests in bad if requests]))
        return found

    def _callbacks(self, call: Call) -> list[bytes]:
        requests = [post(STATUS, fields) for fields in call.callbacks()]
        if not self.racing:
            requests.reverse()
        again = [request for request in requests if self.dice.random() < _TWICE]
        return requests + again

    def _forgeries(self, call: Call) -> list[bytes]:
        """What would end the call as failed, and a call that never was."""
        found = []
        if self.dice.random() < _FORGED:
            found.append(post(STATUS, call.leg("failed", 9), signature=_FORGED_SIGNATURE))
        if self.dice.random() < _FORGED:
            # Beyond the last of our own calls.
            stranger = Call(call.desk, call.number + (1 << 20))
            found.append(post(INCOMING, stranger.incoming(), signature=_FORGED_SIGNATURE))
        return found


async def deliver(job: dict[str, Any]) -> dict[str, Any]:
    delivery = Delivery(job)
    batches = delivery.batches(job["connections"])
    tallies = {"incoming": Tally(), "callbacks": Tally(), "forged": Tally()}
    # Some calls have callbacks that come twice: more connections than calls in a batch need.
    connections = connections_to(job) + connections_to(job)
    spare = connections_to(job)
    print("ready", flush=True)
    sys.stdin.readline()
    for incoming, good, bad in batches:
        await post_all(connections[: len(incoming)], incoming, tallies["incoming"])
        forging = post_all(spare[: len(bad)], bad, tallies["forged"]) if bad else asyncio.sleep(0)
        await asyncio.gather(post_all(connections[: len(good)], good, tallies["callbacks"]), forging)
    return {
        "first_sid": delivery.calls[0].root_sid,
        "last_sid": delivery.calls[-1].leg_sid,
        "strangers_from": Call(delivery.calls[0].desk, delivery.first + (1 << 20)).root_sid,
        "strangers_to": Call(delivery.calls[0].desk, delivery.first + (1 << 21)).leg_sid,
        "calls": len(delivery.calls),
        **{name: _counts(tally.statuses) for name, tally in tallies.items()},
    }


def _counts(statuses: Counter[int]) -> dict[str, int]:
    return {str(status): number for status, number in statuses.items()}


def main() -> None:
    import uvloop

    job = json.loads(sys.stdin.readline())
    print(json.dumps(uvloop.run(deliver(job))), flush=True)


if __name__ == "__main__":
    main()
