"""What agents, supervisors and programs ask for: each noted under the call's lock, then asked of Twilio."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calls.rooms.refusing import NotPossible

if TYPE_CHECKING:
    from agents.models import Agent
    from calls.rooms.targets import Target


def hold(sid: str, *, by: Agent) -> None:
    raise NotPossible("Not yet.")


def resume(sid: str, *, by: Agent) -> None:
    raise NotPossible("Not yet.")


def transfer(sid: str, target: Target, *, mode: str, by: Agent) -> None:
    raise NotPossible("Not yet.")


def complete_transfer(sid: str, *, by: Agent) -> None:
    raise NotPossible("Not yet.")


def cancel_transfer(sid: str, *, by: Agent) -> None:
    raise NotPossible("Not yet.")


def merge(sid: str, *, by: Agent) -> None:
    raise NotPossible("Not yet.")


def participant_add(sid: str, target: Target, *, by: Agent) -> None:
    raise NotPossible("Not yet.")


def participant_change(sid: str, leg: str, *, held: bool | None, muted: bool | None, by: Agent) -> None:
    raise NotPossible("Not yet.")


def participant_remove(sid: str, leg: str, *, by: Agent) -> None:
    raise NotPossible("Not yet.")
