"""What the company's rules say of texts that are about to be sent: they may have changed since these were written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from django.utils.translation import gettext_noop

from agents.selectors import agents_by_id
from contacts.selectors import time_zones_said
from core.languages import as_text
from messaging.models import Origin, Priority
from messaging.outbox.due import Due
from messaging.outbox.hours import Hours, text_may_go
from routing.outgoing.checks import TextFacts, never_texted, text_facts, text_opens, text_refusals
from routing.outgoing.overrides import rules_overridden
from routing.outgoing.roles import role_of
from routing.outgoing.rules import Refusal, Role, Rule

# What was written within hours may be sent that much later: the outbox has a line of its own.
_GRACE = timedelta(minutes=10)


# Of a text to a group.
HOURS_APART = gettext_noop("The hours of this send and those in which your company texts there never meet.")


def problems_of(rows: Collection[Due], own: Mapping[int, Hours], now: datetime) -> dict[int, str]:
    """Why some of these texts must not be sent, as it is stored. Those to groups are not refused for the hour, unless
    there is none at which the company and their sends (`own`) allow them: they wait."""
    facts = text_facts({row.recipient for row in rows})
    found = {row.pk: reason for row in rows if (reason := never_texted(row.recipient))}
    refused: dict[int, list[Refusal]] = {}
    roles = _roles_of(rows, facts)
    for row in rows:
        at = row.created_at if now - row.created_at < _GRACE and row.priority == Priority.SINGLE else now
        some = text_refusals(row.recipient, facts, role=roles[row.pk], at=at)
        if some and row.pk not in found:
            refused[row.pk] = [one for one in some if not _is_waited_for(one, row, facts, now)]
    overridden = rules_overridden(list(refused)) if refused else {}
    for pk, some_left in refused.items():
        left = [one for one in some_left if not (one.override_by and one.rule in overridden.get(pk, ()))]
        if left:
            found[pk] = as_text(left[0].sentence)
    for row in rows:
        hours = own.get(row.group_send_id or 0)
        if row.pk not in found and hours is not None and text_may_go(row.recipient, hours, facts, now) is None:
            found[row.pk] = HOURS_APART
    return found


def _is_waited_for(refusal: Refusal, row: Due, facts: TextFacts, now: datetime) -> bool:
    return (
        refusal.rule == Rule.HOURS
        and row.priority == Priority.GROUP
        and text_opens(row.recipient, facts, at=now) is not None
    )


def _roles_of(rows: Collection[Due], facts: TextFacts) -> dict[int, Role]:
    """Whose rules count: the writer's, of a text by rule those of the admin who made the rule."""
    writers = agents_by_id({row.written_by_id for row in rows if row.written_by_id}) if facts.rules.places else {}
    by_writer = {row.pk: role_of(writers.get(row.written_by_id or 0)) for row in rows}
    return by_writer | {row.pk: Role.ADMIN for row in rows if row.origin == Origin.RULE}


def opens_later(rows: Iterable[Due], own: Mapping[int, Hours], now: datetime) -> dict[datetime, list[int]]:
    """Those of these texts that must wait for the company's hours, or for those of their sends (`own`), by when both
    allow them."""
    rows = list(rows)
    later: dict[datetime, list[int]] = {}
    # Without numbers, nobody is looked for on the list: that was done.
    facts = text_facts((), time_zones={})
    if not rows or not (facts.rules.hours or own):
        return later
    facts = replace(facts, time_zones=time_zones_said({row.recipient for row in rows}))
    for row in rows:
        opens = text_may_go(row.recipient, own.get(row.group_send_id or 0), facts, now)
        # Those that may never go were refused.
        if opens is not None and opens > now:
            later.setdefault(opens, []).append(row.pk)
    return later
