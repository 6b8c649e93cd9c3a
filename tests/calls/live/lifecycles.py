"""Whole calls as Twilio tells of them: every request it makes, and what the log should say in the end.

A `Story` is what happened, drawn at random; `tell` turns it into requests. Sources for the shapes: Twilio Docs, "Call
resource", "TwiML Voice: <Dial>" and "<Client>".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from agents.models import Agent
from tests.twilio import CALLER, SUPPORT, at, incoming, outgoing, rfc2822, root_status, sid

INCOMING = "/twilio/voice/incoming/"
OUTGOING = "/twilio/voice/outgoing/"
STATUS = "/twilio/voice/status/"
# Its address says which call it is a leg of.
COLLEAGUE_STATUS = "/twilio/voice/colleague-status/"
DIAL_ACTION = "/twilio/voice/dial-action/"
RECORDING = "/twilio/voice/recording/"
RECORDING_STATUS = "/twilio/voice/recording-status/"
TERMINAL = ("completed", "busy", "failed", "no-answer", "canceled")
_SIP_CODES = {"completed": "200", "busy": "486", "failed": "404", "no-answer": "487", "canceled": "487"}


@dataclass(frozen=True)
class Story:
    """What people did. `ends` says how each leg ends that nobody answers; `winner` is the leg that somebody does."""

    way: str  # incoming, outgoing, internal
    ends: tuple[str, ...]
    winner: int | None
    gave_up: bool
    message: bool
    root_status: str
    ring_seconds: int
    talk_seconds: int
    # The root's sid is of this number, its legs' of the next three.
    number: int = 1

    @property
    def phones(self) -> int:
        """How many agents' phones can ring in it. Whoever calls a colleague has one, too."""
        return 2 if self.way == "internal" else len(self.ends)


@dataclass(frozen=True)
class Request:
    """One request of Twilio's."""

    path: str
    fields: dict[str, Any]

    @property
    def is_callback(self) -> bool:
        """Whether it may come at any time. What asks for TwiML comes when the call has got there."""
        return self.path.startswith((STATUS, RECORDING_STATUS, COLLEAGUE_STATUS))

    @property
    def status(self) -> str:
        return str(self.fields.get("CallStatus", "")) if self.path.startswith((STATUS, COLLEAGUE_STATUS)) else ""


@dataclass
class Leg:
    """What the log should say of a leg, or of the root call."""

    sid: str
    parent: str | None
    caller: str
    called: str
    direction: str
    agent_id: int | None
    status: str
    started: datetime
    ended: datetime
    answered: datetime | None = None
    duration: int = 0


@dataclass
class Lifecycle:
    requests: list[Request] = field(default_factory=list)
    root: Leg = field(init=False)
    legs: list[Leg] = field(default_factory=list)
    result: str = ""

    @property
    def all(self) -> list[Leg]:
        return [self.root, *self.legs]


@st.composite
def stories(draw: st.DrawFn, way: str | None = None) -> Story:
    way = way or draw(st.sampled_from(["incoming", "outgoing", "internal"]))
    counts = {"incoming": st.integers(1, 3), "outgoing": st.integers(0, 1), "internal": st.just(1)}
    count = draw(counts[way])
    winner = draw(st.none() | st.integers(0, count - 1)) if count else None
    gave_up = winner is None and count > 0 and draw(st.booleans())
    if gave_up:
        ends = ["canceled"] * count
    elif winner is not None and way == "incoming":
        ends = draw(st.lists(st.sampled_from(["canceled", "no-answer", "busy"]), min_size=count, max_size=count))
    else:
        ends = draw(st.lists(st.sampled_from(["no-answer", "busy", "failed"]), min_size=count, max_size=count))
    return Story(
        way=way,
        ends=tuple(ends),
        winner=winner,
        gave_up=gave_up,
        message=way == "incoming" and winner is None and not gave_up and draw(st.booleans()),
        root_status=draw(st.sampled_from(["no-answer", "completed", "canceled"])) if gave_up else "completed",
        ring_seconds=draw(st.integers(1, 20)),
        talk_seconds=draw(st.integers(1, 60)),
    )


def tell(story: Story, agents: list[Agent]) -> Lifecycle:
    """The requests of a story in the order in which Twilio makes them, and what they should come to."""
    if story.way == "internal":
        return _tell_internal(story, *agents[:2])
    return _tell_incoming(story, agents) if story.way == "incoming" else _tell_outgoing(story, agents[0])


def _tell_incoming(story: Story, agents: list[Agent]) -> Lifecycle:
    told = Lifecycle()
    told.requests.append(Request(INCOMING, _asked(story)))
    rung = [(f"client:{agent.identity}", agent.pk) for agent in agents[: len(story.ends)]]
    dial_over = _tell_legs(told, story, CALLER, rung)
    by_caller = story.gave_up or story.talk_seconds % 2 == 0
    now = (
        story.root_status if story.gave_up else "completed" if story.winner is not None and by_caller else "in-progress"
    )
    told.requests.append(
        Request(DIAL_ACTION, _asked(story) | {"CallStatus": now, "DialCallStatus": _dial_status(story)})
    )
    ended = dial_over + (0 if story.winner is not None or story.gave_up else 12)
    if story.message:
        message = {
            "RecordingSid": sid("RE", story.number),
            "RecordingUrl": "https://api.twilio.com/RE1",
            "RecordingDuration": "7",
        }
        told.requests.append(
            Request(RECORDING, _asked(story) | {"CallStatus": "completed", "Digits": "hangup"} | message)
        )
        told.requests.append(Request(RECORDING_STATUS, _asked(story) | {"RecordingStatus": "completed"} | message))
    _tell_root(told, story, _asked(story), ended, agents[story.winner].pk if story.winner is not None else None)
    told.result = "answered" if story.winner is not None else "voicemail" if story.message else "missed"
    return told


def _tell_outgoing(story: Story, agent: Agent) -> Lifecycle:
    told = Lifecycle()
    asked = outgoing(agent.pk, CALLER, CallSid=sid("CA", story.number))
    told.requests.append(Request(OUTGOING, asked))
    dial_over = _tell_legs(told, story, SUPPORT, [(CALLER, None)] * len(story.ends))
    now = story.root_status if story.gave_up else "in-progress"
    told.requests.append(Request(DIAL_ACTION, asked | {"CallStatus": now, "DialCallStatus": _dial_status(story)}))
    _tell_root(told, story, asked, dial_over + 1, agent.pk)
    told.result = "reached" if story.winner is not None else story.ends[0] if story.ends else "failed"
    return told


def _tell_internal(story: Story, agent: Agent, colleague: Agent) -> Lifecycle:
    """As an outgoing call, but that its leg is of a phone of ours, whoever is at either end."""
    told = Lifecycle()
    asked = outgoing(agent.pk, f"client:{colleague.identity}", CallSid=sid("CA", story.number))
    told.requests.append(Request(OUTGOING, asked))
    rung: list[tuple[str, int | None]] = [(f"client:{colleague.identity}", colleague.pk)]
    path = f"{COLLEAGUE_STATUS}?call={sid('CA', story.number)}"
    dial_over = _tell_legs(told, story, f"client:{agent.identity}", rung, path)
    now = story.root_status if story.gave_up else "in-progress"
    told.requests.append(Request(DIAL_ACTION, asked | {"CallStatus": now, "DialCallStatus": _dial_status(story)}))
    _tell_root(told, story, asked, dial_over + 1, agent.pk)
    told.result = "reached" if story.winner is not None else story.ends[0]
    return told


def _asked(story: Story) -> dict[str, Any]:
    return incoming(CallSid=sid("CA", story.number))


def _dial_status(story: Story) -> str:
    if story.winner is not None:
        return "completed"
    return story.ends[0] if story.ends else "failed"


def _tell_legs(
    told: Lifecycle, story: Story, caller: str, rung: list[tuple[str, int | None]], path: str = STATUS
) -> int:
    """Adds the legs, and their callbacks in turn. Returns the second at which the <Dial> is over."""
    answer = 1 + story.ring_seconds
    over = answer + (story.talk_seconds if story.winner is not None else 0)
    events: list[tuple[int, Request]] = []
    for index, (called, agent_id) in enumerate(rung):
        won = index == story.winner
        status = "completed" if won else story.ends[index]
        leg = Leg(
            sid=sid("CA", story.number + 1 + index),
            parent=sid("CA", story.number),
            caller=caller,
            called=called,
            direction="outbound-dial",
            agent_id=agent_id,
            status=status,
            started=at(1),
            ended=at(over if won else answer),
        )
        steps = [(1, "initiated"), (1, "ringing")]
        if won:
            leg.answered, leg.duration = at(answer), story.talk_seconds
            steps.append((answer, "in-progress"))
        steps.append((over if won else answer, status))
        told.legs.append(leg)
        events += [(second, _callback(leg, word, second, number, path)) for number, (second, word) in enumerate(steps)]
    told.requests += [request for _, request in sorted(events, key=lambda event: event[0])]
    return over


def _callback(leg: Leg, status: str, second: int, number: int, path: str) -> Request:
    end = {"CallDuration": str(leg.duration), "SipResponseCode": _SIP_CODES[status]} if status in TERMINAL else {}
    return Request(
        path,
        {
            "CallSid": leg.sid,
            "ParentCallSid": leg.parent,
            "AccountSid": incoming()["AccountSid"],
            "From": leg.caller,
            "To": leg.called,
            "CallStatus": status,
            "Direction": leg.direction,
            "SequenceNumber": str(number),
            "Timestamp": rfc2822(at(second)),
            "CallbackSource": "call-progress-events",
        }
        | end,
    )


def _tell_root(told: Lifecycle, story: Story, asked: dict[str, Any], ended: int, agent_id: int | None) -> None:
    """Adds the root and its one callback, which comes at its end."""
    winner = told.legs[story.winner] if story.winner is not None else None
    # Seconds from the answer: by the agent, or by our own voice.
    answer = 1 + story.ring_seconds
    duration = 0 if story.gave_up else ended - answer
    told.root = Leg(
        sid("CA", story.number), None, asked["From"], asked["To"], "inbound", agent_id, story.root_status,
        started=at(0), ended=at(ended), answered=winner.answered if winner else None, duration=duration,
    )  # fmt: skip
    final = {"CallDuration": str(duration), "Timestamp": rfc2822(at(ended))}
    told.requests.append(
        Request(STATUS, root_status(story.root_status) | asked | {"CallStatus": story.root_status} | final)
    )
