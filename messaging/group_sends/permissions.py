"""Who may see group sends, and who may write to many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from agents.permissions import has_supervisor_role
from agents.selectors import team_ids_of
from messaging.models import GroupSend
from routing.models import Line

if TYPE_CHECKING:
    from agents.models import Agent


def sends_visible(agent: Agent) -> QuerySet[GroupSend]:
    """Those of the own teams' lines; an admin sees all."""
    sends = GroupSend.objects.select_related("line", "written_by", "started_by")
    return sends if agent.is_superuser else sends.filter(line__team__in=team_ids_of(agent))


def may_send_from(agent: Agent, line: Line) -> bool:
    """Supervisors of the line's team, and admins."""
    return agent.is_superuser or (has_supervisor_role(agent) and line.team_id in team_ids_of(agent))
