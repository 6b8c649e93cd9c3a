"""Two legs that hear each other."""

from __future__ import annotations

from simulator.leg import CallLeg


def join(one: CallLeg, other: CallLeg) -> None:
    one.endpoint.port.hear(other.endpoint.port.listen())
    other.endpoint.port.hear(one.endpoint.port.listen())


def part(*legs: CallLeg) -> None:
    for leg in legs:
        leg.endpoint.port.hear(None)
