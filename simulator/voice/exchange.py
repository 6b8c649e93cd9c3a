"""What sessions, endpoints and telephones share."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from simulator.voice.audio.speech import Speaker
from simulator.voice.peer import Peer, never
from simulator.voice.registrations import Registrations
from simulator.voice.tasks import Tasks

if TYPE_CHECKING:
    from simulator.faults import Faults
    from simulator.ports import Engine, Frame
    from simulator.voice.client import ClientCall
    from simulator.voice.session import Session


class Credentials(Protocol):
    """What the voice side needs of the simulator's configuration."""

    @property
    def account_sid(self) -> str: ...

    @property
    def api_key_sid(self) -> str: ...

    @property
    def api_key_secret(self) -> str: ...


log = logging.getLogger(__name__)

CLOSE_SECONDS = 10.0
#: From `answer` to the first packet; also how long a broken connection may wait for the SDK's ICE restart.
SETUP_SECONDS = 15.0


class Exchange:
    """The registered browsers, the calls they are in, and everything that has to be gone at the end."""

    engine: Engine

    def __init__(self, credentials: Credentials, faults: Faults) -> None:
        self.credentials = credentials
        self.faults = faults
        self.setup_seconds = SETUP_SECONDS
        self.tasks = Tasks()
        self.speaker = Speaker(self.tasks)
        self.registrations = Registrations()
        self.sessions: set[Session] = set()
        #: By CallSid, and by the temporary id a browser gave its call.
        self.calls: dict[str, ClientCall] = {}
        self.peers: set[Peer] = set()
        self._leaving: dict[Peer, asyncio.Task[None]] = {}

    def open_peer(
        self, pull: Callable[[], Frame], push: Callable[[Frame], None], lost: Callable[[], bool] = never
    ) -> Peer:
        """`lost` is asked of every packet of sound, of either direction, whether it is to be lost on its way."""
        return Peer(pull, push, self.peers, lost)

    def close_peer(self, peer: Peer) -> None:
        """Closes it in the background: saying goodbye takes a while."""
        if peer not in self._leaving:
            # Not among the other tasks: cancelled half-way, aiortc's `close()` leaves sockets open for good.
            task = self._leaving[peer] = asyncio.create_task(peer.close())
            task.add_done_callback(lambda _: self._leaving.pop(peer, None))

    async def close(self) -> None:
        for call in set(self.calls.values()):
            await call.end()
        for session in list(self.sessions):
            session.close()
        await self.tasks.close()
        for peer in list(self.peers):
            self.close_peer(peer)
        if self._leaving:
            _, late = await asyncio.wait(self._leaving.values(), timeout=CLOSE_SECONDS)
            if late:
                log.error("%s peer connections did not close within %s s", len(late), CLOSE_SECONDS)
