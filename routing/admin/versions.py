"""The versions of a route, as the admin's page shows them: what each changed, and all that it says."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from agents.selectors import agents_named, teams_named
from core.languages import sentence
from routing.admin.editor_words import editor_words
from routing.comparing import Names, differences, steps_said
from routing.models import Greeting, OpeningHours, Route, RouteVersion
from routing.steps import AgentStep, Plan, Unreadable, plan_of


def versions_told(versions: list[RouteVersion]) -> list[dict[str, Any]]:
    """From the newest on: each with what it changed, and its steps."""
    plans = [_plan(version) for version in versions]
    names = _names([plan for plan in plans if plan is not None])
    changes = [*(_changes(before, plan, names) for plan, before in pairwise(plans)), [_("The first version.")]]
    return [
        {"version": version, "changes": changed, "steps": _steps(plan, names)}
        for version, plan, changed in zip(versions, plans, changes, strict=False)
    ]


def _plan(version: RouteVersion) -> Plan | None:
    try:
        return plan_of(version.steps)
    except Unreadable:
        return None


def _changes(old: Plan | None, new: Plan | None, names: Names) -> list[str]:
    if old is None or new is None:
        return [_("These two cannot be compared.")]
    return [sentence(each) for each in differences(old, new, names)] or [_("No step differs.")]


def _steps(plan: Plan | None, names: Names) -> list[tuple[str, list[str]]]:
    return [(title, [sentence(each) for each in told]) for title, told in steps_said(plan, names)] if plan else []


def _names(plans: list[Plan]) -> Names:
    hours = dict(OpeningHours.objects.values_list("pk", "name"))
    called = {step.agent for plan in plans for step in plan.steps.values() if isinstance(step, AgentStep)}
    return Names(
        rows={
            "team": dict(teams_named()),
            "agent": agents_named(pk for pk in called if pk is not None),
            "hours": hours,
            "call_back_hours": hours,
            "route": dict(Route.objects.values_list("pk", "name")),
            "greeting": dict(Greeting.objects.values_list("pk", "name")),
        },
        choices=editor_words(),
    )
