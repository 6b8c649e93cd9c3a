"""Opening hours, as admins keep them. `routing.hours` works with them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.text import in_sentence
from routing.holidays import is_known_place
from routing.hour_texts import HoursError, dates_fit, dates_read, week_read
from telephony.numbers import time_zones


def default_time_zone() -> str:
    return str(settings.TIME_ZONE)


def empty_week() -> list[list[Any]]:
    return [[] for _day in range(7)]


class OpeningHours(models.Model):
    class Switched(models.TextChoices):
        BY_WEEK = "", _("By the week")
        OPEN = "open", _("Open now")
        CLOSED = "closed", _("Closed now")

    name = models.CharField(_("name"), max_length=80, unique=True)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default=default_time_zone, help_text=_("Like Europe/London.")
    )
    week = models.JSONField(_("week"), default=empty_week, blank=True)
    dates = models.JSONField(_("own dates"), default=list, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True, help_text=_("Whose holidays are kept."))
    subdivision = models.CharField(_("part of the country"), max_length=16, blank=True)
    switched = models.CharField(_("manual switch"), max_length=8, choices=Switched.choices, blank=True)
    switched_until = models.DateTimeField(_("until"), null=True, blank=True)
    switched_why = models.CharField(_("why"), max_length=120, blank=True)
    switched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("switched by"),
    )
    switched_at = models.DateTimeField(_("switched at"), null=True, editable=False)

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["name"]

    def __str__(self) -> str:
        return in_sentence(self.name)

    def is_switch_over(self, at: datetime) -> bool:
        """Whether it was switched by hand until a time that is over."""
        return bool(self.switched) and self.switched_until is not None and self.switched_until <= at

    def clean(self) -> None:
        wrong: dict[str, Any] = {}
        if self.time_zone not in time_zones():
            wrong["time_zone"] = _("Choose a time zone of the list, like Europe/London.")
        for name, read in (("week", week_read), ("dates", dates_read)):
            try:
                read(getattr(self, name))
            except HoursError as error:
                wrong[name] = error.message
        if "dates" not in wrong:
            self.dates = dates_fit(self.dates)
        if (self.country or self.subdivision) and not is_known_place(self.country, self.subdivision):
            wrong["country"] = _("The holidays of this place are not known here. Choose one of the list.")
        if wrong:
            raise ValidationError(wrong)
