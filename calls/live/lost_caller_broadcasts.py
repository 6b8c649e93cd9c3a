"""What agents are told of callers whom they had parked, and to whom they did not come back."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from calls import selectors
from calls.live.frames import agent_group, as_text, in_each_language
from calls.payloads import lost_caller_json
from core.languages import speaking
from core.realtime import outbox


def lost_caller_changed(agent_id: int) -> None:
    """Once it is committed, tells the agent's desks of which caller there is to read, or that there is none."""
    transaction.on_commit(partial(outbox.later, partial(_tell, agent_id)), robust=True)


def _tell(agent_id: int) -> None:
    one = selectors.lost_caller_of(agent_id)

    def told(language: str) -> str:
        with speaking(language):
            return as_text({"type": "lost_caller.changed", "lost_caller": lost_caller_json(one)})

    outbox.send([in_each_language(agent_group(agent_id), told)])
