from typing import Any

from django.apps import AppConfig


class TokensConfig(AppConfig):
    name = "tokens"

    def ready(self) -> None:
        from agents.services import access_ended

        access_ended.connect(_access_ended, dispatch_uid="tokens.access_ended")


def _access_ended(sender: Any, agent_id: int, devices: bool, **kwargs: Any) -> None:
    from tokens.services import devices_revoke_all

    if devices:
        devices_revoke_all(agent_id=agent_id)
