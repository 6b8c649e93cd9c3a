"""Which devices are signed in, and which voice tokens were given out. No token itself is ever kept."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from knox.models import AbstractAuthToken
from knox.settings import CONSTANTS

from core.text import in_sentence


class Platform(models.TextChoices):
    WEB = "web", "Web"
    IOS = "ios", "iOS"
    ANDROID = "android", "Android"


class DeviceQuerySet(models.QuerySet["Device"]):
    def signed_in(self) -> DeviceQuerySet:
        return self.filter(models.Q(expiry=None) | models.Q(expiry__gt=timezone.now()), revoked_at=None)


class Device(AbstractAuthToken):  # type: ignore[misc]
    """One app on one telephone or computer that signed in: knox's token, of which only the hash is kept.

    A revoked one stays, so that its app can be told why nothing works any more.
    """

    # Knox's primary key; here the key is a number, which may be shown.
    digest = models.CharField(max_length=CONSTANTS.DIGEST_LENGTH, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="devices", verbose_name="agent"
    )
    name = models.CharField(max_length=80)
    platform = models.CharField(max_length=16, choices=Platform.choices)
    address = models.GenericIPAddressField(null=True, blank=True, help_text="Of its last request.")
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return in_sentence(self.name)

    @property
    def has_expired(self) -> bool:
        return self.expiry is not None and self.expiry < timezone.now()


class TokenKind(models.TextChoices):
    ACCESS = "access", "Access token"
    CAPABILITY = "capability", "Capability token"


class IssuedToken(models.Model):
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="issued_tokens")
    device = models.ForeignKey(
        Device, on_delete=models.SET_NULL, null=True, blank=True, related_name="issued_tokens",
        help_text="Empty for a browser at the desk.",
    )  # fmt: skip
    platform = models.CharField(max_length=16, choices=Platform.choices)
    kind = models.CharField(max_length=16, choices=TokenKind.choices, default=TokenKind.ACCESS)
    identity = models.CharField(max_length=64)
    issued_at = models.DateTimeField(default=timezone.now, db_index=True)
    expires_at = models.DateTimeField()
    address = models.GenericIPAddressField(null=True, blank=True)

    class Meta:
        ordering = ["-issued_at"]
        verbose_name = "issued token"

    def __str__(self) -> str:
        return f"{self.agent} {self.platform}"
