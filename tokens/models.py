"""Which voice tokens were given out. The token itself is never kept."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Platform(models.TextChoices):
    WEB = "web", "Web"
    IOS = "ios", "iOS"
    ANDROID = "android", "Android"


class IssuedToken(models.Model):
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="issued_tokens")
    platform = models.CharField(max_length=16, choices=Platform.choices)
    identity = models.CharField(max_length=64)
    issued_at = models.DateTimeField(default=timezone.now, db_index=True)
    expires_at = models.DateTimeField()
    address = models.GenericIPAddressField(null=True, blank=True)

    class Meta:
        ordering = ["-issued_at"]
        verbose_name = "issued token"

    def __str__(self) -> str:
        return f"{self.agent} {self.platform}"
