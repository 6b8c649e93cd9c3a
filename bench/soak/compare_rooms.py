"""Calls that were held, handed over and joined: what the product keeps of them beside the simulator's own record.

Conversation by conversation: who was in its rooms, for how long the customer heard music, which agents talked with the
customer and who had the call in the end, and what became of each transfer.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from bench.soak.compare import Discrepancy
from bench.soak.record import Json, Record

if TYPE_CHECKING:
    from bench.soak.house import House
    from bench.soak.lives import Asked

OPEN_TRANSFERS = frozenset({"calling", "consulting"})
#: Seconds, of all holds of a call together: clocks, and each hold counted in whole ones.
HELD_TOLERANCE = 2.0
#: For each word about a hold that did not come: the product looks itself after a while.
LOST_TOLERANCE = 8.0
#: Two legs that end within so many seconds end together.
TOGETHER = 1.5


@dataclass
class Rooms:
    """What the product keeps, each by its conversation's call."""

    rooms: dict[str, Json] = field(default_factory=dict)
    participants: dict[str, list[Json]] = field(default_factory=lambda: defaultdict(list))
    transfers: dict[str, list[Json]] = field(default_factory=lambda: defaultdict(list))


def read_rooms(house: House) -> Rooms:
    found = Rooms()
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
    found: list[Discrepancy] = []
    for root in sorted({*kept.rooms, *kept.transfers, *wishes}):
        conversation = Conversation(record, root)
        found += _open_ends(root, kept)
        found += _members(conversation, kept.participants.get(root, []))
        found += _held(conversation, kept.rooms.get(root))
        found += _transfers(conversation, kept.transfers.get(root, []), wishes[root])
        found += _agents(conversation, log.get(root))
    return found


class Conversation:
    """One caller, with all legs and conferences, as the simulator saw them."""

    def __init__(self, record: Record, root: str) -> None:
        self.record, self.root = record, root
        self.legs = {sid: leg for sid, leg in record.calls.items() if record.root_of(leg) == root}
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
        """Who answered and talked: from when, until when, which identity or number."""
        spans = []
        for sid, leg in self.legs.items():
            answered, end = _time(leg["answer_time"]), _time(leg["end_time"])
            if sid != self.root and answered and end:
                spans.append((answered, end, leg["to"].partition("?")[0].removeprefix("client:")))
        return sorted(spans)


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
    taken, most = sum(one.taken for one in asked), sum(one.taken or one.status in (0, 502, 503, 504) for one in asked)
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
