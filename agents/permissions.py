"""What a supervisor is, and who else may do what supervisors may."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from agents.models import Agent, Role


def has_supervisor_role(agent: Agent) -> bool:
    """Whether the agent sees what the own teams do. An admin, who sees all, may have any role: ask for that first."""
    return agent.role == Role.SUPERVISOR


def is_supervisor_or_admin(agent: Agent) -> bool:
    return agent.is_superuser or has_supervisor_role(agent)


def may_set_presence(by: Agent, agent: Agent) -> bool:
    """Whether `by` may say that `agent` is available, busy or away: agents of themselves, supervisors of the members of
    their own teams, admins of all."""
    if by.pk == agent.pk or by.is_superuser:
        return True
    return has_supervisor_role(by) and agent.teams.filter(pk__in=by.teams.all()).exists()


class IsSupervisorOrAdmin(BasePermission):
    """Of a view of the REST API. Whose teams may be seen there is not said by it."""

    message = _("Only supervisors and admins can do this.")

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.user, Agent) and is_supervisor_or_admin(request.user)
