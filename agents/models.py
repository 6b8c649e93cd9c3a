"""Who answers: agents, their teams, and the desks they have open."""

from __future__ import annotations

from datetime import datetime, timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.models import AbstractUser
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
# Twilio forgets an app that neither registered nor was rung for that long. It registers with a voice token.
PUSH_REGISTRATION_LIFE = timedelta(days=365)


class Team(models.Model):
    """People who answer the same lines."""

    name = models.CharField(_("name"), max_length=80, unique=True)

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
    may_receive_calls = models.BooleanField(
        _("may receive calls"), default=True, help_text=_("Phones of this agent ring, and tokens let them.")
    )
    may_make_calls = models.BooleanField(
        _("may make calls"), default=True, help_text=_("This agent may call out, and tokens let the agent's phones.")
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


class DeskQuerySet(models.QuerySet["Desk"]):
    def can_ring(self, alive_since: datetime | Param) -> DeskQuerySet:
        """Those with a phone, and not silent for longer than `DESK_LIFETIME` before now: `alive_since`."""
        return self.filter(seen_at__gte=alive_since, registered=True)


class Desk(models.Model):
    """One open WebSocket of one agent. Rows, not memory: any number of web processes share them."""

    channel_name = models.CharField(_("channel name"), max_length=120, unique=True)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="desks", verbose_name=_("agent"))
    registered = models.BooleanField(_("registered"), default=False, help_text=_("Its phone can ring."))
    opened_at = models.DateTimeField(_("opened at"), auto_now_add=True)
    seen_at = models.DateTimeField(_("seen at"), default=timezone.now, db_index=True)

    objects = DeskQuerySet.as_manager()

    class Meta:
        verbose_name = _("desk")
        verbose_name_plural = _("desks")
        ordering = ["-opened_at"]

    def __str__(self) -> str:
        return gettext("Desk of %(agent)s") % {"agent": self.agent}
