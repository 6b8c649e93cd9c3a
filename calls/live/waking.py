"""Waking the browsers of an agent whose desks answer nothing, for a caller who would ring there."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.selectors import agents_asleep
from agents.tasks import wake as send
from agents.web_push import Note
from calls.payloads import party_json
from core.languages import speaking
from core.text import in_sentence

if TYPE_CHECKING:
    from agents.models import Agent
    from calls.models import Call


# Longer than anybody waits.
_WAKES_ONCE_SECONDS = 7200


def wake_sleeping(agent_ids: Collection[int], call: Call, *, is_call_back: bool = False) -> set[int]:
    """Wakes those of these agents whom it helps to wake, each once for a call, however often it is asked; who they are.
    Their caller may wait one round more for them."""
    sleeping = agents_asleep(agent_ids)
    anew = [agent for agent in sleeping if cache.add(f"woken:{call.sid}:{agent.pk}", True, _WAKES_ONCE_SECONDS)]
    wake(anew, call, is_call_back=is_call_back)
    return {agent.pk for agent in anew}


def wake(agents: Collection[Agent], call: Call, *, is_call_back: bool = False) -> None:
    """Once what was stored is committed, has the browsers of these agents show that the call waits, or that its caller
    is to be called back; a press opens the desk on it. Returns at once: a worker sends it."""
    for agent in agents:
        _show(agent, partial(_waiting, call, is_call_back=is_call_back))


def wake_over(
    agents: Collection[Agent],
    call: Call,
    by: Agent | None = None,
    *,
    is_call_back: bool = False,
    has_gone_on: bool = False,
) -> None:
    """The same notification says, without a sound, who took the call, or that its caller hung up, or went on to
    somewhere else; who calls back, or that this is not needed any more."""
    for agent in agents:
        _show(agent, partial(_over, call, by, is_call_back=is_call_back, has_gone_on=has_gone_on))


def _show(agent: Agent, made: Callable[..., Note]) -> None:
    with speaking(agent.language):
        note, hidden = made(hides_names=False), made(hides_names=True)
    transaction.on_commit(partial(_enqueue, agent.pk, note, hidden), robust=True)


def _enqueue(agent_id: int, note: Note, hidden: Note) -> None:
    send.delay(agent_id, asdict(note), asdict(hidden))


def _waiting(call: Call, *, hides_names: bool, is_call_back: bool = False) -> Note:
    line = in_sentence(call.line.name) if call.line else "Ringdesk"
    waited = max(0, int((timezone.now() - call.start_time).total_seconds()))
    waits = _("Waited %(time)s") % {"time": f"{waited // 60}:{waited % 60:02}"}
    if hides_names:
        said = _("Somebody is to be called back for %(line)s") if is_call_back else _("Somebody calls %(line)s")
        title, lines = said % {"line": line}, [_("Unlock to see who."), waits]
    else:
        party = party_json(call)
        name = in_sentence(party["name"] or party["display"])
        said = _("Call %(name)s back for %(line)s") if is_call_back else _("%(name)s calls %(line)s")
        title = said % {"name": name, "line": line}
        number = party["display"] if party["name"] else ""
        lines = [" · ".join(filter(None, [number, party["company"], party["place"]])), waits]
    return Note(
        title=title,
        body="\n".join(filter(None, lines)),
        tag=f"call-{call.sid}",
        path=f"?call={call.sid}",
        open=_("Open desk"),
        later=_("Not now"),
    )


def _over(
    call: Call, by: Agent | None, *, hides_names: bool, is_call_back: bool = False, has_gone_on: bool = False
) -> Note:
    party = party_json(call)
    name = _("The caller") if hides_names else in_sentence(party["name"] or party["display"])
    if by is not None:
        said = _("%(agent)s calls back: %(name)s") if is_call_back else _("%(agent)s took the call of %(name)s")
        title = said % {"agent": by, "name": name}
    else:
        said = _("%(name)s does not wait any more") if has_gone_on else _("%(name)s hung up")
        if is_call_back:
            said = _("No call-back is needed any more: %(name)s")
        title = said % {"name": name}
    return Note(title=title, body="", tag=f"call-{call.sid}", is_silent=True)
