"""What goes wrong on purpose between Twilio and the product: `Sender`, as the fault rules let it be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlsplit

from simulator.faults import Faults, Kind, Occasion, Rule
from simulator.webhooks.sender import CONNECTION_FAILURE, HTTP_FAILURE, Answer, Outcome, Sender, Webhook

Spawn = Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"]

SERVER_ERROR = 500
#: The webhooks that say what becomes of a call, a message or a conference, and so have an order.
STATUS_KINDS = frozenset({"status", "text-status", "conference"})


def occasion(webhook: Webhook) -> Occasion:
    params = dict(webhook.params)
    return Occasion(
        urlsplit(webhook.url).path,
        params.get("CallStatus", ""),
        (webhook.call_sid,) if webhook.call_sid else (),
        params.get("MessageStatus", ""),
        webhook.message_sid or "",
        webhook.method.upper(),
    )


class FaultySender:
    """A `Sender` whose requests come late, twice or never when a rule strikes. Without rules it is just that."""

    def __init__(self, sender: Sender, faults: Faults, spawn: Spawn) -> None:
        self._sender = sender
        self._faults = faults
        self._spawn = spawn

    async def close(self) -> None:
        await self._sender.close()

    def reorder(self, webhook: Webhook) -> Rule | None:
        """The rule by which a status callback is to wait for a later one."""
        return self._draw(webhook, Kind.WEBHOOK_REORDER) if webhook.kind in STATUS_KINDS else None

    async def send(self, webhook: Webhook, fault: Kind | None = None) -> Answer:
        """As `Sender.send`. `fault` is what has already befallen it."""
        if rule := self._draw(webhook, Kind.WEBHOOK_DELAY):
            fault = rule.kind
            await asyncio.sleep(rule.seconds)
        if rule := self._draw(webhook, Kind.NETWORK_CUT) or self._draw(webhook, Kind.WEBHOOK_DROP):
            answer = Answer(webhook.url, error_code=CONNECTION_FAILURE, error="Never sent: a fault on purpose")
            self._sender.record_unsent(webhook, answer, rule.kind)
            return answer
        if rule := self._draw(webhook, Kind.WEBHOOK_DUPLICATE):
            fault = rule.kind
            return await self._twice(webhook, fault)
        if rule := self._draw(webhook, Kind.WEBHOOK_BAD_SIGNATURE):
            return await self._sender.send(webhook, fault=rule.kind, spoil=self._spoil, forged=True)
        return await self._sender.send(webhook, fault=fault, spoil=self._spoil)

    async def _twice(self, webhook: Webhook, fault: Kind) -> Answer:
        """The second goes at the same time, and nobody waits for its answer."""
        token = self._sender.new_token()

        async def again() -> None:
            await self._sender.send(webhook, fault=fault, token=token)

        self._spawn(again())
        return await self._sender.send(webhook, fault=fault, token=token, spoil=self._spoil)

    def _spoil(self, webhook: Webhook, outcome: Outcome) -> Outcome:
        """What is made of an answer that did come."""
        answer = outcome.answer
        if answer.status is None:
            return outcome
        rule = self._draw(webhook, Kind.WEBHOOK_LOST_ANSWER, Kind.WEBHOOK_ERROR)
        if rule is None:
            return outcome
        if rule.kind is Kind.WEBHOOK_LOST_ANSWER:
            error = f"No answer in time: a fault on purpose, the desk answered with status {answer.status}"
            return Outcome(Answer(answer.url, error_code=HTTP_FAILURE, error=error), "rt", rule.kind)
        error = f"The URL answered with status 500: a fault on purpose, it was {answer.status}"
        spoilt = Answer(answer.url, SERVER_ERROR, error_code=HTTP_FAILURE, error=error)
        return Outcome(spoilt, "5xx", rule.kind)

    def _draw(self, webhook: Webhook, *kinds: Kind) -> Rule | None:
        return self._faults.draw(occasion(webhook), *kinds)
