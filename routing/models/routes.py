"""Routes: what a caller meets on a line. Their steps are read by `routing.steps`."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.text import in_sentence


class Route(models.Model):
    name = models.CharField(_("name"), max_length=80, unique=True)
    current = models.ForeignKey(
        "routing.RouteVersion",
        on_delete=models.RESTRICT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("version in force"),
    )

    class Meta:
        verbose_name = _("route")
        verbose_name_plural = _("routes")
        ordering = ["name"]

    def __str__(self) -> str:
        return in_sentence(self.name)


class RouteVersion(models.Model):
    """One version of a route, which never changes: a caller on the way stays on the one that the call began with."""

    route = models.ForeignKey(Route, on_delete=models.CASCADE, related_name="versions", verbose_name=_("route"))
    number = models.PositiveIntegerField(_("number"))
    steps = models.JSONField(_("steps"))
    saved_at = models.DateTimeField(_("saved at"), default=timezone.now)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("saved by"),
    )
    brought_back = models.PositiveIntegerField(
        _("brought back"), null=True, help_text=_("The number of the earlier version that this one repeats.")
    )

    class Meta:
        verbose_name = _("version of a route")
        verbose_name_plural = _("versions of routes")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["route", "number"], name="route_version_number_once")]

    def __str__(self) -> str:
        return f"{self.route} {self.number}"
