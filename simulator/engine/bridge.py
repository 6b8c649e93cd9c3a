"""Two legs that hear each other."""

from __future__ import annotations

from simulator.leg import CallLeg


def join(one: CallLeg, other: CallLeg) -> None:
    one.hear(other.endpoint.port.listen(), "party")
    other.hear(one.endpoint.port.listen(), "party")


def part(*legs: CallLeg) -> None:
    for leg in legs:
        leg.hear(None)
