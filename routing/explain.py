"""What happens if this number calls this line at this time: by the very code that answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils import timezone

from core.languages import Sentence
from core.languages import kept as _
from core.text import in_sentence
from routing.doings import (
    NOT_CALLED,
    Ask,
    DialNumber,
    Doing,
    End,
    Event,
    EventKind,
    OfferCallBack,
    Passed,
    RingAgent,
    RingTeam,
    Say,
    TakeMessage,
    Wait,
)
from routing.models import Route, RouteVersion
from routing.ringing import Ringer, declared_ringing
from routing.walk import Facts, go_on, start

# A route that was never checked may ask for ever.
_MOST_STRETCHES = 30
# Who is there now says nothing of another time.
_ABOUT_NOW = timedelta(minutes=5)
_GONE_ON = _("The caller has gone on by then.")
_LETTERS_A_SECOND, _SOUND_SECONDS, _KEY_SECONDS = 14, 6, 3
KINDS: dict[type[Doing], str] = {
    Passed: "decision",
    Say: "announcement",
    Ask: "question",
    RingTeam: "team",
    OfferCallBack: "call-back",
    Wait: "waiting",
    RingAgent: "agent",
    DialNumber: "number",
    TakeMessage: "message",
    End: "end",
}


@dataclass(frozen=True, slots=True)
class ExplainedStep:
    at: datetime
    kind: str
    step: str
    title: Sentence
    reason: Sentence
    if_nobody: bool = False
    """Only if nobody took the call before."""


@dataclass(frozen=True, slots=True)
class Rung:
    ringer: Ringer
    at: datetime


@dataclass(frozen=True, slots=True)
class Explanation:
    route: Route | None
    version: int | None
    """Its number; None for a line without a route, and for one that is not saved."""
    at: datetime
    result: str
    """What comes first of `rings`, `message`, `goodbye` and `refused`; `asked`, again and again, when none does."""
    steps: list[ExplainedStep]
    rings: list[Rung]
    does_not_ring: list[Ringer]
    dials: str = ""
    """The outside number, when that is what rings first."""


def explain(facts: Facts, *, caller: str, keys: str = "", draft: Route | None = None) -> Explanation:
    """`keys`: what the caller presses, one at each question; no key when they have run out. `draft`: the route whose
    unsaved version these facts hold."""
    is_met = draft is None and facts.line.is_active
    version = RouteVersion.objects.select_related("route").filter(pk=facts.version).first() if is_met else None
    explained = _Explained(facts, caller, keys)
    explained.begin(version, draft)
    explained.walk()
    return Explanation(
        route=draft or (version.route if version else None),
        version=version.number if version else None,
        at=facts.at,
        result=explained.result or "asked",
        steps=explained.steps,
        rings=explained.rings,
        does_not_ring=explained.does_not_ring,
        dials=explained.dials,
    )


class _Explained:
    def __init__(self, facts: Facts, caller: str, keys: str) -> None:
        self.facts, self.caller, self.keys = facts, caller, list(keys)
        self.now, self.if_nobody, self.result = facts.at, False, ""
        self.steps: list[ExplainedStep] = []
        self.rings: list[Rung] = []
        self.does_not_ring: list[Ringer] = []
        # When the turn of those who ring came.
        self.rung_since: datetime | None = None
        self.dials = ""
        self.is_now = abs(facts.at - timezone.now()) < _ABOUT_NOW
        # Whether whoever was to ring last is there at all.
        self.is_there = True

    def begin(self, version: RouteVersion | None, draft: Route | None) -> None:
        line = in_sentence(self.facts.line.name)
        if not self.facts.line.is_active:
            title = _("Line %(line)s is not in use") % {"line": line}
            reason = _("Callers meet no route, and no phone rings.")
        elif draft is not None:
            title = _("Line %(line)s with the unsaved route “%(route)s”") % {"line": line, "route": str(draft)}
            reason = _("Callers do not meet it before it is saved.")
        elif version is not None:
            blanks = {"line": line, "route": str(version.route), "number": version.number}
            title = _("Line %(line)s has the route “%(route)s”, version %(number)d") % blanks
            reason = _("It is the version in force.")
        else:
            title = _("Line %(line)s has no route") % {"line": line}
            takes_voicemail = self.facts.line.takes_voicemail
            reason = _("Its team rings, then voicemail.") if takes_voicemail else _("Its team rings.")
        self._add("line", "", title, reason)
        if self.facts.spam is None and self.facts.line.is_active:
            self._add("spam", "", _("Not marked as spam"), _("No spam rule is for this caller."))

    def walk(self) -> None:
        position, doings = start(self.facts)
        for _count in range(_MOST_STRETCHES):
            for doing in doings:
                self._meet(doing)
            event = self._event_after(doings[-1])
            if event is None:
                return
            position, doings = go_on(position, event, self.facts)

    def _add(self, kind: str, step: str, title: Sentence, reason: Sentence) -> None:
        self.steps.append(ExplainedStep(self.now, kind, step, title, reason, self.if_nobody))

    def _meet(self, doing: Doing) -> None:
        if isinstance(doing, DialNumber) and self._is_refused(doing):
            return
        self._add(KINDS[type(doing)], doing.step, doing.said, doing.reason)
        self.now += timedelta(seconds=_seconds(doing))
        if isinstance(doing, RingTeam):
            found = declared_ringing().of_team(doing, self.caller)
            self.is_there = self._is_there(doing, found)
            self._ring(found)
        elif isinstance(doing, Wait):
            self._gone_on_after(doing)
        elif isinstance(doing, RingAgent):
            found = declared_ringing().of_agent(doing)
            self.is_there = not self.is_now or any(each.rings for each in found)
            self._ring(found)
        elif isinstance(doing, DialNumber) and not self.result:
            self.dials = doing.number
        if self.is_there or not isinstance(doing, RingTeam | RingAgent):
            self.result = self.result or _result(doing)

    def _is_refused(self, dial: DialNumber) -> bool:
        """Whether the number must not be called just now: then it does not ring."""
        refusal = declared_ringing().refusal_of(dial.number) if self.is_now else ""
        self.is_there = not refusal
        if refusal:
            self._add("decision", dial.step, NOT_CALLED % {"number": dial.number}, Sentence(refusal))
        return bool(refusal)

    def _is_there(self, doing: RingTeam, found: list[Ringer]) -> bool:
        """Whether the caller rings somebody, or waits."""
        if not doing.version:
            # On a line without a route nobody waits.
            return any(each.rings for each in found)
        return not self.is_now or declared_ringing().somebody_there(doing.team)

    def _ring(self, found: list[Ringer]) -> None:
        """Of all who would ring, the first who do are told."""
        if not self.rings:
            self.rung_since = self.now
            self.rings = [Rung(each, self.now + timedelta(seconds=each.after)) for each in found if each.rings]
            self.does_not_ring = [each for each in found if not each.rings]

    def _gone_on_after(self, wait: Wait) -> None:
        """No phone begins to ring once the caller has waited for long enough."""
        until = self.now + timedelta(seconds=wait.seconds)
        if self.rung_since != self.now:
            return
        late = [replace(rung.ringer, rings=False, reason=_GONE_ON) for rung in self.rings if rung.at >= until]
        self.rings = [rung for rung in self.rings if rung.at < until]
        self.does_not_ring = [*late, *self.does_not_ring]

    def _event_after(self, doing: Doing) -> Event | None:
        """What is taken to come: the keys that were given, and then that nobody takes the call."""
        if isinstance(doing, Ask):
            if self.keys:
                self.now += timedelta(seconds=_KEY_SECONDS)
                return Event(EventKind.PRESSED, self.keys.pop(0))
            self.now += timedelta(seconds=doing.seconds)
            return Event(EventKind.NO_INPUT)
        if isinstance(doing, DialNumber) and not self.is_there:
            return Event(EventKind.NOT_TAKEN)
        if isinstance(doing, Wait | RingAgent) and not self.is_there:
            self._add("decision", doing.step, _("Nobody is there"), _("No phone that could ring is there just now."))
            return Event(EventKind.NOBODY if isinstance(doing, Wait) else EventKind.NOT_TAKEN)
        if isinstance(doing, Wait | RingAgent | DialNumber):
            self.if_nobody = True
            self.now += timedelta(seconds=doing.seconds if isinstance(doing, Wait) else doing.ring_seconds)
            return Event(EventKind.WAITED if isinstance(doing, Wait) else EventKind.NOT_TAKEN)
        return None


def _seconds(doing: Doing) -> int:
    if not isinstance(doing, Say | Ask):
        return 0
    return _SOUND_SECONDS if doing.prompt.greeting else -(-len(doing.prompt.text) // _LETTERS_A_SECOND)


def _result(doing: Doing) -> str:
    if isinstance(doing, RingTeam | RingAgent | DialNumber):
        return "rings"
    if isinstance(doing, TakeMessage):
        return "message"
    if isinstance(doing, End):
        return "refused" if doing.refused else "goodbye"
    return ""


def conclusion(explanation: Explanation) -> Sentence:
    """What comes of it, in one sentence."""
    if explanation.result == "rings" and explanation.dials:
        return _("The telephone %(number)s rings.") % {"number": explanation.dials}
    if explanation.result == "rings" and explanation.rings:
        first = explanation.rings[0]
        seconds = int((first.at - explanation.at).total_seconds())
        return _("After %(seconds)d s the phone of %(name)s rings.") % {"seconds": seconds, "name": first.ringer.name}
    return _CONCLUSIONS[explanation.result]


_CONCLUSIONS = {
    "rings": _("Phones are rung; of the team nobody is free just now."),
    "message": _("The caller is asked for a message."),
    "goodbye": _("The caller hears a goodbye."),
    "refused": _("The call is refused."),
    "asked": _("The caller is asked again and again."),
}
