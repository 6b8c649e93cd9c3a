"""What supervisors do in the calls of others: listen, whisper, join, take over. By REST and by the own phone, which
calls our TwiML app, as the desk does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.soak.asked import Asked

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bench.soak.lives import Talk
    from bench.soak.phone import PhoneCall
    from bench.soak.robot import Robot

Json = dict[str, Any]
TAKE_OVER = "take-over"
#: Until the own phone is in the call.
COMES_SECONDS = 8.0


async def supervised(talk: Talk, *modes: str, stays: bool) -> None:
    """A free supervisor comes into the call by the first of the `modes`, and goes on to the others; then leaves, or
    stays until the call is over."""
    boss = _reserved(talk.robot.supervisors, talk.plan.number)
    if boss is None:
        return
    own: PhoneCall | None = None
    try:
        for mode in modes:
            own = await _goes_on(talk, boss, own, mode)
            if own is None:
                return
            await talk.pause()
        if not stays:
            await boss.phone.hang_up(own)
    finally:
        boss.reserved = False


async def listens(talk: Talk) -> None:
    await supervised(talk, "listen", stays=False)


async def whispers(talk: Talk) -> None:
    await supervised(talk, "whisper", "listen", stays=talk.plan.by_rest)


async def joins(talk: Talk) -> None:
    """When the agent hangs up, the supervisor who has stayed has the call."""
    await supervised(talk, "listen", "whisper", "join", stays=not talk.plan.by_rest)


async def takes_over(talk: Talk) -> None:
    await supervised(talk, "listen", TAKE_OVER, stays=not talk.plan.agent_hangs_up)


SUPERVISIONS: dict[str, Callable[[Talk], Awaitable[None]]] = {
    "listened-to": listens,
    "whispered-to": whispers,
    "joined": joins,
    "taken-over": takes_over,
}


def _reserved(supervisors: list[Robot], number: int) -> Robot | None:
    free = [one for one in supervisors if one.ready and not one.reserved and not one.phone.busy]
    if not free:
        return None
    one = free[number % len(free)]
    one.reserved = True
    return one


async def _goes_on(talk: Talk, boss: Robot, own: PhoneCall | None, mode: str) -> PhoneCall | None:
    """The supervisor's own leg, which is made for the first mode; None when it cannot go on."""
    status = await boss.request("POST", f"/api/v1/calls/{talk.root}/supervise/", {"mode": mode})
    so = False
    if status == 202:
        if own is None:
            own = await boss.phone.connect({"supervise": talk.root})
            await own.until("open", "over", seconds=COMES_SECONDS)
        so = bool(await talk.until(lambda call: _is_so(call, boss.agent_id, mode), by=boss, own=own))
    boss.asked.append(Asked(talk.plan.life, talk.root, "supervise", status, boss.agent_id, mode, so))
    if own is None or own.state == "open":
        return own
    # Over; or it never came to be, and nobody waits for it any longer.
    await boss.phone.hang_up(own)
    return None


def _is_so(call: Json, agent: int, mode: str) -> bool:
    mine = next((one for one in call["participants"] if _is_in(one, agent)), None)
    if mine is None:
        return False
    if mode == TAKE_OVER:
        return bool(mine["role"] == "agent" and call["agent"] and call["agent"]["id"] == agent)
    return bool(mine["role"] == "supervisor" and mine["mode"] == mode)


def _is_in(one: Json, agent: int) -> bool:
    return bool(one["state"] == "in" and one["agent"] and one["agent"]["id"] == agent)
