"""What the call engine and the voice side promise each other.

The engine (`engine/`) knows calls, TwiML and webhooks, but not how sound travels. The voice side (`voice/`) knows
browsers, signalling and samples, but not what a call is for. They meet in these protocols only.

Audio is mono, signed 16 bit, `SAMPLE_RATE` samples a second, in frames of 20 ms (`FRAME_SAMPLES`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Frame = NDArray[np.int16]

SAMPLE_RATE = 8000
FRAME_SAMPLES = SAMPLE_RATE // 50
#: Of a user-defined message's JSON.
MOST_MESSAGE_BYTES = 10_000


class Unreachable(Exception):
    """Raised by `Endpoint.ring` when nobody is there to be rung."""


class AudioSource(Protocol):
    """Something that can be heard. Every listener owns its source; nothing is shared between two readers."""

    #: Seconds until it has said all it has to say; None when it never ends of itself.
    duration: float | None

    def read(self) -> Frame:
        """The next 20 ms. Never waits: silence when there is nothing to hear (yet, or any more)."""
        ...


class Port(Protocol):
    """The sound of one party, as the engine sees it."""

    def hear(self, source: AudioSource | None) -> None:
        """From now on the party hears `source` instead of what it heard before; None is silence."""
        ...

    def listen(self) -> AudioSource:
        """A new reader of what the party says from now on, bounded to 200 ms (the oldest sound is dropped)."""
        ...

    def overhear(self) -> AudioSource:
        """A new reader of what the party hears from now on, until the party is gone."""
        ...


class Endpoint(Protocol):
    """A party at the end of a leg: a simulated telephone, or the browsers registered under one identity.

    What the party does comes back through the `Leg` given to `ring` or returned by the engine
    (`party_answered`, `party_rejected`, `party_hung_up`, `party_digits`); those may be called at any time from the
    event loop, and are harmless on a leg that is over.
    """

    @property
    def port(self) -> Port: ...

    async def ring(self, leg: Leg) -> None:
        """Offers the call to the party; returns once offered. Raises `Unreachable` when there is nobody."""
        ...

    async def ringing(self) -> None:
        """Tells a party that placed a call that the far end is ringing. Once at most."""
        ...

    async def answer(self) -> None:
        """Tells a party that placed a call that it is answered: sound flows from now on."""
        ...

    async def end(self, code: int | None = None, message: str = "") -> None:
        """Takes the call away: cancels the ringing or hangs up. `code` is one of Twilio's 3xxxx error codes.

        Called once for every leg, also when it was the party itself that hung up, rejected or was not there.
        """
        ...

    @property
    def words(self) -> str:
        """What the party says over and over by itself; empty when that is nothing, no words, or not known."""
        ...

    def utter(self, make: Callable[[], AudioSource]) -> float | None:
        """Lets the party say something, once, in place of what else it says. `make` makes a source for each listener.

        Returns how many seconds it takes; None where there is no telephone that could be told what to say.
        """
        ...

    def message(self, sid: str, content: object, content_type: str) -> bool:
        """Passes on a user-defined message. False where there is no browser in a call to take it."""
        ...


class Leg(Protocol):
    """The engine's side of a leg, as the voice side may use it."""

    sid: str
    account_sid: str
    from_: str
    to: str
    #: `<Parameter>`s of a `<Client>`, in order.
    custom_parameters: list[tuple[str, str]]
    endpoint: Endpoint

    @property
    def stir_status(self) -> str | None:
        """What the network says of the caller's number, in Twilio's words: `TN-Validation-Passed-A`…"""
        ...

    def party_answered(self) -> None: ...

    def party_rejected(self) -> None: ...

    def party_hung_up(self) -> None: ...

    def party_digits(self, digits: str) -> None:
        """Digits as the SDK sends them: 0-9, `*`, `#`, and `w` for half a second's pause."""
        ...

    def party_message(self, sid: str, content: object, content_type: str) -> None:
        """A user-defined message of the SDK's: `content` is its JSON, or a text."""
        ...


class Engine(Protocol):
    """What the voice side asks of the engine."""

    async def place_client_call(
        self, *, identity: str, application_sid: str, params: dict[str, str], endpoint: Endpoint
    ) -> Leg:
        """A browser dials: makes the root leg, in `ringing`, and starts fetching the application's TwiML.

        Raises `LookupError` when the application is unknown (the SDK is told 31001).
        """
        ...

    def find_leg(self, sid: str) -> Leg | None: ...


class Registrar(Protocol):
    """What the engine asks of the voice side."""

    def endpoint_for(self, identity: str) -> Endpoint:
        """An endpoint that rings every browser registered as `identity`; the first to answer gets the call."""
        ...

    def telephone(self, number: str, voice: str) -> Endpoint:
        """A telephone's endpoint. `voice` is what it says by itself: `silence`, `tone:HZ` or `speech:WORDS`.

        A browser may be attached to its port later, as its microphone and loudspeaker.
        """
        ...

    def say(self, text: str, language: str = "en-US") -> AudioSource:
        """The words, spoken (espeak-ng when installed, else a tone pattern of the same length)."""
        ...

    async def spoken(self, text: str) -> Frame:
        """The same words all at once, for what nobody waits to hear said."""
        ...

    def play(self, data: bytes, content_type: str) -> AudioSource:
        """A sound file, decoded. Raises `ValueError` when it is none."""
        ...
