"""Trying a number in Django admin: what each role may do with it at a moment, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.languages import sentence
from routing.models import Line
from routing.outgoing.checks import dialled, text_verdict
from routing.outgoing.rules import Refusal, Role
from telephony.errors import InvalidNumber
from telephony.phone import Number, country_name, parse

_ROLES = (
    (Role.AGENT, gettext_lazy("Agents")),
    (Role.SUPERVISOR, gettext_lazy("Supervisors")),
    (Role.ADMIN, gettext_lazy("Admins")),
)


class TryForm(forms.Form):
    number = forms.CharField(label=gettext_lazy("Number"), max_length=64)
    line = forms.ModelChoiceField(
        label=gettext_lazy("From line"), queryset=Line.objects.filter(is_active=True), required=False
    )
    at = forms.DateTimeField(
        label=gettext_lazy("When"), required=False, help_text=gettext_lazy("By this server's clock. Empty: now.")
    )


@dataclass(frozen=True, slots=True)
class Tried:
    """One role. Empty sentences: allowed."""

    role: Promise
    call: str
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    number: str
    country: str
    roles: tuple[Tried, ...]


def tried(*, number: str, line: Line | None, at: datetime | None) -> Answer:
    moment = at or timezone.now()
    roles = tuple(Tried(name, _call(number, line, role, moment), _text(number, role, moment)) for role, name in _ROLES)
    known = _parsed(number)
    return Answer(known.display if known else number, country_name(known.region) if known else "", roles)


def _parsed(number: str) -> Number | None:
    try:
        return parse(number, home_region=settings.HOME_REGION)
    except InvalidNumber:
        return None


def _call(number: str, line: Line | None, role: Role, at: datetime) -> str:
    try:
        found = dialled(number, line=line, caller_id=line.number if line else "", role=role, at=at)
    except InvalidNumber as error:
        return error.message
    return _said(found.refusals, role)


def _text(number: str, role: Role, at: datetime) -> str:
    known = _parsed(number)
    verdict = text_verdict(known.e164 if known else number, role=role, at=at)
    if verdict.refusals:
        return _said(verdict.refusals, role)
    if not known and not verdict.sentence:
        return _("This is not a telephone number.")
    return sentence(verdict.sentence)


def _said(refusals: tuple[Refusal, ...], role: Role) -> str:
    said = [sentence(refusal.sentence) for refusal in refusals]
    if said and all(role in refusal.override_by for refusal in refusals):
        said.append(_("May be overridden with a reason."))
    return " ".join(said)
