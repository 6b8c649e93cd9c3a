"""A group's rule as rows of a form: field, comparison, value. Works without JavaScript, which adds and takes away rows
and leaves of each row what fits its field."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.forms.widgets import Script
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.groups import rule_count
from contacts.rules import (
    MOST_CONDITIONS,
    WAY_LABELS,
    WITHOUT_VALUE,
    Field,
    condition_checked,
    conditions_of,
    fields,
    fields_by_name,
    numbered,
    rule_checked,
)
from contacts.senders import sender_names
from core.ids import id_in
from core.text import tree_cleaned

# Without JavaScript nobody can add one.
_ROWS = 3
_MOST_SUGGESTED = 500
_PART = re.compile(r"\A-([0-9]{1,2})-(?:field|is|value)\Z")


class _HiddenRule(forms.HiddenInput):
    """The rule as the page showed it when it was opened."""

    def format_value(self, value: Any) -> str:
        return value if isinstance(value, str) else json.dumps(value or {})


class RuleWidget(forms.Widget):
    """What was typed stays as it was typed; `wrong` says which rows are wrong, and why."""

    template_name = "admin/contacts/group/rule.html"

    class Media:
        css = {"all": ["contacts/group.css"]}
        js = [Script("contacts/rule.js", defer=True)]

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.wrong: dict[int, str] = {}

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """Rows as they were typed, without those that are empty; from a program, the rule as JSON."""
        if f"{name}-match" not in data:
            return data.get(name)
        found = (_PART.match(key.removeprefix(name)) for key in data if key.startswith(f"{name}-"))
        rows = sorted({int(match[1]) for match in found if match})
        typed = [{part: data.get(f"{name}-{row}-{part}", "") for part in ("field", "is", "value")} for row in rows]
        return {
            "match": data.get(f"{name}-match", ""),
            "conditions": [row for row in typed if row["field"] or row["value"].strip()],
        }

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and f"{name}-match" not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        rule = _rule_shown(value)
        conditions = [one for one in rule.get("conditions", []) if isinstance(one, Mapping)]
        blank: list[Mapping[str, Any]] = [{}] * min(max(_ROWS - len(conditions), 1), MOST_CONDITIONS - len(conditions))
        known = fields()
        usernames = _usernames()
        return context | {
            "match": rule.get("match", "all"),
            "rows": [
                _row(number, one, known, usernames, self.wrong.get(number - 1, ""))
                for number, one in enumerate([*conditions, *blank], start=1)
            ],
            "blank": _row(0, {}, known, usernames, ""),
            "most": MOST_CONDITIONS,
            "without_value": " ".join(sorted(WITHOUT_VALUE)),
            "usernames": list(usernames.values())[:_MOST_SUGGESTED],
            "senders": sender_names().items(),
            "found": rule_said(value),
        }

    def _render(self, template_name: str, context: dict[str, Any], renderer: Any = None) -> SafeString:
        # Django's renderer of forms does not look where the admin's templates are.
        return mark_safe(render_to_string(template_name, context))  # noqa: S308 - a template's


class RuleField(forms.JSONField):
    """Gives the rule as it is stored."""

    widget = RuleWidget
    hidden_widget = _HiddenRule

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial if self.disabled else data

    def prepare_value(self, value: Any) -> Any:
        return value

    def to_python(self, value: Any) -> Any:
        rule, wrong = rule_read(value)
        if wrong:
            raise ValidationError([numbered(at + 1, reason) for at, reason in wrong.items()])
        return rule

    def clean(self, value: Any) -> dict[str, Any]:
        widget: Any = self.widget
        widget.wrong = rule_read(value)[1]
        rule: dict[str, Any] = self.to_python(value)
        return rule

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != (initial or {}))
        except ValidationError:
            return True


def rule_read(value: Any) -> tuple[dict[str, Any], dict[int, str]]:
    """The rule as it is stored, and what is wrong with which of its rows; of rows, or of JSON that a program sent.
    Raises `ValidationError` for what is wrong with none of its rows."""
    if not value:
        return {}, {}
    if isinstance(value, str):
        try:
            return rule_checked(json.loads(value)), {}
        except (ValueError, RecursionError):
            raise ValidationError(_("A rule has a match and conditions.")) from None
    known, usernames = fields_by_name(), _usernames()
    conditions, wrong = [], {}
    for at, row in enumerate(conditions_of(value)):
        try:
            conditions.append(condition_checked(_typed(row, known, usernames), known))
        except ValidationError as error:
            wrong[at] = error.messages[0]
    return ({"match": value["match"], "conditions": conditions} if conditions else {}), wrong


def rule_said(value: Any) -> str:
    """How many the rule finds just now, or what is wrong with it, as a sentence."""
    try:
        rule, wrong = rule_read(value if not _is_stored(value) else json.dumps(value))
    except ValidationError as error:
        return str(error.messages[0])
    if wrong:
        return "; ".join(numbered(at + 1, reason) for at, reason in wrong.items())
    if not rule:
        return _("Without a condition the rule finds nobody.")
    found = rule_count(rule)
    return ngettext("The rule finds %(count)d person now.", "The rule finds %(count)d people now.", found) % {
        "count": found
    }


def _is_stored(value: Any) -> bool:
    """Whether it came from the database: what was typed has texts only."""
    conditions = value.get("conditions") if isinstance(value, Mapping) else None
    return isinstance(conditions, list) and not all(
        isinstance(one, Mapping) and isinstance(one.get("value"), str) for one in conditions
    )


def _rule_shown(value: Any) -> Mapping[str, Any]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, Mapping) and isinstance(value.get("conditions", []), list) else {}


def _usernames() -> dict[int, str]:
    agents = get_user_model().objects.filter(is_active=True).order_by("username")
    return dict(agents.values_list("pk", "username"))


def _typed(row: Mapping[str, str], known: Mapping[str, Field], usernames: Mapping[int, str]) -> dict[str, Any]:
    """The row with its value as a rule has it. Raises `ValidationError`."""
    name, way, text = row["field"], row["is"], row["value"].strip()
    if not name:
        raise ValidationError(_("Choose a field, or empty the value."))
    value: Any = text
    if field := known.get(name):
        if way not in field.ways:
            ways = ", ".join(f"“{WAY_LABELS[one]}”" for one in field.ways)
            raise ValidationError(_("Choose one of these comparisons: %(ways)s.") % {"ways": ways})
        if field.counts_days:
            value = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text
        elif name == "owner":
            value = _owner_id(text, usernames)
        elif name == "country":
            value = text.replace(",", " ").split()
    return {"field": name, "is": way, "value": value}


def _owner_id(text: str, usernames: Mapping[int, str]) -> int | None:
    """By the username; of somebody who has left, by the id that was shown in its place."""
    found = next((pk for pk, username in usernames.items() if username.casefold() == text.casefold()), None)
    return id_in(text) if found is None else found


def _row(
    number: int, condition: Mapping[str, Any], known: list[Field], usernames: Mapping[int, str], wrong: str
) -> dict[str, Any]:
    """What the template shows of one row; without a number, of the one that is copied."""
    # A stored one may be older than the checks of it.
    condition = tree_cleaned(condition)
    chosen, value = condition.get("field", ""), condition.get("value", "")
    if isinstance(value, list):
        value = " ".join(map(str, value))
    elif chosen == "owner" and isinstance(value, int):
        value = usernames.get(value, str(value))
    names = [(field.name, field.label, " ".join(field.ways), *_hint(field)) for field in known]
    if chosen and chosen not in {field.name for field in known}:
        names.append((chosen, chosen, str(condition.get("is", "")), "", ""))
    return {
        "number": number,
        "key": number - 1 if number else "__row__",
        "fields": names,
        "field": chosen,
        "ways": WAY_LABELS.items(),
        "is": condition.get("is", ""),
        "value": value,
        "wrong": wrong,
    }


def _hint(field: Field) -> tuple[str, str]:
    """What the value is, and which list of suggestions it has."""
    if field.counts_days:
        return _("A number of days, like 30."), ""
    return {
        "owner": (_("An agent's username."), "usernames"),
        "country": (_("Two letters each, like GB IE."), ""),
        "consent": (_("Our number, like +12025550100."), "senders"),
        "language": (_("A code, like en or pt-BR."), ""),
    }.get(field.name, ("", ""))
