"""Reading agents."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Permission
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import IsNull
from django.utils import timezone

from agents.models import (
    DESK_LIFETIME,
    PUSH_REGISTRATION_LIFE,
    Agent,
    Availability,
    AwayReason,
    Desk,
    LoginRecord,
    Role,
    Team,
    WebPushSubscription,
    name_of,
)
from core.proxies import network_of
from core.sql.prepared import Param, Prepared, exists_by_index
from core.sql.statements import fetch
from telephony.phone_reference import PhoneReference

# For who has read these three of an agent, and not the agent.
agent_name = name_of
# Where somebody signed in within that time, strangers' failures elsewhere do not count.
KNOWN_PLACE_LASTS = timedelta(days=90)


def who_may_sign_in() -> Q:
    """Of agents: not suspended, and not one of the demo's, who are nobody outside the simulator."""
    return Q(is_active=True) if settings.SIMULATOR else Q(is_active=True, is_demo=False)


def agent_get_active(agent_id: int) -> Agent | None:
    return Agent.objects.filter(who_may_sign_in(), pk=agent_id).first()


def agents_active(agent_ids: Iterable[int]) -> QuerySet[Agent]:
    return Agent.objects.filter(who_may_sign_in(), pk__in=agent_ids)


def agents_by_id(agent_ids: Iterable[int]) -> dict[int, Agent]:
    """Also those who may not sign in any more."""
    return Agent.objects.in_bulk(list(agent_ids))


def agent_get_caller(agent_id: int) -> Agent | None:
    """The agent, when active and allowed to call out."""
    return Agent.objects.filter(who_may_sign_in(), pk=agent_id, may_make_calls=True).first()


def agent_get_caller_by(phone: PhoneReference) -> Agent | None:
    """The same, when that telephone may still call for the agent: neither its device nor all log-ins were ended since
    its token was made. One query."""
    agents = Agent.objects.filter(
        who_may_sign_in(), pk=phone.agent_id, may_make_calls=True, sign_out_count=phone.sign_out_count
    )
    if phone.device_id is not None:
        agents = agents.filter(
            Q(devices__expiry=None) | Q(devices__expiry__gt=timezone.now()),
            devices__pk=phone.device_id,
            devices__revoked_at=None,
        )
    return agents.first()


def agent_may_sign_in(agent: Agent) -> bool:
    """`who_may_sign_in`, for an agent who was read already."""
    return agent.is_active and (settings.SIMULATOR or not agent.is_demo)


def may_administer(admin: Agent, agent: Agent) -> bool:
    """Whether `admin`, who may change agents, may change this one: all of them as a superuser, otherwise nobody who has
    a right that `admin` has not. So nobody gets rights by taking over an account, an inactive one included."""
    if admin.is_superuser or admin == agent:
        return True
    if agent.is_superuser or (agent.role == Role.SUPERVISOR and admin.role != Role.SUPERVISOR):
        return False
    rights = Permission.objects.filter(Q(user=agent) | Q(group__user=agent)).select_related("content_type")
    return admin.has_perms(f"{right.content_type.app_label}.{right.codename}" for right in rights)


def login_name(text: str) -> str:
    """One form of all the ways to type a username, for limits: no more ways to write it are so many more tries."""
    plain = unicodedata.normalize("NFKC", text).replace("\x00", "").strip().casefold()
    return unicodedata.normalize("NFKC", plain)[:150]


def login_is_known_at(*, username: str, network: str | None) -> bool:
    """Whether that username signed in from there lately. `network`: as `core.proxies.client_network` says it."""
    signed_in = LoginRecord.objects.filter(
        kind=LoginRecord.Kind.SIGNED_IN,
        agent__username__iexact=username.replace("\x00", "").strip(),
        at__gte=timezone.now() - KNOWN_PLACE_LASTS,
        address__isnull=False,
    )
    addresses = signed_in.order_by().values_list("address", flat=True).distinct()
    return network in {network_of(str(address)) for address in addresses}


def login_records_lately(*, kind: str, username: str, address: str | None, within: timedelta) -> int:
    """How many of that kind there were for that username, as it was typed, from that address."""
    records = LoginRecord.objects.filter(kind=kind, username=username, address=address)
    return records.filter(at__gte=timezone.now() - within).count()


def agents_answering() -> QuerySet[Agent]:
    """Those whom a line could ring: who may work here, may be called and is in a team."""
    return Agent.objects.filter(who_may_sign_in(), may_receive_calls=True, teams__isnull=False).distinct()


def admins_with_email() -> QuerySet[Agent]:
    """Superusers who can be written to."""
    return Agent.objects.filter(who_may_sign_in(), is_superuser=True).exclude(email="").order_by("pk")


def agents_named(agent_ids: Iterable[int]) -> dict[int, str]:
    """Their names, as they are shown, by their ids."""
    return {agent.pk: str(agent) for agent in Agent.objects.filter(pk__in=agent_ids)}


def agents_in_no_team() -> QuerySet[Agent]:
    """Those who may be called, and whom no line rings. Admins need no team."""
    return Agent.objects.filter(who_may_sign_in(), may_receive_calls=True, is_superuser=False, teams=None)


def agent_is_suspended(agent_id: int) -> bool:
    """Whether there is such an agent who may not sign in."""
    agent = Agent.objects.filter(pk=agent_id).first()
    return agent is not None and not agent_may_sign_in(agent)


def team_ids_of(agent: Agent) -> list[int]:
    return list(agent.teams.values_list("pk", flat=True))


def teams_of_any(agent_ids: Iterable[int | None]) -> set[int]:
    """The teams in which at least one of these agents is."""
    through: Any = Agent.teams.through
    return set(through.objects.filter(agent__in=[pk for pk in agent_ids if pk]).values_list("team_id", flat=True))


def member_ids_of(team_ids: Collection[int]) -> list[int]:
    """The members of these teams, also those who may not sign in any more."""
    through: Any = Agent.teams.through
    return sorted(set(through.objects.filter(team__in=list(team_ids)).values_list("agent_id", flat=True)))


def supervisor_ids_of(team_ids: Collection[int]) -> list[int]:
    """The supervisors of these teams."""
    found = Agent.objects.filter(is_active=True, role=Role.SUPERVISOR, teams__in=list(team_ids))
    return sorted(set(found.values_list("pk", flat=True))) if team_ids else []


# --- Who can be rung: queries to be prepared (`core.sql.prepared`), with slots of these values ---


def reach_slots() -> dict[str, datetime]:
    now = timezone.now()
    return {"now": now, "alive_since": now - DESK_LIFETIME, "pushed_since": now - PUSH_REGISTRATION_LIFE}


def reach_varies() -> tuple[bool, tuple[str, ...]]:
    """What the queries depend on, beside their slots."""
    return settings.SIMULATOR, _push_platforms()


def _push_platforms() -> tuple[str, ...]:
    """Whose voice tokens carry a push credential."""
    credentials = {
        "ios": settings.TWILIO_PUSH_CREDENTIAL_SID_IOS,
        "android": settings.TWILIO_PUSH_CREDENTIAL_SID_ANDROID,
    }
    return tuple(platform for platform, credential in credentials.items() if credential)


def agents_with_reach(**only: Any) -> QuerySet[Agent]:
    """Agents who may work here, each with `can_ring`: whether one of their desks has a phone that can and may ring."""
    return Agent.objects.filter(who_may_sign_in(), **only).annotate(
        can_ring=Q(_some_phone_rings(), may_receive_calls=True)
    )


def agents_shown(**only: Param) -> QuerySet[Agent]:
    """The same, each with the `trouble` that the phone of the newest open desk has, since when, when that was opened,
    and who set the presence. None: no desk is open."""
    desks = Desk.objects.filter(agent=OuterRef("pk"), seen_at__gte=Param("alive_since")).order_by("-opened_at", "-pk")
    agents = agents_with_reach(**only).select_related("presence_by")
    return agents.annotate(
        trouble=Subquery(desks.values("trouble")[:1]),
        trouble_since=Subquery(desks.values("trouble_since")[:1]),
        desk_opened_at=Subquery(desks.values("opened_at")[:1]),
    )


def agents_reachable(among: Param | QuerySet[Any, Any]) -> QuerySet[Agent]:
    """Those among these (a slot of ids, or a queryset of them) who are available and not in wrap-up, may be called and
    whose phones can ring."""
    return Agent.objects.filter(
        _some_phone_rings(),
        Q(wrap_up_until=None) | Q(wrap_up_until__lte=Param("now")),
        who_may_sign_in(),
        pk__in_array=among,
        may_receive_calls=True,
        availability=Availability.AVAILABLE,
    )


def agents_without_phone(among: Collection[int]) -> set[int]:
    """Of these agents, those of whom no desk is open just now with a phone that can ring."""
    if not among:
        return set()
    desks = Desk.objects.can_ring(timezone.now() - DESK_LIFETIME).filter(agent__in=among)
    return set(among) - set(desks.values_list("agent", flat=True))


def _some_phone_rings() -> IsNull | Q:
    """Whether the agent has a desk whose phone can ring or, when rung by push, an app that Twilio can wake."""
    desk = exists_by_index(Desk.objects.can_ring(Param("alive_since")).filter(agent=OuterRef("pk")))
    platforms = _push_platforms()
    if not platforms:
        return desk
    app = Agent.objects.filter(
        Q(devices__expiry=None) | Q(devices__expiry__gt=Param("now")),
        pk=OuterRef("pk"),
        devices__revoked_at=None,
        devices__platform__in=platforms,
        devices__issued_tokens__platform__in=platforms,
        devices__issued_tokens__issued_at__gte=Param("pushed_since"),
    )
    return Q(desk) | (Q(rings_mobile=True) & Q(exists_by_index(app)))


def agents_asleep(agent_ids: Collection[int]) -> list[Agent]:
    """Of these agents those who are available and may be called, whose phones cannot ring, and who have a browser that
    can be woken."""
    found = _ASLEEP(agent_ids=set(agent_ids), **reach_slots())
    (agents,) = fetch(found)
    return [agent for agent in agents if not agent.can_ring]


def _asleep() -> QuerySet[Agent]:
    return agents_with_reach(
        pk__in_array=Param("agent_ids"), availability=Availability.AVAILABLE, may_receive_calls=True
    ).filter(
        Q(wrap_up_until=None) | Q(wrap_up_until__lte=Param("now")),
        exists_by_index(WebPushSubscription.objects.filter(agent=OuterRef("pk"))),
    )


_ASLEEP = Prepared(_asleep, varies=reach_varies)


def away_reasons() -> QuerySet[AwayReason]:
    """Those that are offered, in their order."""
    return AwayReason.objects.filter(is_active=True)


def agent_ids_who_may_sign_in() -> set[int]:
    return set(Agent.objects.filter(who_may_sign_in()).values_list("pk", flat=True))


def colleague_ids(agent: Agent) -> set[int]:
    """The active members of the agent's teams, and the agent."""
    ids = set(Agent.objects.filter(who_may_sign_in(), teams__in=agent.teams.all()).values_list("pk", flat=True))
    return ids | {agent.pk}


def memberships() -> QuerySet[Any, tuple[int, int]]:
    """Of all agents, each with each of its teams."""
    found: QuerySet[Any] = Agent.teams.through.objects.order_by()
    return found.values_list("agent_id", "team_id")


def teams_of_agents() -> QuerySet[Any, tuple[int, int]]:
    """To be prepared: of the agents in the slot `agent_ids`, each with each of its teams."""
    found: QuerySet[Any] = Agent.teams.through.objects.filter(agent__pk__in_array=Param("agent_ids"))
    return found.values_list("agent_id", "team_id")


def team_named(team_id: int) -> str | None:
    """The team's name; None when there is no such team."""
    return Team.objects.filter(pk=team_id).values_list("name", flat=True).first()


def reachability_of(agent_ids: Collection[int]) -> dict[int, tuple[bool, bool]]:
    """Of those of these agents who may work here: whether available, and whether one of their phones can ring."""
    (found,) = fetch(_WITH_REACH(agent_ids=list(agent_ids), **reach_slots()))
    return {agent.pk: (agent.availability == Availability.AVAILABLE, bool(agent.can_ring)) for agent in found}


_WITH_REACH = Prepared(lambda: agents_with_reach(pk__in_array=Param("agent_ids")), varies=reach_varies)


def teams_named() -> list[tuple[int, str]]:
    """All teams, by name."""
    return list(Team.objects.order_by("name", "pk").values_list("pk", "name"))


def agents_callable() -> list[tuple[int, str]]:
    """Who may be called, by name."""
    agents = Agent.objects.filter(who_may_sign_in(), may_receive_calls=True)
    return [(agent.pk, str(agent)) for agent in agents]


def has_open_desk(agent_id: int) -> bool:
    """Whether a page or a program of the agent's is connected, which can show what is pushed."""
    return Desk.objects.filter(agent=agent_id, seen_at__gte=reach_slots()["alive_since"]).exists()
