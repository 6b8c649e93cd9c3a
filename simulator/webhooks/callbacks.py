"""Status callbacks: one for each event asked for, in order for each call."""

from __future__ import annotations

import asyncio
import contextlib

from simulator.faults import Rule
from simulator.inspector import Inspector
from simulator.leg import EVENTS, TERMINAL, CallLeg
from simulator.webhooks.faulty import FaultySender, Spawn
from simulator.webhooks.parameters import status_params
from simulator.webhooks.sender import Answer, Params, Webhook

BAD_CONTENT_TYPE = 12300
CALLBACK_WARNING = 15003


class Callbacks:
    """Sends callbacks in the background. Those of one key (a call) go one after another."""

    def __init__(self, sender: FaultySender, inspector: Inspector, spawn: Spawn) -> None:
        self._sender = sender
        self._inspector = inspector
        self._spawn = spawn
        self._last: dict[str, asyncio.Task[None]] = {}
        #: By call: of the callback that is held back there, what is set when it has been overtaken.
        self._held: dict[str, asyncio.Event] = {}

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
        held = self._held.pop(leg.sid, None) if kind == "status" else None
        if held is None and (rule := self._sender.reorder(webhook)):
            overtaken = self._held[leg.sid] = asyncio.Event()
            # Not the last one: those that come later do not wait for it.
            late = self._spawn(self._deliver_late(webhook, before, rule, overtaken))
            late.add_done_callback(lambda _: self._forget_held(leg.sid, overtaken))
            return
        task = self._spawn(self._deliver(webhook, before, held))
        self._last[leg.sid] = task
        task.add_done_callback(lambda done: self._forget(leg.sid, done))

    def _forget(self, key: str, task: asyncio.Task[None]) -> None:
        if self._last.get(key) is task:
            del self._last[key]

    def _forget_held(self, key: str, overtaken: asyncio.Event) -> None:
        if self._held.get(key) is overtaken:
            del self._held[key]

    async def _deliver(
        self, webhook: Webhook, before: asyncio.Task[None] | None, overtakes: asyncio.Event | None
    ) -> None:
        if before is not None:
            await asyncio.wait([before])
        self._judge(webhook, await self._sender.send(webhook))
        if overtakes is not None:
            overtakes.set()

    async def _deliver_late(
        self, webhook: Webhook, before: asyncio.Task[None] | None, rule: Rule, overtaken: asyncio.Event
    ) -> None:
        """After the next status callback of the call, or when none comes in time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(rule.seconds):
                await overtaken.wait()
        if before is not None:
            await asyncio.wait([before])
        self._judge(webhook, await self._sender.send(webhook, rule.kind))

    def _judge(self, webhook: Webhook, answer: Answer) -> None:
        """Warns of an answer that Twilio would complain about."""
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
