"""What the doctor says of saved routes: what they lean on may have been changed, emptied or deleted since."""

from __future__ import annotations

from core.languages import Sentence
from core.languages import kept as _
from core.text import in_sentence
from routing.checks import plan_check
from routing.facts import known_now
from routing.models import Route
from routing.steps import Unreadable, plan_of
from telephony.doctor.findings import Check, Finding


def check_routes(check: Check) -> Finding | list[Finding]:
    """The versions in force, by the rules by which they were saved; one finding for each that would be refused now."""
    routes = list(Route.objects.filter(current__isnull=False).select_related("current").order_by("name"))
    if not routes:
        return check.skipped(_("There is no route."))
    wrong = [(route, why) for route in routes if (why := _refusal(route)) is not None]
    return [
        check.named(f"route.{route.pk}", _("Route %(name)s") % {"name": in_sentence(route.name)}).warning(*why)
        for route, why in wrong
    ] or check.ok(_("Each leads every caller somewhere."))


def _refusal(route: Route) -> tuple[Sentence, Sentence] | None:
    if route.current is None:
        return None
    try:
        plan = plan_of(route.current.steps)
    except Unreadable:
        return _("Its steps cannot be read."), _("Save it anew, or bring back an older version.")
    refusals = (found for found in plan_check(plan, known_now(), route_id=route.pk) if found.is_refusal)
    first = next(refusals, None)
    return (first.text, first.todo) if first is not None else None
