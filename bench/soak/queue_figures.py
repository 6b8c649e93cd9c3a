"""What came of the callers of a queue, beside what an ideal scheduler makes of the same callers and talks."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bench.figures import percentile
from bench.ideal import Arrival, Outcome, schedule

if TYPE_CHECKING:
    from bench.soak.queue import Caller, QueueOptions
    from bench.soak.queue_house import ListeningRecord

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Figures:
    """`wait`: seconds until the phone rang of whoever answered, or until the caller gave up; of all, on average.

    `ideal_wait`: with an ideal scheduler, which decides nothing while no web server runs; `ideal_never_down`: with one
    that is never gone.
    """

    callers: int
    met_nobody: int
    answered: int
    gave_up: int
    ideal_answered: int
    wait: float
    ideal_wait: float
    ideal_never_down: float
    longest: float
    gap: float
    longest_silence: float

    def lines(self) -> list[str]:
        answered = self.answered / max(1, self.callers - self.met_nobody)
        ideally = self.ideal_answered / max(1, self.callers - self.met_nobody)
        return [
            f"answered {self.answered} ({answered:.1%}), ideally {self.ideal_answered} ({ideally:.1%}); "
            f"gave up {self.gave_up}; sent on to the box, or met a fault's emergency answer: {self.met_nobody}",
            f"waited {self.wait:.2f} s on average, ideally {self.ideal_wait:.2f} s: "
            f"{self.wait / max(0.01, self.ideal_wait):.2f} ×; "
            f"the longest {self.longest:.0f} s" + self._with_kills(),
            f"an agent whose talk is over rings again after {1000 * self.gap:.0f} ms (median, while anybody waits)",
            f"the longest silence {self.longest_silence:.1f} s",
        ]

    def _with_kills(self) -> str:
        if self.ideal_never_down == self.ideal_wait:
            return ""
        return f"; had no server been killed, ideally {self.ideal_never_down:.2f} s"


def figures_of(
    record: ListeningRecord,
    made: Mapping[str, Caller],
    gave_up: Collection[str],
    met_nobody: Collection[str],
    options: QueueOptions,
    down: Collection[tuple[float, float]] = (),
) -> Figures:
    """`down`: from when until when no web server ran, as times of day."""
    came = {sid: _seconds(record.calls[sid]["start_time"]) for sid in made if sid not in met_nobody}
    talks = {sid: leg for sid in came if (leg := _talk(record, sid)) is not None}
    takes = {sid: _seconds(leg["end_time"]) - _seconds(leg["start_time"]) for sid, leg in talks.items()}
    # Beyond the talk itself: ringing, and what Twilio takes to connect and to end.
    more = statistics.median([takes[sid] - made[sid].talk for sid in talks] or [options.answer_after])
    arrivals = [
        Arrival(sid, at, takes.get(sid, made[sid].talk + more), patience=made[sid].patience) for sid, at in came.items()
    ]
    agents = {number: frozenset({0}) for number in range(options.agents)}
    ideal = schedule(arrivals, agents, closed=down)
    never_down = schedule(arrivals, agents)
    waits = [_waited(talks.get(sid), at, made[sid]) for sid, at in came.items()]

    def mean(outcomes: Mapping[str, Outcome]) -> float:
        waits = [made[sid].patience if (at := outcomes[sid].at) is None else at - since for sid, since in came.items()]
        return statistics.fmean(waits or [0.0])

    return Figures(
        callers=len(made),
        met_nobody=len(met_nobody),
        answered=len(talks),
        gave_up=len([sid for sid in came if sid in gave_up]),
        ideal_answered=len([one for one in ideal.values() if one.at is not None]),
        wait=statistics.fmean(waits or [0.0]),
        ideal_wait=mean(ideal),
        ideal_never_down=mean(never_down),
        longest=max(waits, default=0.0),
        gap=_gap(talks.values(), [one for one, wait in zip(came.values(), waits, strict=True) if wait > 1]),
        longest_silence=max((seconds for seconds, _ in record.longest.values()), default=0.0),
    )


def _talk(record: ListeningRecord, sid: str) -> Json | None:
    """The leg of whoever answered."""
    legs = [leg for leg in record.children(sid) if leg["answer_time"] and leg["end_time"]]
    return min(legs, key=lambda leg: leg["start_time"], default=None)


def _waited(leg: Json | None, at: float, caller: Caller) -> float:
    return caller.patience if leg is None else max(0.0, _seconds(leg["start_time"]) - at)


def _gap(talks: Collection[Json], waited_from: list[float]) -> float:
    """Between the end of an agent's talk and the next ring."""
    by_agent: dict[str, list[tuple[float, float]]] = {}
    for leg in talks:
        by_agent.setdefault(leg["to"], []).append((_seconds(leg["start_time"]), _seconds(leg["end_time"])))
    gaps = []
    for spans in by_agent.values():
        ordered = sorted(spans)
        gaps += [after[0] - before[1] for before, after in itertools.pairwise(ordered)]
    return percentile(gaps, 0.5) if gaps and waited_from else 0.0


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def silences(record: ListeningRecord, made: Collection[str], most: float) -> Iterator[tuple[str, float, str]]:
    """Callers who heard nothing for longer than that."""
    for sid in made:
        seconds, what = record.longest.get(sid, (0.0, ""))
        if seconds > most:
            yield sid, seconds, what
