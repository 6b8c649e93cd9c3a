"""What would be changed, as data: shown first, carried out afterwards exactly as it was shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.crypto import salted_hmac

from core.languages import kept as _
from telephony.provisioning.account import Resource
from telephony.provisioning.addresses import masked, without_overrides


class Kind(StrEnum):
    APP = "app"
    KEY = "key"
    NUMBER = "number"
    SERVICE = "service"
    TRIGGER = "usage-trigger"


@dataclass(frozen=True, slots=True)
class Change:
    """One field. `before` and `after` may be shown, said by `sentence`; `old` and `new` may hold credentials."""

    field: str
    old: str
    new: str

    @property
    def before(self) -> str:
        shown = masked(self.old) or _("(empty)")
        # With the credentials masked, two different URLs may look the same.
        return _("%(url)s (other credentials)") % {"url": shown} if shown == masked(self.new) else shown

    @property
    def after(self) -> str:
        return masked(self.new) or _("(empty)")

    @property
    def is_minor(self) -> bool:
        """Whether calls arrive as they are, and only the connection overrides differ."""
        return bool(self.old) and without_overrides(self.old) == without_overrides(self.new)


@dataclass(frozen=True, slots=True)
class Step:
    """One resource: made when it has no `sid`, else changed; left alone when `blocked` says why, and `way_out` what to
    do about that. Its texts are kept in English, and said by `sentence`."""

    kind: Kind
    title: str
    sid: str = ""
    changes: tuple[Change, ...] = ()
    blocked: str = ""
    note: str = ""
    way_out: str = ""
    others: str = ""
    """Who else gets its texts, which then are left where they are."""
    removes: bool = False
    """Ours, and not wanted any more."""

    @property
    def is_to_do(self) -> bool:
        return not self.blocked and (bool(self.changes) or not self.sid or self.removes)

    @property
    def is_minor(self) -> bool:
        return all(change.is_minor for change in self.changes)

    @property
    def values(self) -> dict[str, str]:
        return {change.field: change.new for change in self.changes}


@dataclass(frozen=True, slots=True)
class Plan:
    steps: tuple[Step, ...]

    @property
    def to_do(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.is_to_do)

    @property
    def blocked(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.blocked)

    @property
    def fingerprint(self) -> str:
        """The same for the same plan only: what was shown to somebody is what is agreed to."""
        return salted_hmac("telephony.provisioning", repr(self.to_do), algorithm="sha256").hexdigest()


def differences(wanted: dict[str, str], found: Resource | None) -> tuple[Change, ...]:
    """The fields that are not as they should be. Of a resource that is not there, all that will be set."""
    values = found.values if found else {}
    return tuple(
        Change(field=name, old=values.get(name, ""), new=new)
        for name, new in wanted.items()
        if values.get(name, "") != new
    )
