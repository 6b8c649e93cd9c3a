"""Status callbacks: one for each event asked for, in order for each call."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from simulator.engine.leg import EVENTS, TERMINAL, CallLeg
from simulator.inspector import Inspector
from simulator.webhooks.parameters import status_params
from simulator.webhooks.sender import Params, Sender, Webhook

BAD_CONTENT_TYPE = 12300
CALLBACK_WARNING = 15003

Spawn = Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"]


class Callbacks:
    """Sends callbacks in the background. Those of one key (a call) go one after another."""

    def __init__(self, sender: Sender, inspector: Inspector, spawn: Spawn) -> None:
        self._sender = sender
        self._inspector = inspector
        self._spawn = spawn
        self._last: dict[str, asyncio.Task[None]] = {}

    def status_changed(self, leg: CallLeg, status: str) -> None:
        """Tells those who asked. A call canceled while still queued tells nobody (Twilio Docs, "Call resource")."""
        event = "completed" if status in TERMINAL else EVENTS.get(status)
        if event is None or (status == "canceled" and leg.previous_status == "queued"):
            return
        for subscription in leg.subscriptions:
            if event in subscription.events:
                self.send(leg, "status", subscription.url, subscription.method, status_params(leg, status))

    def send(self, leg: CallLeg, kind: str, url: str, method: str, params: Params) -> None:
        """Sends after whatever was sent before for this leg. The answer's TwiML, if any, is not run."""
        webhook = Webhook(kind, url, method, params, leg.sid, leg.credentials)
        before = self._last.get(leg.sid)
        task = self._spawn(self._deliver(webhook, before))
        self._last[leg.sid] = task
        task.add_done_callback(lambda done: self._forget(leg.sid, done))

    def _forget(self, key: str, task: asyncio.Task[None]) -> None:
        if self._last.get(key) is task:
            del self._last[key]

    async def _deliver(self, webhook: Webhook, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait([before])
        answer = await self._sender.send(webhook)
        if answer.error_code:
            self._inspector.warn(answer.error_code, f"{webhook.kind}: {answer.error}", call_sid=webhook.call_sid)
        elif answer.body.strip() and webhook.kind == "status":
            kind = answer.content_type.partition(";")[0].strip().lower()
            if kind not in ("text/xml", "application/xml"):
                text = f"A status callback was answered with {kind or 'no content type'}"
                self._inspector.warn(BAD_CONTENT_TYPE, text, call_sid=webhook.call_sid)
            elif b"<Response" not in answer.body:
                self._inspector.warn(
                    CALLBACK_WARNING,
                    "A status callback was answered with XML that is no TwiML",
                    call_sid=webhook.call_sid,
                )
