"""What a party hears while it waits for a conference to begin or for its turn in a queue."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from simulator.engine.audio import hold_tone
from simulator.engine.interpreter import Goto, Script
from simulator.twiml.reading import Verb

#: Twilio Docs, "TwiML Voice: <Enqueue>" and "<Conference>": what `waitUrl` may hold.
QUEUE_VERBS = frozenset({"Play", "Say", "Pause", "Hangup", "Redirect", "Leave", "Gather"})
CONFERENCE_VERBS = frozenset({"Play", "Say", "Pause", "Redirect"})
#: A waiting document without anything to wait for would be asked for without end.
SHORTEST_ROUND = 1.0


async def wait_music(
    script: Script, noun: Verb, allowed: frozenset[str], params: Callable[[], dict[str, str]], method: str
) -> Script | None:
    """Runs `waitUrl` over and over. Returns the script that ran `<Leave>` or `<Hangup>`; without a URL never."""
    url = noun.attributes.get("waitUrl")
    port = script.leg.endpoint.port
    if not url:
        port.hear(hold_tone() if url is None else None)
        await asyncio.Event().wait()
        return None
    loop = asyncio.get_running_loop()
    while True:
        begun = loop.time()
        music = Script(script.engine, script.leg, allowed=allowed)
        await music.run(Goto(script.url(url), method, params(), "wait"))
        if music.stopped:
            return music
        await asyncio.sleep(max(0.0, SHORTEST_ROUND - (loop.time() - begun)))
