"""What Twilio counted and charged, as we keep it, and how much may be spent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# What an account spent in all. The only sum there is: the other categories overlap.
TOTAL = "totalprice"


class UsageRecord(models.Model):
    """One category on one day, with Twilio's names. A day is Twilio's: it begins at midnight GMT."""

    category = models.CharField(_("category"), max_length=100)
    day = models.DateField(_("day"))
    description = models.CharField(_("description"), max_length=200, blank=True)
    count = models.DecimalField(_("count"), max_digits=20, decimal_places=4, default=Decimal(0))
    count_unit = models.CharField(_("unit of the count"), max_length=32, blank=True)
    usage = models.DecimalField(_("usage"), max_digits=20, decimal_places=4, default=Decimal(0))
    usage_unit = models.CharField(_("unit of the usage"), max_length=32, blank=True)
    price = models.DecimalField(_("price"), max_digits=18, decimal_places=6, default=Decimal(0))
    price_unit = models.CharField(_("currency"), max_length=8, blank=True)
    as_of = models.DateTimeField(_("as of"), null=True, blank=True, help_text=_("Up to when Twilio had counted."))

    class Meta:
        verbose_name = _("usage record")
        verbose_name_plural = _("usage records")
        ordering = ["-day", "category"]
        constraints = [
            models.UniqueConstraint(fields=["category", "day"], name="one_usage_record_per_category_and_day")
        ]
        indexes = [models.Index(fields=["day", "category"], name="usage_day")]

    def __str__(self) -> str:
        return f"{self.category} {self.day:%Y-%m-%d}"


class UsageRefresh(models.Model):
    """How asking Twilio went, one row for each of what is asked. Also who asks just now, so that nobody else does."""

    class What(models.TextChoices):
        RECORDS = "records", _("Usage records")
        PRICES = "prices", _("Prices of calls and texts")

    what = models.CharField(_("what"), max_length=16, choices=What.choices, primary_key=True)
    claim = models.CharField(_("claim"), max_length=36, blank=True)
    claimed_at = models.DateTimeField(_("claimed at"), null=True, blank=True)
    succeeded_at = models.DateTimeField(_("last success"), null=True, blank=True)
    deep_at = models.DateTimeField(_("last long look"), null=True, blank=True)
    failed_at = models.DateTimeField(_("last failure"), null=True, blank=True)
    failing_since = models.DateTimeField(
        _("failing since"), null=True, blank=True, help_text=_("Empty when the last time went well.")
    )
    problem = models.CharField(_("problem"), max_length=255, blank=True, help_text=_("Of the last failure."))
    # Of calls and texts: whatever began before is settled, and is not looked at again.
    settled_until = models.DateTimeField(_("settled until"), null=True, blank=True)

    class Meta:
        verbose_name = _("refresh")
        verbose_name_plural = _("refreshes")

    def __str__(self) -> str:
        return self.get_what_display()


class CallPrice(models.Model):
    """What one leg cost, as Twilio says it some hours later; until then there is no row. Beside the call and not in it:
    that row is written while callers wait."""

    call = models.OneToOneField(
        "calls.Call",
        primary_key=True,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_column="call_sid",
        related_name="+",
        verbose_name=_("call"),
    )
    price = models.DecimalField(
        _("price"), max_digits=12, decimal_places=6, null=True, blank=True,
        help_text=_("Empty when Twilio never gave one."),
    )  # fmt: skip
    price_unit = models.CharField(_("currency"), max_length=8, blank=True)
    settled_at = models.DateTimeField(_("settled at"), default=timezone.now)

    class Meta:
        verbose_name = _("price of a call")
        verbose_name_plural = _("prices of calls")

    def __str__(self) -> str:
        return str(self.pk)


class Period(models.TextChoices):
    DAILY = "daily", _("Each day")
    MONTHLY = "monthly", _("Each month")


class SpendLimit(models.Model):
    """How much may be spent, and what happens on the way there. Calls that come in are never stopped."""

    period = models.CharField(_("period"), max_length=16, choices=Period.choices, unique=True)
    amount = models.DecimalField(
        _("amount"), max_digits=12, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )
    currency = models.CharField(
        _("currency"), max_length=3, default="usd", help_text=_("The one in which Twilio bills: usd, eur, gbp …")
    )
    first_level = models.PositiveSmallIntegerField(
        _("first level"),
        default=70,
        validators=[MinValueValidator(1), MaxValueValidator(99)],
        help_text=_("Per cent of the amount at which admins are told."),
    )
    second_level = models.PositiveSmallIntegerField(
        _("second level"),
        default=90,
        validators=[MinValueValidator(1), MaxValueValidator(99)],
        help_text=_("Per cent at which they are told again, and the Doctor warns."),
    )
    emails_admins = models.BooleanField(
        _("e-mails admins"), default=True, help_text=_("Everybody who is a superuser and has an e-mail address.")
    )
    stops_group_sends = models.BooleanField(
        _("stops group sends"),
        default=True,
        help_text=_("At 100 %: texts to groups pause, and go on where they stopped."),
    )
    stops_dear_calls = models.BooleanField(
        _("stops dear calls"),
        default=True,
        help_text=_("At 100 %: outgoing calls to special-rate numbers and to other countries are refused."),
    )
    cheap_regions = models.CharField(
        _("countries that are not dear"),
        max_length=200,
        blank=True,
        help_text=_("Codes like GB IE FR. Your own country and those of your lines are never dear."),
    )

    class Meta:
        verbose_name = _("spend limit")
        verbose_name_plural = _("spend limits")
        ordering = ["period"]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="spend_limit_is_above_zero"),
        ]

    def __str__(self) -> str:
        return self.get_period_display()

    def clean(self) -> None:
        self.currency = self.currency.strip().lower()
        self.cheap_regions = " ".join(sorted(set(self.cheap_regions.replace(",", " ").upper().split())))
        errors: dict[str, str] = {}
        if not (len(self.currency) == 3 and self.currency.isascii() and self.currency.isalpha()):
            errors["currency"] = gettext("Write three letters, like usd.")
        if self.first_level and self.second_level and self.first_level >= self.second_level:
            errors["second_level"] = gettext("The second level must be above the first.")
        if any(not (len(code) == 2 and code.isascii() and code.isalpha()) for code in self.cheap_regions.split()):
            errors["cheap_regions"] = gettext("Write codes of two letters, like GB IE FR.")
        if errors:
            raise ValidationError(errors)

    @property
    def levels(self) -> tuple[int, int, int]:
        return (self.first_level, self.second_level, 100)


class SpendAlert(models.Model):
    """That a level of a limit was reached: once for each day or month, and again when the limit was changed since."""

    period = models.CharField(_("period"), max_length=16, choices=Period.choices)
    begins = models.DateField(_("begins"), help_text=_("The day, or the first of the month."))
    level = models.PositiveSmallIntegerField(_("level"), help_text=_("Per cent."))
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2, help_text=_("Of the limit by then."))
    currency = models.CharField(_("currency"), max_length=3)
    spent = models.DecimalField(_("spent"), max_digits=18, decimal_places=6)
    at = models.DateTimeField(_("at"), default=timezone.now)
    emailed_at = models.DateTimeField(_("e-mailed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("spend alert")
        verbose_name_plural = _("spend alerts")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["period", "begins", "level", "amount", "currency"], name="each_level_is_told_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.begins:%Y-%m-%d} {self.level} %"


class TriggerFiring(models.Model):
    """That Twilio told of a usage trigger. Twilio may tell twice: the token is the same then."""

    token = models.CharField(_("token"), max_length=128, unique=True)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("firing of a usage trigger")
        verbose_name_plural = _("firings of usage triggers")

    def __str__(self) -> str:
        return self.token


def begins(period: str, day: date) -> date:
    """When the period began in which the day lies."""
    return day.replace(day=1) if period == Period.MONTHLY else day
