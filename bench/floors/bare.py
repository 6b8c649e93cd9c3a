"""The least that a webhook can cost, in bare ASGI. `BENCH_LEVEL` says how much of it is done:

`nothing` answers, `signature` checks Twilio's signature first, `postgres` then writes the call's status with one
guarded UPSERT over an asynchronous connection pool, before it answers.
"""

from __future__ import annotations

import base64
import hmac
import os
from typing import Any
from urllib.parse import parse_qsl

LEVEL = os.environ["BENCH_LEVEL"]
SECRET = os.environ["TWILIO_AUTH_TOKEN"].encode()
BASE_URL = os.environ["PUBLIC_BASE_URL"]
RANKS = {"initiated": 1, "ringing": 2, "in-progress": 3}
UPSERT = """
    INSERT INTO floor_call (sid, status, rank) VALUES (%s, %s, %s)
    ON CONFLICT (sid) DO UPDATE SET status = excluded.status, rank = excluded.rank
    WHERE floor_call.rank < excluded.rank
"""
TWIML = (
    b'<?xml version="1.0" encoding="UTF-8"?><Response><Dial answerOnBridge="true"><Client>agent_1</Client></Dial>'
    b"</Response>"
)
_pool: Any = None


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    if scope["method"] == "POST" and LEVEL != "nothing":
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
        if not _signed(scope, fields):
            await _answer(send, 403)
            return
        if LEVEL == "postgres":
            status = fields["CallStatus"]
            async with _pool.connection() as connection:
                await connection.execute(UPSERT, (fields["CallSid"], status, RANKS.get(status, 4)))
    if scope["path"].endswith("/incoming/"):
        await _answer(send, 200, TWIML)
    else:
        await _answer(send, 204)


def _signed(scope: Any, fields: dict[str, str]) -> bool:
    said = next((value for name, value in scope["headers"] if name == b"x-twilio-signature"), b"")
    text = BASE_URL + scope["path"] + "".join(name + fields[name] for name in sorted(fields))
    return hmac.compare_digest(base64.b64encode(hmac.digest(SECRET, text.encode(), "sha1")), said)


async def _answer(send: Any, status: int, body: bytes = b"") -> None:
    headers = [(b"content-length", str(len(body)).encode()), (b"content-type", b"text/xml")] if body else []
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _lifespan(receive: Any, send: Any) -> None:
    global _pool
    await receive()
    if LEVEL == "postgres":
        from psycopg_pool import AsyncConnectionPool

        _pool = AsyncConnectionPool(
            os.environ["DATABASE_URL"], min_size=4, max_size=8, kwargs={"autocommit": True}, open=False
        )
        await _pool.open(wait=True)
    await send({"type": "lifespan.startup.complete"})
    await receive()
    if _pool is not None:
        await _pool.close()
    await send({"type": "lifespan.shutdown.complete"})
