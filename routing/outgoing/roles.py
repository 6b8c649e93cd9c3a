"""Which role somebody has when it comes to calling and texting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.permissions import has_supervisor_role
from routing.models import OverrideBy
from routing.outgoing.rules import Role

if TYPE_CHECKING:
    from agents.models import Agent

_OVERRIDING = {
    OverrideBy.NOBODY: frozenset[Role](),
    OverrideBy.ADMINS: frozenset({Role.ADMIN}),
    OverrideBy.SUPERVISORS: frozenset({Role.SUPERVISOR, Role.ADMIN}),
}


def role_of(agent: Agent | None) -> Role:
    """Of somebody who is gone, the least."""
    if agent is None:
        return Role.AGENT
    if agent.is_superuser:
        return Role.ADMIN
    return Role.SUPERVISOR if has_supervisor_role(agent) else Role.AGENT


def overriding(choice: str) -> frozenset[Role]:
    return _OVERRIDING[OverrideBy(choice)] if choice in OverrideBy.values else frozenset()
