"""Supervised calls: what the product keeps of each use beside who could hear the supervisor, as the simulator's own
record says."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bench.soak.compare import Discrepancy
from bench.soak.supervision import TAKE_OVER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bench.soak.asked import Asked
    from bench.soak.compare_rooms import Conversation, Rooms
    from bench.soak.house import House
    from bench.soak.record import Json

END, CONFLICT = "end", 409
#: By how many a supervisor is heard.
_HEARD_BY = {"listen": 0, "whisper": 1, "join": 2, TAKE_OVER: 2}
#: How much later something is seen here than it was noted, and how far two clocks are apart.
_TOLERANCE = timedelta(seconds=2)
_EVENTS = """
import json
from calls.models import CallEvent
rows = CallEvent.objects.filter(name="supervise", outcome__in=["listen", "whisper", "join", "take-over", "end"])
for row in rows.order_by("at", "pk"):
    print("noted", json.dumps([row.call_sid, row.agent_id, row.outcome, row.at.isoformat()]))
"""


def read_noted(house: House) -> dict[str, list[Json]]:
    """What the time line keeps of each call's supervisors, in its order."""
    found: dict[str, list[Json]] = defaultdict(list)
    for line in house.shell(_EVENTS).splitlines():
        if line.startswith("noted "):
            root, agent, outcome, at = json.loads(line.removeprefix("noted "))
            found[root].append({"agent": agent, "outcome": outcome, "at": at})
    return found


def compare_supervision(conversation: Conversation, kept: Rooms, wishes: Iterable[Asked]) -> list[Discrepancy]:
    """Each supervisor of one conversation."""
    root = conversation.root
    noted, wished = defaultdict(list), defaultdict(list)
    for event in kept.supervisions.get(root, []):
        noted[event["agent"]].append(event)
    for wish in wishes:
        if wish.mode:
            wished[wish.by].append(wish)
    found: list[Discrepancy] = []
    for agent in sorted({*noted, *wished}):
        stayed = any(one["agent"] == agent and one["role"] == "agent" for one in kept.participants.get(root, []))
        found += _kept(root, noted[agent], wished[agent])
        found += _ended(root, noted[agent], stayed=stayed)
        found += _heard(conversation, agent, noted[agent], wished[agent])
    return found


def _kept(root: str, noted: list[Json], wished: list[Asked]) -> list[Discrepancy]:
    """Each use is kept, once: also one that came to nothing, for the call was over in that moment."""
    found = []
    counted = Counter(event["outcome"] for event in noted)
    for mode in _HEARD_BY:
        least = sum(one.taken for one in wished if one.mode == mode)
        most = sum(one.may_be_taken or one.status == CONFLICT for one in wished if one.mode == mode)
        if not least <= counted[mode] <= most:
            found.append(Discrepancy("supervision kept", root, f"{counted[mode]} × {mode}", f"{least} to {most} asked"))
    return found


def _ended(root: str, noted: list[Json], *, stayed: bool) -> list[Discrepancy]:
    """Whatever was begun has ended, once, unless the supervisor has become the call's agent."""
    found, is_open = [], False
    for event in noted:
        if event["outcome"] == END and not is_open:
            found.append(Discrepancy("supervision ended", root, "an end with no beginning", _said(noted)))
        is_open = event["outcome"] != END
    if is_open != stayed:
        said = "has the call and has ended" if stayed else "never ended"
        found.append(Discrepancy("supervision ended", root, said, _said(noted)))
    return found


def _heard(conversation: Conversation, agent: int, noted: list[Json], wished: list[Asked]) -> list[Discrepancy]:
    """Heard by nobody to whom it was not meant, and by those to whom it was, once the product showed it so."""
    root = conversation.root
    seen = conversation.heard_as(agent)
    found = []
    for at, mode, coached in seen:
        asked = {event["outcome"] for event in noted if _time(event) <= at + _TOLERANCE} & _HEARD_BY.keys()
        if _HEARD_BY[mode] > max((_HEARD_BY[one] for one in asked), default=0):
            found.append(Discrepancy("heard unasked", root, _said(noted), f"{mode} at {at:%H:%M:%S.%f}"))
        if mode == "whisper" and not conversation.is_agents(coached):
            found.append(Discrepancy("whispered to", root, _said(noted), f"{coached}, which is no agent's leg"))
    modes = {_HEARD_BY[mode] for _, mode, _ in seen}
    found += [
        Discrepancy("not heard", root, f"{wish.mode} has come", ", ".join(mode for _, mode, _ in seen) or "was not in")
        for wish in wished
        if wish.came and _HEARD_BY[wish.mode] not in modes
    ]
    if seen and wished and all(wish.taken for wish in wished):
        last, asked_last = seen[-1][1], wished[-1].mode
        # Who whispered to somebody who has left listens.
        if _HEARD_BY[last] > _HEARD_BY[asked_last] and wished[-1].came:
            found.append(Discrepancy("heard in the end", root, asked_last, last))
    return found


def _said(noted: list[Json]) -> str:
    return ", ".join(f"{event['outcome']} {event['at'][11:23]}" for event in noted) or "nothing"


def _time(event: Json) -> datetime:
    return datetime.fromisoformat(event["at"])
