"""The call log. Every leg is a row; what Twilio sent is kept beside it, as it came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from calls.indexes import LOG_INDEXES
from core.folding import FoldedField
from core.languages import default_language
from core.text import in_sentence
from telephony.party import is_withheld
from telephony.phone import country_name, region_of


class CallStatus(models.TextChoices):
    """Twilio's words. `initiated` comes in callbacks only: legs made by <Dial> skip `queued`."""

    QUEUED = "queued", _("Queued")
    INITIATED = "initiated", _("Initiated")
    RINGING = "ringing", _("Ringing")
    IN_PROGRESS = "in-progress", _("In progress")
    COMPLETED = "completed", _("Completed")
    BUSY = "busy", _("Busy")
    FAILED = "failed", _("Failed")
    NO_ANSWER = "no-answer", _("No answer")
    CANCELED = "canceled", _("Canceled")


# A status may only be followed by one of a higher rank, so a late callback changes nothing and the end is the end.
STATUS_RANK: dict[str, int] = {
    CallStatus.QUEUED: 0,
    CallStatus.INITIATED: 1,
    CallStatus.RINGING: 2,
    CallStatus.IN_PROGRESS: 3,
    CallStatus.COMPLETED: 4,
    CallStatus.BUSY: 4,
    CallStatus.FAILED: 4,
    CallStatus.NO_ANSWER: 4,
    CallStatus.CANCELED: 4,
}
TERMINAL = frozenset(status for status, rank in STATUS_RANK.items() if rank == 4)
LIVE = frozenset(STATUS_RANK) - TERMINAL
# <Dial> ends a call after four hours. A leg that is still open later has lost its last callback.
LONGEST_CALL = timedelta(hours=4, minutes=5)


class Direction(models.TextChoices):
    """Twilio's words. A call dialled in a browser is `inbound`: it comes in to Twilio."""

    INBOUND = "inbound", _("Inbound")
    OUTBOUND_API = "outbound-api", _("Outbound (API)")
    OUTBOUND_DIAL = "outbound-dial", _("Outbound (Dial)")


DIRECTIONS = frozenset(Direction.values)


class CallResult(models.TextChoices):
    """What came of a call, in the words of the log. Empty while it lives."""

    ANSWERED = "answered", _("Answered")
    MISSED = "missed", _("Missed")
    VOICEMAIL = "voicemail", _("Voicemail")
    REACHED = "reached", _("Reached")
    BUSY = "busy", _("Busy")
    NO_ANSWER = "no-answer", _("No answer")
    FAILED = "failed", _("Failed")
    CANCELED = "canceled", _("Canceled")


class CallOutcome(models.TextChoices):
    """What an agent notes that a call came to (a disposition). Empty until one says so."""

    RESOLVED = "resolved", _("Resolved")
    FOLLOW_UP = "follow-up", _("Follow-up needed")
    CALL_BACK = "call-back", _("Call back")
    WRONG_NUMBER = "wrong-number", _("Wrong number")
    SPAM = "spam", _("Spam")
    OTHER = "other", _("Other")


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

    # Each of the three has an index below that begins with it. Every callback writes most of the indexes.
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

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["-start_time", "-sid"]
        indexes = [
            models.Index(fields=["parent"], name="call_legs", condition=models.Q(parent__isnull=False)),
            # Of legs, and for whoever asks about an agent alone.
            models.Index(fields=["agent", "-start_time"], name="call_agent_newest"),
            *LOG_INDEXES,
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


@lru_cache(maxsize=4096)
def _place(city: str, state: str, country: str, number: str) -> str:
    # Twilio sends places in capitals: WASHINGTON, DC, US. The country is named in the desk's own language, whoever
    # reads it: one frame is pushed to many.
    parts = (city.title(), state, country_name(country or region_of(number), language=default_language()))
    return ", ".join(part for part in parts if part)


def is_incoming(direction: str, caller: str) -> bool:
    """Whether somebody outside called us. A browser's own call is `inbound` to Twilio, too."""
    return direction == Direction.INBOUND and not caller.startswith("client:")


class CallEvent(models.Model):
    """What happened to a call beside Twilio's webhooks: our REST requests, an agent's actions, our own failures."""

    class Kind(models.TextChoices):
        REST = "rest", _("Request to Twilio")
        ACTION = "action", _("Agent's action")
        INCIDENT = "incident", _("Failure of our own")
        ROUTE = "route", _("Step of a route")

    call_sid = models.CharField(_("call sid"), max_length=64, db_index=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=120, help_text=_("`POST Calls/CA…`, `hang-up`, `incoming` …"))
    outcome = models.CharField(
        _("outcome"), max_length=255, blank=True, help_text=_("What came of it. Never a secret.")
    )
    detail = models.JSONField(_("detail"), default=dict, blank=True)
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("agent"),
    )
    milliseconds = models.FloatField(_("milliseconds"), null=True)
    at = models.DateTimeField(_("at"), default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("call event")
        verbose_name_plural = _("call events")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"


class CallOffer(models.Model):
    """An agent's phone that rings, or rang, for a caller. Says who may see a call that is nobody's yet."""

    class State(models.TextChoices):
        RINGING = "ringing", _("Ringing")
        ANSWERED = "answered", _("Answered")
        # Twilio took the call away, and it is not known yet whether a colleague has it or the caller is gone.
        CANCELED = "canceled", _("Canceled")
        ENDED = "ended", _("Ended")

    call = models.ForeignKey(
        Call,
        on_delete=models.CASCADE,
        db_constraint=False,
        related_name="offers",
        verbose_name=_("call"),
    )
    # Its index is the last of those below.
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="offers",
        verbose_name=_("agent"),
    )
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.RINGING)
    attempt = models.PositiveSmallIntegerField(
        _("attempt"), default=1, db_default=1, help_text=_("The how many-th time that phones ring for this caller.")
    )
    leg_sid = models.CharField(_("leg"), max_length=64, blank=True, default="", db_default="")
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    rung_at = models.DateTimeField(
        _("rung at"), null=True, blank=True, help_text=_("When Twilio was told to ring. Empty: it has not asked yet.")
    )
    acknowledged_at = models.DateTimeField(
        _("acknowledged at"), null=True, blank=True, help_text=_("When the desk said that it rings.")
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    reason = models.CharField(
        _("reason"), max_length=24, blank=True, default="", db_default="", help_text=_("Why it ended.")
    )
    is_call_back = models.BooleanField(
        _("call-back"),
        default=False,
        db_default=False,
        help_text=_("Nobody is on the line: the agent is to call the caller back."),
    )

    class Meta:
        verbose_name = _("call offer")
        verbose_name_plural = _("call offers")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["agent"], condition=models.Q(state="ringing"), name="one_open_offer_per_agent"
            ),
        ]
        indexes = [models.Index(fields=["agent", "-created_at"], name="offer_agent_newest")]

    def __str__(self) -> str:
        return f"{self.agent} {self.get_state_display()}"


class Conversation(models.Model):
    """A caller on a route: where the caller is, and what comes next. Only calls to lines with a route have one.

    Changed by whoever holds the call's lock (`calls.live.locks`) and by nobody else.
    """

    class State(models.TextChoices):
        ON_ROUTE = "on-route", _("Hears or is asked something")
        WAITING = "waiting", _("Waits")
        OFFERED = "offered", _("Rings")
        DIALLING = "dialling", _("An outside number rings")
        MESSAGE = "message", _("Leaves a message")
        ENDED = "ended", _("Ended")
        ABANDONED = "abandoned", _("Hung up while waiting")
        LOST = "lost", _("Got the emergency answer")
        # The caller has hung up and keeps the place.
        CALL_BACK = "call-back", _("Is to be called back")
        BACK_OFFERED = "back-offered", _("A call-back is offered to an agent")
        CALLING_BACK = "calling-back", _("Is being called back")
        NOT_REACHED = "not-reached", _("Was not called back")

    # Of call-backs: those with a place in the queue; those on the way; and all that there ever was.
    BACK_IN_QUEUE = (State.CALL_BACK, State.BACK_OFFERED)
    BACK_PENDING = (*BACK_IN_QUEUE, State.CALLING_BACK)
    CALLED_BACK = frozenset({*BACK_PENDING, State.NOT_REACHED})

    call = models.OneToOneField(
        Call,
        primary_key=True,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_column="call_sid",
        related_name="conversation",
        verbose_name=_("call"),
    )
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.ON_ROUTE)
    position = models.JSONField(
        _("position"), default=dict, help_text=_("The step that was met last, and the version of the route.")
    )
    turn = models.PositiveIntegerField(
        _("turn"), default=0, help_text=_("Rises with each answer of ours: which one Twilio speaks of.")
    )
    answer = models.TextField(_("answer"), blank=True, help_text=_("What was answered in this turn."))
    team = models.ForeignKey(
        "agents.Team",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        related_name="conversations",
        verbose_name=_("team"),
    )
    waiting_since = models.DateTimeField(_("waiting since"), null=True, blank=True)
    place_at = models.DateTimeField(
        _("place at"), null=True, blank=True, help_text=_("The time that callers are put in order by.")
    )
    priority = models.SmallIntegerField(_("priority"), default=0)
    skill = models.CharField(_("skill"), max_length=64, blank=True)
    terms = models.JSONField(_("terms"), default=dict, help_text=_("How phones ring, and for how long is waited."))
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=0)
    not_before = models.DateTimeField(
        _("not before"), null=True, blank=True, help_text=_("Twilio would not fetch the caller: next try.")
    )
    fetched_at = models.DateTimeField(
        _("fetched at"), null=True, blank=True, help_text=_("When Twilio was last asked to fetch the caller.")
    )
    send_on = models.CharField(
        _("send on"), max_length=16, blank=True, help_text=_("Which way the caller is to leave the queue.")
    )
    call_back_to = models.CharField(
        _("call back to"), max_length=64, blank=True, default="", db_default="", help_text=_("The number to call back.")
    )
    call_back_asked_at = models.DateTimeField(_("call-back asked for at"), null=True, blank=True)
    call_back_tries = models.PositiveSmallIntegerField(
        _("call-back tries"), default=0, db_default=0, help_text=_("How often that number was called.")
    )
    call_back_sid = models.CharField(
        _("call-back sid"),
        max_length=64,
        blank=True,
        default="",
        db_default="",
        help_text=_("The call with which an agent calls back, or called last."),
    )

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        indexes = [
            models.Index(
                fields=["team", "place_at"],
                name="conversation_in_queue",
                condition=models.Q(state__in=["back-offered", "call-back", "offered", "waiting"]),
            ),
            models.Index(
                fields=["call_back_to"],
                name="conversation_to_call_back",
                condition=models.Q(state__in=["back-offered", "call-back", "calling-back"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.get_state_display()}"


class Recording(models.Model):
    """A message a caller left."""

    sid = models.CharField(_("sid"), max_length=64, primary_key=True)
    call = models.ForeignKey(
        Call,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_column="call_sid",
        related_name="recordings",
        verbose_name=_("call"),
    )
    url = models.URLField(_("url"), max_length=500, blank=True)
    status = models.CharField(_("status"), max_length=16, blank=True)
    duration = models.PositiveIntegerField(_("duration"), null=True, blank=True, help_text=_("Seconds."))
    created_at = models.DateTimeField(_("created at"), default=timezone.now)

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.sid


class RecordingPlay(models.Model):
    """That somebody listened to a recording. One row a listening, for which a player asks many times."""

    recording = models.ForeignKey(
        Recording,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_column="recording_sid",
        related_name="plays",
        verbose_name=_("recording"),
    )
    call = models.ForeignKey(
        Call,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_column="call_sid",
        related_name="plays",
        verbose_name=_("call"),
    )
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("agent")
    )
    at = models.DateTimeField(_("began"), default=timezone.now)
    until = models.DateTimeField(_("last asked for"), default=timezone.now)

    class Meta:
        verbose_name = _("listening")
        verbose_name_plural = _("who listened")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        somebody = gettext("somebody")
        return f"{self.agent or somebody} {self.at:%Y-%m-%d %H:%M}"
