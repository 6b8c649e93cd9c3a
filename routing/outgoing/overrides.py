"""Calling or texting once against a rule: by whom the rule lets, with a reason, and never unseen.

A browser sends whatever it likes. So that an override was asked for is a row of ours, which names the agent and the
number and holds for two minutes; whether the agent may is asked again when it is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from core.languages import as_text
from routing.models import OutgoingOverride
from routing.outgoing.roles import role_of
from routing.outgoing.rules import Channel, Refusal, Role

if TYPE_CHECKING:
    from agents.models import Agent

LIFETIME = timedelta(minutes=2)
MOST_REASON = 255


class NotOverridden(Exception):
    """Not by this agent. Its text is a sentence."""


def may_override(found: Sequence[Refusal], role: Role) -> bool:
    """Whether somebody with this role may do it all the same; not where nothing forbids it."""
    return bool(found) and all(role in refusal.override_by for refusal in found)


def override_open(number: str, found: Sequence[Refusal], *, reason: str, by: Agent) -> OutgoingOverride:
    """One call that `by` may make within two minutes, though all this forbids it. Raises `NotOverridden`."""
    return _checked(number, found, channel=Channel.CALL, reason=reason, by=by)


def _checked(
    number: str, found: Sequence[Refusal], *, channel: Channel, reason: str, by: Agent, **more: object
) -> OutgoingOverride:
    role = role_of(by)
    if not may_override(found, role):
        raise NotOverridden(gettext("You may not override this. Ask a supervisor or an admin."))
    return OutgoingOverride.objects.create(
        agent=by,
        agent_name=by.name[:160],
        role=role,
        number=number,
        channel=channel,
        rules=[refusal.rule for refusal in found],
        refusal="\n".join(as_text(refusal.sentence) for refusal in found),
        reason=reason[:MOST_REASON],
        at=timezone.now(),
        **more,
    )


def override_for_text(
    number: str, found: Sequence[Refusal], *, reason: str, by: Agent, message_id: int
) -> OutgoingOverride:
    """Used at once, for this text. Raises `NotOverridden`."""
    return _checked(
        number, found, channel=Channel.TEXT, reason=reason, by=by, message_id=message_id, used_at=timezone.now()
    )


def override_use(
    key: str, number: str, found: Sequence[Refusal], *, by: Agent, call_sid: str, at: datetime | None = None
) -> OutgoingOverride | None:
    """The override of that key, used up by this call; None when it is another's or another number's, was used, is too
    old, or does not cover all that forbids the call now, or when the agent may not override that any more.

    Twilio may ask twice about one call: it is the same use. The first time, `used_at` of what is returned is None.
    """
    if not key or not may_override(found, role_of(by)):
        return None
    now = at or timezone.now()
    rows = OutgoingOverride.objects.filter(
        Q(used_at=None) | Q(call_sid=call_sid),
        key=key,
        agent=by,
        number=number,
        channel=Channel.CALL,
        at__gt=now - LIFETIME,
    )
    row = rows.first()
    if row is None or not {refusal.rule for refusal in found} <= set(row.rules):
        return None
    # Of two calls at one moment, one gets it.
    taken = rows.filter(pk=row.pk).update(used_at=now, call_sid=call_sid)
    return row if taken else None


def rules_overridden(message_ids: Sequence[int]) -> dict[int, frozenset[str]]:
    """Of these texts, which rules somebody has overridden."""
    rows = OutgoingOverride.objects.filter(message_id__in=message_ids).values_list("message_id", "rules")
    return {message_id: frozenset(rules) for message_id, rules in rows if message_id is not None}
