"""P14: from Hold to the first music at the caller, and from Resume until both hear each other.

The product is asked by REST, as the desk asks; beside it the same change of a participant, sent straight to the
simulator for two telephones in a conference of their own, with the same music. What the two differ by is the product's.
The first hold of a call, which lifts its two legs into a conference, stands by itself.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from bench.figures import Row
from bench.soak.house import PASSWORD, House
from bench.soak.phone import PhoneCall
from bench.soak.robot import Plans, Robot

LINE, CALLER = "+12025550100", "+12025550185"
#: The one robot answers that line, and has time for it.
_SET_UP = f"""
from agents.models import Agent
from routing.models import Line
line = Line.objects.get(number="{LINE}")
line.ring_seconds = 30
line.save()
line.team.agents.add(Agent.objects.get(username="robot0"))
"""
AGENT_TONE, CALLER_TONE, QUIET = 1000, 650, 0
#: By which a voice is told from music, in windows of so many seconds.
WINDOW, NEAR, LOUD = 0.04, 30, 300
PATIENCE = 15.0
Do = Callable[[], Awaitable[Any]]


class Answering(Robot):
    """An agent who answers at once, and speaks with a tone."""

    def __init__(self, house: House, hz: int) -> None:
        signal = house.settings["TWILIO_VOICE_SIGNALLING_URL"]
        super().__init__(house.desk_url, signal, "robot0", PASSWORD, Plans(), with_sound=True)
        self.phone.hz = hz
        self.on_call: asyncio.Future[PhoneCall] = asyncio.get_running_loop().create_future()

    def _ring(self, call: PhoneCall) -> None:
        self._answering = asyncio.create_task(self._answer(call))

    async def _answer(self, call: PhoneCall) -> None:
        try:
            await self.phone.answer(call)
            self.on_call.set_result(call)
        except Exception as error:
            self.on_call.set_exception(error)


class Ear:
    """In the place of what keeps an agent's sound: when anything was first heard since it was asked."""

    def __init__(self) -> None:
        self.first: float | None = None

    def push(self, samples: Any) -> None:
        if self.first is None and len(samples) and int(np.abs(samples).max()) > LOUD:
            self.first = time.time()


@dataclass
class Pair:
    """Two who talk, and how one of them is put on hold. `other_hears`: from now on, when it hears the first sound."""

    house: House
    held: str
    hold: Do
    resume: Do
    other_hears: Callable[[], Awaitable[float]]

    async def to_music(self) -> float:
        """Milliseconds; the other is silent."""
        hears = asyncio.create_task(first_sound(self.house, self.held))
        await asyncio.sleep(0.2)
        begun = time.time()
        await self.hold()
        return (await hears - begun) * 1000

    async def to_both(self) -> float:
        """Milliseconds; both speak, and one is on hold."""
        hears = asyncio.create_task(self.other_hears())
        await asyncio.sleep(0.2)
        begun = time.time()
        resuming = asyncio.ensure_future(self.resume())
        at = await self.hears_voice()
        both = max(at, await hears)
        await resuming
        return (both - begun) * 1000

    async def hears_voice(self) -> float:
        """When the one who was on hold hears the other's tone."""
        async with asyncio.timeout(PATIENCE):
            while True:
                heard = await asyncio.to_thread(self.house.heard, self.held, WINDOW)
                if heard["rms"] > LOUD and abs(heard["hz"] - AGENT_TONE) < NEAR:
                    return time.time()

    async def hears(self, *what: str) -> None:
        async with asyncio.timeout(PATIENCE):
            while (await asyncio.to_thread(self.house.call, self.held))["hears"] not in what:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        await asyncio.sleep(0.3)


MUSIC = ("music", "sound", "words")


async def first_sound(house: House, sid: str) -> float:
    found = await asyncio.to_thread(house.bench, "GET", f"/sim/calls/{sid}/heard?until=sound")
    return datetime.fromisoformat(found["at"]).timestamp()


# --- The product ------------------------------------------------------------------------------------------------------


async def product(house: House, count: int, *, hz: int) -> tuple[list[float], list[float]]:
    """Of the first hold of a call, and of the later ones; with an agent who speaks, of resuming."""
    robot = Answering(house, hz)
    working = asyncio.create_task(robot.run())
    try:
        async with asyncio.timeout(60):
            while not robot.ready:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        sid = await asyncio.to_thread(house.telephone_calls, CALLER, LINE, voice=f"tone:{CALLER_TONE}")
        call = await asyncio.wait_for(robot.on_call, 2 * PATIENCE)
        pair = Pair(house, sid, _asks(robot, sid, "hold"), _asks(robot, sid, "resume"), _ear_of(call))
        await _known(robot, sid, lambda shown: shown["status"] == "in-progress" and shown["agent"])
        figures = await _turns(pair, count, speaks=hz != QUIET, settled=_settled(robot, sid))
        await robot.phone.hang_up(call)
        await asyncio.to_thread(house.quiet)
        return figures[:1], figures[1:]
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


def _asks(robot: Robot, sid: str, what: str) -> Do:
    async def ask() -> None:
        status = await robot.request("POST", f"/api/v1/calls/{sid}/{what}/")
        assert status == 202, f"{what}: {status}"

    return ask


def _ear_of(call: PhoneCall) -> Callable[[], Awaitable[float]]:
    async def first() -> float:
        ear: Any = Ear()
        assert call.sound is not None
        call.sound.heard = ear
        async with asyncio.timeout(PATIENCE):
            while ear.first is None:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        return float(ear.first)

    return first


async def _known(robot: Robot, sid: str, so: Callable[[Any], Any]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not ((shown := await robot.read(f"/api/v1/calls/{sid}/")) and so(shown)):  # noqa: ASYNC110
            await asyncio.sleep(0.1)


def _settled(robot: Robot, sid: str) -> Callable[[bool], Awaitable[None]]:
    """Waits until the product knows that the customer is on hold, or is not."""

    async def settled(held: bool) -> None:
        def so(call: Any) -> bool:
            return any(one["role"] == "customer" and one["held"] == held for one in call["participants"])

        await _known(robot, sid, so)

    return settled


# --- The simulator alone ----------------------------------------------------------------------------------------------


async def floor(house: House, count: int, *, hz: int) -> list[float]:
    """The same of two telephones in a conference that the product knows nothing of."""
    name = f"floor-{hz}"
    held, other = await _telephone(house, 1, CALLER_TONE, name), await _telephone(house, 2, hz, name)
    async with asyncio.timeout(PATIENCE):
        while not (conference := await asyncio.to_thread(_conference, house, name)):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    path = f"Conferences/{conference}/Participants/{held}.json"
    music = f"{house.desk_url}/twilio/voice/hold-music/?language=en"

    def asks(**fields: str) -> Do:
        return lambda: _rest(house, path, fields)

    pair = Pair(
        house,
        held,
        asks(Hold="true", HoldUrl=music, HoldMethod="POST"),
        asks(Hold="false"),
        lambda: first_sound(house, other),
    )

    async def settled(held: bool) -> None:
        await asyncio.sleep(0.3)

    figures = await _turns(pair, count, speaks=hz != QUIET, settled=settled)
    for sid in (held, other):
        await asyncio.to_thread(house.bench, "POST", f"/sim/calls/{sid}/hangup")
    return figures


async def _telephone(house: House, number: int, hz: int, conference: str) -> str:
    telephone = f"+120255590{number:02}"
    voice = f"tone:{hz}" if hz else "silence"
    await asyncio.to_thread(
        house.bench, "PUT", f"/sim/telephones/{telephone}", {"behaviour": "answer", "delay": 0, "voice": voice}
    )
    document = f'<Response><Dial><Conference beep="false" waitUrl="">{conference}</Conference></Dial></Response>'
    made = await _rest(house, "Calls.json", {"To": telephone, "From": LINE, "Twiml": document})
    return str(made["sid"])


def _conference(house: House, name: str) -> str:
    shown = house.bench("GET", "/sim/conferences")["conferences"]
    found = (one for one in shown if one["name"] == name and one["status"] == "in-progress")
    return str(next((one["sid"] for one in found), ""))


async def _rest(house: House, path: str, fields: dict[str, str]) -> Any:
    account, token = house.settings["TWILIO_ACCOUNT_SID"], house.settings["TWILIO_AUTH_TOKEN"]
    async with httpx.AsyncClient(auth=(account, token), trust_env=False) as client:
        answer = await client.post(f"{house.bench_url}/2010-04-01/Accounts/{account}/{path}", data=fields)
        answer.raise_for_status()
        return answer.json()


# --- Both -------------------------------------------------------------------------------------------------------------


async def _turns(pair: Pair, count: int, *, speaks: bool, settled: Callable[[bool], Awaitable[None]]) -> list[float]:
    """Holds and resumes in turn, and measures one of the two."""
    figures = []
    for _ in range(count + 1):
        if speaks:
            await pair.hold()
            await settled(True)
            await pair.hears(*MUSIC)
            figures.append(await pair.to_both())
        else:
            figures.append(await pair.to_music())
            await settled(True)
            await pair.resume()
        await settled(False)
        await asyncio.sleep(0.3)
    return figures


def measure(folder: Path, *, count: int) -> list[Row]:
    """One call for each figure; the first turn of each stands by itself."""
    with House(folder, agents=1, SIMULATOR_SPEED="1") as house:
        house.shell(_SET_UP)
        first, music = asyncio.run(product(house, count, hz=QUIET))
        _, both = asyncio.run(product(house, count, hz=AGENT_TONE))
        floor_music = asyncio.run(floor(house, count, hz=QUIET))[1:]
        floor_both = asyncio.run(floor(house, count, hz=AGENT_TONE))[1:]
    return [
        Row("floor: the simulator alone, hold → music", floor_music),
        Row("Hold → the caller hears music", music),
        Row("the first Hold of a call, which lifts it", first),
        Row("floor: the simulator alone, resume → both", floor_both),
        Row("Resume → both hear each other", both),
    ]
