"""What a party hears while it waits: for a conference to begin, for its turn in a queue, or while it is on hold."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from simulator.engine.audio import hold_tone
from simulator.engine.interpreter import Allowed, Goto, Script

#: Twilio Docs, "TwiML Voice: <Enqueue>": what `waitUrl` may hold. Anything else is the queue's result `error`.
QUEUE_VERBS = Allowed(frozenset({"Play", "Say", "Pause", "Hangup", "Redirect", "Leave", "Gather"}), strict=True)
#: Twilio Docs, error 13238: the same for `waitUrl`, `holdUrl` and `announceUrl` of a conference.
CONFERENCE_VERBS = Allowed(frozenset({"Play", "Say", "Pause", "Redirect"}), code=13238)
#: A waiting document without anything to wait for would be asked for without end.
SHORTEST_ROUND = 1.0


async def wait_music(
    script: Script,
    url: str | None,
    method: str,
    allowed: Allowed,
    params: Callable[[], dict[str, str]],
    *,
    repeat: bool = True,
) -> Script | None:
    """Runs the document at `url` over and over, or once. Returns the script that ended, rather than came to its end.

    One that is not to `repeat` is returned when it has come to its end, too: then there is silence. Without a URL
    (None: music, empty: silence) it never returns.
    """
    if not url:
        script.leg.hear(hold_tone() if url is None else None, "music" if url is None else "")
        await asyncio.Event().wait()
        return None
    loop = asyncio.get_running_loop()
    while True:
        begun = loop.time()
        music = Script(script.engine, script.leg, allowed=allowed)
        await music.run(Goto(script.url(url), method, params(), "wait"))
        if music.stopped or not repeat:
            return music
        await asyncio.sleep(max(0.0, SHORTEST_ROUND - (loop.time() - begun)))


async def silenced(music: asyncio.Task[Script | None]) -> None:
    """Ends the music. Its last act is to silence the party: only then may something else be heard."""
    music.cancel()
    await asyncio.wait({music})


async def any_of(*events: asyncio.Event) -> None:
    """Waits until one of these is set."""
    waits = {asyncio.ensure_future(event.wait()) for event in events}
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
