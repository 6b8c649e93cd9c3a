"""Calls that were held, handed over, joined and supervised: what the product keeps beside the simulator's own record.

Conversation by conversation: who was in its rooms, for how long the customer heard music, which agents talked with the
customer and who had the call in the end, what became of each transfer, and by whom supervisors were heard
(`compare_supervision.py`).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bench.soak.compare import Discrepancy
from bench.soak.compare_supervision import compare_supervision, read_noted
from bench.soak.record import Json, Record

if TYPE_CHECKING:
    from bench.soak.asked import Asked
    from bench.soak.house import House

OPEN_TRANSFERS = frozenset({"calling", "consulting"})
#: Seconds, of all holds of a call together: clocks, and each hold counted in whole ones.
HELD_TOLERANCE = 2.0
#: For each word about a hold that did not come: the product looks itself after a while.
LOST_TOLERANCE = 8.0
#: One request unmutes and coaches; the simulator tells of the one and then of the other, and no sound lies between.
ONE_REQUEST = timedelta(seconds=0.05)
#: Two legs that end within so many seconds end together.
TOGETHER = 1.5


@dataclass
class Rooms:
    """What the product keeps, each by its conversation's call."""

    rooms: dict[str, Json] = field(default_factory=dict)
    participants: dict[str, list[Json]] = field(default_factory=lambda: defaultdict(list))
    transfers: dict[str, list[Json]] = field(default_factory=lambda: defaultdict(list))
    #: What the time lines keep of supervisors.
    supervisions: dict[str, list[Json]] = field(default_factory=lambda: defaultdict(list))


def read_rooms(house: House) -> Rooms:
    found = Rooms(supervisions=read_noted(house))
    for row in json.loads(house.manage("dumpdata", "calls.room", "calls.participant", "calls.transfer")):
        fields: Json = row["fields"]
        if row["model"] == "calls.room":
            found.rooms[row["pk"]] = fields
        elif row["model"] == "calls.participant":
            found.participants[fields["room"]].append(fields)
        else:
            found.transfers[fields["call"]].append(fields)
    return found


def compare_rooms(record: Record, log: dict[str, Json], kept: Rooms, asked: Iterable[Asked]) -> list[Discrepancy]:
    """Each conversation of which the product or the simulator knows a room or a transfer."""
    wishes: dict[str, list[Asked]] = defaultdict(list)
    for one in asked:
        wishes[one.root].append(one)
    families: dict[str, dict[str, Json]] = defaultdict(dict)
    for sid, leg in record.calls.items():
        families[record.root_of(leg)][sid] = leg
    found: list[Discrepancy] = []
    for root in sorted({*kept.rooms, *kept.transfers, *kept.supervisions, *wishes}):
        conversation = Conversation(record, root, families[root])
        found += _open_ends(root, kept)
        found += _members(conversation, kept.participants.get(root, []))
        found += _held(conversation, kept.rooms.get(root))
        found += _transfers(conversation, kept.transfers.get(root, []), wishes[root])
        found += _agents(conversation, log.get(root))
        found += compare_supervision(conversation, kept, wishes[root])
    return found


class Conversation:
    """One caller, with all legs and conferences, as the simulator saw them."""

    def __init__(self, record: Record, root: str, legs: dict[str, Json]) -> None:
        self.record, self.root, self.legs = record, root, legs
        histories = record.conferences.values()
        self._histories = [seen for seen in histories if any(self.legs.keys() & _inside(now) for _, now in seen)]

    @property
    def members(self) -> set[str]:
        return set().union(*(_inside(now) for history in self._histories for _, now in history))

    @property
    def held_seconds(self) -> float:
        """How long the customer heard music."""
        return sum(self._held_in(history) for history in self._histories)

    def _held_in(self, history: list[tuple[datetime, Json]]) -> float:
        total, since = 0.0, None
        end = _time(self.legs.get(self.root, {}).get("end_time"))
        for at, now in history:
            holds = self.root in {one["call_sid"] for one in now["participants"] if one["hold"]}
            if holds and since is None:
                since = at
            elif not holds and since is not None:
                total += (min(at, end or at) - since).total_seconds()
                since = None
        if since is not None and end is not None:
            total += (end - since).total_seconds()
        return total

    def unheard(self, *events: str) -> int:
        """How many such words of its rooms came late or never to the product."""
        return sum(
            request["kind"] == "conference"
            and request["params"].get("StatusCallbackEvent") in events
            and (bool(request["fault"]) or request["status"] is None)
            for sid in self.legs
            for request in self.record.requests_of(sid)
        )

    @property
    def agents(self) -> list[tuple[datetime, datetime, str]]:
        """Who answered and talked: from when, until when, which identity or number. A supervisor talked whom the
        customer heard in the end."""
        spans = []
        for sid, leg in self.legs.items():
            answered, end = _time(leg["answer_time"]), _time(leg["end_time"])
            if sid == self.root or not answered or not end:
                continue
            if self._is_own(leg):
                seen = self._heard_of(sid)
                if seen and seen[-1][1] == "join":
                    spans.append((seen[-1][0], end, leg["from"].removeprefix("client:")))
            else:
                spans.append((answered, end, leg["to"].partition("?")[0].removeprefix("client:")))
        return sorted(spans)

    def is_agents(self, sid: str) -> bool:
        """Whether it is the leg of somebody who was called into the conversation by name."""
        return sid in self.legs and self.legs[sid]["to"].startswith("client:")

    def heard_as(self, agent: int) -> list[tuple[datetime, str, str]]:
        """How a supervisor was heard, each time it changed: when, the mode, and the only leg that heard it."""
        own = [sid for sid, leg in self.legs.items() if self._is_own(leg) and leg["from"] == f"client:agent_{agent}"]
        return sorted(seen for sid in own for seen in self._heard_of(sid))

    def _is_own(self, leg: Json) -> bool:
        return leg["sid"] != self.root and leg["direction"] == "inbound" and leg["from"].startswith("client:")

    def _heard_of(self, sid: str) -> list[tuple[datetime, str, str]]:
        found: list[tuple[datetime, str, str]] = []
        for history in self._histories:
            for at, now in history:
                for one in now["participants"]:
                    if one["call_sid"] != sid or sid not in _inside(now):
                        continue
                    coached = "" if one["muted"] else one["coaching"] or ""
                    mode = "listen" if one["muted"] else "whisper" if coached else "join"
                    if found and at - found[-1][0] < ONE_REQUEST:
                        found.pop()
                    if not found or found[-1][1:] != (mode, coached):
                        found.append((at, mode, coached))
        return found


def _inside(conference: Json) -> set[str]:
    # Who is called into it has not come yet.
    return {one["call_sid"] for one in conference["participants"] if one["status"] in ("connected", "complete")}


def _open_ends(root: str, kept: Rooms) -> list[Discrepancy]:
    found = []
    if (room := kept.rooms.get(root)) and room["state"] != "over":
        found.append(Discrepancy("room", root, room["state"], "it is over"))
    found += [
        Discrepancy("participant", root, f"{one['role']} {one['leg_sid']} {one['state']}", "everybody has left")
        for one in kept.participants.get(root, [])
        if one["state"] != "left"
    ]
    found += [
        Discrepancy("transfer", root, f"{one['mode']} {one['state']}", "the call is over")
        for one in kept.transfers.get(root, [])
        if one["state"] in OPEN_TRANSFERS
    ]
    return found


def _members(conversation: Conversation, participants: list[Json]) -> list[Discrepancy]:
    came = {one["leg_sid"] for one in participants if one["joined_at"]}
    theirs = conversation.members
    found = [Discrepancy("in no room", conversation.root, f"{sid} was in", "it was not") for sid in came - theirs]
    # Of whom no word came, and who left before the product looked itself, it cannot know.
    if not conversation.unheard("participant-join"):
        found += [Discrepancy("not seen in", conversation.root, "nothing", f"{sid} was in") for sid in theirs - came]
    return found


def _held(conversation: Conversation, room: Json | None) -> list[Discrepancy]:
    ours, theirs = (room or {}).get("held_seconds", 0), conversation.held_seconds
    lost = conversation.unheard("participant-hold", "participant-unhold", "participant-leave", "conference-end")
    if abs(ours - theirs) <= HELD_TOLERANCE + LOST_TOLERANCE * lost:
        return []
    return [Discrepancy("held", conversation.root, f"{ours} s", f"{theirs:.1f} s, {lost} words lost")]


def _transfers(conversation: Conversation, transfers: list[Json], wishes: list[Asked]) -> list[Discrepancy]:
    asked = [one for one in wishes if one.what == "transfer"]
    taken, most = sum(one.taken for one in asked), sum(one.may_be_taken for one in asked)
    found = []
    if not taken <= len(transfers) <= most:
        found.append(Discrepancy("transfers", conversation.root, str(len(transfers)), f"{taken} to {most} were asked"))
    for one in transfers:
        if one["state"] not in ("handed-over", "merged"):
            continue
        since = _time(one["created_at"])
        came = [begun for begun, _, _ in conversation.agents if since and begun > since]
        if not came:
            said = f"{one['mode']} {one['state']}"
            found.append(Discrepancy("handed to nobody", conversation.root, said, "nobody answered after that"))
    return found


def _agents(conversation: Conversation, row: Json | None) -> list[Discrepancy]:
    """Who had the call in the end: whoever stayed until then."""
    spans = conversation.agents
    if not spans or row is None:
        return []
    end = max(until for _, until, _ in spans)
    last = {who for _, until, who in spans if (end - until).total_seconds() <= TOGETHER}
    ours = f"agent_{row['agent']}" if row["agent"] else ""
    # Whoever gave it to a number stays the agent of the call.
    if ours in last or not any(who.startswith("agent_") for who in last):
        return []
    return [Discrepancy("agent", conversation.root, ours or "nobody", " or ".join(sorted(last)))]


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
