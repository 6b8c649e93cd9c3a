"""`<Gather>`: keys or words from the party while it is spoken to. Twilio Docs, "TwiML Voice: <Gather>".

Nothing is recognised: the words that a telephone says are known. Those of a browser's microphone are not.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass

from simulator.engine.interpreter import Goto, Script, Step
from simulator.engine.reactions import react
from simulator.leg import Utterance
from simulator.twiml.reading import Verb
from simulator.webhooks.parameters import twiml_params

#: Seconds of silence that end a sentence where `speechTimeout` is `auto`.
AUTO_SILENCE = 1.0
LONGEST_SPEECH = 60.0
#: How sure recognition says it is of what it has not heard to the end.
UNSTABLE = "0.9"
#: Of the words that a telephone repeats by itself.
OWN_CONFIDENCE = 0.9


async def gather(script: Script, verb: Verb) -> Step:
    """Asks the action with `Digits` or `SpeechResult`; falls through to the next verb when there was neither."""
    await script.answer()
    gathering = Gathering(script, verb)
    params = await gathering.run()
    if params is None and not verb.flag("actionOnEmptyResult", default=False):
        return None
    params = gathering.nothing() if params is None else params
    # Without an action the current document is asked for again, now with what was gathered.
    return script.action(verb, params) or Goto(script.here.url, verb.get("method", "POST"), params, "action")


@dataclass(frozen=True)
class Digit:
    key: str


class Gathering:
    """One `<Gather>`. Whichever comes first, a key or a word, decides which of the two it is about."""

    def __init__(self, script: Script, verb: Verb) -> None:
        self.script = script
        self.leg = script.leg
        self._verb = verb
        inputs = verb.get("input").split() or ["dtmf"]
        self._dtmf = "dtmf" in inputs or "speech" not in inputs
        self._speech = "speech" in inputs
        self._patience = verb.number("timeout", 5)
        self._partials = 0

    def nothing(self) -> dict[str, str]:
        """What an action is told that is asked for an empty result, too."""
        return ({"Digits": "", "msg": "Gather End"} if self._dtmf else {}) | (
            {"SpeechResult": ""} if self._speech else {}
        )

    async def run(self) -> dict[str, str] | None:
        """The action's form fields; None when there was nothing."""
        self.leg.forget_digits()
        self.leg.gathers += 1
        prompt = asyncio.create_task(self._prompt())
        reaction = react(self.script.engine, self.leg, dtmf=self._dtmf, speech=self._speech)
        try:
            first = await self._first(prompt)
            if isinstance(first, Digit):
                await _ended(prompt)
                return await self._digits(first.key)
            if isinstance(first, Utterance):
                if self._verb.flag("bargeIn", default=True):
                    await _ended(prompt)
                return await self._words(first)
            return None
        finally:
            if reaction is not None:
                reaction.cancel()
            await _ended(prompt)

    async def _prompt(self) -> None:
        await self.script.run_verbs(self._verb.children)
        self.leg.run_verb("Gather")

    async def _first(self, prompt: asyncio.Task[None]) -> Digit | Utterance | None:
        """Interrupts what is being said; the timeout begins when all is said."""
        waiting = asyncio.create_task(self._next())
        try:
            await asyncio.wait({waiting, prompt}, return_when=asyncio.FIRST_COMPLETED)
            if waiting.done():
                return waiting.result()
            if not prompt.cancelled() and (error := prompt.exception()):
                raise error
            if self._speech and self.leg.endpoint.words:
                return self._own_words()
            await asyncio.wait({waiting}, timeout=self._patience)
            return waiting.result() if waiting.done() else None
        finally:
            waiting.cancel()

    async def _next(self) -> Digit | Utterance:
        """The next key or words, of what is listened to."""
        keys = asyncio.ensure_future(self.leg.digit_queue.get())
        words = asyncio.ensure_future(self.leg.speech_queue.get())
        heard = ({keys} if self._dtmf else set()) | ({words} if self._speech else set())
        try:
            await asyncio.wait(heard, return_when=asyncio.FIRST_COMPLETED)
            return Digit(keys.result()) if keys in heard and keys.done() else words.result()
        finally:
            keys.cancel()
            words.cancel()

    # --- keys -------------------------------------------------------------------------------------------------------

    async def _digits(self, first: str) -> dict[str, str] | None:
        """`timeout` begins anew at every key."""
        finish = self._verb.attributes.get("finishOnKey", "#")
        most = self._verb.number("numDigits", 0)
        digits, key, pressed = "", "", first
        while pressed:
            if finish and pressed in finish:
                key = pressed
                break
            digits += pressed
            if most and len(digits) >= most:
                break
            pressed = await self._digit()
        if not digits:
            return None
        return {"Digits": digits, "msg": "Gather End"} | ({"FinishedOnKey": key} if key else {})

    async def _digit(self) -> str:
        try:
            async with asyncio.timeout(self._patience):
                return await self.leg.digit_queue.get()
        except TimeoutError:
            return ""

    # --- words ------------------------------------------------------------------------------------------------------

    def _own_words(self) -> Utterance:
        """Of a telephone that repeats itself: it waits with them until it is asked."""
        words = self.leg.endpoint.words
        return Utterance(words, OWN_CONFIDENCE, self.script.engine.registrar.say(words).duration or 0.0)

    async def _words(self, first: Utterance) -> dict[str, str]:
        """Sentences with less than `speechTimeout` between them are one."""
        heard: list[Utterance] = []
        utterance: Utterance | None = first
        while utterance is not None:
            await self._listen(heard, utterance)
            heard.append(utterance)
            too_long = sum(one.seconds for one in heard) >= self._verb.number("maxSpeechTime", LONGEST_SPEECH)
            utterance = None if too_long else await self._more()
        return {
            "SpeechResult": " ".join(one.words for one in heard),
            "Confidence": str(min(one.confidence for one in heard)),
            "Language": self._language,
        }

    async def _listen(self, before: list[Utterance], utterance: Utterance) -> None:
        """Hears it to its end; the callback for partial results is told half of it, and then all."""
        words = utterance.words.split()
        begun = [word for one in before for word in one.words.split()]
        for part in (words[: len(words) // 2], words):
            await self.script.engine.pause(utterance.seconds / 2)
            self._tell(" ".join(begun + part))

    async def _more(self) -> Utterance | None:
        automatic = self._verb.get("speechTimeout") == "auto"
        silence = AUTO_SILENCE if automatic else self._verb.number("speechTimeout", self._patience)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(silence):
                return await self.leg.speech_queue.get()
        return None

    def _tell(self, words: str) -> None:
        url = self._verb.get("partialResultCallback")
        if not url or not words:
            return
        params = {
            "UnstableSpeechResult": words,
            "StableSpeechResult": "",
            "Stability": UNSTABLE,
            "Language": self._language,
            "SequenceNumber": str(self._partials),
        }
        self._partials += 1
        method = self._verb.get("partialResultCallbackMethod", "POST")
        fields = twiml_params(self.leg, params)
        self.script.engine.callbacks.send(self.leg, "partial", self.script.url(url), method, fields)

    @property
    def _language(self) -> str:
        return self._verb.get("language", "en-US")


async def _ended(prompt: asyncio.Task[None]) -> None:
    """Ends what is being said. Its failure, if any, has been met already."""
    prompt.cancel()
    await asyncio.wait({prompt})
