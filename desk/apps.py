from functools import partial
from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_out
from django.utils.translation import gettext_noop


class DeskConfig(AppConfig):
    name = "desk"

    def ready(self) -> None:
        from agents.services import access_ended, agents_changed, away_reasons_changed, rights_changed, ring_lost

        user_logged_out.connect(_desk_sign_out, dispatch_uid="desk.sign_out")
        access_ended.connect(_desks_close, dispatch_uid="desk.close")
        rights_changed.connect(_rights_changed, dispatch_uid="desk.rights_changed")
        agents_changed.connect(_agents_changed, dispatch_uid="desk.agents_changed")
        away_reasons_changed.connect(_away_reasons_changed, dispatch_uid="desk.away_reasons_changed")
        ring_lost.connect(_ring_lost, dispatch_uid="desk.ring_lost")


def _desk_sign_out(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    """Signing out in one tab signs the session's other tabs out, too, so that no phone goes on ringing."""
    from calls.live import broadcasts

    if user is not None and request.session.session_key:
        broadcasts.signed_out(user.pk, session_key=request.session.session_key, message=gettext_noop("You signed out."))


def _desks_close(sender: Any, agent_id: int, message: str, **kwargs: Any) -> None:
    """A suspended agent, a new password or "sign out everywhere" ends all of the agent's desks at once."""
    from calls.live import broadcasts

    broadcasts.signed_out(agent_id, message=message)


def _rights_changed(sender: Any, agent_ids: set[int], team_ids: set[int], **kwargs: Any) -> None:
    from calls.live import broadcasts

    broadcasts.rights_changed(agent_ids=agent_ids, team_ids=team_ids)


def _agents_changed(sender: Any, agent_ids: set[int], **kwargs: Any) -> None:
    from calls.live import broadcasts
    from core.realtime import outbox

    outbox.later(partial(broadcasts.presence_changed, agent_ids))


def _away_reasons_changed(sender: Any, **kwargs: Any) -> None:
    """They come with the snapshot: all desks are sent one."""
    from agents.selectors import agent_ids_who_may_sign_in
    from calls.live import broadcasts
    from core.realtime import outbox

    outbox.later(lambda: broadcasts.rights_changed(agent_ids=agent_ids_who_may_sign_in()))


def _ring_lost(sender: Any, agent_id: int, **kwargs: Any) -> None:
    from calls.live import broadcasts

    broadcasts.ring_lost(agent_id)
