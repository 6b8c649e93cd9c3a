"""The figures of a day, as they are added up. What each one means: docs/board.md."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Figures:
    """Of some of the day's calls. Figures of others can be added to them."""

    calls: int = 0
    answered: int = 0
    answered_in_goal: int = 0
    answered_elsewhere: int = 0
    """By an agent, or outside, to whom the route led past every team."""
    voicemail: int = 0
    missed: int = 0
    abandoned: int = 0
    abandoned_in_goal: int = 0
    """Hung up before the goal's seconds were over: nobody could have been late."""
    abandoned_elsewhere: int = 0
    """Hung up while an agent rang to whom the route led past every team."""
    abandoned_waited: int = 0
    """Seconds, of all of them together."""
    passed_on: int = 0
    """Came to the team, were answered by nobody, and did not hang up: they left a message, or heard a goodbye."""
    to_call_back: int = 0
    wanted: int = 0
    """Of what is counted, how many were to be answered in time, in hundredths: lines have different goals."""

    def __add__(self, other: Figures) -> Figures:
        return Figures(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Figures)))

    @property
    def offered(self) -> int:
        """Calls that came to a team, and of which it is known what came of that."""
        return self.answered - self.answered_elsewhere + self._abandoned_in_teams + self.passed_on

    @property
    def _abandoned_in_teams(self) -> int:
        return self.abandoned - self.abandoned_elsewhere

    @property
    def counted(self) -> int:
        """Calls that the service level is made of."""
        return self.offered - self.abandoned_in_goal

    @property
    def service_level(self) -> float | None:
        """Per cent; None while nothing can be said."""
        return _percent(self.answered_in_goal, self.counted)

    @property
    def abandoned_percent(self) -> float | None:
        return _percent(self._abandoned_in_teams, self.offered)

    @property
    def abandoned_waited_mean(self) -> int | None:
        return round(self.abandoned_waited / self.abandoned) if self.abandoned else None


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


@dataclass(frozen=True, slots=True)
class Goal:
    """None: the lines that are looked at together have different ones."""

    percent: int
    seconds: int | None
    wait_seconds: int | None


def goal_of(goals: list[tuple[int, int, int]], figures: Figures) -> Goal | None:
    """The goal of lines together: each has its per cent, seconds and longest wait. None without a line.

    Where per cents differ, each line's own weighs as much as its calls do.
    """
    if not goals:
        return None
    percents, seconds, waits = (set(column) for column in zip(*goals, strict=True))
    mean = figures.wanted / figures.counted if figures.counted else sum(percents) / len(percents)
    return Goal(
        percent=round(mean) if len(percents) > 1 else percents.pop(),
        seconds=seconds.pop() if len(seconds) == 1 else None,
        wait_seconds=waits.pop() if len(waits) == 1 else None,
    )
