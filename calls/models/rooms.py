"""Calls that agents hold, hand over, or take others into: the room at Twilio, who is in it, who is to have the call.

What is *wanted* of a room and what Twilio *said* of it are kept apart, so that whoever looks next can lead the second
to the first, whatever was lost or killed between them. Changed by whoever holds the call's lock (`calls.live.locks`).
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from calls.models.calls import Call


def _agent(verbose_name: Any, **more: Any) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        related_name="+",
        verbose_name=verbose_name,
        **more,
    )


class Room(models.Model):
    """The conference of a call whose two legs were lifted into one."""

    class State(models.TextChoices):
        # Noted, and Twilio is asked for it; the legs come one after the other.
        LIFTING = "lifting", _("Is being opened")
        OPEN = "open", _("Open")
        OVER = "over", _("Over")

    call = models.OneToOneField(
        Call,
        primary_key=True,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_column="call_sid",
        related_name="room",
        verbose_name=_("call"),
    )
    # Random: it must say nothing about anybody.
    name = models.CharField(_("name"), max_length=64, unique=True)
    conference_sid = models.CharField(_("conference sid"), max_length=64, blank=True)
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.LIFTING)
    child_sid = models.CharField(
        _("child leg"), max_length=64, blank=True, help_text=_("The leg that is sent in; the other follows by itself.")
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    asked_at = models.DateTimeField(
        _("asked at"), null=True, blank=True, help_text=_("When Twilio was last asked to open it, or about it.")
    )
    alone_since = models.DateTimeField(
        _("alone since"), null=True, blank=True, help_text=_("Since when the customer has nobody to talk with.")
    )
    held_seconds = models.PositiveIntegerField(
        _("held seconds"), default=0, help_text=_("How long the customer was on hold, up to the last resume.")
    )

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        indexes = [
            models.Index(fields=["state"], name="room_living", condition=models.Q(state__in=["lifting", "open"]))
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.get_state_display()}"


class Participant(models.Model):
    """Who is in a room, is called into it, or was in it."""

    class Role(models.TextChoices):
        CUSTOMER = "customer", _("Customer")
        AGENT = "agent", _("Agent")
        THIRD_PARTY = "third-party", _("Third party")
        SUPERVISOR = "supervisor", _("Supervisor")

    class Mode(models.TextChoices):
        """What a supervisor does in it."""

        LISTEN = "listen", _("Listens")
        WHISPER = "whisper", _("Is heard by the agent alone")
        JOIN = "join", _("Is heard by all")

    class State(models.TextChoices):
        CALLING = "calling", _("Is called")
        IN = "in", _("In the call")
        LEFT = "left", _("Has left")

    room = models.ForeignKey(
        Room,
        on_delete=models.CASCADE,
        db_constraint=False,
        related_name="participants",
        verbose_name=_("room"),
    )
    # What the leg is called until Twilio has made it, and what Twilio calls the participant.
    label = models.CharField(_("label"), max_length=64, unique=True)
    leg_sid = models.CharField(_("leg"), max_length=64, blank=True, db_index=True)
    role = models.CharField(_("role"), max_length=16, choices=Role.choices)
    agent = _agent(_("agent"), db_index=False)
    number = models.CharField(_("number"), max_length=64, blank=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    # The same agent's leg at another place, which this one takes the place of. Nobody calls whoever comes so.
    replaces = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("takes the place of"),
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    # What is wanted.
    wanted_in = models.BooleanField(_("wanted in the call"), default=True)
    wanted_held = models.BooleanField(_("wanted on hold"), default=False)
    wanted_muted = models.BooleanField(_("wanted muted"), default=False)
    mode = models.CharField(
        _("wanted mode"),
        max_length=16,
        choices=Mode.choices,
        blank=True,
        db_default="",
        help_text=_("Of a supervisor."),
    )
    takes_over = models.BooleanField(
        _("takes over"), default=False, db_default=False, help_text=_("Of a supervisor: is to have the call.")
    )
    coached_leg = models.CharField(
        _("coached leg"), max_length=64, blank=True, db_default="", help_text=_("Who alone is to hear the supervisor.")
    )
    asked_at = models.DateTimeField(_("asked at"), null=True, blank=True, help_text=_("When Twilio was asked for it."))
    # What Twilio said.
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.CALLING)
    held = models.BooleanField(_("on hold"), default=False)
    held_since = models.DateTimeField(_("on hold since"), null=True, blank=True)
    muted = models.BooleanField(_("muted"), default=False)
    coaching = models.BooleanField(
        _("coaching"), default=False, db_default=False, help_text=_("Is heard by the coached leg alone.")
    )
    sequence_number = models.IntegerField(
        _("sequence number"), default=-1, help_text=_("Of the last callback that was applied.")
    )
    joined_at = models.DateTimeField(_("joined at"), null=True, blank=True)
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)
    hung_up = models.BooleanField(
        _("hung up"), default=False, help_text=_("The desk said that its agent hung up: the line was not lost.")
    )
    announces_end = models.BooleanField(
        _("announces its end"),
        default=False,
        db_default=False,
        help_text=_("The desk on this leg says before it hangs up: when the leg ends without that, the line was lost."),
    )
    parked_at = models.DateTimeField(
        _("parked at"),
        null=True,
        blank=True,
        help_text=_("Since when the customer waits, with music, for this agent to come back from a second call."),
    )
    not_back_at = models.DateTimeField(
        _("not back at"),
        null=True,
        blank=True,
        help_text=_("When the customer was led away for whom this agent did not come back; until that is read."),
    )
    problem = models.CharField(
        _("problem"),
        max_length=255,
        blank=True,
        default="",
        db_default="",
        help_text=_("Why somebody who was added to the call did not come."),
    )
    # What agents may know of a supervisor.
    is_shown = models.BooleanField(
        _("shown to agents"), default=True, db_default=True, help_text=_("As the team's setting was then.")
    )
    was_heard = models.BooleanField(
        _("was heard"), default=False, db_default=False, help_text=_("Joined the call, or took it over.")
    )

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["agent"], name="participant_inside", condition=models.Q(state__in=["calling", "in"])),
            models.Index(fields=["agent"], name="participant_parked", condition=models.Q(parked_at__isnull=False)),
            models.Index(fields=["agent"], name="participant_not_back", condition=models.Q(not_back_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.get_state_display()}"

    @property
    def is_supervisor(self) -> bool:
        return self.role == self.Role.SUPERVISOR

    @property
    def said_mode(self) -> str:
        """What a supervisor does by Twilio's word, or is to do once in the call; "" of others."""
        if not self.is_supervisor:
            return ""
        if self.state == self.State.CALLING:
            return self.mode
        # What was asked for is told in two words, and in either order.
        if self.muted or (self.mode == self.Mode.WHISPER and not self.coaching and self.asked_at is not None):
            return self.Mode.LISTEN
        return self.Mode.WHISPER if self.coaching else self.Mode.JOIN

    @property
    def is_awaited(self) -> bool:
        """Whether an agent wants to go on at another place, whose phone has not called yet."""
        return self.replaces_id is not None and not self.leg_sid and self.state == self.State.CALLING

    @property
    def is_to_be_called(self) -> bool:
        """Whether Twilio is to call this one. Whoever comes by the own phone is called by nobody."""
        is_made = bool(self.leg_sid) or self.comes_by_own_phone
        return self.wanted_in and self.state == self.State.CALLING and not is_made

    @property
    def is_called_in_vain(self) -> bool:
        """Whether this one is not to come, and Twilio perhaps calls it all the same: nobody knows its leg."""
        return not self.wanted_in and self.state == self.State.CALLING and not self.leg_sid

    @property
    def comes_by_own_phone(self) -> bool:
        """Whether that phone calls us, and perhaps comes when nobody else is in the room."""
        return self.replaces_id is not None or self.is_supervisor

    @property
    def is_left_over(self) -> bool:
        """Whether, of a room that is over, nobody knows that this leg has ended with it."""
        return self.state == self.State.IN and not self.wanted_in


class Transfer(models.Model):
    """An agent hands a call over: to an agent, a team or a number."""

    class Mode(models.TextChoices):
        BLIND = "blind", _("Blind")
        WARM = "warm", _("Warm")

    class State(models.TextChoices):
        CALLING = "calling", _("Rings")
        CONSULTING = "consulting", _("The two talk first")
        HANDED_OVER = "handed-over", _("Handed over")
        MERGED = "merged", _("All talk together")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Taken back")
        RECALLED = "recalled", _("Came back")

    OPEN = frozenset({State.CALLING, State.CONSULTING})

    call = models.ForeignKey(
        Call,
        on_delete=models.CASCADE,
        db_constraint=False,
        related_name="transfers",
        verbose_name=_("call"),
    )
    mode = models.CharField(_("mode"), max_length=8, choices=Mode.choices)
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.CALLING)
    from_agent = _agent(_("from"), db_index=False)
    to_agent = _agent(_("to agent"), db_index=False)
    to_team = models.ForeignKey(
        "agents.Team",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("to team"),
    )
    to_number = models.CharField(_("to number"), max_length=64, blank=True)
    to_name = models.CharField(_("to name"), max_length=120, blank=True)
    participant = models.ForeignKey(
        Participant,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        related_name="+",
        verbose_name=_("participant"),
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    problem = models.CharField(_("problem"), max_length=255, blank=True, help_text=_("Why it failed."))

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["call"],
                condition=models.Q(state__in=["calling", "consulting"]),
                name="one_open_transfer_per_call",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_mode_display()} {self.get_state_display()}"
