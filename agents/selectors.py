"""Reading agents."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from agents.models import PUSH_REGISTRATION_LIFE, Agent, Availability, Desk


def agent_get_active(agent_id: int) -> Agent | None:
    return Agent.objects.filter(pk=agent_id, is_active=True).first()


def agents_active(agent_ids: Iterable[int]) -> QuerySet[Agent]:
    return Agent.objects.filter(pk__in=agent_ids, is_active=True)


def agent_get_caller(agent_id: int) -> Agent | None:
    """The agent, when active and allowed to call out."""
    return Agent.objects.filter(pk=agent_id, is_active=True, may_make_calls=True).first()


def agent_may_sign_in(agent: Agent) -> bool:
    """Not suspended, and not one of the demo's log-ins, which open nothing outside the simulator."""
    return agent.is_active and (settings.SIMULATOR or not agent.is_demo)


def agent_is_suspended(agent_id: int) -> bool:
    """Whether there is such an agent who may not sign in."""
    agent = Agent.objects.filter(pk=agent_id).first()
    return agent is not None and not agent_may_sign_in(agent)


def team_ids_of(agent: Agent) -> list[int]:
    return list(agent.teams.values_list("pk", flat=True))


def agents_with_reach(agent_ids: Iterable[int]) -> QuerySet[Agent]:
    """Those agents, each with `can_ring`: whether one of their desks has a phone that can and may ring."""
    return Agent.objects.filter(pk__in=agent_ids, is_active=True).annotate(
        can_ring=Q(_some_phone_rings(), may_receive_calls=True)
    )


def agents_reachable(team_ids: Iterable[int]) -> QuerySet[Agent]:
    """The teams' agents who are available, may be called and whose phones can ring, each with `team_id`: once for each
    team."""
    return Agent.objects.filter(
        _some_phone_rings(),
        teams__in=team_ids,
        is_active=True,
        may_receive_calls=True,
        availability=Availability.AVAILABLE,
    ).annotate(team_id=F("teams"))


def _some_phone_rings() -> Exists | Q:
    """Whether the agent has a desk whose phone can ring or, where he is rung by push, an app that Twilio can wake."""
    desk = Exists(Desk.objects.can_ring().filter(agent=OuterRef("pk")))
    platforms = _platforms_with_push()
    if not platforms:
        return desk
    now = timezone.now()
    app = Agent.objects.filter(
        Q(devices__expiry=None) | Q(devices__expiry__gt=now),
        pk=OuterRef("pk"),
        devices__revoked_at=None,
        devices__platform__in=platforms,
        devices__issued_tokens__platform__in=platforms,
        devices__issued_tokens__issued_at__gte=now - PUSH_REGISTRATION_LIFE,
    )
    return desk | (Q(rings_mobile=True) & Exists(app))


def _platforms_with_push() -> list[str]:
    """Whose voice tokens carry a push credential."""
    credentials = {
        "ios": settings.TWILIO_PUSH_CREDENTIAL_SID_IOS,
        "android": settings.TWILIO_PUSH_CREDENTIAL_SID_ANDROID,
    }
    return [platform for platform, credential in credentials.items() if credential]


def colleague_ids(agent: Agent) -> set[int]:
    """The active members of the agent's teams, and the agent."""
    ids = set(Agent.objects.filter(teams__in=agent.teams.all(), is_active=True).values_list("pk", flat=True))
    return ids | {agent.pk}


def team_ids_by_agent(agent_ids: Collection[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for agent_id, team_id in Agent.teams.through.objects.filter(agent_id__in=agent_ids).values_list(
        "agent_id", "team_id"
    ):
        found.setdefault(agent_id, []).append(team_id)
    return found
