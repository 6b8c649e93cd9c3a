"""Calls drawn at random: a route, its opening hours, who is at work, who calls, and which keys are pressed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

# What stands for a row that the scene makes: each lane has its own.
TEAM, OTHER_TEAM, GONE, OTHER_ROUTE = "@team", "@empty", "@gone", "@other"
HOURS = ("@hours0", "@hours1", "@hours2")
AGENTS = ("@agent0", "@agent1", "@agent2")
CALLERS = ("stranger", "owned", "known", "refused", "voicemail-only", "marked", "anonymous")
STATES = ("available", "available", "available", "away", "busy", "offline", "no-phone")
OPENING = ("open", "closed", "own-date", "own-date-open", "switched-open", "switched-closed", "night", "gone")
_KINDS = (
    "hours", "announcement", "menu", "menu", "language", "team", "team", "agent", "number", "route", "voicemail",
    "goodbye",
)  # fmt: skip
_LAST = ("voicemail", "goodbye")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A call that is explained, and then made."""

    steps: list[dict[str, Any]] | None
    """None: the line has no route."""
    other: list[dict[str, Any]]
    """Of the other route."""
    opening: tuple[str, ...]
    states: tuple[str, ...]
    caller: str
    keys: str
    """Before anybody rings."""
    leaves: bool
    """Presses 1 wherever keys are asked for after that: so the caller waits for nobody."""
    says_when: bool
    """Whether the explainer is told the time, or takes that of now."""
    details: dict[str, Any] = field(default_factory=dict)


def prompt(step_id: str) -> dict[str, str]:
    return {"text": f"Prompt {step_id}.", "language": "", "voice": ""}


@st.composite
def _steps(draw: Any, *, prefix: str, most: int, may_go_elsewhere: bool) -> list[dict[str, Any]]:
    count = draw(st.integers(min(3, most - 1), most))
    kinds = [kind for kind in _KINDS if may_go_elsewhere or kind != "route"]
    drawn = [draw(st.sampled_from(kinds)) for _ in range(count - 1)] + [draw(st.sampled_from(_LAST))]
    # Whoever waits does so for some seconds: not over and over.
    for kind in ("team", "number"):
        for place in [place for place, one in enumerate(drawn) if one == kind][1:]:
            drawn[place] = "announcement"
    ids = [f"{prefix}{number}" for number in range(count)]
    return [_step(draw, kind, ids[place], ids[place + 1 :]) for place, kind in enumerate(drawn)]


def _step(draw: Any, kind: str, step_id: str, later: list[str]) -> dict[str, Any]:
    made = {"id": step_id, "kind": kind, "name": f"Step {step_id}"}

    def to() -> str:
        return str(draw(st.sampled_from(later)))

    if kind == "hours":
        ways = {"hours": draw(st.sampled_from((*HOURS, GONE))), "open": to(), "closed": to()}
        return made | ways | ({"holiday": to()} if draw(st.booleans()) else {})
    if kind == "announcement":
        return made | {"prompt": prompt(step_id), "next": to()}
    if kind in ("menu", "language"):
        return made | _menu(draw, kind, step_id, to)
    if kind == "team":
        return made | {
            "team": draw(st.sampled_from((TEAM, TEAM, TEAM, TEAM, OTHER_TEAM, GONE))),
            "strategy": draw(st.sampled_from(("all-at-once", "longest-idle", "in-turn", "fixed-order"))),
            "first": draw(st.sampled_from(("", "", "last-agent", "owner"))),
            "skill": draw(st.sampled_from(("", "", "", "@skill", "unheard of"))),
            "priority": draw(st.integers(0, 2)),
            "ring_seconds": 20, "wait_seconds": 12, "waited": to(), "nobody": to(),
        }  # fmt: skip
    if kind == "agent":
        return made | {"agent": draw(st.sampled_from((*AGENTS, GONE))), "ring_seconds": 20, "next": to()}
    if kind == "number":
        number = draw(st.sampled_from(("@rejects", "@busy", "@line", "not a number")))
        return made | {"number": number, "ring_seconds": 10, "press_one": draw(st.booleans()), "next": to()}
    if kind == "route":
        return made | {"route": OTHER_ROUTE}
    return made | {"prompt": prompt(step_id)} | ({"team": TEAM} if kind == "voicemail" else {})


def _menu(draw: Any, kind: str, step_id: str, to: Any) -> dict[str, Any]:
    digits = draw(st.lists(st.sampled_from("123"), min_size=1, max_size=3, unique=True))
    keys = [{"digit": digit, "meaning": f"Key {digit}", "next": to()} for digit in digits]
    if kind == "language":
        keys = [key | {"language": draw(st.sampled_from(("de", "en")))} for key in keys]
    return {
        "prompt": prompt(step_id), "keys": keys, "seconds": 2, "tries": draw(st.integers(1, 2)), "no_input": to(),
        "wrong_input": to(),
    }  # fmt: skip


def drawn_calls() -> st.SearchStrategy[Drawn]:
    return st.builds(
        Drawn,
        steps=st.one_of(
            *[_steps(prefix="s", most=7, may_go_elsewhere=True)] * 12,
            st.none(),
        ),
        other=_steps(prefix="t", most=3, may_go_elsewhere=False),
        opening=st.tuples(*[st.sampled_from(OPENING)] * len(HOURS)),
        states=st.tuples(*[st.sampled_from(STATES)] * len(AGENTS)),
        caller=st.sampled_from(CALLERS),
        keys=st.text("12349#", max_size=4),
        leaves=st.booleans(),
        says_when=st.booleans(),
    )
