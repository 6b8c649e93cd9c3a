"""What the route editor is given, and what is said to it: JSON, with all its words in the reader's language."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from agents.selectors import agents_callable, teams_named
from core.languages import sentence
from routing.admin.editor_words import editor_words
from routing.checks import Finding, send_to
from routing.models import Greeting, OpeningHours, Route
from routing.steps import Plan


def editor_data(route: Route, *, may_change: bool) -> dict[str, Any]:
    current = route.current
    saved_at = date_format(timezone.localtime(current.saved_at), "SHORT_DATETIME_FORMAT") if current else ""
    return {
        "route": route.pk,
        "name": route.name,
        "number": current.number if current else 0,
        "saved": {"by": str(current.saved_by or "–") if current else "", "at": saved_at},
        "document": current.steps if current else {"first": "", "steps": []},
        "may_change": may_change,
        "lines": _lines(route),
        "choices": _choices(route),
        "addresses": {
            "explain": reverse("admin:routing_route_explain"),
            "versions": reverse("admin:routing_route_versions", args=[route.pk]) if route.pk else "",
            "list": reverse("admin:routing_route_changelist"),
        },
        "words": editor_words(),
    }


def _lines(route: Route) -> list[dict[str, str]]:
    if not route.pk:
        return []
    return [
        {"name": line.name, "said": str(line), "address": reverse("admin:routing_line_change", args=[line.pk])}
        for line in route.lines.order_by("name", "pk")
    ]


def _choices(route: Route) -> dict[str, list[list[Any]]]:
    """Of whatever a step refers to: ids and names."""
    others = Route.objects.exclude(pk=route.pk).exclude(current=None).order_by("name")
    return {
        "teams": [list(each) for each in teams_named()],
        "agents": [list(each) for each in agents_callable()],
        "hours": [[each.pk, each.name] for each in OpeningHours.objects.order_by("name")],
        "greetings": [[each.pk, each.name] for each in Greeting.objects.order_by("name")],
        "routes": [[each.pk, each.name] for each in others],
        "languages": [list(each) for each in settings.LANGUAGES],
    }


def finding_json(finding: Finding, plan: Plan) -> dict[str, Any]:
    step = plan.steps.get(finding.step)
    return {
        "step": finding.step,
        "name": step.said() if step else "",
        "number": plan.number_of(finding.step),
        "field": finding.field,
        "text": sentence(finding.text),
        "todo": sentence(finding.todo),
        "is_refusal": finding.is_refusal,
        "way": [[step_id, arrow.field, sentence(arrow.label)] for step_id, arrow in finding.way],
        "send_to": send_to(plan, finding.step) if _is_a_way(finding, plan) else "",
    }


def _is_a_way(finding: Finding, plan: Plan) -> bool:
    step = plan.steps.get(finding.step)
    return step is not None and any(arrow.field == finding.field for arrow in step.arrows())
