"""What the worker does for agents."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from agents import web_push
from agents.web_push import Note


@shared_task(name="agents.tasks.wake", ignore_result=True, expires=30)  # type: ignore[untyped-decorator]
def wake(agent_id: int, note: dict[str, Any], hidden: dict[str, Any]) -> None:
    """Has the agent's browsers show the note, or what hides names."""
    web_push.send(agent_id=agent_id, note=Note(**note), hidden=Note(**hidden))
