"""Changing agents and their desks. Each returns what the caller must tell others; nothing here pushes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext_noop

from agents.models import DESK_LIFETIME, Agent, Desk, LoginRecord, Trouble
from core.retention import days_ago, delete_in_batches

# Other apps listen to these; nothing here knows them. The first two carry `agent_id`.
# Within the transaction, with `devices`, whether the API tokens of the agent's devices end, too: what is stored ends.
access_ending = Signal()
# After the commit, with `message`, a sentence for the agent, kept in English: all desks of the agent must close now.
access_ended = Signal()
# After the commit, with `agent_ids` and `team_ids`: these agents, or all in these teams, may see something else.
rights_changed = Signal()
# After the commit, with `agent_ids`: what colleagues see of them may be another.
agents_changed = Signal()
# After the commit: what agents may choose from when they are away is another.
away_reasons_changed = Signal()
# After the commit, with `agent_id`: no desk of the agent acknowledged a ring.
ring_lost = Signal()
# With `agent_id` and `sid`, the root call's: a desk of the agent said that its phone rings for that call; or, with
# `announces_end` and `leg`, that it has answered on that leg, and will say when it hangs up.
ring_acknowledged = Signal()
# With `agent_id` and `sid`, the root call's: a desk of the agent is closed, or its phone switched off, while it rings.
ring_left = Signal()


# With `kind`, "team" or "agent", and its `pk`: each receiver returns the names of what still needs it. While anything
# does, admin does not delete it.
needed_by = Signal()

# Why a desk cannot be rung, as its server finds out.
SILENT, RING_LOST = Trouble.SILENT.value, Trouble.RING_LOST.value


def language_set(*, agent_id: int, language: str) -> None:
    """`language`: one of LANGUAGES, or "" for what the agent's browser asks for."""
    Agent.objects.filter(pk=agent_id).update(language=language)


def desk_open(*, agent_id: int, channel_name: str) -> None:
    Desk.objects.create(agent_id=agent_id, channel_name=channel_name)
    # Desks of a server that was killed were never closed.
    Desk.objects.filter(seen_at__lt=timezone.now() - DESK_LIFETIME - timedelta(hours=1)).delete()


def desk_close(*, channel_name: str) -> bool:
    """Whether there was such a desk: what colleagues read of its agent may be another now."""
    desk = Desk.objects.filter(channel_name=channel_name).first()
    if desk is None:
        return False
    desk.delete()
    Agent.objects.filter(pk=desk.agent_id).update(desk_left_at=timezone.now())
    return True


def desk_phone_state(
    *, agent_id: int, channel_name: str, registered: bool, trouble: str = "", since: datetime | None = None
) -> None:
    """Notes whether the desk's phone can ring or, when it cannot, why, as far as that is known."""
    now = timezone.now()
    values = {
        "agent_id": agent_id,
        "registered": registered,
        "seen_at": now,
        "trouble": trouble,
        "trouble_since": (since or now) if trouble else None,
    }
    Desk.objects.update_or_create(channel_name=channel_name, defaults=values)


def desk_seen(
    *, agent_id: int, channel_name: str, registered: bool, trouble: str = "", since: datetime | None = None
) -> bool:
    """Keeps the desk alive, as `registered` as it is. Whether that is news: somebody had taken it for gone."""
    if Desk.objects.filter(channel_name=channel_name, registered=registered).update(seen_at=timezone.now()):
        return False
    desk_phone_state(agent_id=agent_id, channel_name=channel_name, registered=registered, trouble=trouble, since=since)
    return True


def ring_unacknowledged(agent_id: int) -> None:
    """No desk of the agent said that a ring arrived: none of them counts as able to ring until its phone has registered
    anew. Everybody is told after the commit, the desks first."""
    lost = {"registered": False, "trouble": RING_LOST, "trouble_since": timezone.now()}
    if Desk.objects.filter(agent_id=agent_id, registered=True).update(**lost):
        transaction.on_commit(partial(ring_lost.send, sender=Agent, agent_id=agent_id), robust=True)
        agents_change([agent_id])


def access_end(*, agent_id: int, message: str, devices: bool) -> None:
    """Ends the agent's open desks; with `devices` all that the password opened: sessions, devices, and the voice tokens
    of them all."""
    if devices:
        Agent.objects.filter(pk=agent_id).update(sign_out_count=F("sign_out_count") + 1)
    access_ending.send(sender=Agent, agent_id=agent_id, devices=devices)
    transaction.on_commit(lambda: access_ended.send(sender=Agent, agent_id=agent_id, message=message), robust=True)


def rights_change(*, agent_ids: Collection[int] = (), team_ids: Collection[int] = ()) -> None:
    """Says after the commit that they may see something else than before."""
    tell = partial(rights_changed.send, sender=Agent, agent_ids=set(agent_ids), team_ids=set(team_ids))
    transaction.on_commit(tell, robust=True)


def agents_change(agent_ids: Collection[int]) -> None:
    """Says after the commit that their names, their availability or their phones may be others."""
    transaction.on_commit(partial(agents_changed.send, sender=Agent, agent_ids=set(agent_ids)), robust=True)


@transaction.atomic
def agent_suspend(*, agent: Agent, by: Agent | None, address: str | None) -> None:
    """Nothing of the agent's opens any more, until made active again. The open desks close by the save."""
    agent.is_active = False
    agent.save(update_fields=["is_active"])
    login_record_create(kind=LoginRecord.Kind.SUSPENDED, agent=agent, address=address, by=by)


@transaction.atomic
def agent_sign_out_everywhere(*, agent: Agent, by: Agent | None, address: str | None) -> None:
    """Ends every session, open desk and device of the agent, who may sign in again."""
    access_end(agent_id=agent.pk, message=gettext_noop("You were signed out everywhere. Sign in again."), devices=True)
    login_record_create(kind=LoginRecord.Kind.SIGNED_OUT_EVERYWHERE, agent=agent, address=address, by=by)


def login_record_create(
    *,
    kind: LoginRecord.Kind | str,
    agent: Agent | None = None,
    username: str = "",
    device: str = "",
    address: str | None = None,
    by: Agent | None = None,
) -> LoginRecord:
    """Writes down what happened to somebody's access."""
    return LoginRecord.objects.create(
        kind=kind,
        agent=agent,
        username=(agent.username if agent else username).replace("\x00", "")[:150],
        device=device[:120],
        address=address,
        by=by if by is not None and by != agent else None,
    )


def login_records_prune() -> int:
    """Deletes log-in records older than `LOGIN_RECORD_DAYS`, none when that is 0 or less; how many they were."""
    if settings.LOGIN_RECORD_DAYS <= 0:
        return 0
    return delete_in_batches(LoginRecord.objects.filter(at__lt=days_ago(settings.LOGIN_RECORD_DAYS)).order_by("at"))
