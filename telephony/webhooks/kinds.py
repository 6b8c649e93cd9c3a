"""What there is to know of each kind of webhook, declared once, by the capability that it belongs to.

Its route, the inbox, the emergency answer, admin, the time line, replays and the fuzzer all read the declaration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from django.http import QueryDict
from django.urls import reverse

from core.sql.unit import UnitOfWork
from telephony.webhooks.received import Received

# TwiML, or None for an empty answer.
Answer: TypeAlias = str | None


@dataclass(frozen=True, kw_only=True)
class WebhookKind:
    """One kind. `work` is given a unit of work, which the inbox commits; it raises whatever goes wrong."""

    name: str
    """As it is kept and shown: `dial-action`."""
    path: str = ""
    """Under `/twilio/`. Empty for what nobody posts: that comes from Twilio's REST API."""
    url_name: str = ""
    """With its app: `calls:dial-action`."""
    in_query: Mapping[str, str] = field(default_factory=dict)
    """What our own addresses carry in their query, which is signed with them: its name there, and the field as which it
    is kept with what was posted. A field of that name that was posted counts for nothing."""
    believed: Callable[[QueryDict], Mapping[str, str]]
    """Which fields may be read, each with its one value."""
    work: Callable[[UnitOfWork, Received], Answer] | None = None
    work_on_many: Callable[[UnitOfWork, Sequence[Received]], list[Kept]] | None = None
    """In place of `work`, for those that come in crowds."""
    work_late: Callable[[UnitOfWork, Received], Answer] | None = None
    """In place of both when Twilio has its answer already."""
    is_waited_for: bool = True
    """Whether somebody waits for the answer. Those go first."""
    emergency: Callable[[Received], Answer]
    """What is answered when all else fails. Needs neither database nor cache nor broker."""
    is_last_resort: bool = False
    """Twilio comes here when another route failed: nothing is touched but the disk, and the work done afterwards."""
    said: Callable[..., str]
    """Its sentence on the time line."""
    subject: str = "CallSid"
    """The field that names what it is about."""
    status: str = "CallStatus"

    def __post_init__(self) -> None:
        if bool(self.work) == bool(self.work_on_many):
            raise TypeError(f"{self.name}: either `work` or `work_on_many`")

    @property
    def is_posted(self) -> bool:
        return bool(self.path)

    @property
    def address(self) -> str | None:
        """The path at which it comes in; None for what nobody posts."""
        return reverse(self.url_name) if self.url_name else None


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of one webhook: its answer, and how it is kept."""

    answer: Answer = None
    verdict: str = "applied"


_kinds: dict[str, WebhookKind] = {}
# Names under which the spool or the database may still hold some.
_FORMER = {("messaging", "fallback"): "message-fallback"}


def declare(*kinds: WebhookKind) -> None:
    """Said by each capability when it is ready."""
    _kinds.update((kind.name, kind) for kind in kinds)


def all_kinds() -> Iterator[WebhookKind]:
    return iter(_kinds.values())


def kind_named(name: str) -> WebhookKind | None:
    return _kinds.get(name)


def kind_of_entry(entry: Mapping[str, Any]) -> WebhookKind | None:
    """The kind of an entry of the spool."""
    name = entry.get("kind", "")
    return _kinds.get(_FORMER.get((entry.get("store", ""), name), name))
