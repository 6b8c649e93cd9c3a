"""Who may use the API: the account by its auth token, or an API key by its secret."""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from simulator.config import Config
from simulator.identifiers import moment, now
from simulator.rest.errors import ApiError

if TYPE_CHECKING:
    from simulator.world import World


@dataclass
class Key:
    """An API key and its secret."""

    sid: str
    friendly_name: str
    secret: str
    date_created: datetime = field(default_factory=moment)
    date_updated: datetime = field(default_factory=now)


_keys: WeakKeyDictionary[World, dict[str, Key]] = WeakKeyDictionary()


def keys_of(world: World) -> dict[str, Key]:
    """The account's keys by SID: the configuration's, and those made since. They outlive a reset of the rest."""
    if world not in _keys:
        config = world.config
        first = Key(config.api_key_sid, "Ringdesk", config.api_key_secret)
        _keys[world] = {first.sid: first} if first.sid and first.secret else {}
    return _keys[world]


def check_credentials(world: World, header: str | None) -> None:
    """Raises `ApiError` 20003 unless the `Authorization` header holds credentials of the account."""
    scheme, _, encoded = (header or "").partition(" ")
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError) as error:
        raise ApiError(20003) from error
    known = {key.sid: key.secret for key in keys_of(world).values()}
    expected = {**known, world.config.account_sid: world.config.auth_token}.get(user)
    if scheme.lower() != "basic" or not expected or not secrets.compare_digest(password.encode(), expected.encode()):
        raise ApiError(20003)


def check_account(config: Config, account_sid: str) -> None:
    """Raises `ApiError` 20404 for another account than ours."""
    if account_sid != config.account_sid:
        raise ApiError(20404, f"/Accounts/{account_sid}")
