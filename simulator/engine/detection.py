"""Who answered: a human being, a machine or a fax. Twilio Docs, "Answering Machine Detection".

The simulator does not listen; it knows, since each telephone is told who answers it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.engine.waiting import any_of
from simulator.leg import CallLeg

if TYPE_CHECKING:
    from simulator.engine.calls import CallEngine

#: Seconds that it takes to be sure.
SECONDS = 3.0
#: What a machine is called, by what was asked for.
MACHINES = {"Enable": "machine_start", "DetectMessageEnd": "machine_end_beep"}


@dataclass(frozen=True)
class Detection:
    """What was asked for: a mode of `MACHINES`, and who is told while the TwiML runs already; else it waits."""

    mode: str
    callback: str = ""
    method: str = "POST"
    in_background: bool = False


async def detect(engine: CallEngine, leg: CallLeg, wanted: Detection) -> None:
    """Finds out who answered, and tells the callback."""
    await engine.pause(SECONDS)
    telephone = engine.world.telephone(leg.to) if leg.party == "telephone" else None
    has_voicemail = telephone is not None and telephone.behaviour == "voicemail"
    if has_voicemail and wanted.mode == "DetectMessageEnd":
        await any_of(leg.beeped, leg.ended)
    if leg.over:
        return
    who = "machine" if has_voicemail else telephone.answered_by if telephone else "human"
    leg.answered_by = MACHINES[wanted.mode] if who == "machine" else who
    leg.changed()
    if wanted.callback and wanted.in_background:
        params = {
            "AccountSid": leg.account_sid,
            "CallSid": leg.sid,
            "AnsweredBy": leg.answered_by,
            "MachineDetectionDuration": str(round(SECONDS * 1000)),
        }
        engine.callbacks.send(leg, "amd", wanted.callback, wanted.method, list(params.items()))
