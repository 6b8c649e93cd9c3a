"""Reading devices."""

from __future__ import annotations

from collections.abc import Iterable
from hmac import compare_digest
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from knox.crypto import hash_token
from knox.settings import CONSTANTS

from tokens.models import Device

if TYPE_CHECKING:
    from agents.models import Agent


def devices_with(tokens: Iterable[str]) -> dict[str, Device]:
    """Whose tokens these are, with their agents, revoked and expired ones too; nothing for a token that is none."""
    # Letters and digits, as knox makes them: PostgreSQL cannot even be asked for a NUL.
    wanted = {token for token in tokens if token.isascii() and token.isalnum()}
    keys = {token[: CONSTANTS.TOKEN_KEY_LENGTH] for token in wanted}
    # Every request asks this: leaving the order out saves a fifth of it.
    devices = list(Device.objects.filter(token_key__in=keys).select_related("user").order_by()) if keys else []
    # The key is how a token begins, and only finds it. The hash decides.
    hashes = {token: hash_token(token) for token in wanted}
    return {
        token: device
        for token, digest in hashes.items()
        for device in devices
        if device.token_key == token[: CONSTANTS.TOKEN_KEY_LENGTH] and compare_digest(device.digest, digest)
    }


def devices_of(agent: Agent) -> QuerySet[Device]:
    """The agent's devices that are signed in."""
    return Device.objects.signed_in().filter(user=agent).order_by("-created", "-pk")
