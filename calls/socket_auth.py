"""Who opens a WebSocket: a page of ours by its session, or a program by a device's token."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, cast

from django.http import HttpRequest
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.settings import api_settings

if TYPE_CHECKING:
    from agents.models import Agent

SUBPROTOCOL = "ringdesk"
_PREFIX = "token."
_MAX_TOKEN = 300

App = Callable[[Any, Any, Any], Awaitable[None]]


class TokenRefused(Exception):
    """Its text is a sentence for whoever sent the token."""


def token_of(scope: Any) -> str | None:
    """The token in `Authorization: Token …` or, as browsers can send no headers, in the subprotocol `token.…`."""
    for name, value in scope["headers"]:
        scheme, _, token = value.partition(b" ")
        if name == b"authorization" and scheme.lower() == b"token":
            return str(token.strip().decode("latin-1"))
    for offered in scope.get("subprotocols", []):
        if offered.startswith(_PREFIX):
            return str(offered.removeprefix(_PREFIX))
    return None


class TokenGate:
    """Sends a socket with a token past the checks of cookies: no other site's page can know a token.

    A cookie that comes beside the token counts for nothing.
    """

    def __init__(self, by_token: App, by_session: App) -> None:
        self.by_token, self.by_session = by_token, by_session

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        token = token_of(scope)
        if token is None:
            await self.by_session(scope, receive, send)
        else:
            await self.by_token({**scope, "device_token": token}, receive, send)


def agent_of_token(token: str, scope: Any) -> tuple[Agent, str]:
    """The agent and a name for the device's log-in. Raises `TokenRefused`.

    Asks the classes that REST asks, so that both doors know the same tokens.
    """
    if not token.isascii() or len(token) > _MAX_TOKEN:
        raise TokenRefused("This token is not valid. Sign in again.")
    request = Request(_as_http(token, scope))
    try:
        kinds: Any = api_settings.DEFAULT_AUTHENTICATION_CLASSES
        for kind in kinds:
            if issubclass(kind, SessionAuthentication):
                continue
            found = kind().authenticate(request)
            if found is not None:
                return cast("Agent", found[0]), f"device.{found[1].pk}"
    except APIException as error:
        raise TokenRefused(str(error.detail)) from None
    raise TokenRefused("This token is not valid. Sign in again.")


def _as_http(token: str, scope: Any) -> HttpRequest:
    request = HttpRequest()
    request.META["HTTP_AUTHORIZATION"] = f"Token {token}"
    request.META["REMOTE_ADDR"] = (scope.get("client") or ("",))[0]
    for name, value in scope["headers"]:
        if name == b"x-forwarded-for":
            request.META["HTTP_X_FORWARDED_FOR"] = value.decode("latin-1")
    return request
