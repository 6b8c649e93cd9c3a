"""An agent without a browser: signs in, opens the desk, registers a phone, and does what the plans say."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from typing import Any, Protocol

import httpx
import websockets

from bench.soak.asked import Asked
from bench.soak.lives import Talk, live
from bench.soak.phone import Phone, PhoneCall
from bench.soak.plan import Incoming

Json = dict[str, Any]
PING_SECONDS = 20.0
PLAN_SECONDS = 10.0


class Plans:
    """The plans by the CallSid of the caller's leg. A phone may ring before the CallSid is known here."""

    def __init__(self) -> None:
        self._known: dict[str, asyncio.Future[Incoming]] = {}
        self._claimed: set[str] = set()
        #: Calls in which what is to be done beside talking has begun, and in which it is done.
        self.begun: set[str] = set()
        self.lived: set[str] = set()

    def _future(self, sid: str) -> asyncio.Future[Incoming]:
        return self._known.setdefault(sid, asyncio.get_running_loop().create_future())

    def set(self, sid: str, plan: Incoming) -> None:
        if not self._future(sid).done():
            self._future(sid).set_result(plan)

    async def get(self, sid: str) -> Incoming | None:
        with contextlib.suppress(TimeoutError):
            return await asyncio.wait_for(asyncio.shield(self._future(sid)), PLAN_SECONDS)
        return None

    def claim(self, sid: str) -> bool:
        """Whether the asker is the one who answers."""
        first = sid not in self._claimed
        self._claimed.add(sid)
        return first

    def expect_again(self, sid: str) -> None:
        """Whoever is rung next for this caller answers, too."""
        self._claimed.discard(sid)


class Callers(Protocol):
    """Telephones that call when somebody wants it."""

    async def rings(self, plan: Incoming) -> str:
        """The CallSid of a caller who has just dialled, and waits."""

    async def hang_up(self, sid: str) -> None: ...


class Robot:
    """One agent. `run()` never ends by itself."""

    def __init__(
        self,
        desk_url: str,
        signal_url: str,
        username: str,
        password: str,
        plans: Plans,
        *,
        with_sound: bool = False,
        session: str = "",
    ) -> None:
        """`session`: the key of one in which the agent is signed in already."""
        self.username, self._password, self._plans, self._session = username, password, plans, session
        self._desk_url = desk_url
        self._http = httpx.AsyncClient(
            base_url=desk_url,
            trust_env=False,
            timeout=30,
            follow_redirects=True,
            limits=httpx.Limits(max_keepalive_connections=0),
        )
        self.phone = Phone(signal_url, self._token, self._ring, self.tell_phone_state, with_sound=with_sound)
        self._desk: websockets.ClientConnection | None = None
        self._registered = False
        # What the desk's server has kept of it, of what it was told last.
        self.phone_state_kept: bool | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        #: Set aside for an outgoing call.
        self.reserved = False
        self.snapshot: Json = {}
        self.snapshots = 0
        self.desk_drops = 0
        self.problems: list[str] = []
        #: Who else is at work and who can call, its own id, number and team's: for what it does beside talking.
        self.mates: list[Robot] = []
        self.supervisors: list[Robot] = []
        self.callers: Callers | None = None
        self.agent_id = self.team_id = self.number = 0
        self.asked: list[Asked] = []

    async def run(self) -> None:
        try:
            await self._sign_in()
            async with asyncio.TaskGroup() as group:
                group.create_task(self._keep_desk())
                group.create_task(self.phone.run())
        finally:
            for task in self._tasks:
                task.cancel()
            await self._http.aclose()

    @property
    def ready(self) -> bool:
        return self._desk is not None and self.phone.registered.is_set()

    async def refresh(self) -> Json:
        """What the desk shows now."""
        before = self.snapshots
        async with asyncio.timeout(20):
            while self.snapshots == before:
                if self._desk is not None:
                    with contextlib.suppress(websockets.ConnectionClosed):
                        await self._desk.send(json.dumps({"type": "desk.refresh"}))
                await asyncio.sleep(0.2)
        return self.snapshot

    # --- the desk ---------------------------------------------------------------------------------------------------

    async def _sign_in(self) -> None:
        page = await self._http.get("/accounts/login/")
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert found, "the log-in page has no token"
        if self._session:
            self._http.cookies.set("sessionid", self._session)
            return
        form = {"csrfmiddlewaretoken": found.group(1), "username": self.username, "password": self._password}
        answer = await self._http.post("/accounts/login/", data=form | {"next": "/healthz"})
        assert "sessionid" in self._http.cookies, f"{self.username} could not sign in: {answer.status_code}"

    async def _token(self) -> str:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                answer = await self._http.post(
                    "/api/v1/tokens/voice/",
                    json={"platform": "web"},
                    headers={"X-CSRFToken": self._http.cookies["csrftoken"]},
                )
                if answer.status_code == 200:
                    token: str = answer.json()["token"]
                    return token
                self.problems.append(f"no token: {answer.status_code}")
            await asyncio.sleep(0.5)

    async def _keep_desk(self) -> None:
        """The desk's socket: opened again whenever it is lost, as the page does."""
        url = self._desk_url.replace("http", "ws", 1) + "/ws/desk/"
        cookies = "; ".join(f"{name}={value}" for name, value in self._http.cookies.items())
        while True:
            with contextlib.suppress(OSError, websockets.WebSocketException, TimeoutError):
                async with websockets.connect(
                    url, additional_headers={"Cookie": cookies}, origin=self._desk_url, proxy=None
                ) as socket:
                    await self._at_desk(socket)
            self.desk_drops += self._desk is not None
            self._desk = None
            await asyncio.sleep(0.25)

    async def _at_desk(self, socket: websockets.ClientConnection) -> None:
        pinging = asyncio.create_task(self._ping(socket))
        try:
            async for text in socket:
                frame = json.loads(text)
                if frame["type"] == "desk.snapshot":
                    self.snapshot, self.snapshots = frame, self.snapshots + 1
                    if self._desk is None:
                        self._desk = socket
                        await self.tell_phone_state(self._registered)
                elif frame["type"] == "phone.state":
                    self.phone_state_kept = frame["registered"]
                elif frame["type"] == "ping":
                    await socket.send(json.dumps({"type": "pong"}))
                elif frame["type"] in ("error", "session.ended"):
                    self.problems.append(f"{frame['type']}: {frame.get('message')}")
        finally:
            pinging.cancel()

    async def _ping(self, socket: websockets.ClientConnection) -> None:
        with contextlib.suppress(websockets.ConnectionClosed):
            while True:
                await asyncio.sleep(PING_SECONDS)
                await socket.send(json.dumps({"type": "ping"}))

    async def tell_phone_state(self, registered: bool) -> None:
        self._registered, self.phone_state_kept = registered, None
        if self._desk is not None:
            with contextlib.suppress(websockets.ConnectionClosed):
                await self._desk.send(json.dumps({"type": "phone.state", "registered": registered}))

    # --- calls ------------------------------------------------------------------------------------------------------

    def _ring(self, call: PhoneCall) -> None:
        for what in (self._acknowledge(call.params.get("call_sid", "")), self._take_call(call)):
            task = asyncio.create_task(what)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _acknowledge(self, sid: str) -> None:
        """Says that its phone rings, as the page does: whoever does not is taken for out of reach."""
        if self._desk is not None:
            with contextlib.suppress(websockets.ConnectionClosed):
                await self._desk.send(json.dumps({"type": "ring.ack", "sid": sid}))

    async def _take_call(self, call: PhoneCall) -> None:
        root = call.params.get("call_sid", "")
        plan = await self._plans.get(root)
        if plan is None or plan.agents == "ignore":
            return
        if plan.life and (self.reserved or self.phone.busy):
            return
        if plan.agents == "answer" and not self._plans.claim(root):
            return
        await asyncio.sleep(plan.answer_after)
        if plan.agents == "reject":
            await self.phone.reject(call)
            return
        if self.reserved or self.phone.busy:
            return
        await self.phone.answer(call)
        if plan.life and root not in self._plans.begun:
            self._plans.begun.add(root)
            await live(Talk(self, call, root, plan))
            self._plans.lived.add(root)
        if not plan.agent_hangs_up:
            return
        if not await call.until("over", seconds=plan.talk) and not (plan.by_rest and await self._hang_up(root)):
            await self.phone.hang_up(call)

    async def _hang_up(self, sid: str) -> bool:
        """By the server, as the desk does when the SDK's own way is blocked. Whether it was taken."""
        return await self.request("POST", f"/api/v1/calls/{sid}/hang-up/") == 202

    # --- over REST --------------------------------------------------------------------------------------------------

    def expects_again(self, root: str) -> None:
        self._plans.expect_again(root)

    async def request(self, method: str, path: str, body: Json | None = None) -> int:
        """The status of the answer; 0 when none came. A page of an error is no answer of the API's."""
        with contextlib.suppress(httpx.HTTPError):
            headers = {"X-CSRFToken": self._http.cookies["csrftoken"]}
            answer = await self._http.request(method, path, json=body, headers=headers)
            if answer.status_code >= 500 and "json" not in answer.headers["content-type"]:
                self.problems.append(f"{method} {path}: {answer.status_code}")
            return answer.status_code
        return 0

    async def read(self, path: str) -> Json | None:
        with contextlib.suppress(httpx.HTTPError):
            answer = await self._http.get(path)
            if answer.status_code == 200:
                found: Json = answer.json()
                return found
        return None
