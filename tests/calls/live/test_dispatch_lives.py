"""Whole afternoons of a team, drawn at random: callers come, wait, hang up; agents answer, decline, hang up; callbacks
are lost and doubled, Twilio refuses what REST asks, processes die between two things.

A small Twilio follows the answers. What is held to (the design's invariants): nobody is in silence without a next step;
an agent has one open offer at most; what is refused leaves the caller waiting; and in the end, when nothing fails any
more, everybody has reached somebody or something.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.db.models import Count, F
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from agents.models import Agent, Desk
from calls.live import dispatch, fetching, mending
from calls.live.dispatch import Fetch
from calls.models import Call, CallEvent, CallOffer, Conversation
from calls.queues import services
from telephony.errors import Unavailable
from telephony.models import Webhook
from tests import factories
from tests.calls.routes import Caller, box, make_route, team_step
from tests.twilio import TwilioClient, leg_status, outgoing, rfc2822, root_status, sid

pytestmark = pytest.mark.django_db
lives = settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
ACTIONS = (
    "call",
    "call",
    "call",
    "answer",
    "answer",
    "answer",
    "decline",
    "ring-out",
    "hang-up",
    "hang-up",
    "give-up",
    "wait",
    "dispatch",
    "dispatch",
    "dispatch",
    "time",
    "mend",
    "double",
)
CALL_BACK_ACTIONS = (
    "call", "answer", "hang-up", "give-up", "wait", "dispatch", "dispatch", "time", "mend", "mend", "double",
    "ask-for-call-back", "call-back", "call-back", "refuse-call-back", "reach", "not-reach", "not-reach", "call-again",
    "hang-up-on-both",
)  # fmt: skip
# Two agents ring, the third caller waits and asks; then somebody is free, and calls back.
_ONE_ASKS = ("call", "call", "call", "ask-for-call-back", "answer", "hang-up", "answer", "hang-up", "dispatch")


@dataclass
class Telephone:
    """A caller at Twilio."""

    caller: Caller
    at: str = ""
    """queue, ringing, talking, message, over; of who is to be called back: keeps-place, called-back, reached"""
    number: str = ""
    outgoing: str = ""
    """The call with which an agent calls back."""
    agent: Agent | None = None
    legs: dict[int, str] = field(default_factory=dict)
    """The legs that ring, by agent."""
    status_url: str = ""
    talking_leg: str = ""


@dataclass
class Afternoon:
    twilio: TwilioClient
    agents: list[Agent]
    data: st.DataObject
    people: list[Telephone] = field(default_factory=list)
    fetches: list[Fetch] = field(default_factory=list)
    doubtful: set[int] = field(default_factory=set)
    """Agents of whom a callback was lost: of them, we cannot know."""
    untold: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    """What was lost last of a leg, and where it was to be told."""
    legs: int = 1000
    may_fail: bool = True
    asked: list[tuple[Telephone, str, dict[str, str]]] = field(default_factory=list)

    # --- Twilio carries out an answer ---------------------------------------------------------------------------

    def carry_out(self, person: Telephone) -> None:
        verbs, caller = person.caller.verbs, person.caller
        assert verbs, f"silence: {caller.text}"
        self.stop_ringing(person, "canceled")
        if "Enqueue" in verbs:
            person.at = "queue"
        elif "Dial" in verbs:
            person.at, person.legs = "ringing", {}
            person.status_url = caller.find("Dial").find("Client").attrib["statusCallback"]
            for identity in caller.rings:
                self.ring(person, next(agent for agent in self.agents if agent.identity == identity))
            if not person.legs:
                # All of them were engaged, and Twilio asks what is next.
                self.dial_over(person, "busy")
        else:
            person.at = "message" if "Record" in verbs else "over"

    def ring(self, person: Telephone, agent: Agent) -> None:
        others = [
            one for one in self.people if one is not person and (agent.pk in one.legs or one.agent == agent)
        ]  # fmt: skip
        if others:
            assert agent.pk in self.doubtful, f"{agent} has {others[0].caller.sid} and is offered another"
            self.tell(person, agent, sid("CA", self.next_leg()), "busy")
            return
        person.legs[agent.pk] = sid("CA", self.next_leg())
        self.tell(person, agent, person.legs[agent.pk], "ringing")

    def next_leg(self) -> int:
        self.legs += 1
        return self.legs

    def tell(self, person: Telephone, agent: Agent, leg: str, status: str) -> None:
        """A status callback of a leg, which may be lost or come twice."""
        fate = self.data.draw(st.sampled_from(["told", "told", "told", "lost", "twice"])) if self.may_fail else "told"
        sequence = {"ringing": 1, "in-progress": 2}.get(status, 3)
        fields = leg_status(agent.pk, status, sequence, Timestamp=rfc2822(timezone.now()))
        fields |= {"CallSid": leg, "ParentCallSid": person.caller.sid}
        path = person.status_url.removeprefix("https://desk.example.com")
        if fate == "lost":
            self.doubtful.add(agent.pk)
            self.untold[leg] = path, fields
            return
        self.untold.pop(leg, None)
        for _time in range(2 if fate == "twice" else 1):
            assert self.twilio.webhook(path, fields).status_code < 300

    def stop_ringing(self, person: Telephone, status: str) -> None:
        legs, person.legs = person.legs, {}
        for pk, leg in legs.items():
            self.tell(person, self.agent(pk), leg, status)

    def agent(self, pk: int) -> Agent:
        return next(agent for agent in self.agents if agent.pk == pk)

    def ask(self, person: Telephone, url: str, **more: str) -> None:
        self.asked.append((person, url, more))
        person.caller.ask(url, **more)
        self.carry_out(person)

    # --- What people do -----------------------------------------------------------------------------------------

    def those(self, *places: str) -> list[Telephone]:
        return [person for person in self.people if person.at in places]

    def one_of(self, *places: str) -> Telephone | None:
        found = self.those(*places)
        return self.data.draw(st.sampled_from(found)) if found else None

    def do(self, action: str) -> None:
        getattr(self, "do_" + action.replace("-", "_"))()

    def do_call(self) -> None:
        if len(self.people) >= 6:
            return
        number = len(self.people) + 1
        self.begin_call(number, f"+120255502{number:02d}")

    def begin_call(self, number: int, caller: str) -> None:
        person = Telephone(Caller(self.twilio, CallSid=sid("CA", number), From=caller), number=caller)
        self.people.append(person)
        person.caller.call()
        self.carry_out(person)

    def do_answer(self) -> None:
        person = self.one_of("ringing")
        if person is None or not person.legs:
            return
        pk = self.data.draw(st.sampled_from(sorted(person.legs)))
        leg = person.legs.pop(pk)
        person.at, person.agent = "talking", self.agent(pk)
        self.tell(person, person.agent, leg, "in-progress")
        self.stop_ringing(person, "canceled")
        person.legs = {}
        person.talking_leg = leg

    def do_decline(self) -> None:
        person = self.one_of("ringing")
        if person is None or not person.legs:
            return
        pk = self.data.draw(st.sampled_from(sorted(person.legs)))
        self.tell(person, self.agent(pk), person.legs.pop(pk), "busy")
        if not person.legs:
            self.dial_over(person, "busy")

    def do_ring_out(self) -> None:
        if person := self.one_of("ringing"):
            self.dial_over(person, "no-answer")

    def dial_over(self, person: Telephone, status: str) -> None:
        self.stop_ringing(person, "no-answer")
        url = person.caller.find("Dial").attrib["action"]
        self.ask(person, url, DialCallStatus=status, DialBridged="false")

    def do_hang_up(self) -> None:
        if person := self.one_of("talking"):
            agent, person.agent = person.agent, None
            self.tell(person, agent, person.talking_leg, "completed")
            url = person.caller.find("Dial").attrib["action"]
            self.ask(person, url, DialCallStatus="completed", DialBridged="true")
            self.end(person)

    def do_give_up(self) -> None:
        person = self.one_of("queue", "ringing")
        if person is None:
            return
        verb, fields = ("Enqueue", {"QueueResult": "hangup"}) if person.at == "queue" else ("Dial", {})
        self.stop_ringing(person, "canceled")
        if not self.may_fail or self.data.draw(st.booleans()):
            url = person.caller.find(verb).attrib["action"]
            more = fields or {"DialCallStatus": "canceled", "DialBridged": "false"}
            person.caller.twilio.webhook(
                url.removeprefix("https://desk.example.com"), person.caller.fields | more | {"CallStatus": "completed"}
            )
        person.at = "over"
        self.end(person)

    def end(self, person: Telephone) -> None:
        self.twilio.webhook("/twilio/voice/status/", root_status("completed", CallSid=person.caller.sid))

    def do_wait(self) -> None:
        if (person := self.one_of("queue")) and "Leave" in [verb.tag for verb in person.caller.wait()]:
            self.ask(person, person.caller.find("Enqueue").attrib["action"], QueueResult="leave")

    # --- Call-backs ---------------------------------------------------------------------------------------------

    def do_ask_for_call_back(self) -> None:
        if person := self.one_of("queue"):
            heard = person.caller.wait(Digits="1")
            if Conversation.objects.get(pk=person.caller.sid).state != "call-back":
                # Somebody's phone is about to ring.
                if "Leave" in [verb.tag for verb in heard]:
                    self.ask(person, person.caller.find("Enqueue").attrib["action"], QueueResult="leave")
                return
            action = person.caller.find("Enqueue").attrib["action"]
            fate = self.data.draw(st.sampled_from(["heard", "hung-up"])) if self.may_fail else "heard"
            if fate == "heard":
                person.caller.ask(action, QueueResult="leave")
                assert "Hangup" in person.caller.verbs
            # Else nothing is told of it but the end.
            person.at = "keeps-place"
            self.end(person)

    def offered(self, person: Telephone) -> Agent | None:
        offer = CallOffer.objects.filter(call=person.caller.sid, state="ringing", is_call_back=True).first()
        return self.agent(offer.agent_id) if offer else None

    def one_offered(self) -> tuple[Telephone, Agent] | None:
        pairs = [(person, self.offered(person)) for person in self.those("keeps-place")]
        found = [pair for pair in pairs if pair[1] is not None]
        return self.data.draw(st.sampled_from(found)) if found else None

    def do_call_back(self) -> None:
        if (pair := self.one_offered()) is None:
            return
        person, agent = pair
        fates = st.sampled_from(["dials", "dials", "dials", "closed", "by-another", "killed"])
        fate = self.data.draw(fates) if self.may_fail else "dials"
        if fate == "closed":
            # The desk was loaded again before its phone called: nothing is told.
            return
        if fate == "by-another":
            other = next(one for one in self.agents if one != agent)
            text = self.dial(other, person, sid("CA", self.next_leg()))
            assert "<Dial" not in text, "somebody else makes a call-back that was not offered there"
            return
        person.outgoing = sid("CA", self.next_leg())
        text = self.dial(agent, person, person.outgoing)
        if fate == "killed":
            # It is kept, and its answer never came to Twilio.
            self.over(agent, person.outgoing)
            return
        assert f">{person.number}</Number>" in text
        assert self.dial(agent, person, person.outgoing) == text, "asked twice, answered differently"
        person.at, person.agent = "called-back", agent
        person.talking_leg = sid("CA", self.next_leg())

    def dial(self, agent: Agent, person: Telephone, outgoing_sid: str) -> str:
        fields = outgoing(agent.pk, "+12025559999", CallSid=outgoing_sid, CallBack=person.caller.sid)
        answer = self.twilio.webhook("/twilio/voice/outgoing/", fields)
        if outgoing_sid != person.outgoing:
            self.over(agent, outgoing_sid)
        return answer.content.decode()

    def over(self, agent: Agent, outgoing_sid: str) -> None:
        fields = root_status("completed", CallSid=outgoing_sid, From=f"client:{agent.identity}", To="+12025559999")
        self.tell_or_lose(outgoing_sid, fields)

    def tell_customer(self, person: Telephone, status: str) -> None:
        fields = leg_status(0, status, 3 if status != "in-progress" else 2) | {
            "CallSid": person.talking_leg, "ParentCallSid": person.outgoing, "From": "+12025550100",
            "To": person.number,
        }  # fmt: skip
        self.tell_or_lose(person.talking_leg, fields)

    def tell_or_lose(self, leg: str, fields: dict[str, str]) -> None:
        """Of two callbacks of one leg, one is told: of whom nothing is heard is called again, and rightly so."""
        fate = self.data.draw(st.sampled_from(["told", "told", "lost", "twice"])) if self.may_fail else "told"
        if fate == "lost" and leg not in self.untold:
            self.untold[leg] = "/twilio/voice/status/", fields
            return
        self.untold.pop(leg, None)
        for _time in range(2 if fate == "twice" else 1):
            assert self.twilio.webhook("/twilio/voice/status/", fields).status_code < 300

    def do_refuse_call_back(self) -> None:
        if pair := self.one_offered():
            services.call_back_decline(sid=pair[0].caller.sid, by=pair[1])

    def do_reach(self) -> None:
        if person := self.one_of("called-back"):
            self.tell_customer(person, "in-progress")
            person.at = "reached"

    def do_not_reach(self) -> None:
        if person := self.one_of("called-back"):
            self.tell_customer(person, self.data.draw(st.sampled_from(["busy", "no-answer", "failed"])))
            self.over(person.agent, person.outgoing)
            person.at, person.agent = "keeps-place", None

    def do_hang_up_on_both(self) -> None:
        if person := self.one_of("reached"):
            self.tell_customer(person, "completed")
            self.over(person.agent, person.outgoing)
            person.at, person.agent = "over", None

    def do_call_again(self) -> None:
        person = self.one_of("keeps-place")
        number = len(self.people) + 1
        if person and number <= 8 and not any(one.number == person.number for one in self.those("queue", "ringing")):
            self.begin_call(number, person.number)

    def do_dispatch(self) -> None:
        self.fetch(dispatch.dispatch())

    def do_mend(self) -> None:
        self.fetch(mending.Mender().look())

    def fetch(self, fetches: list[Fetch]) -> None:
        for one in fetches:
            fate = self.data.draw(st.sampled_from(["done", "done", "refused", "killed"])) if self.may_fail else "done"
            person = next(person for person in self.people if person.caller.sid == one.sid)
            if fate == "killed":
                continue
            if fate == "refused" or person.at == "over":
                with patch.object(fetching, "call_redirect", autospec=True, side_effect=Unavailable("No.")):
                    fetching.fetch_caller(one)
                continue
            self.redirect(person, one)

    def redirect(self, person: Telephone, one: Fetch) -> None:
        """Twilio asks the queue's action and the offer's address; which comes first, nobody knows."""
        if person.at == "queue":
            action = person.caller.find("Enqueue").attrib["action"].removeprefix("https://desk.example.com")
            first = self.data.draw(st.booleans())
            fields = person.caller.fields | {"CallStatus": "in-progress", "QueueResult": "redirected"}
            if first:
                early = self.twilio.webhook(action, fields).content.decode()
            person.caller.ask(fetching.offer_url(one.turn))
            text = person.caller.text
            if not first:
                early = self.twilio.webhook(action, fields).content.decode()
            assert early == text, "the two get different answers"
            self.carry_out(person)
        else:
            self.ask(person, fetching.offer_url(one.turn))

    def do_time(self) -> None:
        self.pass_time(self.data.draw(st.sampled_from([2, 5, 15])))

    def pass_time(self, seconds: int) -> None:
        span = timedelta(seconds=seconds)
        Conversation.objects.update(
            **{name: F(name) - span for name in ("waiting_since", "place_at", "fetched_at", "not_before")}
        )
        CallOffer.objects.update(**{name: F(name) - span for name in ("created_at", "rung_at", "ended_at")})
        Call.objects.filter(waiting_since__isnull=False).update(waiting_since=F("waiting_since") - span)

    def do_double(self) -> None:
        """Twilio asks once more what it asked long ago, and uses no answer."""
        if self.asked:
            person, url, more = self.data.draw(st.sampled_from(self.asked))
            if person.at != "over":
                path = url.removeprefix("https://desk.example.com")
                answer = self.twilio.webhook(path, person.caller.fields | {"CallStatus": "in-progress"} | more)
                assert answer.status_code == 200

    # --- What is held to ----------------------------------------------------------------------------------------

    def hold(self) -> None:
        self.hold_call_backs()
        offers = CallOffer.objects.filter(state="ringing").values("agent").annotate(count=Count("pk"))
        assert all(row["count"] == 1 for row in offers)
        for person in self.those("queue"):
            state = Conversation.objects.get(pk=person.caller.sid).state
            assert state in ("waiting", "offered"), f"{person.caller.sid} waits, and is {state}"

    def hold_call_backs(self) -> None:
        for person in self.those("keeps-place", "called-back", "reached"):
            sids = [person.caller.sid, *([person.outgoing] if person.outgoing else [])]
            rows = Call.objects.filter(pk__in=sids, parent=None)
            state = Conversation.objects.get(pk=person.caller.sid).state
            allowed = {*Conversation.CALLED_BACK, Conversation.State.ENDED}
            assert state in allowed, state
            if person.at != "keeps-place" or state != "calling-back":
                assert rows.count() == 1, f"{person.caller.sid} is {rows.count()} rows of the log"

    def reconcile(self) -> None:
        """What was lost last of a leg is told late: as it was, for a leg that nobody answered is never completed."""
        for path, fields in self.untold.values():
            assert self.twilio.webhook(path, fields).status_code < 300
        self.untold.clear()

    def is_pending(self, person: Telephone) -> bool:
        return Conversation.objects.filter(pk=person.caller.sid, state__in=Conversation.BACK_PENDING).exists()

    def come_to_an_end(self) -> None:
        """Nothing fails any more, whoever rings answers, whoever talks hangs up."""
        self.may_fail = False
        self.reconcile()
        self.doubtful.clear()
        for _round in range(60):
            waits = [person for person in self.those("keeps-place") if self.is_pending(person)]
            if not self.those("queue", "ringing", "talking", "called-back", "reached") and not waits:
                return
            for action in ("answer", "hang-up", "wait", "call-back", "reach", "hang-up-on-both"):
                self.do(action)
            self.pass_time(6)
            Conversation.objects.filter(state="call-back").update(not_before=None)
            self.do_mend()
            self.do_dispatch()
            self.hold()
        waits = [person for person in self.those("keeps-place") if self.is_pending(person)]
        assert not waits, f"never called back: {[person.caller.sid for person in waits]}"
        still = [(person.caller.sid, person.at) for person in self.those("queue", "ringing", "talking")]
        raise AssertionError(f"lost between two: {still}")


@pytest.fixture
def agents(team, line) -> list[Agent]:
    return [factories.make_agent(name, team=team) for name in ("ada", "grace")]


def begin(agents: list[Agent]) -> None:
    for model in (Webhook, CallEvent, CallOffer, Conversation, Call, Desk):
        model.objects.all().delete()
    for agent in agents:
        factories.make_desk(agent)
    cache.clear()


class Told:
    """Instead of chance: what becomes of one callback after the other; then all are told."""

    def __init__(self, *fates: str) -> None:
        self.fates = list(fates)

    def draw(self, choices: st.SearchStrategy[str]) -> str:
        return self.fates.pop(0) if self.fates else "told"


def test_whose_phone_is_told_of_late_is_offered_nobody_else(agents, line, team):
    make_route(line, team_step(team.pk, wait_seconds=3600), box())
    begin(agents)
    afternoon = Afternoon(TwilioClient(), agents, Told("lost"))
    for _caller in range(3):
        afternoon.do_call()
    # Nothing was heard of the first ring, and its offer ends; then it is.
    afternoon.pass_time(21)
    afternoon.do_mend()
    assert CallOffer.objects.get(call=sid("CA", 1)).reason == "not-fetched"
    afternoon.reconcile()
    afternoon.doubtful.clear()

    afternoon.do_dispatch()

    assert [person.at for person in afternoon.people] == ["ringing", "ringing", "queue"]


@pytest.mark.parametrize("strategy", ["longest-idle", "all-at-once"])
def test_whatever_happens_nobody_is_lost_and_no_agent_has_two(agents, line, team, strategy):
    make_route(line, team_step(team.pk, strategy=strategy, wait_seconds=3600), box())

    @lives
    @given(st.data(), st.lists(st.sampled_from(ACTIONS), min_size=20, max_size=45))
    def afternoon(data, actions):
        begin(agents)
        team_at_work = Afternoon(TwilioClient(), agents, data)
        for action in actions:
            team_at_work.do(action)
            team_at_work.hold()
        team_at_work.come_to_an_end()

    afternoon()


def test_whoever_hangs_up_keeps_the_place_until_called_back(agents, line, team):
    step = team_step(
        team.pk, wait_seconds=3600, call_back=True, call_back_after=0, call_back_tries=5, call_back_pause=1
    )  # fmt: skip
    make_route(line, step, box())

    @lives
    @given(st.data(), st.lists(st.sampled_from(CALL_BACK_ACTIONS), min_size=15, max_size=35))
    def afternoon(data, actions):
        begin(agents)
        team_at_work = Afternoon(TwilioClient(), agents, data)
        for action in (*_ONE_ASKS, *actions):
            team_at_work.do(action)
            team_at_work.hold()
        team_at_work.come_to_an_end()

    afternoon()
