"""Who opens a WebSocket: a page of ours by its session, or a program by a device's token."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib import import_module
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.contrib.auth import SESSION_KEY, get_user
from django.http import HttpRequest
from django.utils.translation import gettext
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.settings import api_settings

from agents.selectors import agent_is_suspended, team_ids_of
from calls.live.broadcasts import groups_of
from core.languages import language_wished

if TYPE_CHECKING:
    from agents.models import Agent

SUBPROTOCOL = "ringdesk"
_PREFIX = "token."
_MAX_TOKEN = 300

App = Callable[[Any, Any, Any], Awaitable[None]]


# Codes with which the socket is closed.
SIGNED_OUT = 4401
FORBIDDEN = 4403


class AccessRefused(Exception):
    """REST would refuse this socket's user, too. Its text is a sentence for that person; `code` closes the socket."""

    def __init__(self, message: str, code: int = SIGNED_OUT) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Access:
    """Who uses a socket, and which groups they may listen to, as of now. `login` names the session or the device."""

    agent: Agent
    login: str
    groups: frozenset[str]


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


def language_wished_by(scope: Any) -> str:
    """What the browser, or the program, asks for."""
    request = HttpRequest()
    for name, value in scope["headers"]:
        if name == b"accept-language":
            request.META["HTTP_ACCEPT_LANGUAGE"] = value.decode("latin-1")
    return language_wished(request)


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


def access_of(scope: Any) -> Access:
    """What the rows say now: nothing that was found out earlier counts. Raises `AccessRefused`."""
    token: str | None = scope.get("device_token")
    agent, login = _agent_of_token(token, scope) if token is not None else _agent_of_session(scope["session"])
    return Access(agent, login, frozenset(groups_of(agent, team_ids_of(agent))))


def _agent_of_session(session: Any) -> tuple[Agent, str]:
    """Asks Django what it asks for every request: the session lives, was opened with today's password, and its agent
    may work here."""
    key: str | None = session.session_key
    stored = _glimpse(key)
    user = get_user(cast("HttpRequest", SimpleNamespace(session=stored)))
    if key is not None and user.is_authenticated:
        return user, key
    agent_id = str(stored.get(SESSION_KEY, ""))
    if agent_id.isdigit() and agent_is_suspended(int(agent_id)):
        raise AccessRefused(gettext("Your account is not active. Ask your admin."), FORBIDDEN)
    raise AccessRefused(gettext("You were signed out."))


def _glimpse(key: str | None) -> Any:
    """A session that is only looked at: no answer goes out that could bring its browser another cookie."""
    stored: Any = import_module(settings.SESSION_ENGINE).SessionStore(key)
    stored.flush = stored.cycle_key = lambda: None
    return stored


def _agent_of_token(token: str, scope: Any) -> tuple[Agent, str]:
    """Asks the classes that REST asks, so that both doors know the same tokens."""
    if not token.isascii() or len(token) > _MAX_TOKEN:
        raise AccessRefused(gettext("This token is not valid. Sign in again."))
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
        raise AccessRefused(str(error.detail)) from None
    raise AccessRefused(gettext("This token is not valid. Sign in again."))


def _as_http(token: str, scope: Any) -> HttpRequest:
    request = HttpRequest()
    request.META["HTTP_AUTHORIZATION"] = f"Token {token}"
    request.META["REMOTE_ADDR"] = (scope.get("client") or ("",))[0]
    for name, value in scope["headers"]:
        if name == b"x-forwarded-for":
            request.META["HTTP_X_FORWARDED_FOR"] = value.decode("latin-1")
    return request
