"""Changing agents and their desks. Each returns what the caller must tell others; nothing here pushes."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from agents.models import DESK_LIFETIME, Agent, Availability, Desk


def availability_set(*, agent_id: int, availability: str) -> bool:
    """Whether it was another one before. Raises `ValueError` for a word that is none of the three."""
    value = Availability(availability)
    return bool(Agent.objects.filter(pk=agent_id).exclude(availability=value).update(availability=value))


def desk_open(*, agent_id: int, channel_name: str) -> None:
    Desk.objects.create(agent_id=agent_id, channel_name=channel_name)
    # Desks of a server that was killed were never closed.
    Desk.objects.filter(seen_at__lt=timezone.now() - DESK_LIFETIME - timedelta(hours=1)).delete()


def desk_close(*, channel_name: str) -> bool:
    """Whether the desk's phone could ring until now."""
    could_ring = Desk.objects.filter(channel_name=channel_name, registered=True).exists()
    Desk.objects.filter(channel_name=channel_name).delete()
    return could_ring


def desk_phone_state(*, agent_id: int, channel_name: str, registered: bool) -> None:
    Desk.objects.update_or_create(
        channel_name=channel_name,
        defaults={"agent_id": agent_id, "registered": registered, "seen_at": timezone.now()},
    )


def desk_seen(*, agent_id: int, channel_name: str) -> bool:
    """Keeps the desk alive. False when its agent may not work here any more."""
    if not Agent.objects.filter(pk=agent_id, is_active=True).exists():
        return False
    Desk.objects.filter(channel_name=channel_name).update(seen_at=timezone.now())
    return True
