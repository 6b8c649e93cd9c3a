"""Who belongs to groups: those picked by hand, and those whom a group's rule finds just now."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q, QuerySet

from contacts.models import Contact, Group


def members_of(group_ids: Collection[int]) -> QuerySet[Contact]:
    """Everybody who belongs to one of these groups, each once, with their numbers, by name."""
    picked = Group.members.through.objects.filter(group__in=group_ids).values("contact")
    return Contact.objects.filter(Q(pk__in=picked)).prefetch_related("numbers").order_by("name", "pk")
