"""Planning what Twilio must be told, and telling it. All raise `TelephonyError` when Twilio fails."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.conf import settings

from core.languages import kept as _
from telephony.provisioning import account, usage_triggers
from telephony.provisioning.addresses import (
    app_values,
    is_somebody_elses,
    number_values,
    place,
    service_values,
    text_values,
)
from telephony.provisioning.plan import Kind, Plan, Step, differences
from telephony.provisioning.usage_triggers import WantedTrigger

logger = logging.getLogger(__name__)


def resource_name() -> str:
    """What the app and the key are called at Twilio: with the host, for an account may serve several desks."""
    return f"Ringdesk {place(settings.PUBLIC_BASE_URL)}"[:64]


def plan_app(take_over: Iterable[str] = ()) -> Step:
    """The TwiML app: the one that is set, else one of ours that is there already, else a new one."""
    wanted, sid, note = app_values(), settings.TWILIO_TWIML_APP_SID, ""
    found = account.app_fetch(sid) if sid else None
    if sid and found is None:
        note = _("The account has no app with the SID in TWILIO_TWIML_APP_SID.")
    found = found or account.app_find(resource_name())
    if found is None:
        return Step(
            Kind.APP, _("TwiML app %(name)s") % {"name": resource_name()}, changes=differences(wanted, None), note=note
        )
    title = _("TwiML app %(name)s") % {"name": found.name or found.sid}
    blocked, way_out = "", ""
    if found.sid not in take_over and is_somebody_elses(found.values["voice_url"]):
        blocked, way_out = _belongs_to(place(found.values["voice_url"])), _to_take_over(found.sid)
    return Step(Kind.APP, title, found.sid, differences(wanted, found), blocked, note, way_out)


def plan_numbers(numbers: Iterable[str], take_over: Iterable[str] = ()) -> list[Step]:
    """One step for each number, in their order. Those that are not the account's are never touched."""
    wanted, allowed = number_values(), set(take_over)
    numbers = list(dict.fromkeys(numbers))
    owned = account.numbers_list() if numbers else {}
    steps = []
    for number in numbers:
        found = owned.get(number)
        if found is None:
            missing = _("This Twilio account has no such number that takes calls.")
            steps.append(Step(Kind.NUMBER, _("Number %(number)s") % {"number": number}, blocked=missing))
            continue
        owner = "" if number in allowed else _owner(found)
        others = "" if number in allowed or not found.takes_texts else _owner_of_texts(found)
        values = wanted | text_values() if found.takes_texts and not others else wanted
        blocked: str = _belongs_to(owner) if owner else ""
        way_out: str = _to_take_over(number) if owner else ""
        steps.append(
            Step(
                Kind.NUMBER,
                _("Number %(number)s") % {"number": number},
                found.sid,
                differences(values, found),
                blocked,
                note=_("Its texts go to %(owner)s, and stay there.") % {"owner": others} if others else "",
                way_out=way_out or (_to_take_over(number) if others else ""),
                others=others,
            )
        )
    return steps


def plan_service(take_over: Iterable[str] = ()) -> list[Step]:
    """The messaging service, where one is used: it decides for all of its numbers where their texts go."""
    sid = settings.TWILIO_MESSAGING_SERVICE_SID
    if not sid:
        return []
    found = account.service_fetch(sid)
    if found is None:
        title = _("Messaging service %(name)s") % {"name": sid}
        missing = _("The account has no service with the SID in TWILIO_MESSAGING_SERVICE_SID.")
        return [Step(Kind.SERVICE, title, blocked=missing)]
    title = _("Messaging service %(name)s") % {"name": found.name or found.sid}
    url = found.values["inbound_request_url"]
    blocked, way_out = "", ""
    if found.sid not in take_over and is_somebody_elses(url):
        said = _("Its texts go to %(owner)s, not to this desk (%(desk)s).")
        blocked = said % {"owner": place(url) or _("an unknown address"), "desk": place(settings.PUBLIC_BASE_URL)}
        way_out = _to_take_over(found.sid)
    return [Step(Kind.SERVICE, title, found.sid, differences(service_values(), found), blocked, way_out=way_out)]


def plan_key() -> Step:
    """The API key: the one that is set when Twilio takes it, else a new one."""
    sid, secret = settings.TWILIO_API_KEY_SID, settings.TWILIO_API_KEY_SECRET
    title = _("API key %(name)s") % {"name": resource_name()}
    if not sid:
        return Step(Kind.KEY, title)
    if not account.key_exists(sid):
        return Step(Kind.KEY, title, note=_("The account has no key with the SID in TWILIO_API_KEY_SID."))
    if not secret or not account.key_is_accepted(sid, secret):
        note = _(
            "Twilio does not accept TWILIO_API_KEY_SECRET, and shows no secret twice. The old key stays at Twilio."
        )
        return Step(Kind.KEY, title, note=note)
    return Step(Kind.KEY, title, sid)


def plan_triggers(wanted: Iterable[WantedTrigger]) -> list[Step]:
    """One step for each usage trigger. One of ours with another value is replaced: Twilio lets none be changed; one
    that is not wanted any more is removed. Those of others are left alone."""
    found = usage_triggers.triggers_ours(desk=resource_name())
    steps, kept = [], set()
    for one in wanted:
        values = usage_triggers.trigger_values(one, desk=resource_name())
        there = next((trigger for trigger in found if trigger.name == values["friendly_name"]), None)
        if there is not None:
            kept.add(there.sid)
        title = _("Usage trigger %(name)s") % {"name": values["friendly_name"]}
        steps.append(Step(Kind.TRIGGER, title, there.sid if there else "", differences(values, there)))
    for trigger in found:
        if trigger.sid not in kept:
            title = _("Usage trigger %(name)s") % {"name": trigger.name}
            steps.append(Step(Kind.TRIGGER, title, trigger.sid, removes=True))
    return steps


def plan_all(
    numbers: Iterable[str], take_over: Iterable[str] = (), triggers: Iterable[WantedTrigger] | None = None
) -> Plan:
    """Everything that the desk needs at Twilio. Without `triggers`, usage triggers are left as they are."""
    return Plan(
        (
            plan_app(take_over),
            plan_key(),
            *plan_numbers(numbers, take_over),
            *plan_service(take_over),
            *(plan_triggers(triggers) if triggers is not None else ()),
        )
    )


def plan_repair(numbers: Iterable[str]) -> Plan:
    """What has drifted: an app or numbers that are there. Makes nothing and takes nothing over."""
    steps = (plan_app(), *plan_numbers(numbers), *plan_service())
    return Plan(tuple(step for step in steps if step.sid))


def _owner(number: account.Resource) -> str:
    """Who else gets the number's calls, or ""."""
    if number.values["trunk_sid"]:
        return _("a SIP trunk")
    if number.values["voice_application_sid"]:
        return _("a TwiML app")
    url = number.values["voice_url"]
    return place(url) or _("an unknown address") if is_somebody_elses(url) else ""


def _owner_of_texts(number: account.Resource) -> str:
    """Who else gets the number's texts, or ""."""
    if number.values["sms_application_sid"]:
        return _("a TwiML app")
    url = number.values["sms_url"]
    return place(url) or _("an unknown address") if is_somebody_elses(url) else ""


def _belongs_to(owner: str) -> str:
    said = _("Its calls go to %(owner)s, not to this desk (%(desk)s).")
    return said % {"owner": owner, "desk": place(settings.PUBLIC_BASE_URL)}


def _to_take_over(name: str) -> str:
    return _("To take it over, run: %(command)s") % {"command": f"python manage.py twilio_provision --take-over {name}"}


@dataclass(frozen=True, slots=True)
class Done:
    """A step that was carried out, and the settings that follow from it. They may hold a secret: never logged."""

    step: Step
    settings: dict[str, str] = field(default_factory=dict, repr=False)


def apply(plan: Plan) -> Iterator[Done]:
    """Carries out the plan's steps one by one. What was done before one fails stays done, and was given back."""
    for step in plan.to_do:
        done = _apply(step)
        logger.info("twilio provisioned: %s sid=%s fields=%s", step.kind, step.sid or "new", ",".join(step.values))
        yield done


def _apply(step: Step) -> Done:
    if step.kind is Kind.NUMBER:
        account.number_update(step.sid, step.values)
        return Done(step)
    if step.kind is Kind.SERVICE:
        account.service_update(step.sid, step.values)
        return Done(step)
    if step.kind is Kind.TRIGGER:
        if step.removes:
            usage_triggers.trigger_delete(step.sid)
        else:
            usage_triggers.trigger_set(step.sid, step.values)
        return Done(step)
    if step.kind is Kind.KEY:
        sid, secret = account.key_create(resource_name())
        return Done(step, {"TWILIO_API_KEY_SID": sid, "TWILIO_API_KEY_SECRET": secret})
    if step.sid:
        account.app_update(step.sid, step.values)
        return Done(step)
    return Done(step, {"TWILIO_TWIML_APP_SID": account.app_create(resource_name(), step.values)})
