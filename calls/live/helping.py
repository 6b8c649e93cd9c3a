"""An agent asks for help: kept with the call, shown on the board, and told to the supervisors of its team at once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from calls.live import broadcasts, supervision_broadcasts
from calls.live.call_batch import CallBatch
from calls.models import Call, CallEvent, Participant
from core.sql.unit import UnitOfWork

if TYPE_CHECKING:
    from agents.models import Agent

OVER = gettext_noop("This call is over.")
INTERNAL = gettext_noop("Help is for calls with people outside: this one is between colleagues.")
PARKED = gettext_noop("Go back to this caller first: nobody could come into the call.")
NOT_YOURS = gettext_noop("Only the agent on the call can ask for help with it.")


class NoHelp(Exception):
    """Nobody can ask for help with that call. Its text is a sentence, kept in English."""


@transaction.atomic
def help_want(sid: str, *, wanted: bool, by: Agent) -> None:
    """Whoever asks twice has asked once. Raises `NoHelp`."""
    work = UnitOfWork()
    batch = CallBatch.of(work, sid)
    root = batch.get(sid)
    if root is None or root.is_terminal:
        raise NoHelp(OVER)
    if root.is_internal:
        raise NoHelp(INTERNAL)
    if root.agent_id != by.pk:
        raise NoHelp(NOT_YOURS)
    if wanted == (root.help_since is not None):
        return
    if wanted and Participant.objects.filter(room=sid, parked_at__isnull=False).exists():
        raise NoHelp(PARKED)
    if wanted:
        root.help_since = timezone.now()
        _kept(root, "wanted", by)
        tell(root)
    else:
        help_over(root, "taken-back", by)
    batch.changed(root)
    trees = batch.settle()
    work.flush()
    broadcasts.after_commit(trees=trees)


def help_over(root: Call, why: str, by: Agent | None = None, *, is_shown: bool = True) -> None:
    """None is wanted any more: `taken-back`, `came`, or `handed-over`. To be saved with the call. `is_shown`: agents
    may know that the one who came is in their call."""
    if root.help_since is None:
        return
    root.help_since = None
    _kept(root, why, by, is_shown=is_shown)
    tell(root)


def _kept(root: Call, outcome: str, by: Agent | None, *, is_shown: bool = True) -> None:
    detail = {} if is_shown else {"shown": False}
    CallEvent.objects.create(
        call_sid=root.sid, kind=CallEvent.Kind.ACTION, name="help", outcome=outcome, agent=by, detail=detail
    )


def tell(root: Call) -> None:
    transaction.on_commit(partial(supervision_broadcasts.help_changed, root.sid), robust=True)
