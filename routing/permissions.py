"""Who may ask about which lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from agents.permissions import has_supervisor_role
from agents.selectors import team_ids_of
from routing.models import Line

if TYPE_CHECKING:
    from agents.models import Agent


def lines_explained_to(agent: Agent) -> QuerySet[Line]:
    """An admin asks about every line, a supervisor about those of the own teams, an agent about none."""
    if agent.is_superuser:
        return Line.objects.all()
    if not has_supervisor_role(agent):
        return Line.objects.none()
    return Line.objects.filter(team__in=team_ids_of(agent))
