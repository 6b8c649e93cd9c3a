"""Which routes use something: their versions in force, and none that is only remembered."""

from __future__ import annotations

from routing.models import Route
from routing.steps import Step, Unreadable, plan_of


def routes_using(field: str, pk: int | None) -> list[Route]:
    """`field`: `hours`, `team`, `agent`, `route`, or `greeting` for what is heard."""
    if pk is None:
        return []
    return [route for route in Route.objects.select_related("current").order_by("name") if _uses(route, field, pk)]


def _uses(route: Route, field: str, pk: int) -> bool:
    if route.current is None:
        return False
    try:
        steps = plan_of(route.current.steps).steps.values()
    except Unreadable:
        return False
    if field == "greeting":
        return any(prompt.greeting == pk for step in steps for _field, prompt, _needed in step.prompts())
    return any(_names(step, field, pk) for step in steps)


def _names(step: Step, field: str, pk: int) -> bool:
    if field == "hours" and getattr(step, "call_back", False) and getattr(step, "call_back_hours", None) == pk:
        return True
    return getattr(step, field, None) == pk
