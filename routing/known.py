"""What the steps of routes refer to, as far as it is there: asked by whoever checks a route, and whoever walks one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.languages import Sentence
from routing.hours import Hours
from routing.steps import Plan


@dataclass(frozen=True, slots=True)
class TeamFacts:
    name: str
    members: int
    """Who may be called at all, whether at work or not."""


@dataclass(frozen=True, slots=True)
class Known:
    """Each says None for what is not there, or not any more."""

    plan: Callable[[int], Plan | None]
    """The steps of a version; None also when they cannot be read."""
    current: Callable[[int], int | None]
    """The version in force of a route."""
    hours: Callable[[int], Hours | None]
    team: Callable[[int], TeamFacts | None]
    has_skill: Callable[[int, str], bool]
    """Whether anybody in a team who may be called has a skill."""
    agent: Callable[[int], str | None]
    """The agent's name, when calls may ring there."""
    has_greeting: Callable[[int], bool]
    dialled: Callable[[str], str | Sentence]
    """The number in E.164 that is dialled for what was typed, or why it may not be."""
