"""Who answers: agents, their teams, and the desks they have open."""

from __future__ import annotations

from datetime import datetime, timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.sql.prepared import Param
from core.text import in_sentence
from telephony.identity import identity_for

# Its server writes every 20 s that a desk is alive, and at once that its page went silent. After three turns without a
# word its server is gone.
DESK_LIFETIME = timedelta(seconds=60)
# Whoever stays in wrap-up longer is no more in it; an agent who forgot it must not be missing for the whole day.
WRAP_UP_MOST = 3600
# Twilio forgets an app that neither registered nor was rung for that long. It registers with a voice token.
PUSH_REGISTRATION_LIFE = timedelta(days=365)


class Team(models.Model):
    """People who answer the same lines."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    wrap_up_seconds = models.PositiveSmallIntegerField(
        _("wrap-up"),
        default=0,
        db_default=0,
        validators=[MaxValueValidator(WRAP_UP_MOST)],
        help_text=_(
            "Seconds for notes after a call on one of the team's lines, in which nobody is put through. The agent may "
            "end it sooner, or stay in it. 0: none."
        ),
    )
    away_when_missed = models.BooleanField(
        _("away after two missed calls"),
        default=False,
        db_default=False,
        help_text=_("Who lets two calls of the team in a row ring until they go on is set to away."),
    )
    supervision_is_shown = models.BooleanField(
        _("agents see who supervises their calls"),
        default=True,
        db_default=True,
        help_text=_(
            "With the supervisor's name, for as long as it lasts. Without it, they are not shown that somebody listens "
            "or whispers; who joins a call or takes it over is heard, and always shown."
        ),
    )

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["name"]

    def __str__(self) -> str:
        return in_sentence(self.name)


class Availability(models.TextChoices):
    """What agents say of themselves. Whether a phone can ring is known from the open desks."""

    AVAILABLE = "available", _("Available")
    BUSY = "busy", _("Busy")
    AWAY = "away", _("Away")
    OFFLINE = "offline", _("Finished")


# In the history of presence, beside the four: not chosen, but begun by the end of a call.
WRAP_UP = "wrap-up"


class PresenceRule(models.TextChoices):
    """What changes an agent's presence when no person does."""

    CALL_ENDED = "call-ended", _("A call ended")
    WRAP_UP_OVER = "wrap-up-over", _("The time for wrap-up was over")
    MISSED = "missed", _("Did not answer twice")


class AwayReason(models.Model):
    """Why somebody is away, for agents to choose from."""

    name = models.CharField(_("name"), max_length=40, unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("is active"), default=True, help_text=_("Offered at the desks."))

    class Meta:
        verbose_name = _("reason for being away")
        verbose_name_plural = _("reasons for being away")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return in_sentence(self.name)


class Role(models.TextChoices):
    AGENT = "agent", _("Agent")
    SUPERVISOR = "supervisor", _("Supervisor")


def name_of(username: str, first_name: str, last_name: str) -> str:
    """An agent's name as it is shown."""
    return f"{first_name} {last_name}".strip() or username


class Agent(AbstractUser):  # type: ignore[django-manager-missing]
    """Somebody who signs in. `is_staff` opens Django admin, `role` says what is seen at the desk."""

    role = models.CharField(_("role"), max_length=16, choices=Role.choices, default=Role.AGENT)
    teams = models.ManyToManyField(Team, related_name="agents", blank=True, verbose_name=_("teams"))
    availability = models.CharField(
        _("availability"), max_length=16, choices=Availability.choices, default=Availability.AVAILABLE
    )
    # Of the last change of it; the whole of them: `PresenceChange`.
    presence_since = models.DateTimeField(null=True, editable=False)
    presence_reason = models.CharField(max_length=40, blank=True, default="", db_default="", editable=False)
    presence_rule = models.CharField(max_length=16, blank=True, default="", db_default="", editable=False)
    presence_by = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, related_name="+", editable=False, db_index=False
    )
    back_at = models.DateTimeField(null=True, editable=False)
    # After a call, until then nobody is put through, whatever the availability is.
    wrap_up_until = models.DateTimeField(null=True, editable=False)
    wrap_up_since = models.DateTimeField(null=True, editable=False)
    wrap_up_stays = models.BooleanField(default=False, db_default=False, editable=False)
    # The call after which it began: its end may be told of more than once.
    wrap_up_call = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    missed_in_a_row = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    # When the last of the open desks went.
    desk_left_at = models.DateTimeField(null=True, editable=False)
    may_receive_calls = models.BooleanField(
        _("may receive calls"), default=True, help_text=_("Phones of this agent ring, and tokens let them.")
    )
    may_make_calls = models.BooleanField(
        _("may make calls"), default=True, help_text=_("This agent may call out, and tokens let the agent's phones.")
    )
    may_take_second_call = models.BooleanField(
        _("may take a second call"),
        default=False,
        db_default=False,
        help_text=_(
            "While this agent talks, a call that is meant for this agent alone rings softly: a transfer by name, a "
            "colleague's question, a route's step that names the agent, or that asks the agent of the last call or "
            "the contact's owner first. Answering it puts the first caller on hold. Nobody else who waits for a team "
            "rings during a call."
        ),
    )
    language = models.CharField(
        _("language"),
        max_length=8,
        blank=True,
        choices=[("", _("As the browser wishes")), *settings.LANGUAGES],
        help_text=_("What this agent reads, and hears when a call cannot be made."),
    )
    rings_mobile = models.BooleanField(
        _("rings by push"),
        default=False,
        help_text=_(
            "Callers are sent to this agent's app also while no desk is open and the app sleeps. "
            "Then only “busy” and “away” keep it quiet."
        ),
    )
    # Part of every session's hash, and of every voice token: counting it up ends them all.
    sign_out_count = models.PositiveIntegerField(_("sign out count"), default=0, editable=False)
    # Until the next save: the password was taken away, which ends what it opened just as a new one does.
    password_taken = False
    is_demo = models.BooleanField(
        _("is demo"), default=False, editable=False, help_text=_("Can sign in with the simulator only.")
    )

    class Meta:
        verbose_name = _("agent")
        verbose_name_plural = _("agents")
        ordering = ["first_name", "last_name", "username"]

    def __str__(self) -> str:
        return in_sentence(self.name)

    @property
    def name(self) -> str:
        return name_of(self.username, self.first_name, self.last_name)

    @property
    def identity(self) -> str:
        return identity_for(self.pk)

    @property
    def initials(self) -> str:
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()

    def set_unusable_password(self) -> None:
        super().set_unusable_password()
        self.password_taken = True

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        found: str = super()._get_session_auth_hash(secret=secret)  # type: ignore[misc]
        return f"{found}.{self.sign_out_count}" if self.sign_out_count else found


class PresenceChange(models.Model):
    """That an agent became available, busy, away, finished, or was in wrap-up: never changed, and kept for
    `PRESENCE_DAYS`."""

    STATES = (*Availability.choices, (WRAP_UP, _("Wrap-up")))

    agent = models.ForeignKey(
        Agent, on_delete=models.CASCADE, related_name="presence_changes", verbose_name=_("agent"), db_index=False
    )
    at = models.DateTimeField(_("at"), default=timezone.now, db_index=True)
    before = models.CharField(_("before"), max_length=16, choices=STATES)
    after = models.CharField(_("after"), max_length=16, choices=STATES)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    back_at = models.DateTimeField(_("back at"), null=True, blank=True)
    by = models.ForeignKey(
        Agent,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Who did it; empty when a rule did."),
        verbose_name=_("by"),
    )
    rule = models.CharField(_("rule"), max_length=16, choices=PresenceRule.choices, blank=True)

    class Meta:
        verbose_name = _("change of presence")
        verbose_name_plural = _("changes of presence")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["agent", "-at"], name="presence_of_agent")]

    def __str__(self) -> str:
        return gettext("%(agent)s: %(state)s") % {"agent": self.agent, "state": self.get_after_display()}


class LoginRecord(models.Model):
    """What happened to somebody's access: never changed, and kept for `LOGIN_RECORD_DAYS`."""

    class Kind(models.TextChoices):
        SIGNED_IN = "signed-in", _("Signed in")
        FAILED = "failed", _("Failed")
        LOCKED_OUT = "locked-out", _("Locked out")
        SIGNED_OUT = "signed-out", _("Signed out")
        SIGNED_OUT_EVERYWHERE = "signed-out-everywhere", _("Signed out everywhere")
        DEVICE_REVOKED = "device-revoked", _("Device revoked")
        SUSPENDED = "suspended", _("Suspended")
        PASSWORD_CHANGED = "password-changed", _("Password changed")
        UNLOCKED = "unlocked", _("Unlocked")

    kind = models.CharField(_("kind"), max_length=24, choices=Kind.choices)
    at = models.DateTimeField(_("at"), default=timezone.now, db_index=True)
    agent = models.ForeignKey(
        Agent, on_delete=models.SET_NULL, null=True, blank=True, related_name="login_records", verbose_name=_("agent")
    )
    username = models.CharField(_("username"), max_length=150, blank=True, help_text=_("As it was typed."))
    device = models.CharField(
        _("device"), max_length=120, blank=True, help_text=_("The device's name; empty for a browser.")
    )
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    by = models.ForeignKey(
        Agent,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Who did it to the agent."),
        verbose_name=_("by"),
    )

    class Meta:
        verbose_name = _("log-in record")
        verbose_name_plural = _("log-in records")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{in_sentence(self.username)}: {self.get_kind_display()}"


class FailedLogin(AccessAttempt):  # type: ignore[misc]
    """What django-axes counts, under a name that admins understand."""

    class Meta:
        verbose_name = _("failed log-in")
        verbose_name_plural = _("failed log-ins")
        proxy = True

    def __str__(self) -> str:
        return f"{in_sentence(self.username or '')} {self.ip_address or ''}".strip()


class Trouble(models.TextChoices):
    """Why a desk's phone cannot ring, as it says itself or as was found out."""

    SILENT = "silent", _("The page sends nothing")
    RING_LOST = "ring-lost", _("A ring did not arrive")
    MICROPHONE_BLOCKED = "microphone-blocked", _("The browser blocks the microphone")
    MICROPHONE_MISSING = "microphone-missing", _("No microphone")
    CLOSED = "closed", _("No desk is open")


class DeskQuerySet(models.QuerySet["Desk"]):
    def can_ring(self, alive_since: datetime | Param) -> DeskQuerySet:
        """Those with a phone, and not silent for longer than `DESK_LIFETIME` before now: `alive_since`."""
        return self.filter(seen_at__gte=alive_since, registered=True)


class Desk(models.Model):
    """One open WebSocket of one agent. Rows, not memory: any number of web processes share them."""

    channel_name = models.CharField(_("channel name"), max_length=120, unique=True)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="desks", verbose_name=_("agent"))
    registered = models.BooleanField(_("registered"), default=False, help_text=_("Its phone can ring."))
    trouble = models.CharField(
        _("trouble"), max_length=24, choices=Trouble.choices, blank=True, default="", db_default=""
    )
    trouble_since = models.DateTimeField(_("trouble since"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened at"), auto_now_add=True)
    seen_at = models.DateTimeField(_("seen at"), default=timezone.now, db_index=True)

    objects = DeskQuerySet.as_manager()

    class Meta:
        verbose_name = _("desk")
        verbose_name_plural = _("desks")
        ordering = ["-opened_at"]

    def __str__(self) -> str:
        return gettext("Desk of %(agent)s") % {"agent": self.agent}


class WebPushSubscription(models.Model):
    """A browser that can be woken: what its push service calls it, and the keys that seal what goes there."""

    agent = models.ForeignKey(
        Agent, on_delete=models.CASCADE, related_name="web_push_subscriptions", verbose_name=_("agent")
    )
    # A secret: whoever knows it and our key can send there.
    endpoint = models.CharField(max_length=500, unique=True, editable=False)
    p256dh = models.CharField(max_length=120, editable=False)
    auth = models.CharField(max_length=48, editable=False)
    # Of the session that asked for it, as a digest: with the log-in ends what it opened.
    session = models.CharField(max_length=64, blank=True, editable=False)
    browser = models.CharField(_("browser"), max_length=80, blank=True)
    hides_names = models.BooleanField(
        _("hides names"), default=False, help_text=_("Callers are not named on the locked screen.")
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    woken_at = models.DateTimeField(_("last woken at"), null=True, blank=True)

    class Meta:
        verbose_name = _("browser that is woken")
        verbose_name_plural = _("browsers that are woken")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.agent}: {in_sentence(self.browser)}"
