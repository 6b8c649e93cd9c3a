"""Status callbacks: one for each event asked for, in order for each call and each message."""

from __future__ import annotations

import asyncio
import contextlib
from http.cookiejar import CookieJar
from typing import Protocol

from simulator.faults import Rule
from simulator.inspector import Inspector
from simulator.leg import EVENTS, TERMINAL, CallLeg
from simulator.webhooks.faulty import STATUS_KINDS, FaultySender, Spawn
from simulator.webhooks.parameters import status_params
from simulator.webhooks.sender import Answer, Params, Webhook, about

BAD_CONTENT_TYPE = 12300
CALLBACK_WARNING = 15003


class Subject(Protocol):
    """What callbacks are about: a call, a message or a conference."""

    sid: str
    credentials: dict[str, tuple[str, str]]
    cookies: CookieJar


class Callbacks:
    """Sends callbacks in the background. Those of one call, message or conference go one after another."""

    def __init__(self, sender: FaultySender, inspector: Inspector, spawn: Spawn) -> None:
        self._sender = sender
        self._inspector = inspector
        self._spawn = spawn
        self._last: dict[str, asyncio.Task[None]] = {}
        #: By SID: of the callback that is held back there, what is set when it has been overtaken.
        self._held: dict[str, asyncio.Event] = {}

    def status_changed(self, leg: CallLeg, status: str) -> None:
        """Tells those who asked. A call canceled while still queued tells nobody (Twilio Docs, "Call resource")."""
        event = "completed" if status in TERMINAL else EVENTS.get(status)
        if event is None or (status == "canceled" and leg.previous_status == "queued"):
            return
        for subscription in leg.subscriptions:
            if event in subscription.events:
                self.send(leg, "status", subscription.url, subscription.method, status_params(leg, status))

    def send(
        self, subject: Subject, kind: str, url: str, method: str, params: Params, *, call_sid: str | None = None
    ) -> None:
        """Sends after whatever was sent before about this subject. The answer's TwiML, if any, is not run.

        `call_sid` is the call that it is written down with, where the subject is none.
        """
        sid = subject.sid
        known = {"call_sid": call_sid} if call_sid else about(sid)
        webhook = Webhook(kind, url, method, params, credentials=subject.credentials, cookies=subject.cookies, **known)
        before = self._last.get(sid)
        held = self._held.pop(sid, None) if kind in STATUS_KINDS else None
        if held is None and (rule := self._sender.reorder(webhook)):
            overtaken = self._held[sid] = asyncio.Event()
            # Not the last one: those that come later do not wait for it.
            late = self._spawn(self._deliver_late(webhook, before, rule, overtaken))
            late.add_done_callback(lambda _: self._forget_held(sid, overtaken))
            return
        task = self._spawn(self._deliver(webhook, before, held))
        self._last[sid] = task
        task.add_done_callback(lambda done: self._forget(sid, done))

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
        """After the next status callback of the call or message, or when none comes in time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(rule.seconds):
                await overtaken.wait()
        if before is not None:
            await asyncio.wait([before])
        self._judge(webhook, await self._sender.send(webhook, rule.kind))

    def _judge(self, webhook: Webhook, answer: Answer) -> None:
        """Warns of an answer that Twilio would complain about."""
        if answer.error_code:
            self._inspector.warn(
                answer.error_code,
                f"{webhook.kind}: {answer.error}",
                call_sid=webhook.call_sid,
                message_sid=webhook.message_sid,
            )
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
