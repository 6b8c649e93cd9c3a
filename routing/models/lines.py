"""Our numbers, and who answers each."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.languages import default_language
from core.text import in_sentence
from telephony.errors import InvalidNumber
from telephony.phone import parse


class Line(models.Model):
    """One of our telephone numbers, and who answers it."""

    name = models.CharField(_("name"), max_length=80)
    number = models.CharField(_("number"), max_length=32, unique=True, help_text=_("A number of your Twilio account."))
    team = models.ForeignKey("agents.Team", on_delete=models.PROTECT, related_name="lines", verbose_name=_("team"))
    ring_seconds = models.PositiveSmallIntegerField(
        _("ring seconds"),
        default=20,
        help_text=_("How long agents' phones ring before the caller is asked for a message."),
    )
    takes_voicemail = models.BooleanField(_("takes voicemail"), default=True)
    language = models.CharField(
        _("language"),
        max_length=8,
        choices=settings.LANGUAGES,
        default=default_language,
        help_text=_("What callers hear on this line."),
    )
    route = models.ForeignKey(
        "routing.Route",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="lines",
        verbose_name=_("route"),
        help_text=_("What callers meet. Empty: the team's phones ring, then a message can be left."),
    )
    goal_percent = models.PositiveSmallIntegerField(
        _("goal: answered in time"),
        default=80,
        db_default=80,
        validators=[MaxValueValidator(100)],
        help_text=_("Per cent of the callers who are to be answered in time. See the board."),
    )
    goal_seconds = models.PositiveSmallIntegerField(
        _("goal: in time"),
        default=20,
        db_default=20,
        validators=[MinValueValidator(1), MaxValueValidator(3600)],
        help_text=_("Seconds of waiting and ringing within which an answer is in time."),
    )
    goal_wait_seconds = models.PositiveSmallIntegerField(
        _("goal: longest wait"),
        default=120,
        db_default=120,
        validators=[MinValueValidator(1), MaxValueValidator(3600)],
        help_text=_("Seconds. Who waits longer is shown so, at the desk and on the board."),
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ring_seconds__gte=5, ring_seconds__lte=120), name="line_ring_seconds_5_to_120"
            )
        ]

    def __str__(self) -> str:
        return f"{in_sentence(self.name)} {self.number}"

    def clean(self) -> None:
        try:
            number = parse(self.number, home_region=settings.HOME_REGION)
        except InvalidNumber as error:
            raise ValidationError({"number": error.message}) from None
        if number.extension:
            raise ValidationError({"number": _("A line is a whole number, without an extension.")})
        self.number = number.e164
