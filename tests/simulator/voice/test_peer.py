"""A peer connection gives its sockets back, whenever it is closed."""

import asyncio
import os

import pytest

from simulator.voice.audio.buffer import SILENT_FRAME
from simulator.voice.peer import BadDescription, Peer
from tests.simulator.voice.rig import eventually
from tests.simulator.voice.wire import Phone


def sockets() -> int:
    """How many sockets this process has open."""
    links = []
    for entry in os.scandir("/proc/self/fd"):
        try:
            links.append(os.readlink(entry.path))
        except OSError:
            continue
    return sum(link.startswith("socket:") for link in links)


def new_peer() -> Peer:
    return Peer(lambda: SILENT_FRAME, lambda samples: None, set())


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="no /proc")
@pytest.mark.parametrize("turns", range(12))
def test_closed_while_it_gathers_candidates_it_keeps_no_socket(turns):
    async def scenario():
        before = sockets()
        peer = new_peer()
        offering = asyncio.create_task(peer.offer())
        for _ in range(turns):
            await asyncio.sleep(0)

        await peer.close()

        await offering
        await eventually(lambda: sockets() == before, lambda: f"{sockets()} sockets, {before} before")

    asyncio.run(scenario())


def test_closed_before_it_has_said_anything_it_has_nothing_to_say():
    async def scenario():
        peer, phone = new_peer(), Phone()
        offer = await phone.offer()

        await peer.close()

        assert await peer.offer() == ""
        with pytest.raises(BadDescription):
            await peer.answer(offer)
        await phone.close()

    asyncio.run(scenario())
