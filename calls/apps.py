from functools import partial
from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_out


class CallsConfig(AppConfig):
    name = "calls"

    def ready(self) -> None:
        from agents.services import access_ended, agents_changed, rights_changed
        from calls.rest_recording import rest_request_record
        from telephony.rest.signals import rest_request

        user_logged_out.connect(_desk_sign_out, dispatch_uid="calls.desk_sign_out")
        access_ended.connect(_desks_close, dispatch_uid="calls.desks_close")
        rights_changed.connect(_rights_changed, dispatch_uid="calls.rights_changed")
        agents_changed.connect(_agents_changed, dispatch_uid="calls.agents_changed")
        rest_request.connect(rest_request_record, dispatch_uid="calls.rest_request_record")


def _desk_sign_out(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    """Signing out in one tab signs the session's other tabs out, too, so that no phone goes on ringing."""
    from calls import broadcasts

    if user is not None and request.session.session_key:
        broadcasts.signed_out(user.pk, session_key=request.session.session_key, message="You signed out.")


def _desks_close(sender: Any, agent_id: int, message: str, **kwargs: Any) -> None:
    """A suspended agent, a new password or "sign out everywhere" ends all of the agent's desks at once."""
    from calls import broadcasts

    broadcasts.signed_out(agent_id, message=message)


def _rights_changed(sender: Any, agent_ids: set[int], team_ids: set[int], **kwargs: Any) -> None:
    from calls import broadcasts

    broadcasts.rights_changed(agent_ids=agent_ids, team_ids=team_ids)


def _agents_changed(sender: Any, agent_ids: set[int], **kwargs: Any) -> None:
    from calls import broadcasts
    from core.realtime import outbox

    outbox.later(partial(broadcasts.presence_changed, agent_ids))
