"""What follows from Django's and axes' own signals: records, and desks that close."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import post_save, pre_delete

from agents.models import Agent, LoginRecord
from agents.selectors import login_records_lately
from agents.services import access_end, login_record_create
from telephony.proxies import client_address

Kind = LoginRecord.Kind
_LOCKED_OUT_A_MINUTE = 10
_NOT_ACTIVE = "Your account is not active. Ask your admin."


def connect() -> None:
    user_logged_in.connect(_signed_in, dispatch_uid="agents.signed_in")
    user_logged_out.connect(_signed_out, dispatch_uid="agents.signed_out")
    user_login_failed.connect(_failed, dispatch_uid="agents.failed")
    user_locked_out.connect(_locked_out, dispatch_uid="agents.locked_out")
    post_save.connect(_agent_saved, sender=Agent, dispatch_uid="agents.saved")
    pre_delete.connect(_agent_deleted, sender=Agent, dispatch_uid="agents.deleted")


def _signed_in(sender: Any, request: Any, user: Any, device: str = "", **kwargs: Any) -> None:
    login_record_create(kind=Kind.SIGNED_IN, agent=user, device=device, address=client_address(request))


def _signed_out(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    if user is not None:
        login_record_create(kind=Kind.SIGNED_OUT, agent=user, address=client_address(request))


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


def _agent_saved(sender: Any, instance: Agent, created: bool, **kwargs: Any) -> None:
    """A suspended agent has no open desk; a new password ends what the old one opened."""
    if created:
        return
    if not instance.is_active:
        access_end(agent_id=instance.pk, message=_NOT_ACTIVE, devices=False)
    # `_password` is a new one in clear until it is saved; a new hash of the old one leaves it empty.
    elif instance.password_taken or instance._password is not None:  # type: ignore[attr-defined]  # noqa: SLF001
        instance.password_taken = False
        access_end(agent_id=instance.pk, message="Your password was changed. Sign in again.", devices=True)
        login_record_create(kind=Kind.PASSWORD_CHANGED, agent=instance)
