"""Runs TwiML on a leg: fetches a document, runs its verbs one after another, goes where they lead."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from simulator.engine.audio import dtmf
from simulator.engine.own_number import pass_digits
from simulator.inspector import without_credentials
from simulator.leg import CallLeg, Hearing
from simulator.ports import AudioSource
from simulator.twiml.reading import SCHEMA_WARNING, NotBuiltError, TwimlError, Verb, read_document
from simulator.webhooks.parameters import first_params, twiml_params
from simulator.webhooks.sender import Answer, Params, Webhook

if TYPE_CHECKING:
    from simulator.engine.calls import CallEngine

log = logging.getLogger(__name__)

DIAL_IN_DIAL = 13201
APOLOGY = "We are sorry, an application error has occurred. Goodbye."


@dataclass(frozen=True)
class Goto:
    """The next document: where it is, and the verb's own form fields. `first` is the first request of a call."""

    url: str
    method: str = "POST"
    params: dict[str, str] = field(default_factory=dict)
    kind: str = "twiml"
    first: bool = False


@dataclass(frozen=True)
class Document:
    """TwiML given as it is, by the REST API's `Twiml`."""

    twiml: str


@dataclass(frozen=True)
class Prepared:
    """Verbs that no document holds: what a call does that the REST API made for a conference."""

    verbs: list[Verb]


@dataclass(frozen=True)
class Stop:
    """The verb ends the script: `<Hangup>`, `<Reject>`, `<Leave>`."""


@dataclass(frozen=True)
class Allowed:
    """The verbs of a document that runs beside the call's own: a whisper, or what is heard in a queue.

    Any other verb is reported with `code` and left out. Where the document is `strict` it fails as a whole instead, as
    it does when it cannot be fetched, and nobody apologises to the party: who runs it goes on in another way. So it is
    for one that is `quiet`, but for verbs that it may not have.
    """

    verbs: frozenset[str]
    code: int = SCHEMA_WARNING
    strict: bool = False
    quiet: bool = False


Source = Goto | Document | Prepared
Step = Goto | Stop | None
Handler = Callable[["Script", Verb], Awaitable[Step]]

#: Filled by `verbs.py`, which knows them all.
HANDLERS: dict[str, Handler] = {}


class Script:
    """One run of TwiML on one leg.

    A script that is `allowed` only some verbs belongs to another one: a whisper or the music of a queue. Its end is
    not the end of the call. `params` are sent with its requests in place of a call's.
    """

    def __init__(
        self,
        engine: CallEngine,
        leg: CallLeg,
        fallback: Goto | None = None,
        *,
        allowed: Allowed | None = None,
        params: Callable[[], Params] | None = None,
    ) -> None:
        self.engine = engine
        self.leg = leg
        self.fallback = fallback if fallback and fallback.url else None
        self.allowed = allowed
        self._params = params
        #: The document that runs now.
        self.here = Goto("")
        #: How an unanswered caller's call is to end when the script does: what became of the last `<Dial>`.
        self.outcome: str | None = None
        #: Whether `<Leave>` was run.
        self.left = False
        #: Whether the script was ended, rather than coming to its end.
        self.stopped = False
        #: Whether a document could not be had, or held what it may not.
        self.failed = False

    @property
    def nested(self) -> bool:
        return self.allowed is not None

    async def run(self, source: Source) -> None:
        """Runs documents until one of them leads nowhere."""
        step: Source | Stop | None = source
        while isinstance(step, Goto | Document | Prepared):
            verbs = await self._load(step)
            if verbs is None:
                self.stopped = self.failed = True
                if self.allowed is None or not (self.allowed.strict or self.allowed.quiet):
                    await self._apologise()
                return
            try:
                step = await self.run_verbs(verbs)
            except NotBuiltError as error:
                self.stopped = True
                await self._refuse(str(error))
                return
        self.stopped = isinstance(step, Stop)

    async def run_verbs(self, verbs: list[Verb]) -> Step:
        """Where the verbs lead. Raises `NotBuiltError` at one that the simulator cannot run."""
        for verb in verbs:
            if self.leg.over:
                return Stop()
            if self.allowed is not None and verb.name not in self.allowed.verbs:
                if self.allowed.strict:
                    self.failed = True
                    self.warn(self.allowed.code, f"<{verb.name}> is not allowed here", level="error")
                    return Stop()
                if verb.name in HANDLERS:
                    code = DIAL_IN_DIAL if verb.name == "Dial" else self.allowed.code
                    self.warn(code, f"<{verb.name}> is not allowed here; it is left out")
                    continue
            if verb.refused:
                raise NotBuiltError(verb.refused)
            self.leg.run_verb(verb.name)
            step = await HANDLERS[verb.name](self, verb)
            if step is not None:
                return step
        return None

    async def finish(self) -> None:
        """The TwiML has come to its end: so has the call."""
        leg = self.leg
        if not leg.over and leg.placed_by_party and not leg.answered:
            if self.outcome:
                leg.finish(self.outcome)
                return
            await self.answer()  # Twilio answers a call even when there is nothing to run but <Hangup>
        leg.finish("no-answer")

    # --- documents --------------------------------------------------------------------------------------------------

    async def _load(self, source: Source) -> list[Verb] | None:
        """The verbs of a document, or of the fallback's when it fails; None when there are none to be had."""
        if isinstance(source, Prepared):
            return source.verbs
        if isinstance(source, Document):
            self.here = Goto("")
            self.leg.run_document("")
            try:
                verbs, warnings = read_document(source.twiml.encode(), "text/xml")
            except TwimlError as error:
                self.warn(error.code, str(error), level="error")
                return None
            self._warn_all(warnings)
            return verbs
        problem = await self._fetch(source)
        if isinstance(problem, list):
            return problem
        if self.fallback is None:
            return None
        extra = {
            **source.params,
            "ErrorCode": str(problem.error_code),
            "ErrorUrl": without_credentials(source.url).partition("#")[0],
        }
        second = Goto(self.fallback.url, self.fallback.method, extra, "fallback", source.first)
        problem = await self._fetch(second)
        return problem if isinstance(problem, list) else None

    async def _fetch(self, goto: Goto) -> list[Verb] | Answer:
        answer = await self.request(goto)
        if answer.error_code is None:
            try:
                verbs, warnings = read_document(answer.body, answer.content_type)
            except TwimlError as error:
                answer = Answer(answer.url, answer.status, error_code=error.code, error=str(error))
            else:
                self.here = Goto(answer.url, goto.method)
                self.leg.run_document(urlsplit(answer.url).path)
                self._warn_all(warnings)
                return verbs
        self.warn(answer.error_code, f"{without_credentials(goto.url)}: {answer.error}", level="error")
        return answer

    async def request(self, goto: Goto) -> Answer:
        params = first_params(self.leg) if goto.first else twiml_params(self.leg)
        params = self._params() if self._params else params
        params = list({**dict(params), **goto.params}.items())
        return await self.engine.sender.send(
            Webhook(
                goto.kind,
                goto.url,
                goto.method,
                params,
                self.leg.sid,
                self.leg.credentials,
                cookies=self.leg.cookies,
            )
        )

    def later(self, goto: Goto) -> None:
        """Makes a request whose TwiML is not run, because the call is over: a `<Dial>`'s action, for one."""
        params = list({**dict(twiml_params(self.leg)), **goto.params}.items())
        self.engine.callbacks.send(self.leg, goto.kind, goto.url, goto.method, params)

    async def _refuse(self, what: str) -> None:
        """Leaving it out would make the call another one than Twilio's. No fallback: the document may be good."""
        log.warning("%s: the simulator does not build %s", self.leg.sid, what)
        self.warn(None, f"The simulator does not build {what}; Twilio might run it", level="error")
        await self._apologise()

    async def _apologise(self) -> None:
        """What Twilio does when nothing can be run, of the fallback's either."""
        self.warn(None, "The caller heard that an application error has occurred, and was hung up", level="error")
        await self.say(APOLOGY)

    # --- for the verbs ----------------------------------------------------------------------------------------------

    def action(self, verb: Verb, params: dict[str, str], *, attribute: str = "action") -> Goto | None:
        """Where the verb's `action` leads; None when it has none."""
        if not verb.get(attribute):
            return None
        return Goto(self.url(verb.get(attribute)), verb.get("method", "POST"), params, "action")

    def url(self, reference: str) -> str:
        """A URL as a document means it: relative ones are relative to the document."""
        return urljoin(self.here.url, reference)

    def warn(self, code: int | None, text: str, *, level: str = "warning") -> None:
        self.engine.inspector.warn(code, text, call_sid=self.leg.sid, level=level)

    def _warn_all(self, warnings: list[str]) -> None:
        for warning in warnings:
            self.warn(SCHEMA_WARNING, warning)

    async def answer(self) -> None:
        """Answers a caller who is not answered yet. Twilio does so at the first verb that has something to say."""
        leg = self.leg
        if leg.placed_by_party and leg.status == "ringing":
            leg.move("in-progress")
            await leg.endpoint.answer()

    async def say(self, text: str, language: str = "en-US") -> None:
        await self.answer()
        self.engine.caption(self.leg, text)
        await self.hear(self.engine.registrar.say(text, language), "words")

    async def play_digits(self, digits: str) -> None:
        await self.answer()
        self.engine.caption(self.leg, f"(digits {digits})")
        pass_digits(self.leg, digits)
        await self.hear(dtmf(digits), "digits")

    async def hear(self, source: AudioSource, what: Hearing) -> None:
        """Lets the party hear a sound to its end."""
        self.leg.hear(source, what)
        try:
            await self.engine.pause(source.duration if source.duration is not None else 86_400)
        finally:
            self.leg.hear(None)
