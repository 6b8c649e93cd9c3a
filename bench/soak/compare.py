"""The log of the product beside the record of the simulator: what differs, leg by leg."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bench.soak.house import House
from bench.soak.record import Json, Record

TERMINAL = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
#: How far apart the two clocks' times of one event may be, in seconds.
TOLERANCE = 2.0
APOLOGY = "an application error has occurred"


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One thing that is not as it must be, with both sides' view."""

    kind: str
    sid: str
    ours: str
    theirs: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.sid}: the log says {self.ours}; the simulator {self.theirs}"


def read_log(house: House) -> dict[str, Json]:
    """Every call of the product's database, by CallSid."""
    rows = json.loads(house.manage("dumpdata", "calls.call"))
    return {row["pk"]: row["fields"] for row in rows}


def compare_legs(record: Record, log: dict[str, Json]) -> list[Discrepancy]:
    """Every leg of the record that the product can know against its row, and every row against the record."""
    found: list[Discrepancy] = []
    for sid, leg in record.calls.items():
        row = log.get(sid)
        if row is None:
            if can_be_known(record, leg):
                found.append(Discrepancy("missing", sid, "nothing", _what_it_was(record, leg)))
        else:
            found += _differences(record, leg, row)
    for sid, row in log.items():
        if row["status"] not in TERMINAL:
            theirs = record.calls.get(sid, {}).get("status", "it has no such call")
            found.append(Discrepancy("alive", sid, row["status"], theirs))
        if row["parent"] and row["parent"] not in log:
            found.append(Discrepancy("orphan", sid, f"child of {row['parent']}, which has no row", ""))
        if sid not in record.calls:
            found.append(Discrepancy("invented", sid, row["status"], "it has no such call"))
    return found


def can_be_known(record: Record, leg: Json) -> bool:
    """Whether the product was told of a leg, of its parent or of one of the same parent.

    Every request about a child names its parent, and Twilio lists a call's children to whoever asks.
    """
    root = record.root_of(leg)
    family = [root, *(child["sid"] for child in record.children(root))]
    return any(delivered(request) for sid in family for request in record.requests_of(sid))


def delivered(request: Json) -> bool:
    """Whether a webhook reached the product, whatever came of it."""
    reached = request["status"] is not None or request["fault"] == "webhook-lost-answer"
    return request["direction"] == "out" and reached


def _differences(record: Record, leg: Json, row: Json) -> list[Discrepancy]:
    found = []

    def differ(kind: str, ours: object, theirs: object) -> None:
        found.append(Discrepancy(kind, leg["sid"], str(ours), str(theirs)))

    if row["status"] != leg["status"]:
        differ("status", row["status"], leg["status"])
    for name in ("start_time", "answer_time", "end_time"):
        ours, theirs = _time(row[name]), _time(leg[name])
        if (ours is None) != (theirs is None) or (ours and theirs and abs((ours - theirs).total_seconds()) > TOLERANCE):
            differ(name, row[name], leg[name])
    if (row["duration"] or 0) != (leg["duration"] or 0):
        differ("duration", row["duration"], leg["duration"])
    comes = bool(record.comes_into(leg))
    # Who is let into no call has called nobody.
    is_refused = comes and not row["parent"] and not record.was_in_a_room(leg["sid"])
    if (row["parent"] or leg["sid"]) != record.root_of(leg) and not is_refused:
        differ("parent", row["parent"], record.root_of(leg))
    if row["direction"] != leg["direction"]:
        differ("direction", row["direction"], leg["direction"])
    for ours, theirs in (("caller", "from"), ("called", "to")):
        # Who has taken a call over, or goes on with it, counts as one who was called into it.
        has_it = comes and ours == "called" and row[ours] == leg["from"]
        if _party(row[ours]) != _party(leg[theirs]) and not has_it:
            differ(ours, row[ours], leg[theirs])
    return found


def _what_it_was(record: Record, leg: Json) -> str:
    """A leg without a row: how it ended, and whether the `<Dial>`'s action named it."""
    parent = leg["parent_call_sid"]
    actions = [r for r in record.requests_of(parent or "") if r["params"].get("DialCallSid") == leg["sid"]]
    named = any(delivered(action) for action in actions)
    return f"{leg['status']} {leg['direction']} of {parent or 'nobody'}{', named by a DialCallSid' if named else ''}"


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _party(text: str) -> str:
    """A number by its digits: what an agent dialled in the local form is kept in E.164."""
    if text.startswith("client:"):
        # Behind it stands what its phone is told.
        return text.partition("?")[0]
    digits = re.sub(r"\D", "", text)
    return digits[-10:] if digits else text


def compare_callers(record: Record, gone: set[str]) -> tuple[list[Discrepancy], dict[str, int]]:
    """Callers who were left in silence, and how many each kind of excuse covers."""
    found: list[Discrepancy] = []
    excuses: dict[str, int] = {}
    for sid, leg in record.calls.items():
        # Whom REST called is no caller.
        if leg["party"] != "telephone" or leg["direction"] != "inbound":
            continue
        said = " ".join(caption["text"] for caption in leg["captions"])
        excuse = _excuse(record, leg, said, gone)
        if excuse:
            excuses[excuse] = excuses.get(excuse, 0) + 1
        else:
            found.append(Discrepancy("silence", sid, "", f"{leg['status']}, the caller heard: {said or 'nothing'}"))
    return found, excuses


def asked_after_talking(record: Record) -> list[str]:
    """Callers who were asked for a message although they had talked with somebody. Odd, but nobody is lost."""
    return [
        sid
        for sid, leg in record.calls.items()
        if any("leave a message" in caption["text"] for caption in leg["captions"])
        and any(child["answer_time"] for child in record.children(sid))
    ]


def _excuse(record: Record, leg: Json, said: str, gone: set[str]) -> str:
    """Why a caller's call ended as it may; empty when it must not have."""
    if any(child["answer_time"] for child in record.children(leg["sid"])):
        return "talked with a person"
    if ("Goodbye" in said and APOLOGY not in said) or "Please call again in a few minutes" in said:
        return "heard a closing sentence"
    if leg["sid"] in gone:
        return "hung up"
    if APOLOGY in said and no_server_at_all(record, leg["sid"]):
        return "no server to ask: only Twilio's own sentence was left"
    return ""


def no_server_at_all(record: Record, sid: str) -> bool:
    """Whether a request for TwiML and the fallback's, one after the other, got no answer by no fault of the product."""
    asked = [r for r in record.requests_of(sid) if r["kind"] in ("twiml", "action", "fallback")]
    return any(_unanswered(one) and _unanswered(two) for one, two in itertools.pairwise(asked))


def _unanswered(request: Json) -> bool:
    """Whether no answer came, because there was no server, or because of a fault on purpose."""
    no_server = request["status"] is None and "No answer" not in request["error"]
    return bool(request["error"]) and (bool(request["fault"]) or no_server)


def compare_requests(record: Record) -> list[Discrepancy]:
    """Requests that the product answered with a failure of its own."""
    return [
        Discrepancy("status 5xx", request["call_sid"] or "", f"{request['kind']} {request['url']}", request["status"])
        for request in record.requests.values()
        if request["direction"] == "out" and (request["status"] or 0) >= 500 and request["fault"] != "webhook-error"
    ]


def compare_product_log(text: str) -> list[Discrepancy]:
    """Lines of the product's own log that tell of a crash. An answered fallback is none, nor "Twilio is away"."""
    away = r"django\.request (Bad Gateway|Service Unavailable|Gateway Timeout): /api/"
    expected = rf"telephony\.webhooks\.inbox fallback: |{away}"
    pattern = re.compile(rf"Traceback \(most|Internal Server Error| CRITICAL | ERROR (?!{expected})")
    lines = text.splitlines()
    found = [(number, line) for number, line in enumerate(lines) if pattern.search(line)]
    return [Discrepancy("log", "", (line + _raised(lines[number + 1 :], line))[:300], "") for number, line in found]


def _raised(after: Sequence[str], line: str) -> str:
    """What a traceback says was raised: its first line that is not indented."""
    is_traceback = line.startswith("Traceback")
    return next((f" {one}" for one in after if one and not one.startswith(" ")), "") if is_traceback else ""
