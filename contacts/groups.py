"""Who belongs to groups: those picked by hand, and those whom a group's rule finds just now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Q, QuerySet, Value, When

from contacts.models import Contact, Group
from contacts.rules import rule_condition


def members_of(group_ids: Collection[int]) -> QuerySet[Contact]:
    """Everybody who belongs to one of these groups, each once, with their numbers, by name."""
    groups = Group.objects.filter(pk__in=group_ids)
    return Contact.objects.filter(_belongs_to(groups)).prefetch_related("numbers").order_by("name", "pk")


def member_count(group: Group) -> int:
    """How many belong to it just now."""
    return Contact.objects.filter(_belongs_to([group])).order_by().count()


def rule_count(rule: Mapping[str, Any]) -> int:
    """How many a rule finds just now, as it would be stored."""
    condition = rule_condition(rule)
    return Contact.objects.filter(condition).order_by().count() if condition is not None else 0


def _belongs_to(groups: Iterable[Group]) -> Q:
    known = list(groups)
    picked = Group.members.through.objects.filter(group__in=[group.pk for group in known]).values("contact")
    wanted = Q(pk__in=picked)
    for group in known:
        condition = rule_condition(group.rule)
        if condition is not None:
            wanted |= condition
    return wanted


@dataclass(frozen=True, slots=True)
class Membership:
    group: Group
    by_rule: bool
    """Found by the group's rule, and not picked by hand: it cannot be taken out by hand either."""


def memberships_of(contact: Contact) -> list[Membership]:
    """The groups that the contact belongs to, by name, in two queries however many groups there are."""
    groups = list(Group.objects.all())
    picked = set(Group.members.through.objects.filter(contact=contact.pk).values_list("group", flat=True))
    asked = {
        f"group_{group.pk}": Case(When(condition, then=Value(1)), default=Value(0))
        for group in groups
        if group.pk not in picked and (condition := rule_condition(group.rule)) is not None
    }
    row = Contact.objects.filter(pk=contact.pk).annotate(**asked).values(*asked).first() if asked else None
    found = row or {}
    return [
        Membership(group, by_rule=group.pk not in picked)
        for group in groups
        if group.pk in picked or found.get(f"group_{group.pk}")
    ]
