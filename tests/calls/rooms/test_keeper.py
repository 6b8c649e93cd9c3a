"""The threads that look at rooms."""

from __future__ import annotations

import threading
from unittest.mock import patch

from calls.rooms import keeping

PATIENCE = 10.0


def test_what_is_told_of_a_room_while_it_is_looked_at_is_looked_at_too():
    began, may_end, looked, played = threading.Semaphore(0), threading.Semaphore(0), [], []

    def look(sid: str) -> None:
        looked.append(sid)
        began.release()
        assert may_end.acquire(timeout=PATIENCE)

    with (
        patch.object(keeping, "rooms_due", lambda: ["CA1"]),
        patch.object(keeping, "look", look),
        patch.object(keeping, "music_again", lambda sid, **_when: played.append(sid)),
    ):
        keeper = keeping.Keeper()
        keeper.look()
        assert began.acquire(timeout=PATIENCE)
        # By two webhooks, while Twilio is asked for something.
        keeper.look()
        keeper.look()
        may_end.release()
        assert began.acquire(timeout=PATIENCE)
        may_end.release()
        keeper.stop(wait=True)

    assert looked == ["CA1", "CA1"]
    assert played == ["CA1"], "music is played again when the server has just started"
