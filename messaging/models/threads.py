"""Threads and their messages. A message that goes out is its own place in the work list: see `Step`."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.folding import FoldedField
from core.sql.literally import Literally
from core.text import in_sentence


class Direction(models.TextChoices):
    INBOUND = "inbound", _("Inbound")
    OUTBOUND = "outbound", _("Outbound")


class MessageStatus(models.TextChoices):
    """Twilio's words. Empty while Twilio has not got the message."""

    ACCEPTED = "accepted", _("Accepted")
    SCHEDULED = "scheduled", _("Scheduled")
    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    UNDELIVERED = "undelivered", _("Undelivered")
    FAILED = "failed", _("Failed")
    CANCELED = "canceled", _("Canceled")
    READ = "read", _("Read")
    RECEIVING = "receiving", _("Receiving")
    RECEIVED = "received", _("Received")


# Callbacks carry no sequence number and come in any order: a status may only be followed by one of a higher rank
# (Twilio Docs, "Outbound Message Status in Status Callbacks").
MESSAGE_STATUS_RANK: dict[str, int] = {
    "": -1,
    MessageStatus.ACCEPTED: 0,
    MessageStatus.SCHEDULED: 0,
    MessageStatus.RECEIVING: 0,
    MessageStatus.QUEUED: 1,
    MessageStatus.SENDING: 2,
    MessageStatus.SENT: 3,
    MessageStatus.RECEIVED: 3,
    MessageStatus.DELIVERED: 4,
    MessageStatus.UNDELIVERED: 4,
    MessageStatus.FAILED: 4,
    MessageStatus.CANCELED: 4,
    MessageStatus.READ: 5,
}


class Step(models.TextChoices):
    """How far a message of ours has got on its way to Twilio. Empty for what came in.

    waiting → claimed → taken | refused | unclear;  claimed → waiting (Twilio did nothing for certain);
    unclear → taken (found at Twilio) | waiting (not there for certain) | unknown;  unknown → taken
    waiting ↔ held;  waiting, held → canceled
    """

    WAITING = "waiting", _("Waiting")
    # Its group send is paused.
    HELD = "held", _("Paused")
    # A worker asks Twilio to send it, now. Only the claim's own worker ends it; who finds it old makes it unclear.
    CLAIMED = "claimed", _("Being sent")
    # Twilio was asked, and whether it took the message is not known yet. It is looked up, never sent again on spec.
    UNCLEAR = "unclear", _("Being looked up")
    # It could not be found out. Never sent again by itself, so that nobody gets it twice.
    UNKNOWN = "unknown", _("Not known")
    TAKEN = "taken", _("Taken by Twilio")
    REFUSED = "refused", _("Refused")
    CANCELED = "canceled", _("Canceled")


# What of ours is not at its end yet, as its index has it: said in a query beside the steps that are wanted.
IS_OPEN = Literally("step", "waiting", "claimed", "unclear")


class Priority(models.IntegerChoices):
    """What somebody waits for goes before what is sent to many."""

    SINGLE = 0, _("Single")
    GROUP = 1, _("Group")


class Origin(models.TextChoices):
    """Why a message of ours was written. Empty for what came in."""

    AGENT = "agent", _("By an agent")
    PROGRAM = "program", _("By a program")
    GROUP = "group", _("To a group")
    RULE = "rule", _("By a rule")


class Thread(models.Model):
    """What one number and one of our lines wrote each other."""

    line = models.ForeignKey("routing.Line", on_delete=models.PROTECT, related_name="threads", verbose_name=_("line"))
    number = models.CharField(
        _("number"), max_length=32, help_text=_("The other party: E.164, a short code, or a sender's name.")
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="threads",
        verbose_name=_("assigned to"),
    )
    last_message = models.ForeignKey(
        "Message", null=True, blank=True, on_delete=models.SET_NULL, db_constraint=False, related_name="+"
    )
    last_at = models.DateTimeField(_("last message at"), default=timezone.now)
    read_up_to = models.BigIntegerField(
        _("read up to"), default=0, help_text=_("The last message that anybody of the team has read.")
    )
    unread = models.PositiveIntegerField(
        _("unread"),
        default=0,
        help_text=_("Texts that came in and that whoever it is assigned to, or else nobody of the team, has read."),
    )
    revision = models.PositiveIntegerField(_("revision"), default=0, help_text=_("Rises with every change."))
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("thread")
        verbose_name_plural = _("threads")
        ordering = ["-last_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["line", "number"], name="one_thread_per_line_and_number")]
        indexes = [
            models.Index(fields=["line", "-last_at", "-id"], name="thread_line_newest"),
            models.Index(fields=["assigned_to", "-last_at", "-id"], name="thread_agent_newest"),
            models.Index(fields=["number"], name="thread_number"),
            models.Index(fields=["line", "assigned_to"], name="thread_unread", condition=models.Q(unread__gt=0)),
        ]

    def __str__(self) -> str:
        return in_sentence(self.number)


class ThreadReader(models.Model):
    """How far one agent has read a thread."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="readers", verbose_name=_("thread"))
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("agent")
    )
    read_up_to = models.BigIntegerField(_("read up to"), default=0)

    class Meta:
        verbose_name = _("reader of a thread")
        verbose_name_plural = _("readers of threads")
        constraints = [models.UniqueConstraint(fields=["thread", "agent"], name="one_reader_per_thread_and_agent")]

    def __str__(self) -> str:
        return f"{self.agent} {self.read_up_to}"


class Message(models.Model):
    """A text, in or out. Twilio's fields have Twilio's names."""

    thread = models.ForeignKey(
        Thread, on_delete=models.CASCADE, db_index=False, related_name="messages", verbose_name=_("thread")
    )
    direction = models.CharField(_("direction"), max_length=16, choices=Direction.choices)
    sid = models.CharField(
        _("sid"), max_length=64, null=True, blank=True, unique=True, help_text=_("Twilio's; none until it has it.")
    )
    sender = models.CharField(_("sender"), max_length=64, help_text=_("Twilio's From, or its messaging service."))
    recipient = models.CharField(_("recipient"), max_length=64, help_text=_("Twilio's To."))
    body = models.TextField(_("body"), blank=True)
    searched = FoldedField(of=("body",))
    num_segments = models.PositiveSmallIntegerField(_("segments"), default=0)
    status = models.CharField(_("status"), max_length=16, choices=MessageStatus.choices, blank=True)
    error_code = models.CharField(_("error code"), max_length=16, blank=True, help_text=_("Twilio's."))
    problem = models.CharField(
        _("problem"), max_length=255, blank=True, help_text=_("Why it was not sent or delivered, as people are told.")
    )
    price = models.DecimalField(
        _("price"), max_digits=12, decimal_places=6, null=True, blank=True, help_text=_("What it cost, as Twilio says.")
    )
    price_unit = models.CharField(_("currency"), max_length=8, blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="messages",
        verbose_name=_("written by"),
    )
    origin = models.CharField(_("origin"), max_length=16, choices=Origin.choices, blank=True)
    group_send = models.ForeignKey(
        "GroupSend",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        db_index=False,
        related_name="messages",
        verbose_name=_("group send"),
        help_text=_("Also of a text that was sent again since: what it cost counts."),
    )
    key = models.CharField(
        _("key"),
        max_length=64,
        null=True,
        blank=True,
        unique=True,
        help_text=_("Whoever sends it names it, so that sending it again makes no second one."),
    )

    # Its place in the work list.
    step = models.CharField(_("step"), max_length=16, choices=Step.choices, blank=True)
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=Priority.choices, default=Priority.SINGLE, help_text=_("Lower goes first.")
    )
    due_at = models.DateTimeField(_("due at"), default=timezone.now, help_text=_("Not sent, or looked up, before."))
    claim = models.CharField(_("claim"), max_length=36, blank=True, help_text=_("Of the worker that has it."))
    claimed_at = models.DateTimeField(_("claimed at"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    unclear_at = models.DateTimeField(
        _("unclear since"), null=True, blank=True, help_text=_("Twilio may have it, and may not.")
    )
    looks = models.PositiveSmallIntegerField(
        _("looks"), default=0, help_text=_("How often Twilio was asked whether it has the text, and had not.")
    )

    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True, help_text=_("Taken by Twilio."))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True, help_text=_("Delivered, or not."))

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["created_at", "pk"]
        indexes = [
            models.Index(fields=["thread", "id"], name="message_thread"),
            models.Index(
                fields=["step", "sender", "priority", "id"],
                name="message_waiting",
                condition=models.Q(step__in=["waiting", "claimed", "unclear"]),
            ),
            models.Index(fields=["created_at"], name="message_created"),
            models.Index(fields=["sent_at"], name="message_sent", condition=models.Q(sent_at__isnull=False)),
            models.Index(
                fields=["group_send", "id"],
                name="message_group_send",
                condition=models.Q(group_send__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=["", *MessageStatus.values]), name="message_status_is_one_of_twilios"
            ),
            models.CheckConstraint(condition=models.Q(step__in=["", *Step.values]), name="message_step_is_known"),
        ]

    def __str__(self) -> str:
        return in_sentence(self.body[:40])


class MediaState(models.TextChoices):
    WAITING = "waiting", _("Not fetched yet")
    KEPT = "kept", _("Kept")
    REFUSED = "refused", _("Not kept: too large, or of a kind that is not taken")
    FAILED = "failed", _("Twilio did not give it")


class MessageMedia(models.Model):
    """A picture or another file of a message. Fetched from Twilio by us, and never linked to there."""

    message = models.ForeignKey(
        Message,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="media",
        verbose_name=_("message"),
        help_text=_("None yet for what an agent has chosen and not sent."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    source_url = models.CharField(_("source"), max_length=500, blank=True, help_text=_("Twilio's MediaUrl."))
    content_type = models.CharField(_("content type"), max_length=100, blank=True)
    size = models.PositiveIntegerField(_("size"), null=True, blank=True, help_text=_("Bytes."))
    name = models.CharField(_("file"), max_length=100, blank=True, help_text=_("Under MEDIA_DIR."))
    state = models.CharField(_("state"), max_length=16, choices=MediaState.choices, default=MediaState.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("due at"), default=timezone.now, help_text=_("Not fetched before."))
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("chosen by"),
        help_text=_("Empty for what came in."),
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now)

    class Meta:
        verbose_name = _("file of a message")
        verbose_name_plural = _("files of messages")
        ordering = ["message", "position"]
        constraints = [models.UniqueConstraint(fields=["message", "position"], name="one_media_per_position")]
        indexes = [models.Index(fields=["due_at"], name="media_waiting", condition=models.Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.content_type} {self.get_state_display()}"


class ReadyText(models.Model):
    """A text that agents choose rather than write."""

    name = models.CharField(_("name"), max_length=80)
    body = models.TextField(
        _("text"), max_length=1600, help_text=_("{first name} and other fields are filled in for each person.")
    )
    line = models.ForeignKey(
        "routing.Line",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="ready_texts",
        verbose_name=_("line"),
        help_text=_("Empty: for all lines."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("ready-made text")
        verbose_name_plural = _("ready-made texts")
        ordering = ["position", "name", "pk"]

    def __str__(self) -> str:
        return in_sentence(self.name)


class MissedCallText(models.Model):
    """What a line writes, by itself, to somebody whose call nobody answered."""

    line = models.OneToOneField(
        "routing.Line", on_delete=models.CASCADE, related_name="missed_call_text", verbose_name=_("line")
    )
    is_on = models.BooleanField(_("switched on"), default=False)
    body = models.TextField(
        _("text"),
        max_length=640,
        help_text=_(
            "Sent once a day to a caller at most, never after STOP, and not to landlines, blocked or withheld numbers."
        ),
    )
    begins_at = models.TimeField(_("from"), null=True, blank=True, help_text=_("Empty, both: at any time."))
    ends_at = models.TimeField(
        _("until"), null=True, blank=True, help_text=_("Calls that are missed at other times get no text.")
    )

    class Meta:
        verbose_name = _("text to missed callers")
        verbose_name_plural = _("texts to missed callers")
        ordering = ["line"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(begins_at__isnull=True, ends_at__isnull=True)
                | models.Q(begins_at__isnull=False, ends_at__isnull=False),
                name="missed_call_text_both_times_or_none",
                violation_error_message=_("Set both times, or none."),
            )
        ]

    def __str__(self) -> str:
        return str(self.line)
