"""Who answers: agents, their teams, and the desks they have open."""

from __future__ import annotations

from datetime import datetime, timedelta

from axes.models import AccessAttempt
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone

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

    name = models.CharField(max_length=80, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return in_sentence(self.name)


class Availability(models.TextChoices):
    """What agents say of themselves. Whether a phone can ring is known from the open desks."""

    AVAILABLE = "available", "Available"
    BUSY = "busy", "Busy"
    AWAY = "away", "Away"


class Role(models.TextChoices):
    AGENT = "agent", "Agent"
    SUPERVISOR = "supervisor", "Supervisor"


def name_of(username: str, first_name: str, last_name: str) -> str:
    """An agent's name as it is shown."""
    return f"{first_name} {last_name}".strip() or username


class Agent(AbstractUser):  # type: ignore[django-manager-missing]
    """Somebody who signs in. `is_staff` opens Django admin, `role` says what is seen at the desk."""

    role = models.CharField(max_length=16, choices=Role.choices, default=Role.AGENT)
    teams = models.ManyToManyField(Team, related_name="agents", blank=True)
    availability = models.CharField(max_length=16, choices=Availability.choices, default=Availability.AVAILABLE)
    may_receive_calls = models.BooleanField(
        "may receive calls", default=True, help_text="Phones of this agent ring, and tokens let them."
    )
    may_make_calls = models.BooleanField(
        "may make calls", default=True, help_text="This agent may call out, and tokens let the agent's phones."
    )
    rings_mobile = models.BooleanField(
        "rings by push",
        default=False,
        help_text="Callers are sent to this agent's app also while no desk is open and the app sleeps. "
        "Then only “busy” and “away” keep it quiet.",
    )
    # Part of every session's hash, and of every voice token: counting it up ends them all.
    sign_out_count = models.PositiveIntegerField(default=0, editable=False)
    # Until the next save: the password was taken away, which ends what it opened just as a new one does.
    password_taken = False
    is_demo = models.BooleanField(default=False, editable=False, help_text="Can sign in with the simulator only.")

    class Meta:
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
        SIGNED_IN = "signed-in", "Signed in"
        FAILED = "failed", "Failed"
        LOCKED_OUT = "locked-out", "Locked out"
        SIGNED_OUT = "signed-out", "Signed out"
        SIGNED_OUT_EVERYWHERE = "signed-out-everywhere", "Signed out everywhere"
        DEVICE_REVOKED = "device-revoked", "Device revoked"
        SUSPENDED = "suspended", "Suspended"
        PASSWORD_CHANGED = "password-changed", "Password changed"
        UNLOCKED = "unlocked", "Unlocked"

    kind = models.CharField(max_length=24, choices=Kind.choices)
    at = models.DateTimeField(default=timezone.now, db_index=True)
    agent = models.ForeignKey(Agent, on_delete=models.SET_NULL, null=True, blank=True, related_name="login_records")
    username = models.CharField(max_length=150, blank=True, help_text="As it was typed.")
    device = models.CharField(max_length=120, blank=True, help_text="The device's name; empty for a browser.")
    address = models.GenericIPAddressField(null=True, blank=True)
    by = models.ForeignKey(
        Agent, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", help_text="Who did it to the agent."
    )

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = "log-in record"

    def __str__(self) -> str:
        return f"{in_sentence(self.username)}: {self.get_kind_display()}"


class FailedLogin(AccessAttempt):  # type: ignore[misc]
    """What django-axes counts, under a name that admins understand."""

    class Meta:
        proxy = True
        verbose_name = "failed log-in"


class DeskQuerySet(models.QuerySet["Desk"]):
    def can_ring(self, alive_since: datetime | Param) -> DeskQuerySet:
        """Those with a phone, and not silent for longer than `DESK_LIFETIME` before now: `alive_since`."""
        return self.filter(seen_at__gte=alive_since, registered=True)


class Desk(models.Model):
    """One open WebSocket of one agent. Rows, not memory: any number of web processes share them."""

    channel_name = models.CharField(max_length=120, unique=True)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="desks")
    registered = models.BooleanField(default=False, help_text="Its phone can ring.")
    opened_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = DeskQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at"]

    def __str__(self) -> str:
        return f"Desk of {self.agent}"
