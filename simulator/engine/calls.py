"""The engine: makes legs, runs scripts on them, and sees to it that everything ends."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from simulator.config import Config
from simulator.engine.account_limits import CONCURRENCY_EXCEEDED, WORDS, AccountLimits
from simulator.engine.background import Background
from simulator.engine.conference import Conferences
from simulator.engine.detection import Detection, detect
from simulator.engine.interpreter import Goto, Script, Source
from simulator.engine.limits import end_after
from simulator.engine.messages import message_received
from simulator.engine.own_number import CalledNumber
from simulator.engine.queue import Queues
from simulator.engine.recorder import CallRecording, CallRecordingWish
from simulator.engine.ringing import offer
from simulator.faults import Faults
from simulator.geography import call_fields
from simulator.inspector import Inspector
from simulator.leg import CallerFacts, CallLeg, Party, Subscription
from simulator.ports import Endpoint, Registrar
from simulator.texts.texts import Texts
from simulator.usage.usage import Usage
from simulator.webhooks.callbacks import Callbacks
from simulator.webhooks.faulty import FaultySender
from simulator.webhooks.sender import Sender
from simulator.world import IncomingNumber, World

if TYPE_CHECKING:
    from simulator.engine.enqueue import Waiting

#: The longest a call may last, in seconds: Twilio Docs, "TwiML Voice: <Dial>", `timeLimit`.
CALL_LIMIT = 14_400.0
#: How long a call made through the REST API rings at most when it does not say: Twilio Docs, "Call resource".
API_RING_TIMEOUT = 60.0
CALL_FAILED = 31005
#: Whom a browser calls as whose token names nobody.
ANONYMOUS = "Anonymous"


@dataclass(frozen=True)
class Extras:
    """What else the REST API may ask of a call it makes. `time_limit` is in seconds."""

    send_digits: str = ""
    time_limit: float | None = None
    recording: CallRecordingWish | None = None
    detection: Detection | None = None


class CallEngine:
    """All calls of the account, and its texts. Implements `ports.Engine`."""

    def __init__(
        self, config: Config, world: World, inspector: Inspector, registrar: Registrar, faults: Faults
    ) -> None:
        self.config = config
        self.world = world
        self.inspector = inspector
        self.registrar = registrar
        self.faults = faults
        self._background = Background(inspector)
        #: Parties that are being told of the end. Kept apart, for they must hear of it even when all else is stopped.
        self._releases = Background(inspector)
        self.spawn = self._background.spawn
        self.sender = FaultySender(Sender(config.auth_token, inspector), faults, self.spawn)
        self.callbacks = Callbacks(self.sender, inspector, self.spawn)
        self.usage = Usage(config, world, self.callbacks)
        self.texts = Texts(config, world, inspector, self.sender, self.callbacks, self.spawn, self.usage)
        self.limits = AccountLimits()
        self.conferences = Conferences(self)
        self.queues = Queues(inspector.publish)
        #: By CallSid: the callers on whom `<Enqueue>` runs, those who talk with whoever took them included.
        self.enqueued: dict[str, Waiting] = {}

    # --- as a whole -------------------------------------------------------------------------------------------------

    @property
    def tasks(self) -> int:
        """How much is going on: scripts, callbacks that are on their way, parties that are being told."""
        return len(self._background) + len(self._releases)

    async def pause(self, seconds: float) -> None:
        """Lets a time pass that depends on how fast the simulator is told to speak."""
        await asyncio.sleep(max(seconds, 0) / self.config.speed)

    async def reset(self) -> None:
        """Ends every call, waits until all is quiet, forgets everything and makes the world anew."""
        await self._end_everything()
        self.faults.clear()
        self.limits.set(None, None)
        self.limits.forbidden = frozenset()
        self.conferences.clear()
        self.queues.clear()
        self.texts.clear()
        self.world.seed()
        self.usage.reset()
        self.inspector.clear()
        self.inspector.publish({"type": "reset"})

    async def close(self) -> None:
        await self._end_everything()
        await self.sender.close()

    async def _end_everything(self) -> None:
        """Nobody is told by callback: the calls did not end, the world did. But the parties are."""
        for leg in self.world.live_calls:
            leg.subscriptions = []
            leg.finish("canceled", by="simulator")
        await self._background.cancel_all()
        await self._releases.settle()
        self.usage.stop()

    # --- making calls -----------------------------------------------------------------------------------------------

    async def place_client_call(
        self, *, identity: str, application_sid: str, params: dict[str, str], endpoint: Endpoint
    ) -> CallLeg:
        """A browser dials; its `identity` may be empty. Raises `LookupError` when there is no such application."""
        application = self.world.applications.get(application_sid)
        if application is None:
            raise LookupError(f"There is no application {application_sid}")
        leg = self._inbound_leg(f"client:{identity or ANONYMOUS}", params.get("To", ""), "client", endpoint)
        leg.application_sid = application.sid
        leg.sdk_params = dict(params)
        if application.status_callback:
            leg.subscriptions = [Subscription(application.status_callback, application.status_callback_method)]
        if not self.admitted(leg):
            return leg
        self.announce(leg)
        fallback = Goto(application.voice_fallback_url, application.voice_fallback_method)
        self.run(leg, Goto(application.voice_url, application.voice_method, first=True), fallback)
        return leg

    def place_telephone_call(self, from_: str, to: IncomingNumber, voice: str, facts: CallerFacts) -> CallLeg:
        """A telephone calls one of our numbers."""
        leg = self._inbound_leg(from_, to.phone_number, "telephone", self.registrar.telephone(from_, voice))
        leg.facts = facts
        return self._place_inbound(leg, to)

    def place_number_call(self, calling: CallLeg, to: IncomingNumber, endpoint: Endpoint) -> CallLeg:
        """A leg of ours calls one of our numbers: a call of its own, which knows nothing of the first."""
        leg = self._inbound_leg(calling.from_, to.phone_number, "number", endpoint)
        leg.facts = CallerFacts(geography=call_fields(calling.from_, to.phone_number))
        leg.hops = calling.hops + 1
        return self._place_inbound(leg, to)

    def _place_inbound(self, leg: CallLeg, to: IncomingNumber) -> CallLeg:
        leg.phone_number_sid = to.sid
        handler = self.world.applications.get(to.voice_application_sid) or to
        if handler is not to:
            leg.application_sid = handler.sid
        if not handler.voice_caller_id_lookup:
            leg.facts = replace(leg.facts, caller_name=None)
        if handler.status_callback:
            leg.subscriptions = [Subscription(handler.status_callback, handler.status_callback_method)]
        if not self.admitted(leg):
            return leg
        self.announce(leg)
        self.spawn(leg.endpoint.ringing())
        fallback = Goto(handler.voice_fallback_url, handler.voice_fallback_method)
        self.run(leg, Goto(handler.voice_url, handler.voice_method, first=True), fallback)
        return leg

    def create_call(
        self,
        from_: str,
        to: str,
        source: Source,
        fallback: Goto,
        subscriptions: list[Subscription],
        *,
        application_sid: str | None = None,
        timeout: float = API_RING_TIMEOUT,
        extras: Extras | None = None,
    ) -> CallLeg:
        """The REST API makes a call: rings `to`, and when it answers runs `source` on it."""
        leg = self.outgoing_leg(from_, to, "outbound-api", status="queued")
        leg.application_sid = application_sid
        leg.subscriptions = subscriptions
        extras = extras or Extras()
        if extras.recording is not None:
            CallRecording(self, leg, extras.recording)
        if extras.time_limit is not None:
            end_after(leg, extras.time_limit)
        turn = self.limits.turn()
        leg.queue_time = round(turn * 1000)
        self.announce(leg)
        leg.script = self.spawn(self._run_api_call(leg, turn, source, fallback, timeout, extras))
        return leg

    async def _run_api_call(
        self, leg: CallLeg, turn: float, source: Source, fallback: Goto, ring_for: float, extras: Extras
    ) -> None:
        await asyncio.sleep(turn)  # even without a wait the answer to the REST request says `queued`
        if leg.over:
            return
        self.ring(leg)
        answered = asyncio.Event()
        leg.observe(lambda _, status: answered.set() if status == "in-progress" else None)
        try:
            async with asyncio.timeout(ring_for + self.config.dial_buffer):
                await answered.wait()
        except TimeoutError:
            leg.finish("no-answer", by="timeout")
            return
        if extras.send_digits:
            await Script(self, leg, fallback).play_digits(extras.send_digits)
        if extras.detection is not None and extras.detection.in_background:
            self.spawn(detect(self, leg, extras.detection))
        elif extras.detection is not None:
            await detect(self, leg, extras.detection)
            if isinstance(source, Goto) and leg.answered_by:
                source = replace(source, params={**source.params, "AnsweredBy": leg.answered_by})
        await self._run_script(leg, source, fallback)

    def outgoing_leg(
        self, from_: str, to: str, direction: str, *, status: str = "initiated", parent: CallLeg | None = None
    ) -> CallLeg:
        """A leg to `to`, a number (ours, too) or `client:identity`; not ringing yet, and not announced."""
        party: Party
        # A client may be told something with the ring: Twilio Docs, "Call resource", `To`.
        to, _, told = to.partition("?") if to.startswith("client:") else (to, "", "")
        if to.startswith("client:"):
            party, endpoint = "client", self.registrar.endpoint_for(to.removeprefix("client:"))
        elif number := self.world.number_for(to):
            party, endpoint = "number", CalledNumber(self, number)
        else:
            party = "telephone"
            telephone = self.world.telephone(to)
            voice = "silence" if telephone.behaviour == "voicemail" else telephone.voice
            endpoint = self.registrar.telephone(to, voice)
        leg = CallLeg(self.config.account_sid, from_, to, direction, party, endpoint, status, parent)
        leg.custom_parameters = parse_qsl(told)
        leg.facts = CallerFacts(geography=call_fields(from_, to))
        leg.phone_number_sid = own.sid if (own := self.world.number_for(from_)) else None
        return leg

    def _inbound_leg(self, from_: str, to: str, party: Party, endpoint: Endpoint) -> CallLeg:
        return CallLeg(self.config.account_sid, from_, to, "inbound", party, endpoint, "ringing")

    def admitted(self, leg: CallLeg) -> bool:
        """Whether the account may have one call more. If not, the leg ends at once, and nobody is asked what to do."""
        if not self.limits.full(self.world):
            return True
        leg.subscriptions = []
        leg.end_error = (CALL_FAILED, WORDS)
        self.announce(leg)
        # With the call whose `<Dial>` it is: there Twilio's debugger has what is wrong with its TwiML.
        about = leg.parent or leg
        self.inspector.warn(CONCURRENCY_EXCEEDED, WORDS, call_sid=about.sid, level="error")
        leg.finish("busy" if leg.placed_by_party else "failed", by="simulator")
        return False

    def announce(self, leg: CallLeg) -> None:
        """From now on the leg is listed, and its changes are told."""
        self.world.add_call(leg)
        leg.observe(self._leg_changed)
        leg.on_message = partial(message_received, self)
        self.inspector.publish({"type": "call", "call": leg.as_json()})

    def _leg_changed(self, leg: CallLeg, status: str | None) -> None:
        if status is not None:
            self.callbacks.status_changed(leg, status)
        if status is not None and leg.over:
            if leg.script is not None and leg.script is not asyncio.current_task():
                leg.script.cancel()
            self._releases.spawn(self._release(leg))
            self.usage.call_ended(leg)
        self.inspector.publish({"type": "call", "call": leg.as_json()})

    async def _release(self, leg: CallLeg) -> None:
        leg.hear(None)
        await leg.endpoint.end(*leg.end_error)

    def ring(self, leg: CallLeg) -> None:
        """Begins to ring the party of an outgoing leg."""
        self.spawn(offer(self, leg, self.world.telephone(leg.to) if leg.party == "telephone" else None))

    # --- scripts ----------------------------------------------------------------------------------------------------

    def find_leg(self, sid: str) -> CallLeg | None:
        return self.world.calls.get(sid)

    def run(self, leg: CallLeg, source: Source, fallback: Goto | None) -> None:
        """Runs TwiML on a leg, in the background, until the leg ends."""
        leg.script = self.spawn(self._run_script(leg, source, fallback))

    def redirect(self, leg: CallLeg, source: Source, fallback: Goto | None) -> None:
        """Runs other TwiML on a leg than what runs now. A child of a `<Dial>` leaves it, a caller in a queue, too."""
        waiting = self.enqueued.get(leg.sid)
        if waiting is not None and (action := waiting.leave()) is not None:
            if isinstance(source, Goto):
                Script(self, leg).later(source)
            source, fallback = action, waiting.script.fallback
        before = leg.script
        if before is not None:
            before.cancel()
        elif leg.parent is not None:
            leg.detached = True
            leg.changed()
        leg.script = self.spawn(self._run_after(before, leg, source, fallback))

    async def _run_after(
        self, before: asyncio.Task[None] | None, leg: CallLeg, source: Source, fallback: Goto | None
    ) -> None:
        """What ran before silences the party as its last act: only then may it hear something else."""
        if before is not None:
            await asyncio.wait({before})
        leg.hear(None)
        await self._run_script(leg, source, fallback)

    async def _run_script(self, leg: CallLeg, source: Source, fallback: Goto | None) -> None:
        script = Script(self, leg, fallback)
        try:
            async with asyncio.timeout(CALL_LIMIT):
                await script.run(source)
        except TimeoutError:
            self.inspector.warn(None, "The call reached the time limit of four hours", call_sid=leg.sid)
        except Exception:
            leg.end_error = (CALL_FAILED, "The simulator failed")
            leg.finish("failed", by="simulator")
            raise
        if leg.script is asyncio.current_task():
            await script.finish()

    def caption(self, leg: CallLeg, text: str) -> None:
        """Writes down what a leg's party hears, for those who read along."""
        caption = leg.caption(text)
        self.inspector.publish({"type": "caption", "sid": leg.sid, **caption})
