"""What follows from Django's and axes' own signals: records, desks that close, and what others are told."""

from __future__ import annotations

from collections.abc import Set
from datetime import timedelta
from functools import partial
from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete
from django.utils.translation import gettext_noop

from agents import web_push
from agents.models import Agent, AwayReason, LoginRecord, Team
from agents.selectors import login_records_lately, team_ids_of
from agents.services import (
    access_end,
    access_ending,
    agents_change,
    away_reasons_changed,
    login_record_create,
    rights_change,
)
from core.proxies import client_address

Kind = LoginRecord.Kind
_LOCKED_OUT_A_MINUTE = 10
_NOT_ACTIVE = gettext_noop("Your account is not active. Ask your admin.")
_SAYS_WHAT_MAY_BE_SEEN = frozenset({"is_active", "is_superuser", "role"})
_SEEN_BY_COLLEAGUES = frozenset(
    {"username", "first_name", "last_name", "availability", "may_receive_calls", "rings_mobile"}
)


def connect() -> None:
    user_logged_in.connect(_signed_in, dispatch_uid="agents.signed_in")
    user_logged_out.connect(_signed_out, dispatch_uid="agents.signed_out")
    user_login_failed.connect(_failed, dispatch_uid="agents.failed")
    user_locked_out.connect(_locked_out, dispatch_uid="agents.locked_out")
    post_save.connect(_agent_saved, sender=Agent, dispatch_uid="agents.saved")
    pre_delete.connect(_agent_deleted, sender=Agent, dispatch_uid="agents.deleted")
    pre_delete.connect(_team_deleted, sender=Team, dispatch_uid="agents.team_deleted")
    access_ending.connect(_access_ending, dispatch_uid="agents.web_push")
    m2m_changed.connect(_teams_changed, sender=Agent.teams.through, dispatch_uid="agents.teams_changed")
    for changed in (post_save, post_delete):
        changed.connect(_away_reason_changed, sender=AwayReason, dispatch_uid="agents.away_reasons")


def _signed_in(sender: Any, request: Any, user: Any, device: str = "", **kwargs: Any) -> None:
    login_record_create(kind=Kind.SIGNED_IN, agent=user, device=device, address=client_address(request))


def _signed_out(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    if user is not None:
        login_record_create(kind=Kind.SIGNED_OUT, agent=user, address=client_address(request))
        # Whoever sits at that browser next is not told who calls.
        web_push.forget(agent_id=user.pk, session_key=request.session.session_key or "")


def _access_ending(sender: Any, agent_id: int, **kwargs: Any) -> None:
    web_push.forget(agent_id=agent_id)


def _failed(sender: Any, credentials: Any, request: Any = None, **kwargs: Any) -> None:
    # A log-in that was refused unseen is recorded once, as what it is, by `_locked_out`.
    if request is not None and not getattr(request, "axes_locked_out", False):
        _record(Kind.FAILED, credentials.get("username"), request)


def _locked_out(sender: Any, request: Any, **kwargs: Any) -> None:
    username, address = (request.axes_credentials or {}).get("username"), client_address(request)
    # Whoever tries on all the same, a hundred times a second, must not make the database write a hundred times.
    known = login_records_lately(
        kind=Kind.LOCKED_OUT, username=_written(username), address=address, within=timedelta(minutes=1)
    )
    if known < _LOCKED_OUT_A_MINUTE:
        _record(Kind.LOCKED_OUT, username, request)


def _record(kind: LoginRecord.Kind, username: Any, request: Any) -> None:
    written = _written(username)
    login_record_create(
        kind=kind,
        agent=Agent.objects.filter(username=written.strip()).first(),
        username=written,
        address=client_address(request),
    )


def _written(username: Any) -> str:
    """As it was typed, as far as it can be stored."""
    return str(username or "").replace("\x00", "")[:150]


def _agent_deleted(sender: Any, instance: Agent, **kwargs: Any) -> None:
    access_end(agent_id=instance.pk, message=_NOT_ACTIVE, devices=False)
    rights_change(team_ids=team_ids_of(instance))


def _team_deleted(sender: Any, instance: Team, **kwargs: Any) -> None:
    rights_change(agent_ids=_ids_of(instance.agents))


def _teams_changed(sender: Any, instance: Agent | Team, action: str, pk_set: set[int] | None, **kwargs: Any) -> None:
    """Who came or went hears of other calls from now on, and all the others of that team see other colleagues."""
    if action not in ("post_add", "post_remove", "pre_clear"):
        return
    if isinstance(instance, Agent):
        others = team_ids_of(instance) if pk_set is None else pk_set
        rights_change(agent_ids=[instance.pk], team_ids=others)
    else:
        rights_change(agent_ids=_ids_of(instance.agents) if pk_set is None else pk_set, team_ids=[instance.pk])


def _away_reason_changed(sender: Any, **kwargs: Any) -> None:
    """Desks offer no reason that would be refused."""
    transaction.on_commit(partial(away_reasons_changed.send, sender=AwayReason), robust=True)


def _ids_of(rows: Any) -> list[int]:
    return list(rows.values_list("pk", flat=True))


def _agent_saved(
    sender: Any, instance: Agent, created: bool, update_fields: frozenset[str] | None = None, **kwargs: Any
) -> None:
    """A suspended agent has no open desk; a new password ends what the old one opened; the others are told."""
    if created:
        return
    if _touches({"is_active"}, update_fields) and not instance.is_active:
        access_end(agent_id=instance.pk, message=_NOT_ACTIVE, devices=False)
    # `_password` is a new one in clear until it is saved; a new hash of the old one leaves it empty.
    elif instance.password_taken or instance._password is not None:  # type: ignore[attr-defined]  # noqa: SLF001
        instance.password_taken = False
        access_end(
            agent_id=instance.pk, message=gettext_noop("Your password was changed. Sign in again."), devices=True
        )
        # Whose password it is may stay in the browser in which it was changed: by this count, too.
        instance.refresh_from_db(fields=["sign_out_count"])
        login_record_create(kind=Kind.PASSWORD_CHANGED, agent=instance)
    if _touches(_SAYS_WHAT_MAY_BE_SEEN, update_fields):
        # Colleagues' lists are without a suspended agent, and with one who is active again.
        whole = _touches({"is_active"}, update_fields)
        rights_change(agent_ids=[instance.pk], team_ids=team_ids_of(instance) if whole else ())
    if _touches(_SEEN_BY_COLLEAGUES, update_fields):
        agents_change([instance.pk])


def _touches(columns: Set[str], saved: frozenset[str] | None) -> bool:
    """Whether one of these was saved; None means all."""
    return saved is None or not columns.isdisjoint(saved)
