"""Callers on routes, and the phones that ring for them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from calls.models.calls import Call


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
    announces_end = models.BooleanField(
        _("announces its end"),
        default=False,
        db_default=False,
        help_text=_("The desk says before it hangs up: a line that ends without that was lost."),
    )
    hung_up_at = models.DateTimeField(_("hung up at"), null=True, blank=True, help_text=_("When the desk said so."))
    is_consultation = models.BooleanField(
        _("consultation"),
        default=False,
        db_default=False,
        help_text=_("A colleague is called into a call that goes on."),
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
        # With an agent who was given the caller by another: a first talk is seen from the call itself.
        TALKING = "talking", _("Talks")
        ENDED = "ended", _("Ended")
        ABANDONED = "abandoned", _("Hung up while waiting")
        LOST = "lost", _("Got the emergency answer")
        # The caller has hung up and keeps the place.
        CALL_BACK = "call-back", _("Is to be called back")
        BACK_OFFERED = "back-offered", _("A call-back is offered to an agent")
        CALLING_BACK = "calling-back", _("Is being called back")
        CALLED_AGAIN = "called-again", _("Was to be called back, and called again")
        NOT_REACHED = "not-reached", _("Was not called back")

    # Of call-backs: those with a place in the queue; those on the way; and all that there ever was.
    BACK_IN_QUEUE = (State.CALL_BACK, State.BACK_OFFERED)
    BACK_PENDING = (*BACK_IN_QUEUE, State.CALLING_BACK, State.CALLED_AGAIN)
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
    leg_sid = models.CharField(
        _("leg"),
        max_length=64,
        blank=True,
        default="",
        db_default="",
        help_text=_("The caller's, where that is not the call itself: of a call that an agent made."),
    )
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
        help_text=_("The call with which an agent calls back, or called last; or with which the caller called again."),
    )

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        indexes = [
            # Whole: SQLite takes a part only where its condition stands in the question, letter by letter.
            models.Index(fields=["state"], name="conversation_state"),
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
            models.Index(
                fields=["call_back_asked_at"],
                name="conversation_called_back",
                condition=models.Q(call_back_asked_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.get_state_display()}"
