"""A caller and two agents, the whole product and the simulator, with sound: each agent has a tone of their own."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.soak.house import PASSWORD, House
from bench.soak.phone import PhoneCall
from bench.soak.robot import Plans, Robot
from tests.browser.stack import eventually

SUPPORT, CALLER = "+12025550100", "+12025550185"
ADA, GRACE = 700, 1100
_SET_UP = f"""
from agents.models import Agent
from routing.models import Line
line = Line.objects.get(number="{SUPPORT}")
line.route = None
line.ring_seconds = 30
line.save()
for name in ("ada1", "grace1"):
    agent = Agent.objects.create_user(name, password="{PASSWORD}", first_name=name)
    agent.teams.add(line.team)
"""
_IDS = """
import json
from agents.models import Agent
print(json.dumps({a.username: a.pk for a in Agent.objects.filter(username__in=["ada1", "grace1"])}))
"""
_ROWS = """
import json
from calls.models import Call
rows = Call.objects.filter(parent=None, caller="CALLER")
print(json.dumps([[call.sid, call.status, call.result, call.agent.username] for call in rows]))
""".replace("CALLER", CALLER)


class Agent(Robot):
    """Answers when told to."""

    rung: list[PhoneCall]

    def __init__(self, house: House, name: str) -> None:
        signal = house.settings["TWILIO_VOICE_SIGNALLING_URL"]
        super().__init__(house.desk_url, signal, name, PASSWORD, Plans(), with_sound=True)
        self.rung = []

    def _ring(self, call: PhoneCall) -> None:
        self.rung.append(call)

    async def post(self, sid: str, action: str, body: Any = None) -> Any:
        headers = {"X-CSRFToken": self._http.cookies["csrftoken"]}
        return await self._http.post(f"/api/v1/calls/{sid}/{action}/", json=body or {}, headers=headers)


async def until(check: Callable[[], Any], what: str, seconds: float = 20.0) -> Any:
    return await asyncio.to_thread(eventually, check, what, seconds=seconds)


def hears_tone(house: House, sid: str, hz: int) -> Callable[[], bool]:
    def check() -> bool:
        heard = house.heard(sid, 0.5)
        return heard["rms"] > 300 and abs(heard["hz"] - hz) < 30

    return check


def hears_music(house: House, sid: str, *not_hz: int) -> Callable[[], bool]:
    def check() -> bool:
        heard = house.heard(sid, 0.5)
        doing = house.call(sid)["hears"]
        return doing in ("words", "sound", "music") and all(abs(heard["hz"] - hz) > 30 for hz in not_hz)

    return check


async def answer(agent: Agent, hz: int) -> PhoneCall:
    await until(lambda: agent.rung, f"{agent.username} is rung")
    call = agent.rung.pop()
    agent.phone.hz = hz
    await agent.phone.answer(call)
    return call


async def scenario(house: House, ids: dict[str, int]) -> str:
    ada, grace = Agent(house, "ada1"), Agent(house, "grace1")
    working = [asyncio.create_task(ada.run())]
    try:
        await until(lambda: ada.ready, "Ada's phone is registered", 60)
        sid = await asyncio.to_thread(house.telephone_calls, CALLER, SUPPORT, voice="silence")
        call = await answer(ada, ADA)
        working.append(asyncio.create_task(grace.run()))
        await until(lambda: grace.ready, "Grace's phone is registered", 60)
        await until(hears_tone(house, sid, ADA), "the caller hears Ada")

        held = await ada.post(sid, "hold")
        assert held.status_code == 202, held.text
        await until(hears_music(house, sid, ADA), "the caller hears music, and not Ada")
        assert call.state == "open"

        resumed = await ada.post(sid, "resume")
        assert resumed.status_code == 202, resumed.text
        await until(hears_tone(house, sid, ADA), "the caller hears Ada again")

        given = await ada.post(sid, "transfer", {"to": {"agent": ids["grace1"]}, "mode": "blind"})
        assert given.status_code == 202, given.text
        taken = await answer(grace, GRACE)
        assert taken.params["call_sid"] == sid
        await until(hears_tone(house, sid, GRACE), "the caller hears Grace")
        assert await call.until("over", seconds=10), "Ada is let go"
        await _has_it(grace, sid, ids["grace1"])

        consulted = await grace.post(sid, "transfer", {"to": {"agent": ids["ada1"]}, "mode": "warm"})
        if consulted.status_code == 409:
            # Ada wraps up, perhaps.
            await asyncio.to_thread(house.manage, "shell", "-v0", "-c", _NO_WRAP_UP)
            consulted = await grace.post(sid, "transfer", {"to": {"agent": ids["ada1"]}, "mode": "warm"})
        assert consulted.status_code == 202, consulted.text
        again = await answer(ada, ADA)
        assert again.params["call_sid"] == sid, "what is told with a call that REST makes"
        await until(hears_music(house, sid, ADA, GRACE), "the caller hears music while the two talk")
        await _consulting(grace, sid)
        done = await grace.post(sid, "complete-transfer")
        assert done.status_code == 202, done.text
        await until(hears_tone(house, sid, ADA), "the caller hears Ada after the hand-over")
        assert await taken.until("over", seconds=10), "Grace has left"
        await _has_it(ada, sid, ids["ada1"])
        await ada.post(sid, "hang-up")
        assert await again.until("over", seconds=10), "the call ends"
        await until(lambda: house.call(sid)["end_time"], "the caller's telephone is hung up")
        return sid
    finally:
        for task in working:
            task.cancel()
        for task in working:
            with contextlib.suppress(asyncio.CancelledError):
                await task


_NO_WRAP_UP = "from agents.models import Agent; Agent.objects.update(wrap_up_until=None)"


async def _told(agent: Agent, sid: str, check: Callable[[Any], bool]) -> None:
    """Waits until the desk knows what is heard already: Twilio tells it beside the sound."""
    async with asyncio.timeout(20):
        while True:
            answer = await agent._http.get(f"/api/v1/calls/{sid}/")
            if answer.status_code == 200 and check(answer.json()):
                return
            await asyncio.sleep(0.1)


async def _consulting(agent: Agent, sid: str) -> None:
    await _told(agent, sid, lambda call: call["transfer"]["state"] == "consulting" and call["participants"][0]["held"])


async def _has_it(agent: Agent, sid: str, agent_id: int) -> None:
    await _told(agent, sid, lambda call: (call["agent"] or {}).get("id") == agent_id)


def test_hold_resume_and_both_kinds_of_transfer_with_sound(tmp_path: Path) -> None:
    with House(tmp_path, agents=0) as house:
        house.manage("shell", "-v0", "-c", _SET_UP)
        ids = json.loads(house.manage("shell", "-v0", "-c", _IDS).strip().splitlines()[-1])

        sid = asyncio.run(scenario(house, ids))

        def rows() -> Any:
            found = json.loads(house.manage("shell", "-v0", "-c", _ROWS).strip().splitlines()[-1])
            return found if found and found[0][1] == "completed" else None

        found = eventually(rows, "the row is over", seconds=30)
        log = house.whole_log("web")
    assert found == [[sid, "completed", "answered", "ada1"]], "one conversation is one row"
    assert "Traceback" not in log
