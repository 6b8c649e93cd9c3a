"""Legs that have left their room and live."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from calls.rooms.follow import follow
from calls.rooms.inside import Inside
from core.sql.unit import UnitOfWork

if TYPE_CHECKING:
    from calls.params import VoiceRequest


def left_room(work: UnitOfWork, voice: VoiceRequest) -> None:
    inside = Inside(voice.sid, work)
    one = inside.by_leg(voice.sid)
    if one is None:
        return
    inside.out(one)
    follow(inside)
    inside.finish()


def lead_back_if_alone(sid: str, patience: timedelta) -> None:
    """A customer whom everybody has left, and nobody hung up on."""
