"""A route for the demo: opening hours, a menu, two teams and a voicemail box."""

from __future__ import annotations

from typing import Any

from routing.models import Line, OpeningHours, Route
from routing.services import route_save

_DAY = [["08:00", "20:00"]]


def demo_route_create(line: Line) -> None:
    """Gives the line the route."""
    hours, _ = OpeningHours.objects.get_or_create(
        name="Shop hours", defaults={"week": [_DAY] * 7, "time_zone": "America/New_York", "country": "US"}
    )
    saved = route_save(Route(), _steps(hours, line.team_id), name="Sales, daytime", based_on=0, by=None)
    line.route = saved.version.route
    line.save(update_fields=["route"])


def _steps(hours: OpeningHours, team: int) -> dict[str, Any]:
    closed = "We are closed. We answer the telephone from eight to eight."
    menu = "For a new order, press 1. For a delivery that is on its way, press 2."
    keys = [("1", "Orders", "team"), ("2", "Delivery on its way", "team")]
    rings: dict[str, Any] = {"team": team, "strategy": "longest-idle", "ring_seconds": 20, "wait_seconds": 180}
    return {
        "first": "hours",
        "steps": [
            {
                "id": "hours", "kind": "hours", "name": "Shop hours", "hours": hours.pk, "open": "menu",
                "closed": "closed", "holiday": "closed",
            },
            {
                "id": "menu", "kind": "menu", "name": "Main menu", "prompt": {"text": menu}, "seconds": 6, "tries": 2,
                "keys": [{"digit": digit, "meaning": meaning, "next": to} for digit, meaning, to in keys],
                "no_input": "team", "wrong_input": "team",
            },
            {"id": "team", "kind": "team", "name": "Team Sales", "waited": "box", "nobody": "box", **rings},
            {"id": "closed", "kind": "announcement", "name": "Closed", "prompt": {"text": closed}, "next": "box"},
            {"id": "box", "kind": "voicemail", "name": "Sales box", "team": team},
        ],
    }  # fmt: skip
