"""Texts to groups, and the people who get them."""

from __future__ import annotations

from datetime import time

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.folding import FoldedField
from core.text import in_sentence


class SendState(models.TextChoices):
    """draft → preparing → scheduled → running → finished;  scheduled, running ↔ paused;  running → stopped → running;
    preparing → stopped → preparing;  scheduled, running, paused, stopped → canceled;  finished → running (some
    are tried again)"""

    DRAFT = "draft", _("Draft")
    # It was started, and a worker finds out what each of the chosen gets: people see it as what it will be then.
    PREPARING = "preparing", _("Being prepared")
    SCHEDULED = "scheduled", _("Scheduled")
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    # By Ringdesk, for a reason that a person has to mend first.
    STOPPED = "stopped", _("Stopped")
    FINISHED = "finished", _("Finished")
    CANCELED = "canceled", _("Canceled")


# What people see of them.
SHOWN_STATES = [choice for choice in SendState.choices if choice[0] != SendState.PREPARING]


class GroupSend(models.Model):
    """One text to many. A draft has no recipients yet. When it is started, the contacts that it goes to are fixed; a
    worker keeps each of them as a recipient (`group_sends.preparing`)."""

    title = models.CharField(_("title"), max_length=120)
    line = models.ForeignKey(
        "routing.Line", on_delete=models.PROTECT, related_name="group_sends", verbose_name=_("line")
    )
    body = models.TextField(
        _("text"), max_length=1600, help_text=_("{first name} and other fields are filled in for each person.")
    )
    group_ids = models.JSONField(_("groups"), default=list, blank=True)
    contact_ids = models.JSONField(_("contacts"), default=list, blank=True)
    numbers = models.JSONField(_("numbers"), default=list, blank=True)
    state = models.CharField(_("state"), max_length=16, choices=SendState.choices, default=SendState.DRAFT)
    problem = models.CharField(_("problem"), max_length=255, blank=True, help_text=_("Why it was stopped."))
    scheduled_for = models.DateTimeField(_("scheduled for"), null=True, blank=True)
    keeps_hours = models.BooleanField(
        _("keeps hours"), default=True, help_text=_("Everybody is texted in these hours only, at their own place.")
    )
    hours_from = models.TimeField(_("from"), default=time(8))
    hours_until = models.TimeField(_("until"), default=time(20))

    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("written by"),
    )
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("started by"),
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    resumed_at = models.DateTimeField(
        _("resumed at"), null=True, blank=True, help_text=_("What went wrong before does not stop it again.")
    )
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    # As it was started, and as far as it has come: `group_sends.progress` keeps them.
    summary = models.JSONField(_("summary"), default=dict, blank=True)
    chosen_ids = models.JSONField(
        _("chosen"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Whom it was started for, until they are kept as its recipients."),
    )
    counts = models.JSONField(_("counts"), default=dict, blank=True)
    counted_at = models.DateTimeField(_("counted at"), null=True, blank=True)
    revision = models.PositiveIntegerField(_("revision"), default=0, help_text=_("Rises with every change."))

    class Meta:
        verbose_name = _("group send")
        verbose_name_plural = _("group sends")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["line", "-created_at", "-id"], name="group_send_line_newest"),
            models.Index(
                fields=["state"],
                name="group_send_at_work",
                condition=models.Q(state__in=["preparing", "scheduled", "running"]),
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=SendState.values), name="group_send_state_is_known")
        ]

    def __str__(self) -> str:
        return in_sentence(self.title)

    @property
    def shown_state(self) -> str:
        """Its state as people see it: preparing takes a moment, and is over before they could do anything about it."""
        if self.state != SendState.PREPARING:
            return self.state
        is_later = self.scheduled_for is not None and self.scheduled_for > timezone.now()
        return SendState.SCHEDULED if is_later else SendState.RUNNING


class RecipientState(models.TextChoices):
    """What is still to be done; what came of it says the recipient's message."""

    PENDING = "pending", _("Waiting")
    HANDED = "handed", _("Handed over")
    LEFT_OUT = "left-out", _("Left out")
    CANCELED = "canceled", _("Canceled")


class LeftOut(models.TextChoices):
    STOPPED = "stopped", _("Replied STOP")
    OBJECTED = "objected", _("Told us: no texts")
    BLOCKED = "blocked", _("Blocked")
    LANDLINE = "landline", _("Landline")
    INVALID = "invalid", _("Number not valid")
    NO_NUMBER = "no-number", _("No number")
    EMPTY_FIELD = "empty-field", _("A field is empty")
    DO_NOT_CALL = "do-not-call", _("On the do-not-call list")
    FORBIDDEN = "forbidden", _("Your company does not text there")
    TOO_LONG = "too-long", _("Filled in, the text is too long")
    NO_HOURS = "no-hours", _("This send's hours and your company's never meet there")
    EXTENSION = "extension", _("Only numbers with an extension")


class GroupRecipient(models.Model):
    """One person of a send, as it was started."""

    send = models.ForeignKey(
        GroupSend, on_delete=models.CASCADE, db_index=False, related_name="recipients", verbose_name=_("group send")
    )
    contact = models.ForeignKey(
        "contacts.Contact",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("contact"),
    )
    name = models.CharField(_("name"), max_length=120, blank=True)
    searched = FoldedField(of=("name",))
    number = models.CharField(_("number"), max_length=32, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    body = models.TextField(_("text"), blank=True)
    segments = models.PositiveSmallIntegerField(_("segments"), default=0)
    state = models.CharField(_("state"), max_length=16, choices=RecipientState.choices, default=RecipientState.PENDING)
    reason = models.CharField(_("reason"), max_length=16, choices=LeftOut.choices, blank=True)
    due_at = models.DateTimeField(_("due at"), default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    message = models.OneToOneField(
        "Message",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="group_recipient",
        verbose_name=_("message"),
    )

    class Meta:
        verbose_name = _("recipient of a group send")
        verbose_name_plural = _("recipients of group sends")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["send", "id"], name="group_recipient_order"),
            models.Index(
                fields=["send", "due_at", "id"],
                name="group_recipient_pending",
                condition=models.Q(state="pending"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["send", "number"],
                name="group_recipient_once",
                condition=~models.Q(state="left-out"),
            ),
        ]

    def __str__(self) -> str:
        return in_sentence(self.name or self.number)
