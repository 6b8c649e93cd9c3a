"""What became of each recipient, in words, and what can be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db.models import Q, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from core.languages import sentence
from messaging.models import LeftOut, MessageStatus, RecipientState, SendState, Step
from messaging.outbox.claims import TOO_OLD
from messaging.outbox.outgoing import HOURS_APART
from routing.outgoing.rules import is_of_hours
from telephony.errors import text_sentence_for

if TYPE_CHECKING:
    from messaging.models import GroupRecipient


class Outcome(TextChoices):
    WAITING = "waiting", gettext_lazy("Waiting")
    ON_THE_WAY = "on-the-way", gettext_lazy("On the way")
    SENT = "sent", gettext_lazy("Sent, no receipt")
    DELIVERED = "delivered", gettext_lazy("Delivered")
    NOT_DELIVERED = "not-delivered", gettext_lazy("Not delivered")
    UNKNOWN = "unknown", gettext_lazy("Not known")
    CANCELED = "canceled", gettext_lazy("Canceled")
    LEFT_OUT = "left-out", gettext_lazy("Left out")


class WhatNow(StrEnum):
    NOTHING = ""
    TRY_AGAIN = "try-again"
    LEFT_OUT = "left-out"
    HELP = "help"
    ASK = "ask"


_ARRIVED = (MessageStatus.DELIVERED, MessageStatus.READ)
_FAILED = (MessageStatus.FAILED, MessageStatus.UNDELIVERED, MessageStatus.CANCELED)
# Away for a while: the phone, its network, a queue, a daily limit.
RETRY_CODES = ("30001", "30003", "30008", "30022", "30023", "30027", "30035", "30036", "20429", "21611")
# The account or the line cannot send: no other recipient would fare better.
STOP_CODES = (
    *("20003", "20005", "10001", "30002"),
    *("20404", "21212", "21603", "21606", "21609", "21626", "30032", "30033", "30034"),
)
# Left out by the next draft (`audience`), or by the outbox.
_LEFT_OUT_CODES = ("21610", "21614", "30006", "30005", "21211")
_HOURS = gettext_noop("An admin can change the hours in which your company texts there.")
_HOURS_HELP = gettext_noop("Choose other hours for the next send, or ask an admin for other hours of your company.")
_HELP = {
    "21408": gettext_noop("An admin can allow texts to this country at Twilio: Messaging, Settings, Geo permissions."),
    "21608": gettext_noop("An admin can upgrade the account at Twilio, or verify this number there."),
    "21612": gettext_noop("Write from another line: this one cannot reach the number's network."),
    "21617": gettext_noop("Write a shorter text: whoever writes the next one can."),
    "30004": gettext_noop("The person, or the network, blocks this line. Call instead, and ask."),
    "30007": gettext_noop(
        "Networks filter what looks like advertising or fraud. Say who you are, leave short links and capitals out, "
        "and have an admin register the line's campaign at Twilio."
    ),
    "30034": gettext_noop("An admin can register this line for texts to the US at Twilio: A2P 10DLC."),
    "30032": gettext_noop("An admin can have this toll-free line verified at Twilio."),
}

FAILED = Q(message__step=Step.REFUSED) | Q(message__status__in=_FAILED)
UNKNOWN = Q(message__step=Step.UNKNOWN)
DELIVERED = Q(message__status__in=_ARRIVED)
TO_LOOK_AT = Q(state=RecipientState.HANDED) & (FAILED | UNKNOWN)
_AWAY = Q(message__error_code__in=[*RETRY_CODES, *STOP_CODES]) | Q(message__problem=TOO_OLD)
RETRYABLE = Q(state=RecipientState.HANDED) & FAILED & _AWAY


def outcome_of(state: str, step: str | None, status: str | None) -> Outcome:
    """What became of a recipient, from its own state and its message's step and status."""
    if state == RecipientState.LEFT_OUT:
        return Outcome.LEFT_OUT
    if state == RecipientState.CANCELED or step == Step.CANCELED:
        return Outcome.CANCELED
    if step is None or step in (Step.WAITING, Step.HELD):
        return Outcome.WAITING
    if step == Step.REFUSED or status in _FAILED:
        return Outcome.NOT_DELIVERED
    if step == Step.UNKNOWN:
        return Outcome.UNKNOWN
    if status in _ARRIVED:
        return Outcome.DELIVERED
    return Outcome.SENT if status == MessageStatus.SENT else Outcome.ON_THE_WAY


def is_open(state: str, step: str | None) -> bool:
    """Whether Ringdesk still has something to do for it."""
    if state == RecipientState.PENDING:
        return True
    return step in (Step.WAITING, Step.HELD, Step.CLAIMED, Step.UNCLEAR)


@dataclass(frozen=True, slots=True)
class Result:
    outcome: Outcome
    words: str
    why: str
    what_now: WhatNow
    help: str = ""


def result_of(recipient: GroupRecipient) -> Result:
    """In the language that is spoken now. The recipient comes with its message, and one that has one with its send."""
    message = recipient.message
    outcome = outcome_of(recipient.state, message.step if message else None, message.status if message else None)
    code = message.error_code if message else ""
    why = ""
    if outcome is Outcome.LEFT_OUT:
        why = reason_words(recipient.reason)
    elif message is not None and outcome in (Outcome.NOT_DELIVERED, Outcome.UNKNOWN, Outcome.CANCELED):
        why = sentence(message.problem) or sentence(text_sentence_for(code))
        if outcome is Outcome.NOT_DELIVERED and not why:
            why = _("This text was not delivered.")
    problem = message.problem if message else ""
    is_over = message is not None and recipient.send.state == SendState.CANCELED
    what_now = _what_now(outcome, code, problem, is_over=is_over)
    hours = _HOURS_HELP if problem == HOURS_APART else _HOURS
    helps = _HELP.get(code, hours if what_now is WhatNow.HELP else "")
    return Result(outcome, str(outcome.label), why, what_now, sentence(helps))


def _what_now(outcome: Outcome, code: str, problem: str, *, is_over: bool) -> WhatNow:
    """`is_over`: the send was canceled, and nobody is tried again."""
    if outcome is Outcome.UNKNOWN:
        return WhatNow.ASK
    if outcome is not Outcome.NOT_DELIVERED:
        return WhatNow.NOTHING
    is_away = code in RETRY_CODES or code in STOP_CODES or problem == TOO_OLD
    if is_away and not is_over:
        return WhatNow.TRY_AGAIN
    if code in _HELP or is_of_hours(problem) or problem == HOURS_APART:
        return WhatNow.HELP
    if is_away:
        return WhatNow.NOTHING
    # Without a code it was Ringdesk that refused it: who stopped, is blocked, or has a landline.
    return WhatNow.LEFT_OUT if code in _LEFT_OUT_CODES or not code else WhatNow.NOTHING


def what_now_words(what_now: WhatNow) -> str:
    return {
        WhatNow.NOTHING: "",
        WhatNow.TRY_AGAIN: _("can be tried"),
        WhatNow.LEFT_OUT: _("left out from now on"),
        WhatNow.HELP: _("What helps"),
        WhatNow.ASK: _("Ask Twilio again"),
    }[what_now]


def reason_words(reason: str) -> str:
    """Why somebody is left out, of one person."""
    return str(LeftOut(reason).label) if reason in LeftOut.values else ""
