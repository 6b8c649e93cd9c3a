"""P11: from the webhook that frees an agent to the answer that has the phone ring, in one team of some size."""

from __future__ import annotations

import random
import re
import threading
import time
from typing import Any
from unittest.mock import patch

from django.conf import settings

from agents.models import Agent, Team
from bench import offers_rows as rows
from calls.live import dispatcher, fetching
from calls.queues import chore
from routing.models import Line, Route, RouteVersion
from tests.calls.routes import Caller, box, path_of, team_step
from tests.twilio import TwilioClient, leg_status

_WAITING = 10


class _Twilio(TwilioClient):
    def __init__(self) -> None:
        super().__init__()
        self.defaults["SERVER_NAME"] = settings.ALLOWED_HOSTS[0]


class Team11:
    """A team of which all talk, and ten callers who wait."""

    def __init__(self, agents: int) -> None:
        team_ids = rows.make_teams(1)
        self.team = Team.objects.get(pk=team_ids[0])
        self.line = Line.objects.get()
        steps = [team_step(self.team.pk, wait_seconds=3600), box()]
        route = Route.objects.create(name="Main")
        route.current = RouteVersion.objects.create(route=route, number=1, steps={"first": "team", "steps": steps})
        route.save()
        self.line.route = route
        self.line.save()
        agent_ids = rows.make_agents(agents, team_ids)
        self.talks = {pk: rows.sid_of(number) for number, pk in enumerate(agent_ids)}
        rows.make_talks(agent_ids, list(self.talks.values()), team_ids)
        self.callers: dict[str, Caller] = {}
        self._number = 1_000_000
        for _ in range(_WAITING):
            self.caller_comes()

    def caller_comes(self) -> None:
        self._number += 1
        sid = rows.sid_of(self._number)
        caller = Caller(_Twilio(), CallSid=sid, From=f"+1301{self._number:07d}", To=self.line.number)
        caller.call()
        assert caller.verbs == ["Enqueue"], caller.text
        self.callers[sid] = caller

    def tell(self, agent: int, status: str) -> None:
        """Twilio tells of the agent's leg."""
        sid = self.talks[agent]
        fields = leg_status(agent, status, 2 if status == "in-progress" else 3)
        fields |= {"CallSid": rows.leg_of(sid), "ParentCallSid": sid}
        assert _Twilio().webhook("/twilio/voice/offer-status/?attempt=1", fields).status_code < 300


def ring(agents: int, turns: int) -> dict[str, Any]:
    """Milliseconds of each turn, after some that warm up."""
    house, rung, over = Team11(agents), threading.Event(), threading.Event()
    answered: list[tuple[str, int]] = []

    def redirect(sid: str, url: str) -> None:
        """In Twilio's place: asks at once."""
        caller = house.callers[sid]
        response = caller.twilio.webhook(path_of(url), caller.fields | {"CallStatus": "in-progress"})
        found = re.search(r"<Identity>agent_(\d+)</Identity>", response.content.decode())
        assert found, response.content
        answered.append((sid, int(found.group(1))))
        rung.set()

    awake = threading.Event()
    dispatcher.listen(awake.set)
    rounds = chore.Rounds()
    thread = threading.Thread(target=_decide, args=(rounds, awake, over), daemon=True)
    mender = threading.Thread(target=_mend, args=(rounds, over), daemon=True)
    rng, times = random.Random(agents), []
    with patch.object(fetching, "call_redirect", redirect):
        thread.start()
        mender.start()
        for _ in range(turns + 5):
            time.sleep(rng.uniform(0.1, 0.2))
            rung.clear()
            agent = rng.choice(list(house.talks))
            began = time.perf_counter()
            house.tell(agent, "completed")
            assert rung.wait(20), "no phone rang"
            times.append(1000 * (time.perf_counter() - began))
            sid, who = answered[-1]
            assert who == agent, "another agent was free"
            house.talks[agent] = sid
            del house.callers[sid]
            house.tell(agent, "in-progress")
            house.caller_comes()
        over.set()
        thread.join(10)
        mender.join(10)
    assert Agent.objects.count() == agents
    return {"ms": times[5:]}


def _decide(rounds: chore.Rounds, awake: threading.Event, over: threading.Event) -> None:
    """`chore.dispatch_forever`, without its loop."""
    while not over.is_set():
        awake.wait(chore._NET_SECONDS)  # noqa: SLF001
        time.sleep(chore._CALM if rounds.is_calm else chore._SOON)  # noqa: SLF001
        awake.clear()
        rounds.look()


def _mend(rounds: chore.Rounds, over: threading.Event) -> None:
    while not over.is_set():
        rounds.mend()
        over.wait(chore._NET_SECONDS)  # noqa: SLF001
