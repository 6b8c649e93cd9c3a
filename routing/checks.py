"""Whether a route may answer calls: no way through it ends in silence. Each refusal says where, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from core.languages import Sentence
from core.languages import kept as _
from core.text import in_sentence, is_heard
from routing.known import Known
from routing.step_fields import WRITE_VOICE, is_voice
from routing.steps import (
    AgentStep,
    Arrow,
    HoursStep,
    LanguageChoice,
    Menu,
    NumberStep,
    OtherRoute,
    Plan,
    Step,
    TeamStep,
    Voicemail,
    plan_read,
)

# A step: of which version, and its id there. The route that is checked is `_HERE`.
_HERE = 0
_Node: TypeAlias = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong at a field of a step; "" for the route itself."""

    step: str
    field: str
    text: Sentence
    todo: Sentence
    is_refusal: bool = True
    way: tuple[tuple[str, Arrow], ...] = ()
    """From the caller to the step: each step on it, and the arrow taken there."""


def document_check(document: object, known: Known, *, route_id: int | None = None) -> tuple[Plan, list[Finding]]:
    """The steps that somebody wants to save, and all that is wrong with them, in the order of the steps."""
    plan, problems = plan_read(document)
    unread = [Finding(step, field, why, _("Correct this field.")) for step, field, why in problems]
    findings = [*unread, *plan_check(plan, known, route_id=route_id)]
    findings.sort(key=lambda each: (not each.is_refusal, plan.number_of(each.step)))
    return plan, findings


def plan_check(plan: Plan, known: Known, *, route_id: int | None = None) -> list[Finding]:
    """`route_id`: of the route whose next version this is; what leads to it leads here."""
    if not plan.steps:
        return [Finding("", "", _("The route has no steps: a caller would hear nothing."), _("Add a step."))]
    if plan.first not in plan.steps:
        todo = _("Choose the step at which a caller begins.")
        return [Finding("", "first", _("A caller begins at no step of this route."), todo)]
    graph = _Graph(plan, known, route_id)
    ways = graph.ways()
    findings: list[Finding] = []
    for step in plan.steps.values():
        node = (_HERE, step.id)
        if node not in ways:
            findings.append(
                Finding(
                    step.id,
                    "",
                    _("Nobody reaches this step."),
                    _("Let a step lead here, or remove it."),
                    is_refusal=False,
                )
            )
            continue
        for field, text, todo in _wrong_with(step, plan, known):
            findings.append(Finding(step.id, field, text, todo, way=ways[node]))
        for field, text, todo in _in_vain(step, known):
            findings.append(Finding(step.id, field, text, todo, is_refusal=False))
    circles = (
        Finding(step, field, _CIRCLE, _OUT_OF_CIRCLE, way=ways[_HERE, step]) for step, field in graph.circles(ways)
    )
    return [*findings, *circles]


_WRITE_WORDS = _("Write words with at least one letter or digit, or choose a greeting.")
_CIRCLE = _("Callers go in a circle here without being asked anything, for ever.")
_OUT_OF_CIRCLE = _("Let one of the steps lead to a voicemail box or a goodbye, or put a menu in between.")


class _Graph:
    """The ways on from each step, across routes."""

    def __init__(self, plan: Plan, known: Known, route_id: int | None) -> None:
        self.plan, self.known, self.route_id = plan, known, route_id

    def ways(self) -> dict[_Node, tuple[tuple[str, Arrow], ...]]:
        """The steps that a caller reaches, each with a shortest way to it."""
        first = (_HERE, self.plan.first)
        ways: dict[_Node, tuple[tuple[str, Arrow], ...]] = {first: ()}
        waiting = [first]
        for node in waiting:
            for arrow, following in self.leads_to(node):
                if following not in ways:
                    ways[following] = (*ways[node], (node[1], arrow))
                    waiting.append(following)
        return ways

    def leads_to(self, node: _Node) -> Iterator[tuple[Arrow, _Node]]:
        version, step_id = node
        plan = self._plan(version)
        step = plan.steps.get(step_id) if plan else None
        if plan is None or step is None:
            return
        if isinstance(step, OtherRoute):
            if (other := self._other(step)) is not None:
                yield other
            return
        for arrow in step.arrows():
            if arrow.target in plan.steps:
                yield arrow, (version, arrow.target)

    def _plan(self, version: int) -> Plan | None:
        return self.plan if version == _HERE else self.known.plan(version)

    def _other(self, step: OtherRoute) -> tuple[Arrow, _Node] | None:
        if step.route is None:
            return None
        is_here = self.route_id is not None and step.route == self.route_id
        version = _HERE if is_here else self.known.current(step.route)
        plan = self._plan(version) if version is not None else None
        if version is None or plan is None:
            return None
        return Arrow("route", plan.first, _("another route")), (version, plan.first)

    def circles(self, reached: dict[_Node, tuple[tuple[str, Arrow], ...]]) -> Iterator[tuple[str, str]]:
        """Of each circle in which the caller is asked nothing: its first step here, and the field that leads on."""
        told: set[_Node] = set()
        for step_id in self.plan.steps:
            node = (_HERE, step_id)
            if node not in reached or node in told:
                continue
            for arrow, following in self.leads_to(node):
                if arrow.by_caller:
                    continue
                beyond = self._without_caller(following)
                if node in beyond:
                    # All that lie on the circle are told with its first.
                    told |= {each for each in beyond if node in self._without_caller(each)} | {node}
                    yield step_id, arrow.field
                    break

    def _without_caller(self, node: _Node) -> set[_Node]:
        """All that is reached from there, it included, while the caller does nothing."""
        found, waiting = {node}, [node]
        for each in waiting:
            for arrow, following in self.leads_to(each):
                if not arrow.by_caller and following not in found:
                    found.add(following)
                    waiting.append(following)
        return found


_Wrong: TypeAlias = tuple[str, Sentence, Sentence]


def _wrong_with(step: Step, plan: Plan, known: Known) -> Iterator[_Wrong]:
    for field, prompt, is_needed in step.prompts():
        if prompt.greeting is not None and not known.has_greeting(prompt.greeting):
            yield field, _("This greeting is gone."), _("Choose another greeting, or write a text.")
        elif is_needed and not prompt:
            yield field, _("The caller hears nothing here."), _("Write what the caller hears, or choose a greeting.")
        elif prompt.text and not is_heard(prompt.text):
            # Also where there need be none: our own sentence would be replaced by silence.
            yield field, _("The caller hears nothing here: the text has no letter and no digit."), _WRITE_WORDS
        if prompt.voice and not is_voice(prompt.voice):
            text = _("Twilio has no voice %(voice)s.") % {"voice": in_sentence(prompt.voice)}
            yield field, text, WRITE_VOICE
    if more := _MORE.get(type(step)):
        yield from more(step, known)
    if isinstance(step, Menu):
        yield from _menu(step)
    for arrow in step.arrows():
        if arrow.target not in plan.steps:
            yield arrow.field, _no_way_on(step, arrow, known), _next_step(plan, step, arrow)


def _in_vain(step: Step, known: Known) -> Iterator[_Wrong]:
    """What is without effect, though no caller is worse off."""
    if not isinstance(step, TeamStep) or not step.skill or step.team is None:
        return
    team = known.team(step.team)
    if team is not None and not known.has_skill(step.team, step.skill):
        names = {"team": in_sentence(team.name), "skill": in_sentence(step.skill)}
        text = _("Nobody in %(team)s is also in a team %(skill)s: this skill is not asked for.") % names
        yield "skill", text, _("A skill is the name of a team whose members have it. Write one, or none.")


def _no_way_on(step: Step, arrow: Arrow, known: Known) -> Sentence:
    if isinstance(step, TeamStep) and arrow.field == "nobody":
        team = known.team(step.team) if step.team else None
        name = in_sentence(team.name) if team else step.said()
        if team is not None and not team.members:
            return _("Nobody in %(team)s can take calls, and the step names no next one.") % {"team": name}
        return _("A caller hears nothing when nobody of %(team)s is at work.") % {"team": name}
    return _("A caller hears nothing after “%(arrow)s”: no next step is set.") % {"arrow": arrow.label}


def _next_step(plan: Plan, step: Step, arrow: Arrow) -> Sentence:
    found = plan.steps.get(send_to(plan, step.id))
    if found is None:
        return _("Add a voicemail box or a goodbye, and let “%(arrow)s” lead there.") % {"arrow": arrow.label}
    blanks = {"arrow": arrow.label, "number": plan.number_of(found.id), "name": found.said()}
    return _("Choose a next step for “%(arrow)s”, for instance %(number)d %(name)s.") % blanks


def send_to(plan: Plan, step_id: str) -> str:
    """Where callers could be sent who would hear nothing: a voicemail box. "" when the route has none."""
    return next((each.id for each in plan.steps.values() if isinstance(each, Voicemail) and each.id != step_id), "")


def _hours(step: HoursStep, known: Known) -> Iterator[_Wrong]:
    hours = known.hours(step.hours) if step.hours else None
    if hours is None:
        yield "hours", _("No opening hours are chosen."), _("Choose opening hours.")
    elif not hours.has_any_day():
        text = _("%(hours)s are open on no day: nobody would ever come through.") % {"hours": in_sentence(hours.name)}
        yield "hours", text, _("Add a span to these opening hours first, or choose others.")


def _team(step: TeamStep, known: Known) -> Iterator[_Wrong]:
    if step.team is None or known.team(step.team) is None:
        yield "team", _("No team is chosen."), _("Choose a team.")
    if not step.call_back:
        return
    if step.call_back_after >= step.wait_seconds:
        text = _("Callers go on before a call-back is offered to them.")
        yield "call_back_after", text, _("Offer it earlier, or let callers wait longer.")
    hours = known.hours(step.call_back_hours) if step.call_back_hours else None
    if step.call_back_hours and hours is None:
        yield "call_back_hours", _("These opening hours are gone."), _("Choose opening hours, or none.")
    elif hours is not None and not hours.has_any_day():
        text = _("%(hours)s are open on no day: nobody would ever be called back.") % {"hours": in_sentence(hours.name)}
        yield "call_back_hours", text, _("Add a span to these opening hours first, or choose others.")


def _agent(step: AgentStep, known: Known) -> Iterator[_Wrong]:
    if step.agent is None or known.agent(step.agent) is None:
        yield "agent", _("This agent is gone, or may not be called."), _("Choose an agent who may be called.")


def _number(step: NumberStep, known: Known) -> Iterator[_Wrong]:
    dialled = known.dialled(step.number)
    if isinstance(dialled, Sentence):
        yield "number", dialled, _("Write a number that may be dialled.")


def _voicemail(step: Voicemail, known: Known) -> Iterator[_Wrong]:
    if step.team is None or known.team(step.team) is None:
        yield "team", _("No team is told of the messages."), _("Choose whose box it is.")


def _route(step: OtherRoute, known: Known) -> Iterator[_Wrong]:
    version = known.current(step.route) if step.route else None
    if version is None or known.plan(version) is None:
        yield "route", _("There is no such route that answers calls."), _("Choose a route that is saved.")


def _menu(step: Menu) -> Iterator[_Wrong]:
    if not step.keys:
        yield "keys", _("The menu has no keys: whatever a caller presses is wrong."), _("Add a key.")
    seen: set[str] = set()
    for index, key in enumerate(step.keys):
        if key.digit and key.digit in seen:
            text = _("The key %(key)s is there twice.") % {"key": key.digit}
            yield f"keys.{index}.digit", text, _("Choose another key.")
        seen.add(key.digit)
        if isinstance(step, LanguageChoice) and not key.language:
            text = _("This key chooses no language.")
            yield f"keys.{index}.language", text, _("Choose the language that it stands for.")


_MORE: dict[type[Step], Callable[..., Iterator[_Wrong]]] = {
    HoursStep: _hours,
    TeamStep: _team,
    AgentStep: _agent,
    NumberStep: _number,
    Voicemail: _voicemail,
    OtherRoute: _route,
}
