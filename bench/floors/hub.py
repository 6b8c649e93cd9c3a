"""The least that a push can cost: bare ASGI WebSockets in one process, served as the product's are.

`/ws/<group>` joins a group. What is published to the group in Redis (`bench.<group>`), or posted to `/send/<group>`, is
sent on to its sockets as it is: nothing is looked up, checked or stored. What is posted to `/publish/<group>` is
published in Redis, and so comes back to be sent on.
"""

from __future__ import annotations

import asyncio
import os
from collections import defaultdict
from typing import Any

import redis.asyncio

_groups: dict[str, set[Any]] = defaultdict(set)
_client: Any = None
_pubsub: Any = None


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "websocket":
        await _socket(scope["path"].rpartition("/")[2], receive, send)
    else:
        await _post(scope, receive, send)


async def _socket(group: str, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    await _pubsub.subscribe(f"bench.{group}")
    _groups[group].add(send)
    await send({"type": "websocket.send", "text": '{"type": "joined"}'})
    while (await receive())["type"] != "websocket.disconnect":
        pass
    _groups[group].discard(send)


async def _post(scope: Any, receive: Any, send: Any) -> None:
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    way, _, group = scope["path"].strip("/").partition("/")
    if way == "publish":
        await _client.publish(f"bench.{group}", body)
    else:
        await _broadcast(group, body.decode())
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def _broadcast(group: str, text: str) -> None:
    for socket in list(_groups[group]):
        await socket({"type": "websocket.send", "text": text})


async def _relay() -> None:
    async for message in _pubsub.listen():
        if message["type"] == "message":
            await _broadcast(message["channel"].decode().partition(".")[2], message["data"].decode())


async def _lifespan(receive: Any, send: Any) -> None:
    global _client, _pubsub
    await receive()
    _client = redis.asyncio.from_url(os.environ["REDIS_URL"], socket_timeout=None)
    _pubsub = _client.pubsub()
    await _pubsub.subscribe("bench")
    relay = asyncio.create_task(_relay())
    await send({"type": "lifespan.startup.complete"})
    await receive()
    relay.cancel()
    await send({"type": "lifespan.shutdown.complete"})
