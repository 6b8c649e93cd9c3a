"""Who may use the API: the account by its auth token, or an API key by its secret."""

from __future__ import annotations

import base64
import binascii
import secrets

from simulator.config import Config
from simulator.rest.errors import ApiError


def check_credentials(config: Config, header: str | None) -> None:
    """Raises `ApiError` 20003 unless the `Authorization` header holds credentials of the account."""
    scheme, _, encoded = (header or "").partition(" ")
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError) as error:
        raise ApiError(20003) from error
    known = {config.account_sid: config.auth_token}
    if config.api_key_sid and config.api_key_secret:
        known[config.api_key_sid] = config.api_key_secret
    expected = known.get(user)
    if scheme.lower() != "basic" or not expected or not secrets.compare_digest(password.encode(), expected.encode()):
        raise ApiError(20003)


def check_account(config: Config, account_sid: str) -> None:
    """Raises `ApiError` 20404 for another account than ours."""
    if account_sid != config.account_sid:
        raise ApiError(20404, f"/Accounts/{account_sid}")
