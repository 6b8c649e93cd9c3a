"""Saving routes: a version is added, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from routing.checks import Finding, document_check
from routing.facts import known_now
from routing.models import Route, RouteVersion
from routing.steps import Plan

if TYPE_CHECKING:
    from agents.models import Agent


class RouteRefused(Exception):
    """The version in force goes on answering calls. `findings`: at least one refusal."""

    def __init__(self, plan: Plan, findings: list[Finding]) -> None:
        super().__init__("the route would end in silence")
        self.plan, self.findings = plan, findings


class RouteChanged(Exception):
    """Somebody else saved a version meanwhile."""

    def __init__(self, newest: RouteVersion) -> None:
        super().__init__(f"version {newest.number} is newer")
        self.newest = newest


class NameTaken(Exception):
    """There is another route of that name."""


@dataclass(frozen=True, slots=True)
class Saved:
    version: RouteVersion
    warnings: list[Finding]
    is_repeated: bool = False
    """It was saved before, and only the answer was lost."""


def route_save(route: Route, document: Any, *, name: str, based_on: int, by: Agent | None) -> Saved:
    """Keeps the steps as the next version, which is then in force for the next caller.

    `based_on`: the number of the version that was changed; 0 for a new route. What the same person saved a moment
    ago is not saved twice. Raises `RouteRefused`, `RouteChanged`, `NameTaken`.
    """
    plan, findings = document_check(document, known_now(), route_id=route.pk)
    if any(each.is_refusal for each in findings):
        raise RouteRefused(plan, findings)
    route.name = name
    try:
        version = _add_version(route, plan, based_on=based_on, by=by)
    except (RouteChanged, IntegrityError) as error:
        before = _saved_before(name, plan, based_on=based_on, by=by)
        if before is not None and route.pk in (None, before.route_id):
            return Saved(before, findings, is_repeated=True)
        if isinstance(error, IntegrityError):
            raise NameTaken from None
        raise
    return Saved(version, findings)


def _saved_before(name: str, plan: Plan, *, based_on: int, by: Agent | None) -> RouteVersion | None:
    """The newest version of the route of that name, if it is what is to be saved, by the same person."""
    newest = RouteVersion.objects.select_related("route").filter(route__name=name).order_by("-number").first()
    if newest is None or by is None or (newest.number, newest.saved_by_id) != (based_on + 1, by.pk):
        return None
    return newest if newest.steps == plan.as_json() else None


def route_bring_back(route: Route, number: int, *, by: Agent | None) -> Saved:
    """A new version with the steps of an old one, checked as of today. Raises `RouteRefused`, and
    `RouteVersion.DoesNotExist`."""
    old = route.versions.get(number=number)
    plan, findings = document_check(old.steps, known_now(), route_id=route.pk)
    if any(each.is_refusal for each in findings):
        raise RouteRefused(plan, findings)
    version = _add_version(route, plan, based_on=None, by=by, brought_back=number)
    return Saved(version, findings)


@transaction.atomic
def _add_version(
    route: Route, plan: Plan, *, based_on: int | None, by: Agent | None, brought_back: int | None = None
) -> RouteVersion:
    if not route.pk:
        route.save()
    # Two people do not save the same number.
    Route.objects.select_for_update().get(pk=route.pk)
    newest = route.versions.select_related("saved_by").order_by("-number").first()
    last = newest.number if newest else 0
    if newest is not None and based_on is not None and last != based_on:
        raise RouteChanged(newest)
    route.current = RouteVersion.objects.create(
        route=route, number=last + 1, steps=plan.as_json(), saved_by=by, brought_back=brought_back
    )
    route.save(update_fields=["name", "current"])
    return route.current
