"""HTTP and WebSockets of the product."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
django.setup(set_prefix=False)

# Models can be imported only after the application registry is filled.
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402
from channels.sessions import SessionMiddlewareStack  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.management.base import SystemCheckError  # noqa: E402

from board import watch as board_watch  # noqa: E402
from calls.queues import chore as dispatch_chore  # noqa: E402
from calls.queues import watch as queue_watch  # noqa: E402
from config.server import checkpoints, embedded, heartbeats  # noqa: E402
from config.server.handler import OneHopHandler  # noqa: E402
from core.languages import load_texts  # noqa: E402
from core.memory import arenas_limit, garbage_seldom  # noqa: E402
from core.realtime import outbox  # noqa: E402
from desk import presence_watch  # noqa: E402
from desk.socket_auth import TokenGate  # noqa: E402
from desk.websocket_urls import websocket_urlpatterns  # noqa: E402
from telephony.webhooks import inbox  # noqa: E402

arenas_limit()


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
        heartbeats.ask_for_one()
    load_texts()
    outbox.start()
    forever = (
        inbox.drain_forever,
        checkpoints.checkpoint_forever,
        presence_watch.watch_forever,
        dispatch_chore.dispatch_forever,
        queue_watch.watch_forever,
        board_watch.watch_forever,
    )
    chores = [asyncio.create_task(chore()) for chore in forever]
    garbage_seldom()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    for chore in chores:
        chore.cancel()
    outbox.stop()
    await send({"type": "lifespan.shutdown.complete"})


_sockets = URLRouter(websocket_urlpatterns)  # type: ignore[arg-type]

application = ProtocolTypeRouter(
    {
        "http": OneHopHandler(),
        "websocket": TokenGate(_sockets, AllowedHostsOriginValidator(SessionMiddlewareStack(_sockets))),
        "lifespan": lifespan,
    }
)
