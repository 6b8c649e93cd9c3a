"""A second call during a call: the first caller is parked, the agent talks with the second, perhaps goes from one to
the other, and goes back. As the desk does it: each time the phone lets go of the one before it has the other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bench.soak.plan import own_line

if TYPE_CHECKING:
    from bench.soak.lives import Talk
    from bench.soak.phone import PhoneCall

Json = dict[str, Any]
#: Until the second call rings, and until the phone is with the first caller again.
COMES_SECONDS = 8.0


async def second_call(talk: Talk) -> None:
    robot = talk.robot
    if robot.callers is None:
        return
    robot.phone.takes_second = True
    # What rings there is answered here.
    plan = replace(talk.plan, life="", agents="ignore", line=own_line(robot.number))
    sid = await robot.callers.rings(plan)
    try:
        second = await robot.phone.rung_for(sid, seconds=COMES_SECONDS)
        if second is not None:
            await _talks_with_both(talk, second, sid)
    finally:
        robot.phone.takes_second = False
        await robot.callers.hang_up(sid)


async def _talks_with_both(talk: Talk, second: PhoneCall, sid: str) -> None:
    phone = talk.robot.phone
    # Should the agent not come back, somebody else answers.
    talk.robot.expects_again(talk.root)
    await talk.ask("park")
    if not await talk.until(_parked):
        await phone.reject(second)
        await talk.ask("resume")
        return
    await phone.hang_up(talk.call)
    await phone.answer(second)
    await second.until("over", seconds=talk.plan.pause)
    if talk.plan.by_rest and second.state == "open":
        await _goes_from_one_to_the_other(talk, second, sid)
        return
    await phone.hang_up(second)
    await _goes_back(talk, talk.root, ends=talk.plan.agent_hangs_up)


async def _goes_from_one_to_the_other(talk: Talk, second: PhoneCall, sid: str) -> None:
    """Back to the first caller while the second waits, and then to the second."""
    await talk.ask("park", root=sid)
    await talk.until(_parked, own=second, root=sid)
    await talk.robot.phone.hang_up(second)
    first = await _goes_back(talk, talk.root, ends=True)
    if first:
        await _goes_back(talk, sid, ends=True)


def _parked(call: Json) -> bool:
    return bool(call["parked_since"])


async def _goes_back(talk: Talk, root: str, *, ends: bool) -> bool:
    """Whether the agent talks with that caller again, and then hangs up, if that is to be."""
    if not await talk.ask("move", root=root):
        return False
    own = await talk.robot.phone.connect({"Move": root})
    came = await own.until("open", "over", seconds=COMES_SECONDS) and own.state == "open"
    await own.until("over", seconds=talk.plan.pause)
    if ends or not came:
        await talk.robot.phone.hang_up(own)
    return came
