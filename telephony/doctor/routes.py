"""Where calls go: the URLs of the TwiML app and of each line's number, compared with ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from django.conf import settings

from core.languages import kept as _
from telephony.doctor.findings import Check, Finding, State
from telephony.provisioning.account import service_numbers
from telephony.provisioning.plan import Step
from telephony.provisioning.services import plan_app, plan_numbers, plan_service

_PROVISION = _("Run: python manage.py twilio_provision")
_FIX = _("Run: python manage.py twilio_doctor --fix, or press “Mend” on the doctor's page.")


def check_app(check: Check) -> Finding:
    if not settings.TWILIO_TWIML_APP_SID:
        return check.failed(_("TWILIO_TWIML_APP_SID is not set."), _PROVISION)
    step = plan_app()
    if step.sid != settings.TWILIO_TWIML_APP_SID:
        return check.failed(_("The account has no app with the SID in TWILIO_TWIML_APP_SID."), _PROVISION)
    return _drift(check, step)


def check_service(lines: Callable[[], Iterable[str]]) -> Callable[[Check], Finding]:
    """A check of where a messaging service sends its numbers' texts, and whether it may send from those that `lines`
    gives."""

    def run(check: Check) -> Finding:
        if not settings.TWILIO_MESSAGING_SERVICE_SID:
            return check.skipped(_("TWILIO_MESSAGING_SERVICE_SID is not set: texts go from the numbers alone."))
        (step,) = plan_service()
        if not step.sid:
            return check.failed(step.blocked, _("Correct it, or leave it empty."))
        finding = _drift(check, step)
        missing = sorted(set(lines()) - service_numbers(step.sid)) if finding.state == State.OK else []
        if not missing:
            return finding
        return check.warning(
            _("Not in its sender pool, so Twilio refuses their texts: %(numbers)s.") % {"numbers": ", ".join(missing)},
            _("Add them in Twilio's console: Messaging, Services, Sender pool."),
        )

    return run


def check_numbers(lines: Callable[[], Iterable[str]]) -> Callable[[Check], list[Finding]]:
    """A check of the numbers that `lines` gives, one finding for each."""

    def run(check: Check) -> list[Finding]:
        numbers = list(lines())
        if not numbers:
            return [
                check.warning(_("There is no line yet."), _("Add one in the admin, with a number of this account."))
            ]
        caller_id = settings.TWILIO_CALLER_ID
        asked = list(dict.fromkeys([*numbers, caller_id] if caller_id else numbers))
        steps = dict(zip(asked, plan_numbers(asked), strict=True))
        found = [
            _number(check.named(f"number.{number}", _("Number %(number)s") % {"number": number}), steps[number])
            for number in numbers
        ]
        if caller_id and not steps[caller_id].sid:
            found.append(
                check.named("caller-id", _("Caller ID")).warning(
                    _("TWILIO_CALLER_ID is not one of this account's numbers."),
                    _(
                        "It works only when it is a verified caller ID of the account; else set a number of the "
                        "account."
                    ),
                )
            )
        return found

    return run


def _number(check: Check, step: Step) -> Finding:
    if not step.sid:
        return check.failed(
            step.blocked, _("Buy it, move it to this account, or correct the line's number in the admin.")
        )
    return _drift(check, step)


def _drift(check: Check, step: Step) -> Finding:
    if step.blocked:
        return check.failed(step.blocked, step.way_out)
    if not step.changes and step.others:
        return check.warning(_("Its texts go to %(owner)s, not to this desk.") % {"owner": step.others}, step.way_out)
    if not step.changes:
        return check.ok(_("Its URLs and methods are ours."))
    drift = tuple((change.field, change.before, change.after) for change in step.changes)
    if step.is_minor:
        finding = check.warning(_("Calls arrive, but when we are slow or away Twilio tries less than it should."), _FIX)
    else:
        finding = check.failed(_("It is not set as it should be."), _FIX)
    return replace(finding, drift=drift)
