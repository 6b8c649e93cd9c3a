"""The explainer's page: a form, and the same that REST answers."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.text import shortened
from routing.explain import Explanation, conclusion, explain
from routing.facts import facts_of, known_now
from routing.hours import FIRST_YEAR, LAST_YEAR
from routing.models import Line, Route
from routing.permissions import lines_explained_to
from routing.steps import Plan, plan_read
from telephony.party import party

# Under which an unsaved version is asked for: no row has it.
_DRAFT = -1


class ExplainForm(forms.Form):
    line = forms.ModelChoiceField(label=gettext_lazy("Called line"), queryset=Line.objects.none(), empty_label=None)
    caller = forms.CharField(
        label=gettext_lazy("Caller"),
        required=False,
        max_length=64,
        help_text=gettext_lazy("Empty: somebody who withholds the number."),
    )
    at = forms.DateTimeField(
        label=gettext_lazy("When"),
        required=False,
        input_formats=["%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=gettext_lazy("Empty: now."),
    )
    keys = forms.RegexField(
        label=gettext_lazy("Keys pressed"),
        regex=r"\A[0-9*#]*\Z",
        required=False,
        max_length=32,
        help_text=gettext_lazy("One at each question."),
        error_messages={"invalid": gettext_lazy("Write keys only: 0 to 9, * and #.")},
    )

    def clean_at(self) -> datetime | None:
        at: datetime | None = self.cleaned_data["at"]
        if at is not None and not FIRST_YEAR <= at.year <= LAST_YEAR:
            raise forms.ValidationError(_("Choose a year from 1970 to 2199."))
        return at


def explain_page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """What is posted to it holds a version that is not saved; what is asked for does not."""
    asked = request.POST if request.method == "POST" else request.GET
    draft = _draft(asked)
    agent: Any = request.user
    # Whoever may look at lines here may ask about all of them.
    lines = Line.objects.all() if agent.has_perm("routing.view_line") else lines_explained_to(agent)
    lines = lines.select_related("route").order_by("name", "pk")
    is_asked = "line" in asked
    form = ExplainForm(asked if is_asked else None)
    form.fields["line"].queryset = lines  # type: ignore[attr-defined]
    found, line = None, None
    if is_asked and form.is_valid():
        line = form.cleaned_data["line"]
        found = _explained(line, form.cleaned_data, draft)
    context |= {
        "title": _("What happens to a call?"),
        "form": form if lines else None,
        "document": asked.get("document", "") if draft else "",
        "route": draft[0] if draft else None,
        "found": found,
        "conclusion": conclusion(found) if found else "",
        "zone": timezone.get_current_timezone_name(),
        "now": timezone.now(),
        "is_later": found is not None and abs((found.at - timezone.now()).total_seconds()) > 60,
    }
    return TemplateResponse(request, "admin/routing/explain.html", context)


def _draft(asked: QueryDict) -> tuple[Route, Plan] | None:
    text = asked.get("document", "")
    if not text or len(text) > 262_144:
        return None
    try:
        plan, _problems = plan_read(json.loads(text))
    except (ValueError, RecursionError):
        return None
    return Route(name=shortened(asked.get("name", ""), 80)), plan


def _explained(line: Line, asked: dict[str, Any], draft: tuple[Route, Plan] | None) -> Explanation:
    caller = party(asked["caller"])
    facts = facts_of(line, caller=caller, at=asked["at"])
    if draft is not None:
        # What is tried is the route, on whichever line.
        facts = replace(facts, line=replace(facts.line, is_active=True))
        facts = replace(facts, known=known_now(line, draft=(_DRAFT, draft[1])), version=_DRAFT)
    return explain(facts, caller=caller, keys=asked["keys"], draft=draft[0] if draft else None)
