"""The call log. Every leg is a row; what Twilio sent is kept beside it, as it came."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from calls.indexes import LOG_INDEXES
from calls.models.words import LIVE, TERMINAL, CallOutcome, CallResult, CallStatus, Direction
from core.folding import FoldedField
from core.languages import default_language
from core.text import in_sentence
from routing.models import SpamRule
from telephony.party import is_withheld
from telephony.phone import country_name, region_of

if TYPE_CHECKING:
    from calls.models.recordings import Recording

# As a phone of ours is called, in Twilio's `From` and `To`.
_PHONE = "client:"
# Of root calls: those between two agents, which no figure about callers counts.
INTERNAL = models.Q(caller__startswith=_PHONE, called__startswith=_PHONE)
# What an internal call came to for the agent who was called, by what it came to for the one who called.
RESULTS_OF_CALLED: dict[str, str] = {
    CallResult.REACHED: CallResult.ANSWERED,
    CallResult.BUSY: CallResult.MISSED,
    CallResult.NO_ANSWER: CallResult.MISSED,
    CallResult.FAILED: CallResult.MISSED,
    CallResult.CANCELED: CallResult.MISSED,
}


class Call(models.Model):
    """One leg, as Twilio names it. A leg made by <Dial> has the call it belongs to as its parent.

    Callbacks come in any order, so a leg may be known before its parent: `parent` is not a database constraint. Nor is
    any other reference (decision 1): what one refers to may be gone, and is then taken for none.
    """

    sid = models.CharField(_("sid"), max_length=64, primary_key=True)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        # Its index is `call_legs`: SQLite would take one that holds the roots, too, for the way to find them.
        db_index=False,
        db_column="parent_call_sid",
        related_name="legs",
        verbose_name=_("parent"),
    )
    account_sid = models.CharField(_("account sid"), max_length=64, blank=True)
    direction = models.CharField(_("direction"), max_length=16, choices=Direction.choices, default=Direction.INBOUND)
    caller = models.CharField(_("caller"), max_length=255, blank=True, help_text=_("Twilio's From."))
    called = models.CharField(_("called"), max_length=255, blank=True, help_text=_("Twilio's To."))
    status = models.CharField(_("status"), max_length=16, choices=CallStatus.choices, default=CallStatus.QUEUED)
    sequence_number = models.IntegerField(
        _("sequence number"), default=-1, help_text=_("Of the last callback that was applied.")
    )
    start_time = models.DateTimeField(_("start time"), default=timezone.now)
    answer_time = models.DateTimeField(_("answer time"), null=True, blank=True)
    end_time = models.DateTimeField(_("end time"), null=True, blank=True)
    duration = models.PositiveIntegerField(_("duration"), null=True, blank=True, help_text=_("Seconds."))
    sip_response_code = models.CharField(_("sip response code"), max_length=8, blank=True)
    error_code = models.CharField(_("error code"), max_length=16, blank=True)

    # Each of the five has an index below that begins with it. Every callback writes most of the indexes.
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        db_index=False,
        related_name="calls",
        verbose_name=_("agent"),
    )
    line = models.ForeignKey(
        "routing.Line",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        db_index=False,
        related_name="calls",
        verbose_name=_("line"),
    )
    contact = models.ForeignKey(
        "contacts.Contact",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        db_index=False,
        related_name="calls",
        verbose_name=_("contact"),
    )
    colleague = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        db_index=False,
        related_name="calls_of_colleagues",
        verbose_name=_("colleague"),
        help_text=_("Of a call within the house: the agent who was called."),
    )
    led_to = models.ForeignKey(
        "agents.Team",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        db_index=False,
        related_name="calls_led_here",
        verbose_name=_("led to"),
        help_text=_("The team in whose queue or voicemail box the caller was last, where it is not the line's."),
    )
    caller_name = models.CharField(_("caller name"), max_length=120, blank=True)
    searched_name = FoldedField(of=("caller_name",))
    city = models.CharField(_("city"), max_length=80, blank=True)
    state = models.CharField(pgettext_lazy("of a country", "state"), max_length=80, blank=True)
    country = models.CharField(_("country"), max_length=8, blank=True)
    stir_verstat = models.CharField(_("stir verstat"), max_length=64, blank=True)
    forwarded_from = models.CharField(_("forwarded from"), max_length=64, blank=True)
    result = models.CharField(_("result"), max_length=16, choices=CallResult.choices, blank=True)
    waiting_since = models.DateTimeField(
        _("waiting since"), null=True, blank=True, help_text=_("When the caller came to a team's queue.")
    )
    waited = models.PositiveIntegerField(
        _("waited"), null=True, blank=True, help_text=_("Seconds until somebody answered, or the caller was gone.")
    )
    spam = models.CharField(
        _("spam rule"),
        max_length=16,
        choices=SpamRule.Action.choices,
        blank=True,
        default="",
        db_default="",
        help_text=_("What a rule had done with the caller."),
    )
    # Of the row of a conversation: what hangs on it beside its legs is read of those alone that have it.
    is_handled = models.BooleanField(
        _("handled"),
        default=False,
        db_default=False,
        help_text=_("Was held, handed over, or had others taken in."),
    )
    round = models.PositiveSmallIntegerField(
        _("round"),
        default=0,
        db_default=0,
        help_text=_("The attempt with which the caller was handed over last: earlier ones are past."),
    )
    leg_end_time = models.DateTimeField(
        _("leg end time"),
        null=True,
        blank=True,
        help_text=_("When the leg that began it ended, while the conversation went on without it."),
    )
    help_since = models.DateTimeField(
        _("help wanted since"),
        null=True,
        blank=True,
        help_text=_("When its agent asked for help that has not come yet."),
    )
    revision = models.PositiveIntegerField(
        _("revision"), default=0, help_text=_("Rises with every change of the call or its legs.")
    )
    problem = models.CharField(
        _("problem"), max_length=255, blank=True, help_text=_("Why it failed, as the agent was told.")
    )
    note = models.TextField(_("note"), blank=True, help_text=_("What the agent noted."))
    searched_note = FoldedField(of=("note",))
    outcome = models.CharField(_("outcome"), max_length=16, choices=CallOutcome.choices, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    # All other columns follow from what Twilio tells, whichever webhook tells it.
    WRITTEN_BY_AGENTS = ("note", "searched_note", "outcome")

    # At hand for whoever shows the call; None: to be asked for.
    known_legs: Sequence[Call] | None = None
    known_recordings: Sequence[Recording] | None = None
    known_handling: Any = None

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["-start_time", "-sid"]
        indexes = [
            models.Index(fields=["parent"], name="call_legs", condition=models.Q(parent__isnull=False)),
            # Of legs, and for whoever asks about an agent alone.
            models.Index(fields=["agent", "-start_time"], name="call_agent_newest"),
            *LOG_INDEXES,
            models.Index(fields=["help_since"], name="call_help", condition=models.Q(help_since__isnull=False)),
            # What Twilio refused: few rows, which the doctor counts.
            models.Index(fields=["start_time"], name="call_refused", condition=models.Q(error_code__gt="")),
            # With the time, although it finds a handful: else SQLite takes `call_agent_newest`, and looks at all calls
            # that the agent had today.
            models.Index(fields=["agent", "start_time"], name="call_live", condition=models.Q(status__in=sorted(LIVE))),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=CallStatus.values), name="call_status_is_one_of_twilios"
            )
        ]

    def __str__(self) -> str:
        unknown = gettext("unknown")
        return f"{in_sentence(self.caller or unknown)} → {in_sentence(self.called or unknown)}"

    @property
    def parent_call_sid(self) -> str | None:
        return self.parent_id

    @property
    def is_terminal(self) -> bool:
        return self.status in TERMINAL

    @property
    def is_talked_on(self) -> bool:
        return self.status == CallStatus.IN_PROGRESS and self.answer_time is not None

    @property
    def place(self) -> str:
        """Where the other party is, as a person says it: what Twilio sent of a caller, else the number's country."""
        if is_withheld(self.caller if self.incoming else self.called):
            return ""
        if self.incoming:
            return _place(self.city, self.state, self.country, self.caller)
        return _place("", "", "", self.called)

    @property
    def incoming(self) -> bool:
        return is_incoming(self.direction, self.caller)

    @property
    def is_internal(self) -> bool:
        """Whether an agent called a colleague: nobody outside has a part in it."""
        return self.parent_id is None and self.caller.startswith(_PHONE) and self.called.startswith(_PHONE)

    def came_to(self, agent_id: int | None) -> bool:
        """Whether it is an internal call in which this agent was called."""
        return agent_id is not None and agent_id == self.colleague_id and self.is_internal


@lru_cache(maxsize=4096)
def _place(city: str, state: str, country: str, number: str) -> str:
    # Twilio sends places in capitals: WASHINGTON, DC, US. The country is named in the desk's own language, whoever
    # reads it: one frame is pushed to many.
    parts = (city.title(), state, country_name(country or region_of(number), language=default_language()))
    return ", ".join(part for part in parts if part)


def is_incoming(direction: str, caller: str) -> bool:
    """Whether somebody outside called us. A browser's own call is `inbound` to Twilio, too."""
    return direction == Direction.INBOUND and not caller.startswith(_PHONE)
