"""Routes for tests, as the editor sends them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.languages import Sentence
from routing.hours import Hours, Span
from routing.known import Known, TeamFacts
from routing.steps import Plan, plan_of
from routing.walk import Facts, LineFacts

TEAM, EMPTY_TEAM, AGENT, HOURS, NO_HOURS, GREETING, ROUTE = 1, 2, 3, 4, 5, 6, 7
OPEN_AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
CLOSED_AT = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
FORBIDDEN = "+19005550100"


def text(words: str = "Welcome.") -> dict[str, Any]:
    return {"text": words, "language": "", "voice": ""}


def step(step_id: str, kind: str, **fields: Any) -> dict[str, Any]:
    return {"id": step_id, "kind": kind, "name": fields.pop("name", ""), **fields}


def box(step_id: str = "box", **fields: Any) -> dict[str, Any]:
    return step(step_id, "voicemail", **({"name": "Sales box", "team": TEAM} | fields))


def team(step_id: str = "team", **fields: Any) -> dict[str, Any]:
    return step(step_id, "team", **({"team": TEAM, "waited": "box", "nobody": "box"} | fields))


def menu(step_id: str = "menu", keys: Mapping[str, str] | None = None, **fields: Any) -> dict[str, Any]:
    made = [{"digit": digit, "meaning": f"Key {digit}", "next": to} for digit, to in (keys or {"1": "team"}).items()]
    return step(step_id, "menu", **({"prompt": text(), "keys": made, "no_input": "box", "wrong_input": "box"} | fields))


def document(*steps: dict[str, Any], first: str | None = None) -> dict[str, Any]:
    return {"first": steps[0]["id"] if first is None and steps else first, "steps": list(steps)}


def shop() -> dict[str, Any]:
    """Hours, a greeting, a menu of two teams, and a box."""
    return document(
        step("hours", "hours", name="Shop hours", hours=HOURS, open="hello", closed="box", holiday="away"),
        step("hello", "announcement", name="Greeting", prompt=text(), next="menu"),
        menu(keys={"1": "team", "2": "other"}),
        team(),
        team("other"),
        box(),
        step("away", "announcement", prompt=text("We are away."), next="box"),
    )


def plan(*steps: dict[str, Any]) -> Plan:
    return plan_of(document(*steps))


def known(**plans: Plan) -> Known:
    """`plans`: of other routes, `v7` being the version in force of route 7, with the same id."""
    versions = {int(name.removeprefix("v")): each for name, each in plans.items()}
    spans = (Span(8 * 60, 18 * 60),)
    every = {
        HOURS: Hours("Shop hours", ZoneInfo("UTC"), (spans,) * 7),
        NO_HOURS: Hours("Never", ZoneInfo("UTC"), ((),) * 7),
    }
    return Known(
        plan=versions.get,
        current=lambda pk: pk if pk in versions else None,
        hours=every.get,
        team={TEAM: TeamFacts("Sales", 2), EMPTY_TEAM: TeamFacts("Nobody's", 0)}.get,
        has_skill=lambda team, skill: (team, skill) == (TEAM, "German"),
        agent={AGENT: "Ada Byron"}.get,
        has_greeting=lambda pk: pk == GREETING,
        dialled=lambda number: Sentence("Not this number.") if number in (FORBIDDEN, "") else number,
    )


def facts(route: Plan | None, *, at: datetime = OPEN_AT, version: int = 1, **more: Any) -> Facts:
    others = more.pop("others", {})
    plans = {f"v{version}": route, **others} if route is not None else others
    line = LineFacts("Support", "en", TEAM, "+12025550100")
    return Facts(at=at, line=line, version=version, known=known(**plans), **more)
