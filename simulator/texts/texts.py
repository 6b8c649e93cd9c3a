"""The texts of the account: makes them, sends them, and sees to what becomes of them."""

from __future__ import annotations

import asyncio
from http.cookiejar import CookieJar
from weakref import WeakValueDictionary

from simulator.config import Config
from simulator.identifiers import now
from simulator.inspector import Inspector
from simulator.message import UNTOLD, Direction, Media, TextMessage
from simulator.texts import media as pictures
from simulator.texts import refusals
from simulator.texts.draft import Draft
from simulator.texts.optouts import OptOuts
from simulator.texts.parameters import status_params
from simulator.texts.refusals import RefusedError
from simulator.texts.script import Handler, TextScript
from simulator.texts.segments import segments, smartly_encoded
from simulator.texts.senders import Sender
from simulator.texts.services import SenderChoice
from simulator.usage.usage import Usage
from simulator.webhooks.callbacks import Callbacks
from simulator.webhooks.faulty import FaultySender, Spawn
from simulator.world import IncomingNumber, MessagingService, TextRule, World

#: Seconds from a sender's turn until the network has a text, and from there until the telephone's receipt.
TO_NETWORK, TO_TELEPHONE = 0.2, 1.0
#: Seconds until a telephone that answers by itself has typed.
TYPING = 1.0
NEWS_SECONDS = 0.5

QUEUE_OVERFLOW = 30001
LANDLINE = 30006
UNREACHABLE = 30003
EXPIRED = 30036
NO_SENDER = 21703
#: What ends a text that a telephone's rule fails without a code.
FAILURES = {"undelivered": UNREACHABLE, "failed": 30008}


class Texts:
    """All texts, and what they share: senders' queues, blocks, who texted whom last."""

    def __init__(
        self,
        config: Config,
        world: World,
        inspector: Inspector,
        sender: FaultySender,
        callbacks: Callbacks,
        spawn: Spawn,
        usage: Usage,
    ) -> None:
        self.config = config
        self.world = world
        self.inspector = inspector
        self.sender = sender
        self._callbacks = callbacks
        self._spawn = spawn
        self._usage = usage
        self.opt_outs = OptOuts()
        self.senders: dict[str, Sender] = {}
        self._news: dict[str, asyncio.TimerHandle] = {}
        #: By sender and recipient; there is one as long as any text between them.
        self._cookies: WeakValueDictionary[tuple[str, str], CookieJar] = WeakValueDictionary()
        self.choice = SenderChoice(world, lambda number: self.sender_of(number).queued)

    def clear(self) -> None:
        """Forgets everything. Whatever was going on has been stopped before."""
        self.opt_outs.clear()
        self.senders.clear()
        self._cookies.clear()
        for timer in self._news.values():
            timer.cancel()
        self._news.clear()
        self.choice.clear()

    async def pause(self, seconds: float) -> None:
        """Lets a time pass that depends on how fast the simulator is told to be."""
        await asyncio.sleep(max(seconds, 0) / self.config.speed)

    def sender_of(self, number: str) -> Sender:
        if number not in self.senders:
            self.senders[number] = Sender(number, self.config.speed, self._transmit, self._spawn, self._sender_changed)
        return self.senders[number]

    # --- texts of ours ----------------------------------------------------------------------------------------------

    def send(self, draft: Draft, direction: Direction = "outbound-api") -> TextMessage:
        """Takes a text and sends it in its turn. Raises `RefusedError` for what Twilio does not take.

        `draft` holds numbers that have been checked already.
        """
        telephone = self.world.telephone(draft.to)
        refusals.check_telephone(telephone)
        if self.opt_outs.blocked(self._opt_out_key(draft.service, draft.from_), draft.to):
            raise RefusedError(21610, draft.to)
        body = smartly_encoded(draft.body) if self._smart(draft) else draft.body
        mms = bool(draft.media_urls) or draft.as_mms
        weight = 1 if mms else segments(body)
        # A service has no sender yet that could be full.
        if draft.service is None and self._full(draft.from_, weight, draft.to) == 21611:
            raise RefusedError(21611, draft.from_)
        status = "queued" if draft.service is None else "accepted" if draft.send_at is None else "scheduled"
        message = TextMessage(
            self.config.account_sid,
            draft.from_ or None,
            draft.to,
            body,
            direction,
            status,
            service_sid=draft.service.sid if draft.service else None,
            mms=mms,
        )
        message.media_asked = len(draft.media_urls)
        message.status_callback = draft.status_callback
        if draft.service is None:
            message.segments = weight
        self._announce(message)
        self._spawn(self._send(message, draft, weight))
        return message

    def _smart(self, draft: Draft) -> bool:
        if draft.smart is not None:
            return draft.smart
        return draft.service.smart_encoding if draft.service else False

    def _opt_out_key(self, service: MessagingService | None, from_: str) -> str:
        """Under which name a sender is blocked: its service's, when it has one."""
        if service is None and (number := self.world.number_for(from_)):
            service = self.world.service_of(number)
        return service.sid if service else from_

    def _full(self, from_: str, weight: int, to: str) -> int | None:
        sender = self.sender_of(from_)
        return sender.overflow if sender.full_for(weight, to) else None

    async def _send(self, message: TextMessage, draft: Draft, weight: int) -> None:
        await asyncio.sleep(0)  # the answer to the REST request says the first status
        if draft.send_at is not None:
            await self.pause((draft.send_at - message.date_created).total_seconds())
            if message.complete:
                return
        if draft.service is not None:
            await self.pause(TO_NETWORK)
            chosen = draft.from_ or self.choice.sender_for(draft.service, message.to)
            if chosen is None:
                message.move("failed", NO_SENDER)
                return
            self.choice.remember(draft.service, message.to, chosen)
            message.from_, message.segments = chosen, weight
            self._share_cookies(message)
            message.move("queued")
        assert message.from_ is not None  # noqa: S101
        if self._full(message.from_, weight, message.to):
            message.move("failed", QUEUE_OVERFLOW)
            return
        try:
            message.media = [await pictures.fetch(self.sender, message, url) for url in draft.media_urls]
            pictures.check_together(message.media)
            message.media_asked = 0
        except pictures.MediaError as error:
            self.inspector.warn(error.code, str(error), message_sid=message.sid, level="error")
            message.move("failed", error.code)
            return
        message.expires = draft.validity
        self.sender_of(message.from_).put(message)

    def _transmit(self, message: TextMessage) -> None:
        """The sender's turn has come."""
        waited = (now() - message.date_queued).total_seconds() * self.config.speed
        if waited > message.expires:
            message.move("failed", EXPIRED)
            return
        message.move("sending")
        self._spawn(self._carry(message))

    async def _carry(self, message: TextMessage) -> None:
        """To the network, and from there to the telephone, which does as it is told."""
        telephone = self.world.telephone(message.to)
        rule = telephone.texts
        if rule.result == "deliver" and telephone.line_type == "landline":
            rule = TextRule("undelivered", LANDLINE, rule.delay)
        await self.pause(TO_NETWORK)
        if rule.result == "failed":
            message.move("failed", rule.code or FAILURES["failed"])
            return
        message.move("sent")
        if rule.result == "silent":
            return
        await self.pause(TO_TELEPHONE if rule.delay is None else rule.delay)
        if rule.result == "undelivered":
            message.move("undelivered", rule.code or FAILURES["undelivered"])
            return
        message.move("delivered")
        await self._arrived(message, telephone.reply)

    async def _arrived(self, message: TextMessage, reply: str) -> None:
        """At one of our own numbers a text is an incoming one; a telephone may answer."""
        from_ = message.from_ or ""
        if number := self.world.number_for(message.to):
            self.receive(from_, number, message.body, list(message.media))
        elif reply and message.author != "twilio" and (number := self.world.number_for(from_)):
            await self.pause(TYPING)
            self.receive(message.to, number, reply, [], author="telephone")

    def empty_queue(self, sender: Sender) -> None:
        """Loses all that waits for a sender, as an overflow does."""
        for message in sender.empty():
            message.move("failed", QUEUE_OVERFLOW)

    def cancel(self, message: TextMessage) -> bool:
        """Whether a text could still be called back: Twilio's error 30409, only while it is scheduled."""
        if message.status != "scheduled":
            return False
        message.move("canceled")
        return True

    # --- texts to us ------------------------------------------------------------------------------------------------

    def receive(
        self, from_: str, to: IncomingNumber, body: str, media: list[Media], *, author: str | None = None
    ) -> TextMessage:
        """A telephone texts one of our numbers, which the product is asked about.

        A Messaging Service without a URL takes no texts: what comes is not even written down in the account.
        """
        service = self.world.service_of(to)
        message = TextMessage(
            self.config.account_sid,
            from_,
            to.phone_number,
            body,
            "inbound",
            "receiving",
            service_sid=service.sid if service else None,
            mms=bool(media),
        )
        message.media = [Media(one.content_type, one.data) for one in media]
        message.segments = 1 if media else segments(body)
        message.author = author
        message.logged = service is None or service.use_inbound_webhook_on_number or bool(service.inbound_request_url)
        message.date_sent = now()
        self._announce(message)
        if service is not None:
            self.choice.remember(service, from_, to.phone_number)
        self._spawn(self._take(message, to, service))
        return message

    async def _take(self, message: TextMessage, number: IncomingNumber, service: MessagingService | None) -> None:
        await asyncio.sleep(0)
        from_ = message.from_ or ""
        word, answer = self.opt_outs.heard(self._opt_out_key(service, number.phone_number), from_, message.body)
        message.opt_out_type = word
        message.move("received")
        if answer:
            self.inspector.publish({"type": "opt_outs", "opt_outs": self.opt_outs.as_json()})
        if answer:
            self.answer_by_itself(message, answer)
        if not message.logged:
            self.inspector.warn(
                None,
                f"A text to {number.phone_number} is dropped: its Messaging Service has no InboundRequestUrl",
                message_sid=message.sid,
            )
            return
        handler = self._handler(number, service)
        if handler is None:
            self.inspector.warn(
                None, f"Nobody is told of texts to {number.phone_number}: it has no URL", message_sid=message.sid
            )
            return
        await TextScript(self, message, handler).run()

    def _handler(self, number: IncomingNumber, service: MessagingService | None) -> Handler | None:
        """Who is asked about a text to a number: its service, unless that leaves it to the number; an app; itself."""
        if service is not None and not service.use_inbound_webhook_on_number:
            return Handler.of(
                service.inbound_request_url, service.inbound_method, service.fallback_url, service.fallback_method
            )
        one = self.world.applications.get(number.sms_application_sid) or number
        return Handler.of(one.sms_url, one.sms_method, one.sms_fallback_url, one.sms_fallback_method)

    def answer_by_itself(self, message: TextMessage, body: str) -> None:
        """What Twilio texts back to STOP, START and HELP. No block stops it, and nobody is told of its status."""
        answer = TextMessage(
            self.config.account_sid,
            message.to,
            message.from_ or "",
            body,
            "outbound-reply",
            "queued",
            service_sid=message.service_sid,
        )
        answer.segments, answer.author = segments(body), "twilio"
        self._announce(answer)
        self.sender_of(message.to).put(answer)

    # --- telling ----------------------------------------------------------------------------------------------------

    def _sender_changed(self, sender: Sender) -> None:
        """Queues change many times a second: those who look on are told twice a second."""
        if sender.number not in self._news:
            later = asyncio.get_running_loop().call_later
            self._news[sender.number] = later(NEWS_SECONDS, self.tell_of_sender, sender)

    def tell_of_sender(self, sender: Sender) -> None:
        if timer := self._news.pop(sender.number, None):
            timer.cancel()
        self.inspector.publish({"type": "sender", "sender": sender.as_json()})

    def _announce(self, message: TextMessage) -> None:
        self.world.add_message(message)
        self._share_cookies(message)
        message.observe(self._changed)
        self.inspector.publish({"type": "message", "message": message.as_json()})

    def _share_cookies(self, message: TextMessage) -> None:
        """Texts have no call: their cookies are kept for whoever texts whom."""
        if message.from_:
            message.cookies = self._cookies.setdefault((message.from_, message.to), message.cookies)

    def _changed(self, message: TextMessage, status: str | None) -> None:
        self.inspector.publish({"type": "message", "message": message.as_json()})
        if status in ("sent", "received") and message.logged:
            self._usage.text_settles(message)
        if status is not None and status not in UNTOLD and not message.inbound and message.author is None:
            url = message.status_callback or self._standing_callback(message)
            if url:
                self._callbacks.send(message, "text-status", url, "POST", status_params(message, status))

    def _standing_callback(self, message: TextMessage) -> str:
        """Who is told when the message names nobody: its service's URL, else that of its number's application."""
        service = self.world.services.get(message.service_sid or "")
        if service is not None and service.status_callback:
            return service.status_callback
        number = self.world.number_for(message.from_ or "")
        application = self.world.applications.get(number.sms_application_sid) if number else None
        return application.message_status_callback or application.sms_status_callback if application else ""

    @property
    def unfinished(self) -> int:
        """How many are on their way."""
        return sum(not message.complete for message in self.world.messages.values())
