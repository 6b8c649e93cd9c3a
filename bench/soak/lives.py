"""What is done in a call beside talking: agents hold it, hand it over, take others in; supervisors come into it
(`supervision.py`). By REST, as a program would.

A new kind of life is a function in `LIVES` under its name; `plan.py` says how often it comes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.soak.asked import Asked
from bench.soak.second_calls import second_call
from bench.soak.supervision import SUPERVISIONS

if TYPE_CHECKING:
    from bench.soak.phone import PhoneCall
    from bench.soak.plan import Incoming
    from bench.soak.robot import Robot

Json = dict[str, Any]
#: Until what was asked for is so, or whoever was asked has come; then the life goes on without.
PATIENCE = 8.0
LOOK_SECONDS = 0.4


@dataclass(frozen=True, slots=True)
class Talk:
    """An agent on a call, and who else is at work."""

    robot: Robot
    call: PhoneCall
    root: str
    plan: Incoming

    async def ask(self, what: str, body: Json | None = None, *, method: str = "POST", root: str = "") -> bool:
        """Whether it was taken. `root`: of another call than this one."""
        status = await self.robot.request(method, f"/api/v1/calls/{root or self.root}/{what}/", body)
        asked = Asked(self.plan.life, root or self.root, what, status)
        self.robot.asked.append(asked)
        return asked.taken

    async def until(
        self, so: Callable[[Json], Any], *, by: Robot | None = None, own: PhoneCall | None = None, root: str = ""
    ) -> Any:
        """What `so` finds in the call as the product shows it; None when that takes too long, or the agent's leg is
        over. Of a supervisor, who is shown more: `by`, and the `own` leg. `root`: of another call than this one."""
        for _ in range(int(PATIENCE / LOOK_SECONDS)):
            if (own or self.call).state == "over":
                return None
            shown = await (by or self.robot).read(f"/api/v1/calls/{root or self.root}/")
            if shown and (found := so(shown)):
                return found
            await asyncio.sleep(LOOK_SECONDS)
        return None

    async def pause(self) -> None:
        await self.call.until("over", seconds=self.plan.pause)

    @property
    def number(self) -> str:
        """A telephone that answers, which the driver has prepared."""
        return third_party(self.plan)

    async def mate(self) -> int | None:
        """An agent to whom the product would give the call now, and whose phone is free."""
        shown = await self.robot.read(f"/api/v1/calls/{self.root}/transfer-targets/?q=Robot") or {"agents": []}
        may = {one["presence"]["agent"]["id"] for one in shown["agents"] if one["may"]}
        free = [one.agent_id for one in self.robot.mates if not one.reserved and not one.phone.busy]
        fit = [one for one in free if one in may and one != self.robot.agent_id]
        return fit[self.plan.number % len(fit)] if fit else None


def third_party(plan: Incoming) -> str:
    return f"+1202555{8000 + plan.number % 1000:04}"


async def live(talk: Talk) -> None:
    """All that is done in this call beside talking, as soon as the product knows that the two talk."""
    if await talk.until(lambda call: call["status"] == "in-progress" and _is_agent(call, talk.robot.agent_id)):
        await LIVES[talk.plan.life](talk)


def _is_agent(call: Json, agent: int) -> bool:
    return bool(call["agent"]) and call["agent"]["id"] == agent


def _held(call: Json) -> bool:
    return any(one["role"] == "customer" and one["held"] for one in call["participants"])


async def _hold(talk: Talk) -> None:
    if await talk.ask("hold"):
        await talk.until(_held)
        await talk.pause()
    await talk.ask("resume")
    await talk.until(lambda call: not _held(call))


async def _blind(talk: Talk, to: Json) -> None:
    talk.robot.expects_again(talk.root)
    if await talk.ask("transfer", {"to": to, "mode": "blind"}):
        await talk.call.until("over", seconds=PATIENCE)


async def _blind_to_agent(talk: Talk) -> None:
    if (mate := await talk.mate()) is not None:
        await _blind(talk, {"agent": mate})


async def _blind_to_team(talk: Talk) -> None:
    await _blind(talk, {"team": talk.robot.team_id})


async def _blind_to_number(talk: Talk) -> None:
    await _blind(talk, {"number": talk.number})


async def _consult(talk: Talk) -> bool:
    """Whether somebody is talked with about the caller."""
    if (mate := await talk.mate()) is None:
        return False
    talk.robot.expects_again(talk.root)
    if not await talk.ask("transfer", {"to": {"agent": mate}, "mode": "warm"}):
        return False
    came = await talk.until(lambda call: call["transfer"] and call["transfer"]["state"] != "calling")
    await talk.pause()
    return bool(came)


async def _warm_completed(talk: Talk) -> None:
    if await _consult(talk) and await talk.ask("complete-transfer"):
        await talk.call.until("over", seconds=PATIENCE)


async def _warm_cancelled(talk: Talk) -> None:
    await _consult(talk)
    await talk.ask("cancel-transfer")
    await talk.until(lambda call: not _held(call))


async def _warm_merged(talk: Talk) -> None:
    if await _consult(talk):
        await talk.ask("merge")
        await talk.pause()


async def _third_party(talk: Talk) -> None:
    def leg_of(call: Json) -> str:
        inside = (one for one in call["participants"] if one["number"] == talk.number and one["state"] == "in")
        return next((str(one["leg"]) for one in inside), "")

    if await talk.ask("participants", {"to": {"number": talk.number}}) and (leg := await talk.until(leg_of)):
        await talk.pause()
        await talk.ask(f"participants/{leg}", method="DELETE")
        await talk.until(lambda call: not leg_of(call))


LIVES: dict[str, Callable[[Talk], Awaitable[None]]] = {
    "held": _hold,
    "blind-agent": _blind_to_agent,
    "blind-team": _blind_to_team,
    "blind-number": _blind_to_number,
    "warm-completed": _warm_completed,
    "warm-cancelled": _warm_cancelled,
    "warm-merged": _warm_merged,
    "third-party": _third_party,
    "second-call": second_call,
    **SUPERVISIONS,
}
