"""Who is picked for a group by hand, as a form has it: what is added and what is taken out. So a group of any size has
a quick page, and what somebody else changed meanwhile stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.widgets import Script
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.models import Contact, Group
from contacts.selectors import contact_search
from core.ids import ids_in

_MOST_SHOWN = 50
_MOST_FOUND = 20
_MOST_SEARCHED = 100


@dataclass(frozen=True, slots=True)
class Picked:
    """Ids of contacts."""

    add: tuple[int, ...] = ()
    take_out: tuple[int, ...] = ()


class MembersWidget(forms.Widget):
    """A search that adds, and the first members by name, each of which can be taken out."""

    template_name = "admin/contacts/group/members.html"
    group: Group | None = None

    class Media:
        css = {"all": ["contacts/group.css"]}
        js = [Script("contacts/members.js", defer=True)]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, list[str]]:
        def values(key: str) -> list[str]:
            return list(data.getlist(key)) if hasattr(data, "getlist") else list(data.get(key, []))

        return {"add": values(f"{name}-add"), "out": values(f"{name}-out")}

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        picked = picked_of(value)
        group = self.group if self.group is not None and self.group.pk else None
        members = Contact.objects.filter(groups=group) if group else Contact.objects.none()
        count = members.count()
        shown = list(members.prefetch_related("numbers").order_by("name", "pk")[:_MOST_SHOWN])
        beyond = set(picked.take_out) - {contact.pk for contact in shown}
        return context | {
            "group": group.pk if group else "",
            "members": [(person_json(contact), contact.pk in picked.take_out) for contact in shown],
            "more": count - len(shown),
            "added": people_json(_contacts(picked.add)),
            "taken_out": people_json(_contacts(beyond)),
        }

    def _render(self, template_name: str, context: dict[str, Any], renderer: Any = None) -> SafeString:
        # Django's renderer of forms does not look where the admin's templates are.
        return mark_safe(render_to_string(template_name, context))  # noqa: S308 - a template's


class MembersField(forms.Field):
    """Gives a `Picked`."""

    widget = MembersWidget

    def to_python(self, value: Any) -> Picked:
        picked = picked_of(value)
        if len(_contacts(picked.add)) < len(picked.add):
            raise ValidationError(_("One of these contacts is not there any more."))
        return picked

    def has_changed(self, initial: Any, data: Any) -> bool:
        return picked_of(data) != Picked()


def picked_of(value: Any) -> Picked:
    """Of what a form sent. What is no id is nobody's."""
    if not isinstance(value, Mapping):
        return Picked()
    return Picked(ids_in(value.get("add", [])), ids_in(value.get("out", [])))


def _contacts(ids: Iterable[int]) -> list[Contact]:
    return list(Contact.objects.filter(pk__in=list(ids)).prefetch_related("numbers").order_by("name", "pk"))


def members_change(group: Group, picked: Picked) -> None:
    """Adds and takes out, and leaves all others as they are."""
    group.members.add(*picked.add)
    group.members.remove(*picked.take_out)


def people_found(text: str, group_id: int | None) -> dict[str, Any]:
    """The first contacts whose name, company or number holds the text, and whether each is a member already."""
    text = text.replace("\x00", "").strip()[:_MOST_SEARCHED]
    if not text:
        return {"text": "", "people": []}
    contacts = list(contact_search(text).order_by("name", "pk")[: _MOST_FOUND + 1])
    shown = contacts[:_MOST_FOUND]
    there = Group.members.through.objects.filter(group=group_id, contact__in=[contact.pk for contact in shown])
    members = set(there.values_list("contact", flat=True)) if group_id else set()
    people = [person_json(contact) | {"member": contact.pk in members} for contact in shown]
    if len(contacts) > _MOST_FOUND:
        said = _("More than %(count)d found: here are the first.") % {"count": _MOST_FOUND}
    else:
        said = ngettext("%(count)d found.", "%(count)d found.", len(shown)) % {"count": len(shown)}
    return {"text": said if shown else _("Nobody found."), "people": people}


def people_json(contacts: Iterable[Contact]) -> list[dict[str, Any]]:
    return [person_json(contact) for contact in contacts]


def person_json(contact: Contact) -> dict[str, Any]:
    number = next((str(row) for row in contact.numbers.all()), "")
    return {
        "id": contact.pk,
        "name": contact.name,
        "detail": " · ".join(part for part in (contact.company, number) if part),
    }
