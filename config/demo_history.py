"""Calls of the last days for the demo, so that its first screens show what a desk looks like in use."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from agents.models import Agent
from calls.live.call_tree import CallTree
from calls.models import Call, CallOffer, CallOutcome, CallStatus, Direction, Recording
from contacts.selectors import contacts_by_number
from routing.models import Line

_SUPPORT, _SALES = "+12025550100", "+12025550101"
_WITHHELD = "anonymous"


@dataclass(frozen=True, slots=True)
class _Message:
    """What the caller said when nobody answered. The simulator has the sound from its start, by these SIDs."""

    sid: str
    call_sid: str
    seconds: int
    greeting: int = 9  # seconds, before it


@dataclass(frozen=True, slots=True)
class _Past:
    """One call. `agents` answered it, or made it; where nobody did, they are those whose phones rang."""

    before: timedelta  # until the demo was loaded
    line: str
    party: str
    agents: tuple[str, ...]
    ends: str = CallStatus.COMPLETED  # the far leg's last status
    out: bool = False
    rang: int = 8  # seconds
    talked: int = 0  # seconds
    place: tuple[str, str, str] = ("Washington", "DC", "US")
    outcome: str = ""
    note: str = ""
    message: _Message | None = None


def _ago(days: int = 0, hours: int = 0, minutes: int = 0) -> timedelta:
    return timedelta(days=days, hours=hours, minutes=minutes)


_HISTORY = [
    _Past(
        _ago(minutes=35), _SUPPORT, "+12025550142", ("ada",), talked=227, outcome=CallOutcome.FOLLOW_UP,
        note="Sofa order 4471: now promised for Friday. Send the new delivery date by e-mail.",
    ),
    _Past(_ago(minutes=50), _SUPPORT, "+12025550143", ("ada", "grace"), CallStatus.NO_ANSWER, rang=20,
          message=_Message("RE" + "de" * 16, "CA" + "de" * 16, seconds=11)),
    _Past(_ago(hours=1, minutes=20), _SUPPORT, "+12025550177", ("ada", "grace"), CallStatus.NO_ANSWER, rang=20),
    _Past(_ago(hours=2, minutes=5), _SUPPORT, "+12025550143", ("grace",), out=True, rang=11, talked=142,
          outcome=CallOutcome.RESOLVED, note="Confirmed the appointment for Tuesday, 10:30."),
    _Past(_ago(days=1, hours=1), _SALES, "+12025550144", ("hedy",), rang=5, talked=418, outcome=CallOutcome.CALL_BACK,
          note="Wants an offer for twelve bikes. Call back on Thursday."),
    _Past(_ago(days=1, hours=1, minutes=50), _SUPPORT, _WITHHELD, ("ada", "grace"), CallStatus.CANCELED, rang=14,
          place=("", "", "")),
    _Past(_ago(days=1, hours=3), _SUPPORT, "+442079460018", ("ada",), out=True, rang=25, ends=CallStatus.NO_ANSWER),
    _Past(_ago(days=1, hours=4), _SUPPORT, "+12025550142", ("grace",), rang=6, talked=95,
          note="Asked where the sofa is. Looking into it."),
    _Past(_ago(days=2, hours=2), _SUPPORT, "+12025550161", ("ada",), rang=3, talked=38,
          outcome=CallOutcome.WRONG_NUMBER),
    _Past(_ago(days=2, hours=3), _SALES, "+442079460958", ("hedy",), rang=9, talked=266, place=("London", "", "GB")),
    _Past(_ago(days=3, hours=1), _SUPPORT, "+12025550143", ("ada",), out=True, ends=CallStatus.BUSY, rang=2),
    _Past(_ago(days=3, hours=2), _SUPPORT, "+12025550144", ("grace",), rang=7, talked=184,
          outcome=CallOutcome.RESOLVED),
    _Past(_ago(days=4, hours=2), _SUPPORT, "+12025550142", ("ada",), out=True, rang=12, talked=61,
          note="Told Maya that order 4471 is on its way."),
]  # fmt: skip


def demo_history_create() -> int:
    """Makes the calls, unless there are calls already. Returns how many were made."""
    if Call.objects.exists():
        return 0
    agents = {agent.username: agent for agent in Agent.objects.filter(is_demo=True)}
    lines = {line.number: line for line in Line.objects.all()}
    now = timezone.now().replace(microsecond=0)
    possible = [past for past in _HISTORY if past.line in lines and agents.keys() >= set(past.agents)]
    for number, past in enumerate(possible):
        _create(past, f"{number}", now - past.before, lines[past.line], [agents[name] for name in past.agents])
    return len(possible)


def _create(past: _Past, name: str, start: datetime, line: Line, agents: list[Agent]) -> None:
    """The rows that Twilio's callbacks would have left, with the result that follows from them."""
    message = past.message
    root = _root(past, message.call_sid if message else _sid(name), start, line, agents[0])
    legs = [_leg(past, root, agent, _sid(f"{name}.{agent.username}")) for agent in (agents[:1] if past.out else agents)]
    offers = [] if past.out else [CallOffer(call=root, agent=agent, created_at=start) for agent in agents]
    root.end_time = max(leg.end_time or start for leg in legs)
    recordings = []
    if message:
        root.end_time += timedelta(seconds=message.greeting + message.seconds)
        recordings.append(
            Recording(
                sid=message.sid, call=root, status="completed", duration=message.seconds, created_at=root.end_time
            )
        )
    root.duration = round((root.end_time - start).total_seconds())
    CallTree(root, legs, offers, recordings, dial_over=True).settle()
    root.save(force_insert=True)
    for row in (*legs, *offers, *recordings):
        row.save(force_insert=True)


def _root(past: _Past, sid: str, start: datetime, line: Line, agent: Agent) -> Call:
    contact = contacts_by_number([past.party]).get(past.party)
    root = Call(
        sid=sid, start_time=start, line=line, contact=contact, status=CallStatus.COMPLETED, outcome=past.outcome,
        note=past.note, direction=Direction.INBOUND,
    )  # fmt: skip
    if past.out:
        root.caller, root.called, root.agent = f"client:{agent.identity}", past.party, agent
    else:
        root.caller, root.called = past.party, line.number
        root.city, root.state, root.country = past.place
    return root


def _leg(past: _Past, root: Call, agent: Agent, sid: str) -> Call:
    leg = Call(
        sid=sid, parent=root, direction=Direction.OUTBOUND_DIAL, start_time=root.start_time, status=past.ends,
        agent=None if past.out else agent,
        caller=root.line.number if past.out and root.line else past.party,
        called=past.party if past.out else f"client:{agent.identity}",
    )  # fmt: skip
    rung = root.start_time + timedelta(seconds=past.rang)
    leg.answer_time = rung if past.talked else None
    leg.end_time, leg.duration = rung + timedelta(seconds=past.talked), past.talked
    return leg


def _sid(name: str) -> str:
    return f"CA{uuid.uuid5(uuid.NAMESPACE_OID, f'ringdesk demo {name}').hex}"
