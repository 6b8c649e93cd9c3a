"""HTTP and WebSockets of the product."""

from __future__ import annotations

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
_http = get_asgi_application()

# Models can be imported only after the application registry is filled.
from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.management.base import SystemCheckError  # noqa: E402

from calls.routing import websocket_urlpatterns  # noqa: E402
from config import embedded  # noqa: E402
from config.heartbeats import ask_for_one  # noqa: E402


async def lifespan(scope: Any, receive: Any, send: Any) -> None:
    """What happens when the server starts: it says at once when it cannot work, not to its first caller."""
    await receive()
    try:
        call_command("check")
    except SystemCheckError as error:
        await send({"type": "lifespan.startup.failed", "message": str(error)})
        return
    if not settings.REDIS_URL:
        embedded.start()
        ask_for_one()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})


application = ProtocolTypeRouter(
    {
        "http": _http,
        "websocket": AllowedHostsOriginValidator(
            AuthMiddlewareStack(URLRouter(websocket_urlpatterns))  # type: ignore[arg-type]
        ),
        "lifespan": lifespan,
    }
)
