"""Which devices are signed in, and which voice tokens were given out. No token itself is ever kept."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken
from knox.settings import CONSTANTS

from core.text import in_sentence


class Platform(models.TextChoices):
    WEB = "web", _("Web")
    IOS = "ios", "iOS"
    ANDROID = "android", _("Android")


class DeviceQuerySet(models.QuerySet["Device"]):
    def signed_in(self) -> DeviceQuerySet:
        return self.filter(models.Q(expiry=None) | models.Q(expiry__gt=timezone.now()), revoked_at=None)


class Device(AbstractAuthToken):  # type: ignore[misc]
    """One app on one telephone or computer that signed in: knox's token, of which only the hash is kept.

    A revoked one stays, so that its app can be told why nothing works any more.
    """

    # Knox's primary key; here the key is a number, which may be shown.
    digest = models.CharField(_("digest"), max_length=CONSTANTS.DIGEST_LENGTH, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="devices", verbose_name=_("agent")
    )
    # Knox's, with names that can be translated.
    created = models.DateTimeField(_("created"), auto_now_add=True)
    expiry = models.DateTimeField(_("expiry"), null=True, blank=True)
    name = models.CharField(_("name"), max_length=80)
    platform = models.CharField(_("platform"), max_length=16, choices=Platform.choices)
    address = models.GenericIPAddressField(_("address"), null=True, blank=True, help_text=_("Of its last request."))
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        ordering = ["-created"]

    def __str__(self) -> str:
        return in_sentence(self.name)

    @property
    def has_expired(self) -> bool:
        return self.expiry is not None and self.expiry < timezone.now()


class TokenKind(models.TextChoices):
    ACCESS = "access", _("Access token")
    CAPABILITY = "capability", _("Capability token")


class IssuedToken(models.Model):
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="issued_tokens", verbose_name=_("agent")
    )
    device = models.ForeignKey(
        Device, on_delete=models.SET_NULL, null=True, blank=True, related_name="issued_tokens",
        help_text=_("Empty for a browser at the desk."), verbose_name=_("device"),
    )  # fmt: skip
    platform = models.CharField(_("platform"), max_length=16, choices=Platform.choices)
    kind = models.CharField(_("kind"), max_length=16, choices=TokenKind.choices, default=TokenKind.ACCESS)
    identity = models.CharField(_("identity"), max_length=64)
    issued_at = models.DateTimeField(_("issued at"), default=timezone.now, db_index=True)
    expires_at = models.DateTimeField(_("expires at"))
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)

    class Meta:
        verbose_name = _("issued token")
        verbose_name_plural = _("issued tokens")
        ordering = ["-issued_at"]

    def __str__(self) -> str:
        return f"{self.agent} {self.get_platform_display()}"
