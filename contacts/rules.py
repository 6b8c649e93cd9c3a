"""A group's rule: simple conditions, all or any of which a contact fulfils. Checked when it
is written, and a part of one query when it is read.

{"match": "all", "conditions": [{"field": "country", "is": "any-of", "value": ["GB", "IE"]},
                                {"field": "last_call", "is": "within", "value": 30}]}
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import and_, or_
from typing import Any, TypeAlias

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Exists, F, OuterRef, Q, Subquery, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import Exact, IContains, IExact, IStartsWith
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.models import MOST_OWN, Consent, ContactField, ContactNumber
from contacts.senders import blocked_with
from core.retention import days_ago
from core.text import cleaned, in_sentence
from telephony.errors import InvalidNumber
from telephony.phone import parse

MOST_CONDITIONS = 10
MOST_DAYS = 3650
# As large as a database's ids are.
_MOST_ID = 2**63 - 1
OWN = "own."
_TEXT_WAYS = ("equals", "contains", "begins-with", "empty", "filled")
_WAYS = {
    "company": _TEXT_WAYS,
    "language": _TEXT_WAYS,
    OWN: _TEXT_WAYS,
    "owner": ("equals", "empty", "filled"),
    "country": ("any-of", "none-of"),
    "consent": ("allowed", "forbidden", "not-forbidden"),
}
_RECENT_WAYS = ("within", "not-within")
_LABELS = {
    "company": gettext_lazy("Company"),
    "language": gettext_lazy("Language"),
    "owner": gettext_lazy("Owner"),
    "country": gettext_lazy("Country of a number"),
    "consent": gettext_lazy("Consent to texts"),
}
WAY_LABELS = {
    "equals": gettext_lazy("is"),
    "contains": gettext_lazy("contains"),
    "begins-with": gettext_lazy("begins with"),
    "any-of": gettext_lazy("is one of"),
    "none-of": gettext_lazy("is none of"),
    "within": gettext_lazy("within the last days:"),
    "not-within": gettext_lazy("not within the last days:"),
    "allowed": gettext_lazy("is given to our number"),
    "forbidden": gettext_lazy("is refused to our number"),
    "not-forbidden": gettext_lazy("is not refused to our number"),
    "empty": gettext_lazy("is empty"),
    "filled": gettext_lazy("is filled in"),
}
# These ask for nothing.
WITHOUT_VALUE = frozenset({"empty", "filled"})
Recent: TypeAlias = Callable[[datetime], Q]
_recent: dict[str, tuple[Recent, str | Promise]] = {}


def declare_recent(name: str, since: Recent, label: str | Promise) -> None:
    """A condition like `last_call`: `since` gives, for a time, which contacts something was with since then; `label`
    is what people read."""
    _recent[name] = (since, label)


@dataclass(frozen=True, slots=True)
class Field:
    """Something that a rule may ask about, and the ways in which it may."""

    name: str
    ways: tuple[str, ...]
    label: str | Promise

    @property
    def counts_days(self) -> bool:
        return self.ways == _RECENT_WAYS


def fields() -> list[Field]:
    """All that a rule may ask about just now."""
    own = [Field(f"{OWN}{row.key}", _TEXT_WAYS, row.name) for row in ContactField.objects.all()]
    known = [Field(name, ways, _LABELS[name]) for name, ways in _WAYS.items() if name != OWN]
    return [*known, *(Field(name, _RECENT_WAYS, _recent[name][1]) for name in sorted(_recent)), *own]


def rule_checked(rule: Any) -> dict[str, Any]:
    """The rule as it is stored. Raises `ValidationError` with the sentence that says what is wrong."""
    conditions = conditions_of(rule)
    if not conditions:
        return {}
    known = fields_by_name()
    return {
        "match": rule.get("match", "all"),
        "conditions": [_numbered(at, one, known) for at, one in enumerate(conditions, start=1)],
    }


def conditions_of(rule: Any) -> list[Any]:
    """The rule's conditions, none of which is checked yet; what is beside them is. Raises `ValidationError`."""
    if not rule:
        return []
    if not isinstance(rule, Mapping) or not set(rule) <= {"match", "conditions"}:
        raise ValidationError(_("A rule has a match and conditions."))
    if rule.get("match", "all") not in ("all", "any"):
        raise ValidationError(_("Choose whether all conditions must be fulfilled, or any."))
    conditions = rule.get("conditions", [])
    if not isinstance(conditions, list) or len(conditions) > MOST_CONDITIONS:
        raise ValidationError(_("A rule has at most %(most)d conditions.") % {"most": MOST_CONDITIONS})
    return conditions


def fields_by_name() -> dict[str, Field]:
    return {field.name: field for field in fields()}


def _numbered(at: int, condition: Any, known: Mapping[str, Field]) -> dict[str, Any]:
    try:
        return condition_checked(condition, known)
    except ValidationError as error:
        raise ValidationError(numbered(at, error.messages[0])) from None


def numbered(at: int, reason: str) -> str:
    """The reason, with the number of the condition that it is about."""
    return _("Condition %(number)d: %(reason)s") % {"number": at, "reason": reason}


def condition_checked(condition: Any, known: Mapping[str, Field]) -> dict[str, Any]:
    """One condition as it is stored. Raises `ValidationError` with the sentence that says what is wrong with it."""
    if not isinstance(condition, Mapping) or not set(condition) <= {"field", "is", "value"}:
        raise ValidationError(_("It has a field, a way to compare, and a value."))
    name, way, value = condition.get("field"), condition.get("is"), condition.get("value")
    if not isinstance(name, str) or name not in known:
        said = in_sentence(cleaned(str(name)[:40]))
        raise ValidationError(_("There is no field “%(field)s”.") % {"field": said})
    if not isinstance(way, str) or way not in known[name].ways:
        raise ValidationError(_("Choose one of: %(ways)s.") % {"ways": ", ".join(known[name].ways)})
    return {"field": name, "is": way, "value": _value(name, way, value)}


def _value(name: str, way: str, value: Any) -> Any:
    if way in WITHOUT_VALUE:
        return ""
    if way in _RECENT_WAYS:
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_DAYS:
            raise ValidationError(_("Write a number of days from 1 to %(most)d.") % {"most": MOST_DAYS})
        return value
    if name == "owner":
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _MOST_ID:
            raise ValidationError(_("Choose an agent."))
        return value
    if name == "country":
        found = value if isinstance(value, list) else [value]
        codes = [code.strip().upper() for code in found if isinstance(code, str)]
        if not codes or len(codes) < len(found) or not all(len(code) == 2 and code.isalpha() for code in codes):
            raise ValidationError(_("Write countries as two letters each, like GB."))
        return sorted(set(codes))
    if name == "consent":
        return _sender(value)
    text = value.strip() if isinstance(value, str) else ""
    # What contacts are asked for is cleaned before it is stored: nothing else can be found.
    if not text or cleaned(text) != text or len(text) > MOST_OWN:
        raise ValidationError(_("Write what to look for."))
    return text


# A messaging service, for which consent is kept as for a number.
_SERVICE = re.compile(r"MG[0-9a-f]{32}\Z")


def _sender(value: Any) -> str:
    """What texts of ours come from, as consent is kept for it: E.164, however the number was typed."""
    text = value.strip() if isinstance(value, str) else ""
    if _SERVICE.match(text):
        return text
    try:
        return parse(text, home_region=settings.HOME_REGION).e164
    except InvalidNumber:
        raise ValidationError(_("Choose the number that the texts come from.")) from None


def rule_condition(rule: Any) -> Q | None:
    """What a contact is that fulfils the rule; None for a rule that finds nobody. Of conditions whose field is gone
    since, or which cannot be read, none is fulfilled."""
    try:
        conditions = conditions_of(rule)
    except ValidationError:
        return None
    if not conditions:
        return None
    return reduce(or_ if rule.get("match") == "any" else and_, (_condition(one) for one in conditions))


_NOBODY = Q(pk__in=[])


def _as_stored(condition: Any) -> dict[str, Any] | None:
    """The condition, if it still is one: it was checked when it was written, by another version or by nobody."""
    name = condition.get("field") if isinstance(condition, Mapping) else None
    if not isinstance(name, str):
        return None
    ways = _RECENT_WAYS if name in _recent else _WAYS.get(OWN if name.startswith(OWN) else name, ())
    try:
        return condition_checked(condition, {name: Field(name, ways, "")})
    except ValidationError:
        return None


def _condition(stored: Any) -> Q:
    one = _as_stored(stored)
    if one is None:
        return _NOBODY
    name, way, value = one["field"], one["is"], one["value"]
    if way in _RECENT_WAYS:
        since, _label = _recent[name]
        return since(days_ago(value)) if way == "within" else ~since(days_ago(value))
    if name == "owner":
        if way == "equals":
            return Q(owner=value)
        return Q(owner__isnull=way == "empty")
    if name == "country":
        there = Q(pk__in=ContactNumber.objects.filter(region__in=value).values("contact"))
        return there if way == "any-of" else ~there
    if name == "consent":
        return _consent(way, value)
    if name.startswith(OWN):
        key = name.removeprefix(OWN)
        text = Coalesce(KeyTextTransform(key, "own"), Value(""), output_field=TextField())
        # Contacts keep the values of a field that is gone.
        return Q(Exists(ContactField.objects.filter(key=key))) & _text(text, way, value)
    return _text(Cast(F(name), TextField()), way, value)


def _text(text: Any, way: str, value: str) -> Q:
    match way:
        case "equals":
            return Q(IExact(text, value))
        case "contains":
            return Q(IContains(text, value))
        case "begins-with":
            return Q(IStartsWith(text, value))
        case "filled":
            return ~Q(Exact(text, Value("")))
        case _:
            return Q(Exact(text, Value("")))


def _consent(way: str, sender: str) -> Q:
    forbids = Q()
    for one in blocked_with(sender):
        forbids |= _said(one, Consent.State.FORBIDDEN)
    if way == "forbidden":
        return forbids
    return ~forbids if way == "not-forbidden" else _said(sender, Consent.State.ALLOWED) & ~forbids


def _said(sender: str, state: Consent.State) -> Q:
    newest = Consent.objects.filter(number=OuterRef("number"), sender=sender).order_by("-at", "-pk").values("state")[:1]
    return Q(pk__in=ContactNumber.objects.alias(said=Subquery(newest)).filter(said=state).values("contact"))
