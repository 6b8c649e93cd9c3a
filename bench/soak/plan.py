"""What each call of a soak is going to be. The same seed gives the same calls."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal

LINES = ("+12025550100", "+12025550101")
#: What the numbers begin with at which one agent alone is called.
OWN_LINES = "+120255502"
CONTACTS = ("+12025550142", "+12025550143", "+12025550144", "+442079460018")


Agents = Literal["answer", "race", "reject", "ignore"]
AtTheTone = Literal["message-key", "message-hang-up", "silence", "hang-up"]


@dataclass(frozen=True, slots=True)
class Incoming:
    """A caller, and what agents and the caller do. Times are in seconds. `by_rest`: the agent has the server end it.

    `gives_up` counts from the dialling; None is a caller who waits for whatever comes.
    """

    number: int
    kind: str
    caller: str
    line: str
    agents: Agents
    gives_up: float | None
    answer_after: float
    talk: float
    agent_hangs_up: bool
    by_rest: bool
    at_the_tone: AtTheTone
    #: What is done in it beside talking (`lives.py`); "" for nothing. `pause` lies between any two such things.
    life: str = ""
    pause: float = 0.0
    #: The caller hangs up in the midst of it.
    interrupts: bool = False


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An agent who calls a telephone that behaves in a way, or a colleague. `gives_up` as above, for the agent."""

    number: int
    kind: str
    to: str
    behaviour: str
    delay: float
    talk: float
    agent_hangs_up: bool
    gives_up: float | None


Plan = Incoming | Outgoing

# Calls in which something is done beside talking: the names of `lives.py`.
LIVING = (
    "held",
    "blind-agent",
    "blind-team",
    "blind-number",
    "warm-completed",
    "warm-cancelled",
    "warm-merged",
    "third-party",
    "second-call",
    "listened-to",
    "whispered-to",
    "joined",
    "taken-over",
)
# How often each kind comes, of 100.
_WEIGHTS = {
    "answered": 12,
    **dict.fromkeys(LIVING, 3),
    "race": 5,
    "rejected": 9,
    "ignored": 6,
    "gives-up": 12,
    "gives-up-at-once": 4,
    "out-reached": 13,
    "out-busy": 3,
    "out-rejected": 2,
    "out-failed": 3,
    "out-agent-gives-up": 4,
    "out-invalid": 3,
    "out-colleague": 4,
}
_AT_THE_TONE: tuple[AtTheTone, ...] = ("message-key", "message-hang-up", "silence", "hang-up")


def make_plans(seed: int, count: int, *, lives: bool = True) -> list[Plan]:
    """As many calls of every kind, shuffled by the seed. One telephone is never answered, if there is room for it.
    Without `lives`, nothing is done in calls beside talking."""
    rng = random.Random(seed)
    kinds = rng.choices(list(_WEIGHTS), weights=list(_WEIGHTS.values()), k=count)
    if not lives:
        kinds = ["answered" if kind in LIVING else kind for kind in kinds]
    if count >= 200:
        kinds[rng.randrange(count // 2)] = "out-no-answer"
    return [_plan(rng, number, kind) for number, kind in enumerate(kinds)]


def _plan(rng: random.Random, number: int, kind: str) -> Plan:
    return _outgoing(rng, number, kind) if kind.startswith("out-") else _incoming(rng, number, kind)


def _incoming(rng: random.Random, number: int, kind: str) -> Incoming:
    living: dict[str, Agents] = dict.fromkeys(LIVING, "answer")
    agents: dict[str, Agents] = {"answered": "answer", "race": "race", "rejected": "reject", **living}
    gives_up = {"gives-up": rng.uniform(0.1, 7.0), "gives-up-at-once": rng.uniform(0.0, 0.05)}
    # Of those who give up, some do so while an agent is just picking up.
    picks_up: Agents = "answer" if kind == "gives-up" and rng.random() < 0.3 else agents.get(kind, "ignore")
    return Incoming(
        number=number,
        kind=kind,
        caller=_caller(rng, number),
        line=rng.choice(LINES),
        agents=picks_up,
        gives_up=gives_up.get(kind),
        answer_after=rng.uniform(0.0, 1.5),
        talk=rng.uniform(0.2, 5.0),
        agent_hangs_up=rng.random() < 0.5,
        by_rest=rng.random() < 0.3,
        at_the_tone=rng.choice(_AT_THE_TONE),
        life=kind if kind in LIVING else "",
        pause=rng.uniform(0.2, 1.5),
        interrupts=rng.random() < 0.25,
    )


def _caller(rng: random.Random, number: int) -> str:
    unknown = rng.choice((f"+1202555{3000 + number:04}", f"+4420794{number:05}"[:13]))
    return rng.choices(("anonymous", rng.choice(CONTACTS), unknown), weights=(15, 40, 45))[0]


def _outgoing(rng: random.Random, number: int, kind: str) -> Outgoing:
    behaviours = {
        "out-reached": "answer",
        "out-busy": "busy",
        "out-rejected": "reject",
        "out-failed": "failed",
        "out-no-answer": "no-answer",
    }
    local, e164 = f"(202) 555-{6000 + number:04}", f"+1202555{6000 + number:04}"
    return Outgoing(
        number=number,
        kind=kind,
        to="12" if kind == "out-invalid" else rng.choice((local, e164, e164)),
        behaviour=behaviours.get(kind, "manual"),
        delay=rng.uniform(0.0, 1.5),
        talk=rng.uniform(0.2, 5.0),
        agent_hangs_up=rng.random() < 0.5,
        gives_up=rng.uniform(0.1, 4.0) if kind == "out-agent-gives-up" else None,
    )


def colleague_answers(plan: Outgoing) -> Incoming:
    """What the colleague does who is called."""
    return Incoming(
        number=plan.number,
        kind=plan.kind,
        caller="",
        line="",
        agents="answer" if plan.number % 4 else "reject",
        gives_up=None,
        answer_after=plan.delay,
        talk=plan.talk,
        agent_hangs_up=not plan.agent_hangs_up,
        by_rest=False,
        at_the_tone="silence",
    )


def e164_of(plan: Outgoing) -> str:
    """The telephone that is to be called, as the simulator names it."""
    return f"+1202555{6000 + plan.number:04}"


def own_line(robot: int) -> str:
    """The number at which one agent alone is called."""
    return f"{OWN_LINES}{robot:02}"
