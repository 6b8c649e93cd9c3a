"""What is told of supervision: to supervisors themselves, to agents whose calls are taken over, and who wants help."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction

from agents.permissions import is_supervisor_or_admin
from calls import selectors
from calls.handling_payloads import handling_of
from calls.live.frames import EVERYTHING_GROUP, agent_group, as_text, frames_of, in_each_language
from calls.models import Call, Participant
from calls.payloads import agent_json, call_json, line_json, party_json, time_json
from calls.permissions import call_may_be_supervised
from core.languages import kept as _
from core.languages import sentence, speaking
from core.realtime import outbox
from core.text import in_sentence

if TYPE_CHECKING:
    from agents.models import Agent


def supervising_json(one: Participant, call: Call) -> dict[str, Any]:
    """`Supervising` in docs/desk-protocol.md."""
    return {"call": call_json(call, one.agent), "mode": one.said_mode, "state": one.state}


def supervising_frames(call: Call) -> Iterator[outbox.Frame]:
    """What whoever supervises a call sees of it."""
    if call.is_terminal:
        return
    for one in handling_of(call).participants:
        if one.is_supervisor and one.agent is not None and one.state != one.State.LEFT:
            frame = {"type": "supervising.changed", "supervising": supervising_json(one, call)}
            yield from frames_of([agent_group(one.agent.pk)], frame, call, one.agent)


def supervising_changed(agent_ids: Collection[int]) -> None:
    """Once it is committed, tells these agents which call they supervise, or that they supervise none."""
    if agent_ids:
        transaction.on_commit(partial(outbox.later, partial(_tell_supervising, frozenset(agent_ids))), robust=True)


def _tell_supervising(agent_ids: Collection[int]) -> None:
    frames: list[outbox.Frame] = []
    with speaking(""):
        for agent_id in agent_ids:
            one = selectors.supervised_by(agent_id)
            call = selectors.call_get(one.room_id) if one is not None else None
            if one is not None and call is not None:
                frames += supervising_frames(call)
            else:
                frames += frames_of([agent_group(agent_id)], {"type": "supervising.changed", "supervising": None})
    outbox.send(frames)


def taken_over(sid: str, agent_ids: Collection[int], by: Agent) -> None:
    """Tells all agents who were in a call that a supervisor has it now, and lets them go."""
    said = _("%(name)s has taken over this call.") % {"name": in_sentence(by.name)}

    def told(language: str) -> str:
        with speaking(language):
            return as_text({"type": "call.taken_over", "sid": sid, "by": agent_json(by), "message": sentence(said)})

    outbox.send([in_each_language(agent_group(agent_id), told) for agent_id in agent_ids])


def helps_json(agent: Agent) -> list[dict[str, Any]]:
    """Who asks for help in the calls that this agent may supervise, the longest first."""
    if not is_supervisor_or_admin(agent):
        return []
    asking = selectors.calls_wanting_help()
    return [_help_json(call) for call in asking if call_may_be_supervised(call, by=agent)]


def _help_json(call: Call) -> dict[str, Any]:
    return {
        "sid": call.sid,
        "since": time_json(call.help_since),
        "agent": agent_json(call.agent),
        "party": party_json(call),
        "line": line_json(call.line),
    }


def help_changed(sid: str) -> None:
    """Tells the supervisors of a call's team, and admins, whether its agent wants help."""
    outbox.later(partial(_tell_help, sid))


def _tell_help(sid: str) -> None:
    call = selectors.call_get(sid)
    if call is not None:
        with speaking(""):
            outbox.send(list(help_frames(call)))


def help_frames(call: Call) -> Iterator[outbox.Frame]:
    # Whoever asks is not told. Of the end all are: the call may be that of one who was.
    asks = call.agent_id if call.help_since else None
    groups = [agent_group(pk) for pk in selectors.supervisor_ids(call) if pk != asks]

    def told(language: str) -> str:
        with speaking(language):
            return as_text({"type": "help.changed"} | _help_json(call))

    for group in (*groups, EVERYTHING_GROUP):
        yield in_each_language(group, told)
