"""What is met at each kind of step, and which way is taken after it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from core.languages import Day, Sentence
from core.languages import kept as _
from core.text import in_sentence
from routing.doings import (
    Ask,
    DialNumber,
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
from routing.hours import Hours, Verdict, Why
from routing.step_fields import Prompt
from routing.steps import (
    AgentStep,
    Announcement,
    Goodbye,
    HoursStep,
    LanguageChoice,
    Menu,
    NumberStep,
    OtherRoute,
    Step,
    TeamStep,
    Voicemail,
)

if TYPE_CHECKING:
    from routing.walk import Walk


def meet(walk: Walk, step: Step) -> str | None:
    """Adds what is met; says which step comes next at once, None when something has to come first, or nothing does."""
    return _MEET[type(step)](walk, step)


def after(walk: Walk, step: Step, event: Event) -> str | None:
    """The way that is taken after what came; None when it does not fit, and the step is met again."""
    if isinstance(step, Menu):
        return _after_menu(walk, step, event)
    if isinstance(step, TeamStep):
        ways = {EventKind.WAITED: step.waited, EventKind.NOBODY: step.nobody, EventKind.FULL: step.full or step.waited}
        return ways.get(event.kind)
    if isinstance(step, AgentStep | NumberStep) and event.kind in (EventKind.NOT_TAKEN, EventKind.WAITED):
        return step.next
    return None


def _meet_hours(walk: Walk, step: HoursStep) -> str:
    hours = walk.facts.known.hours(step.hours) if step.hours else None
    if hours is None:
        walk.add(Passed, step, _("closed"), _("These opening hours are gone."))
        return step.closed
    verdict = hours.at_once(walk.facts.at)
    reason = why_said(hours, verdict)
    if verdict.is_open:
        walk.add(Passed, step, _("open"), reason)
        return step.open
    is_holiday = verdict.why in (Why.HOLIDAY, Why.OWN_DATE)
    walk.add(Passed, step, _("holiday") if is_holiday else _("closed"), reason)
    return (step.holiday if is_holiday else "") or step.closed


def why_said(hours: Hours, verdict: Verdict) -> Sentence:
    """Why it is open or closed, in a sentence."""
    blanks: dict[str, Any] = {
        "hours": in_sentence(hours.name),
        "zone": hours.zone.key,
        "span": str(verdict.span or ""),
        "name": in_sentence(verdict.name),
        "day": Day(verdict.day) if verdict.day else "",
    }
    if verdict.why == Why.SWITCH:
        if verdict.name:
            open_, closed = _("Opened by hand: %(name)s."), _("Closed by hand: %(name)s.")
        else:
            open_, closed = _("Opened by hand."), _("Closed by hand.")
        return (open_ if verdict.is_open else closed) % blanks
    if verdict.why == Why.SPAN:
        return _("%(hours)s: the span %(span)s of %(day)s, %(zone)s.") % blanks
    if verdict.why == Why.HOLIDAY:
        return _("%(day)s is a holiday: %(name)s.") % blanks
    if verdict.why == Why.OWN_DATE:
        if verdict.name and verdict.span:
            return _("%(day)s, %(name)s, has hours of its own: %(span)s.") % blanks
        if verdict.name:
            return _("%(day)s, %(name)s, has hours of its own, and is closed at that time.") % blanks
        if verdict.span:
            return _("%(day)s has hours of its own: %(span)s.") % blanks
        return _("%(day)s has hours of its own, and is closed at that time.") % blanks
    return _("%(hours)s: outside the spans of %(day)s, %(zone)s.") % blanks


def _said(walk: Walk, prompt: Prompt) -> dict[str, Any]:
    """A prompt as it is heard: one whose greeting is gone is as if there were none."""
    if prompt.greeting and not walk.facts.known.has_greeting(prompt.greeting):
        prompt = Prompt()
    return {"prompt": prompt, "language": prompt.language or walk.language}


def _meet_announcement(walk: Walk, step: Announcement) -> str:
    walk.add(Say, step, _("is heard"), _language_reason(walk, step.prompt), **_said(walk, step.prompt))
    return step.next


def _language_reason(walk: Walk, prompt: Prompt) -> Sentence:
    if prompt.greeting:
        return _("A greeting that is kept.")
    if prompt.language:
        return _("The step names its language.")
    return _("In the language the caller chose.") if walk.position.language else _("In the language of the line.")


def _meet_menu(walk: Walk, step: Menu) -> None:
    tries = walk.position.tries
    again = _("A wrong key was pressed: said again, %(count)d of %(most)d times.") % {
        "count": tries,
        "most": step.tries,
    }
    reason = again if tries else _("%(seconds)d s for a key.") % {"seconds": step.seconds}
    more = {"keys": step.keys, "seconds": step.seconds, "speech": step.speech}
    walk.add(Ask, step, _("asks for a key"), reason, **_said(walk, step.prompt), **more)


def _after_menu(walk: Walk, step: Menu, event: Event) -> str | None:
    if event.kind == EventKind.NO_INPUT:
        return step.no_input
    if event.kind == EventKind.PRESSED:
        key = step.key_pressed(event.text)
    elif event.kind == EventKind.SPOKE:
        key = step.key_meant(event.text) if step.speech else None
    else:
        return None
    if key is None:
        if walk.position.tries >= step.tries:
            return step.wrong_input
        walk.change(tries=walk.position.tries + 1)
        return step.id
    if isinstance(step, LanguageChoice) and key.language:
        walk.change(language=key.language)
    blanks = {"key": key.digit, "meaning": in_sentence(key.meaning)}
    pressed, reason = _("presses %(key)s, %(meaning)s") % blanks, _("The menu has this key.")
    chose = _("pressed %(key)s, %(meaning)s") % blanks
    if event.kind == EventKind.SPOKE:
        pressed, reason = _("says %(meaning)s") % blanks, _("The menu understands spoken words.")
        chose = _("said %(meaning)s") % blanks
    walk.add(Passed, step, pressed, reason, chose=chose)
    # The same menu met again by a key of its own is a new one.
    walk.change(tries=0)
    return key.next


def _meet_team(walk: Walk, step: TeamStep) -> str | None:
    team = walk.facts.known.team(step.team) if step.team else None
    if team is None or not team.members:
        why = _("The team is gone.") if team is None else _("Nobody in the team can take calls.")
        walk.add(Passed, step, _("nobody there"), why)
        return step.nobody
    blanks = {"seconds": step.ring_seconds, "team": in_sentence(team.name)}
    walk.add(
        RingTeam,
        step,
        _STRATEGIES[step.strategy] % blanks,
        _FIRST[step.first] % {"seconds": step.first_seconds},
        team=step.team,
        **{name: getattr(step, name) for name in _OF_TEAM},
    )
    if step.call_back:
        _offer_call_back(walk, step)
    waits = _("waits for %(seconds)d s at most") % {"seconds": step.wait_seconds}
    heard = _said(walk, step.hears)
    walk.add(
        Wait,
        step,
        waits,
        _waits_why(step),
        seconds=step.wait_seconds,
        hears=heard["prompt"],
        language=heard["language"],
    )
    return None


def _waits_why(step: TeamStep) -> Sentence:
    if not step.most_waiting:
        return _("Then the caller goes on.")
    return _("Then the caller goes on; at once when %(count)d wait already.") % {"count": step.most_waiting}


def _offer_call_back(walk: Walk, step: TeamStep) -> None:
    said = _("is offered to be called back after %(seconds)d s") % {"seconds": step.call_back_after}
    hours = walk.facts.known.hours(step.call_back_hours) if step.call_back_hours else None
    blanks = {"tries": step.call_back_tries, "hours": in_sentence(hours.name) if hours else ""}
    if hours:
        why = _("By a key, if the number can be called; tried %(tries)d times at most, within %(hours)s.") % blanks
    else:
        why = _("By a key, if the number can be called; tried %(tries)d times at most.") % blanks
    walk.add(
        OfferCallBack,
        step,
        said,
        why,
        after=step.call_back_after,
        tries=step.call_back_tries,
        pause=step.call_back_pause,
        hours=step.call_back_hours,
        closed=step.call_back_closed,
    )


_OF_TEAM = ("strategy", "ring_seconds", "first", "first_seconds", "priority", "skill", "most_waiting")
_STRATEGIES = {
    "all-at-once": _("%(team)s rings, all at once, %(seconds)d s"),
    "longest-idle": _("%(team)s rings, the longest idle first, %(seconds)d s each"),
    "in-turn": _("%(team)s rings in turn, %(seconds)d s each"),
    "fixed-order": _("%(team)s rings in a fixed order, %(seconds)d s each"),
}
_FIRST = {
    "": _("By the step's strategy."),
    "last-agent": _("For %(seconds)d s first the agent who spoke with this caller last."),
    "owner": _("For %(seconds)d s first the contact's owner."),
}


def _meet_agent(walk: Walk, step: AgentStep) -> str | None:
    name = walk.facts.known.agent(step.agent) if step.agent else None
    if name is None:
        walk.add(Passed, step, _("no answer"), _("This agent is gone, or may not be called."))
        return step.next
    rings = _("%(agent)s rings for %(seconds)d s") % {"agent": in_sentence(name), "seconds": step.ring_seconds}
    walk.add(RingAgent, step, rings, _("The step names this agent."), agent=step.agent, ring_seconds=step.ring_seconds)
    return None


def _meet_number(walk: Walk, step: NumberStep) -> str | None:
    dialled = walk.facts.known.dialled(step.number)
    if isinstance(dialled, Sentence):
        walk.add(Passed, step, _("is not dialled"), dialled)
        return step.next
    dials = _("%(number)s rings for %(seconds)d s") % {"number": dialled, "seconds": step.ring_seconds}
    reason = _("Whoever answers presses 1 to take the call.") if step.press_one else _("Whoever answers has the call.")
    more = {"number": dialled, "ring_seconds": step.ring_seconds, "press_one": step.press_one}
    walk.add(DialNumber, step, dials, reason, **more)
    return None


def _meet_voicemail(walk: Walk, step: Voicemail) -> None:
    team = walk.facts.known.team(step.team) if step.team else None
    # A box that is gone is that of the line: the message is kept all the same.
    box = step.team if team else walk.facts.line.team
    reason = _("%(team)s is told.") % {"team": in_sentence(team.name)} if team else _("The line's own team is told.")
    walk.add(TakeMessage, step, _("a message is taken"), reason, team=box, **_said(walk, step.prompt))


def _meet_route(walk: Walk, step: OtherRoute) -> str:
    version = walk.facts.known.current(step.route) if step.route else None
    plan = walk.facts.known.plan(version) if version else None
    if version is None or plan is None:
        walk.add(Passed, step, _("goes nowhere"), _("The other route is gone, or cannot be read."))
        return ""
    walk.add(Passed, step, _("goes on by another route"), _("From here on, that route's steps apply."))
    walk.change(version=version, step="")
    return plan.first


def _meet_goodbye(walk: Walk, step: Goodbye) -> None:
    said = _said(walk, step.prompt)
    walk.add(Say, step, _("is heard"), _language_reason(walk, step.prompt), **said)
    walk.add(End, step, _("the call ends"), _("The step ends the call."))


_MEET: dict[type[Step], Callable[[Any, Any], str | None]] = {
    HoursStep: _meet_hours,
    Announcement: _meet_announcement,
    Menu: _meet_menu,
    LanguageChoice: _meet_menu,
    TeamStep: _meet_team,
    AgentStep: _meet_agent,
    NumberStep: _meet_number,
    Voicemail: _meet_voicemail,
    OtherRoute: _meet_route,
    Goodbye: _meet_goodbye,
}
