"""Keeping what an agent's phone measured of a call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from calls.models import Call, CallQuality, Direction, Participant
from telephony.identity import agent_id_from

if TYPE_CHECKING:
    from agents.models import Agent

FIGURES = ("mos", "jitter", "rtt", "loss", "input_level", "output_level")
# Below it there is nothing to judge by.
_LEAST_SECONDS = 5
_POOR_SECONDS, _POOR_SHARE, _FAIR_SECONDS = 10, 0.05, 5
# Twilio's own threshold for its warning, and what the scale of ITU-T P.800 calls good.
_POOR_MOS, _GOOD_MOS = 3.0, 3.6
Verdict = CallQuality.Verdict


class NoSuchLeg(Exception):
    """The call has no such leg, or it is not known yet."""


class NotOwnLeg(Exception):
    """The leg is another's phone."""


def quality_keep(*, sid: str, leg_sid: str, by: Agent, measured: dict[str, Any]) -> CallQuality:
    """What is kept of that leg now. Sent twice, it is kept once; of two, that of the longer time stays.

    Raises `NoSuchLeg`, and `NotOwnLeg` for whatever is not this agent's own phone.
    """
    leg = Call.objects.filter(pk=leg_sid).first()
    if leg is None or (leg.parent_id or leg.pk) != sid:
        raise NoSuchLeg
    # A supervisor's leg becomes that of the call's agent when it is taken over.
    if (
        _phone_of(leg) != by.pk
        or Participant.objects.filter(leg_sid=leg_sid, role=Participant.Role.SUPERVISOR).exists()
    ):
        raise NotOwnLeg
    values = {name: value for name, value in measured.items() if name not in FIGURES}
    values |= {"call_id": sid, "agent": by, "figures": {name: measured[name] for name in FIGURES if measured.get(name)}}
    values["verdict"] = verdict_of(values["seconds"], values["poor_seconds"], values["figures"])
    with transaction.atomic():
        kept, is_new = CallQuality.objects.select_for_update().get_or_create(pk=leg_sid, defaults=values)
        if not is_new and _is_newer(values, kept):
            for name, value in values.items():
                setattr(kept, name, value)
            kept.save()
    return kept


def _is_newer(values: dict[str, Any], kept: CallQuality) -> bool:
    return (values["seconds"], values["is_complete"]) > (kept.seconds, kept.is_complete)


def _phone_of(leg: Call) -> int | None:
    """The agent whose phone is at our end of the leg."""
    return agent_id_from(leg.caller if leg.direction == Direction.INBOUND else leg.called)


def verdict_of(seconds: int, poor_seconds: int, figures: dict[str, Any]) -> Verdict:
    """What the figures come to."""
    mos = figures.get("mos")
    if seconds < _LEAST_SECONDS or mos is None:
        return Verdict.UNKNOWN
    is_long = poor_seconds >= _POOR_SECONDS and poor_seconds >= _POOR_SHARE * seconds
    if is_long or mos["mean"] < _POOR_MOS:
        return Verdict.POOR
    if poor_seconds >= _FAIR_SECONDS or mos["mean"] < _GOOD_MOS:
        return Verdict.FAIR
    return Verdict.GOOD
