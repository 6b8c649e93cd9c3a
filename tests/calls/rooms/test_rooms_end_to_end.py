"""A caller and two agents, the whole product and the simulator, with sound: each agent has a tone of their own."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.soak.house import PASSWORD, House
from bench.soak.phone import PhoneCall
from bench.soak.robot import Plans, Robot
from simulator.voice.audio.sources import Tone
from tests.browser.stack import eventually
from tests.simulator.voice import wire

Scenario = Callable[[House, dict[str, int], pytest.MonkeyPatch], Coroutine[Any, Any, str]]
_LONGEST_SECONDS = 180
SUPPORT, CALLER = "+12025550100", "+12025550185"
ADA, GRACE, HEDY, CALLERS = 700, 1100, 1500, 450
_SET_UP = f"""
from agents.models import Agent
from routing.models import Line
line = Line.objects.get(number="{SUPPORT}")
line.route = None
line.ring_seconds = 30
line.save()
for name in ("ada1", "grace1", "hedy1"):
    role = "supervisor" if name == "hedy1" else "agent"
    agent = Agent.objects.create_user(name, password="{PASSWORD}", first_name=name, role=role)
    agent.teams.add(line.team)
"""
_IDS = """
import json
from agents.models import Agent
print(json.dumps({a.username: a.pk for a in Agent.objects.filter(username__in=["ada1", "grace1", "hedy1"])}))
"""
_ROWS = """
import json
from calls.models import Call
rows = Call.objects.filter(parent=None)
print(json.dumps([[call.sid, call.status, call.result, call.agent.username] for call in rows]))
"""


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


async def scenario(house: House, ids: dict[str, int], _patched: pytest.MonkeyPatch) -> str:
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
            await asyncio.to_thread(house.shell, _NO_WRAP_UP)
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


# --- Supervision ------------------------------------------------------------------------------------------------------


class Quiet(Tone):
    """So that a telephone, which says what is loudest, hears whoever speaks beside it."""

    def read(self) -> Any:
        return super().read() // 4


def hears(call: PhoneCall, *wanted: int) -> Callable[[], bool]:
    """Which of the tones a browser's phone hears: these, and no others."""

    def check() -> bool:
        sound = call.sound
        samples = sound.heard._waiting.astype(float) if sound is not None else np.zeros(0)
        if len(samples) < 1600:
            return False
        power = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
        hertz = np.fft.rfftfreq(len(samples), 1 / 8000)
        return {hz for hz in (CALLERS, ADA, HEDY) if power[np.abs(hertz - hz) < 10].max() > 100_000} == set(wanted)

    return check


async def supervision(house: House, ids: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> str:
    ada, hedy = Agent(house, "ada1"), Agent(house, "hedy1")
    working = [asyncio.create_task(ada.run())]

    async def mode(name: str) -> None:
        answer = await hedy.post(sid, "supervise", {"mode": name})
        assert answer.status_code == 202, answer.text

    try:
        await until(lambda: ada.ready, "Ada's phone is registered", 60)
        sid = await asyncio.to_thread(house.telephone_calls, CALLER, SUPPORT, voice=f"tone:{CALLERS}")
        with monkeypatch.context() as patched:
            patched.setattr(wire, "Tone", Quiet)
            call = await answer(ada, ADA)
        working.append(asyncio.create_task(hedy.run()))
        await until(lambda: hedy.ready, "Hedy's phone is registered", 60)
        await until(hears_tone(house, sid, ADA), "the caller hears Ada")

        await mode("listen")
        hedy.phone.hz = HEDY
        own = await hedy.phone.connect({"supervise": sid})
        await until(hears(own, CALLERS, ADA), "Hedy hears both")
        assert (await until(hears(call, CALLERS), "Ada hears the caller alone")) is True
        await until(hears_tone(house, sid, ADA), "the caller hears Ada alone")

        await mode("whisper")
        await until(hears(call, CALLERS, HEDY), "Ada hears Hedy")
        for _ in range(3):
            await until(hears_tone(house, sid, ADA), "the caller hears Ada alone")
        await until(hears(own, CALLERS, ADA), "Hedy hears both")

        await mode("join")
        await until(hears_tone(house, sid, HEDY), "the caller hears Hedy")
        await until(hears(call, CALLERS, HEDY), "Ada hears Hedy")

        await mode("listen")
        await until(hears(call, CALLERS), "Ada hears the caller alone")
        await until(hears_tone(house, sid, ADA), "the caller hears Ada alone")

        await mode("take-over")
        assert await call.until("over", seconds=15), "Ada is let go"
        await until(hears_tone(house, sid, HEDY), "the caller hears Hedy")
        await until(hears(own, CALLERS), "Hedy hears the caller")
        await _has_it(hedy, sid, ids["hedy1"])
        await hedy.post(sid, "hang-up")
        assert await own.until("over", seconds=15), "the call ends"
        await until(lambda: house.call(sid)["end_time"], "the caller's telephone is hung up")
        return sid
    finally:
        for task in working:
            task.cancel()
        for task in working:
            with contextlib.suppress(asyncio.CancelledError):
                await task


# --- The two calls ----------------------------------------------------------------------------------------------------


async def _in_time(scenario: Coroutine[Any, Any, str]) -> str:
    """What waits without a limit of its own is named, and does not stop all tests."""
    task = asyncio.create_task(scenario)
    done, _ = await asyncio.wait({task}, timeout=_LONGEST_SECONDS)
    if not done:
        found = io.StringIO()
        for each in asyncio.all_tasks():
            each.print_stack(file=found)
        task.cancel()
        await asyncio.wait({task}, timeout=20)
        pytest.fail(f"not over within {_LONGEST_SECONDS} s\n{found.getvalue()}")
    return task.result()


def played(house: House, scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> tuple[str, Any]:
    """The call's sid, and the rows of the log once it is over there, too."""
    house.shell(_SET_UP)
    ids = json.loads(house.shell(_IDS).strip().splitlines()[-1])
    sid = asyncio.run(_in_time(scenario(house, ids, monkeypatch)))

    def rows() -> Any:
        found = json.loads(house.shell(_ROWS).strip().splitlines()[-1])
        return found if found and found[0][1] == "completed" else None

    return sid, eventually(rows, "the row is over", seconds=30)


def test_hold_resume_and_both_kinds_of_transfer_with_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with House(tmp_path, agents=0) as house:
        sid, found = played(house, scenario, monkeypatch)
        log = house.whole_log("web")
    assert found == [[sid, "completed", "answered", "ada1"]], "one conversation is one row"
    assert "Traceback" not in log


def test_a_supervisor_is_heard_by_whom_they_want_and_takes_the_call_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with House(tmp_path, agents=0) as house:
        sid, found = played(house, supervision, monkeypatch)
        log = house.whole_log("web")
    assert found == [[sid, "completed", "answered", "hedy1"]], "one conversation is one row"
    assert "Traceback" not in log
