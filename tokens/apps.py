from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TokensConfig(AppConfig):
    name = "tokens"
    verbose_name = _("Tokens")

    def ready(self) -> None:
        from agents.services import access_ending

        access_ending.connect(_access_ending, dispatch_uid="tokens.access_ending")


def _access_ending(sender: Any, agent_id: int, devices: bool, **kwargs: Any) -> None:
    from tokens.services import devices_revoke_all

    if devices:
        devices_revoke_all(agent_id=agent_id)
