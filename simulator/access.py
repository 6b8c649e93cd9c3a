"""Which names the simulator answers to, and which browser pages may use it.

Two things are kept out: a name of somebody else's that was made to lead here (DNS rebinding), and a foreign page that
is open in the developer's browser. Programs send no `Origin`. Twilio's API paths ask for the account's credentials.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from simulator.config import Config

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


def own_names(config: Config) -> list[str]:
    """What may stand in `Host`, without a port."""
    host = f"[{config.host}]" if ":" in config.host else config.host
    return [*LOOPBACK, *(name.lower() for name in config.allowed_hosts), host]


def middleware(config: Config) -> list[Middleware]:
    return [
        Middleware(TrustedHostMiddleware, allowed_hosts=own_names(config), www_redirect=False),
        Middleware(OriginGuard, config=config),
    ]


class OriginGuard:
    """Refuses requests that a browser makes for another page.

    The control API is for the simulator's own page. The phones' signalling, which asks for a token, is also open to
    the desk's page, to pages of this machine, and to the origins that the configuration names.
    """

    def __init__(self, app: ASGIApp, config: Config) -> None:
        self._app = app
        self._phones = {origin_of(config.public_base_url), *map(origin_of, config.allowed_origins)} - {""}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or self._welcome(scope["path"], Headers(scope=scope)):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": "This page's origin is not allowed"})
        else:
            refusal = JSONResponse({"error": "The simulator cannot be used from another origin"}, 403)
            await refusal(scope, receive, send)

    def _welcome(self, path: str, headers: Headers) -> bool:
        origin = headers.get("origin")
        if origin is None or not path.startswith(("/sim/", "/signal")):
            return True
        if origin.partition("://")[2] == headers.get("host"):  # a name that the simulator answers to: checked before
            return True
        return path == "/signal" and (origin_of(origin) in self._phones or is_loopback(origin))


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL as a browser's `Origin` writes them: no standard port. Empty when it has none."""
    try:
        parts = urlsplit(url.lower())
        port = parts.port
    except ValueError:
        return ""
    if not parts.hostname:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    standard = {"http": 80, "https": 443}.get(parts.scheme)
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, standard) else "")


def is_loopback(origin: str) -> bool:
    """Whether a page comes from this machine, from whatever port."""
    try:
        host = urlsplit(origin).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
