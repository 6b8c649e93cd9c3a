"""A bare Twilio for texts: takes fifty milliseconds for each, and knows when each came."""

from __future__ import annotations

import asyncio
import json
import os
import time
from typing import Any
from urllib.parse import parse_qs

_SECONDS = float(os.environ.get("BENCH_API_SECONDS", "0.05"))
_taken: list[tuple[float, str]] = []
_now = _most = 0


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    path, status = scope["path"], 200
    if path == "/taken":
        said: Any = {"taken": _taken, "most": _most}
    elif path == "/forget":
        _taken.clear()
        said = {}
    elif scope["method"] == "POST":
        status, said = 201, await _take(body)
    else:
        said = {"messages": [], "next_page_uri": None, "page": 0, "page_size": 50, "uri": path}
    text = json.dumps(said).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(text)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})


async def _take(body: bytes) -> dict[str, Any]:
    global _now, _most
    came = time.time()
    fields = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    _now += 1
    _most = max(_most, _now)
    await asyncio.sleep(_SECONDS)
    _now -= 1
    _taken.append((came, fields.get("To", "")))
    return {
        "sid": f"SM{len(_taken):032x}",
        "from": fields.get("From"),
        "to": fields.get("To"),
        "body": fields.get("Body"),
        "status": "queued",
        "direction": "outbound-api",
        "num_segments": "1",
        "price": None,
        "price_unit": "USD",
        "date_created": "Sat, 28 Nov 2026 12:00:00 +0000",
    }
