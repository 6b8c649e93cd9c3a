"""Reading devices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from knox.settings import CONSTANTS

from tokens.models import Device

if TYPE_CHECKING:
    from agents.models import Agent


def devices_by_token(token: str) -> QuerySet[Device]:
    """Whose token begins like this one, with their agents: one, as good as always. The hash decides."""
    found = Device.objects.filter(token_key=token[: CONSTANTS.TOKEN_KEY_LENGTH]).select_related("user")
    # Every request asks this: leaving the order out saves a fifth of it.
    return found.order_by()


def devices_by_tokens(tokens: Iterable[str]) -> dict[str, list[Device]]:
    """The same for many at once, by how the tokens begin."""
    keys = {token[: CONSTANTS.TOKEN_KEY_LENGTH] for token in tokens}
    found: dict[str, list[Device]] = {}
    for device in Device.objects.filter(token_key__in=keys).select_related("user").order_by():
        found.setdefault(device.token_key, []).append(device)
    return found


def devices_of(agent: Agent) -> QuerySet[Device]:
    """The agent's devices that are signed in."""
    return Device.objects.signed_in().filter(user=agent).order_by("-created", "-pk")
