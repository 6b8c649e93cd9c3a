"""What may be called and texted from here, by whom, and when; and what was done against it."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from core.days import desk_day
from routing.places import PLACE_LENGTH, place_clean, place_said
from telephony.errors import InvalidNumber
from telephony.party import same_party
from telephony.phone import parse

EVERY_DAY = "1234567"


class Channels(models.TextChoices):
    BOTH = "both", _("Calls and texts")
    CALLS = "calls", _("Calls")
    TEXTS = "texts", _("Texts")


class OverrideBy(models.TextChoices):
    """Who may call or text all the same, once, with a reason."""

    NOBODY = "nobody", _("Nobody")
    ADMINS = "admins", _("Admins")
    SUPERVISORS = "supervisors", _("Supervisors and admins")


def _by(name: StrOrPromise) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=name
    )


class _Placed(models.Model):
    """A rule for a country, for numbers that begin with some digits, or for all that have no closer rule."""

    place = models.CharField(
        _("country or prefix"),
        max_length=PLACE_LENGTH,
        blank=True,
        help_text=_(
            "A country's two letters (DE), or what numbers begin with (+4989). Empty: everywhere else. For each number "
            "the closest rule counts alone: the longest prefix first, then its country, then a whole country code such "
            "as +1, then everywhere else."
        ),
    )
    channels = models.CharField(_("for"), max_length=8, choices=Channels.choices, default=Channels.BOTH)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        abstract = True

    @property
    def place_said(self) -> str:
        return place_said(self.place)

    def clean(self) -> None:
        self.place = place_clean(self.place)

    def overlapping(self) -> models.QuerySet[Any]:
        """Other rules for the same place that speak of the same calls or texts."""
        rows = type(self).objects.filter(place=self.place).exclude(pk=self.pk)
        return rows if self.channels == Channels.BOTH else rows.filter(channels__in=[self.channels, Channels.BOTH])


class OutgoingRule(_Placed):
    """Which roles may call or text a place. Without any rule, everybody may all that the server allows."""

    agents = models.BooleanField(_("agents"), default=True)
    supervisors = models.BooleanField(_("supervisors"), default=True)
    admins = models.BooleanField(_("admins"), default=True)

    class Meta:
        verbose_name = _("country or prefix")
        verbose_name_plural = _("countries and prefixes")
        ordering = ["place", "channels"]
        constraints = [models.UniqueConstraint(fields=["place", "channels"], name="one_outgoing_rule_per_place")]

    def __str__(self) -> str:
        return f"{place_said(self.place)}: {self.get_channels_display()}"

    def clean(self) -> None:
        super().clean()
        if self.overlapping().exists():
            raise ValidationError(
                gettext("There is a rule for %(place)s already. Change that one.") % {"place": place_said(self.place)}
            )
        regions = settings.ALLOWED_REGIONS
        if self.place.isalpha() and regions and self.place not in regions and self.is_for_somebody:
            raise ValidationError(
                {
                    "place": gettext(
                        "The server does not allow %(place)s at all (ALLOWED_REGIONS): a rule cannot allow it. Have it "
                        "added there first, or allow it to nobody."
                    )
                    % {"place": place_said(self.place)}
                }
            )

    @property
    def is_for_somebody(self) -> bool:
        return self.agents or self.supervisors or self.admins


class OutgoingHours(_Placed):
    """A span in which a place may be called or texted, by the clock there. A place may have several."""

    weekdays = models.CharField(_("days"), max_length=7, default=EVERY_DAY)
    begins_at = models.TimeField(_("from"), help_text=_("By the clock where the called person is."))
    ends_at = models.TimeField(_("until"), help_text=_("Not later than “from”: until that time of the next day."))
    override_by = models.CharField(
        _("may be overridden by"),
        max_length=16,
        choices=OverrideBy.choices,
        default=OverrideBy.SUPERVISORS,
        help_text=_(
            "Once, for one call or text, with a reason that is kept. Of several spans of a place the strictest counts."
        ),
    )

    class Meta:
        verbose_name = _("hours of calls and texts")
        verbose_name_plural = _("hours of calls and texts")
        ordering = ["place", "channels", "begins_at", "pk"]

    def __str__(self) -> str:
        return f"{place_said(self.place)}, {self.begins_at:%H:%M}–{self.ends_at:%H:%M}"

    def clean(self) -> None:
        super().clean()
        self.weekdays = "".join(sorted(set(self.weekdays) & set(EVERY_DAY)))
        if not self.weekdays:
            raise ValidationError({"weekdays": gettext("Choose at least one day.")})
        if self.begins_at is not None and self.begins_at == self.ends_at:
            raise ValidationError({"ends_at": gettext("A span must have a length: choose another time.")})
        same = {"weekdays": self.weekdays, "begins_at": self.begins_at, "ends_at": self.ends_at}
        if self.overlapping().filter(**same).exists():
            raise ValidationError(gettext("These hours are there already."))


class DoNotCall(models.Model):
    """Somebody who asked, or whom the law asks, not to be called. What is removed stays, with who removed it."""

    number = models.CharField(_("number"), max_length=32, help_text=_("Kept as E.164."))
    channels = models.CharField(_("for"), max_length=8, choices=Channels.choices, default=Channels.BOTH)
    reason = models.CharField(_("reason"), max_length=255, help_text=_("Why they must not be called or texted."))
    source = models.CharField(
        _("source"), max_length=120, blank=True, help_text=_("Where it comes from: a call, a register, a letter.")
    )
    until = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The last day on which it holds. Empty: until it is removed.")
    )
    override_by = models.CharField(
        _("may be overridden by"), max_length=16, choices=OverrideBy.choices, default=OverrideBy.ADMINS
    )
    added_by = _by(_("added by"))
    at = models.DateTimeField(_("added"), default=timezone.now)
    removed_by = _by(_("removed by"))
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True)
    removed_why = models.CharField(_("why it was removed"), max_length=255, blank=True)

    class Meta:
        verbose_name = _("entry of the do-not-call list")
        verbose_name_plural = _("do-not-call list")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["number"], condition=models.Q(removed_at=None), name="one_do_not_call_entry_per_number"
            )
        ]
        indexes = [models.Index(fields=["number"], name="do_not_call_number")]

    def __str__(self) -> str:
        return self.number

    def clean(self) -> None:
        try:
            self.number = parse(self.number, home_region=settings.HOME_REGION).e164
        except InvalidNumber as error:
            raise ValidationError({"number": error.message}) from None
        listed = type(self).objects.filter(number__in=same_party(self.number), removed_at=None)
        if listed.exclude(until__lt=desk_day(timezone.now())).exclude(pk=self.pk).exists():
            raise ValidationError({"number": gettext("This number is on the list already.")})


class EmergencyRule(models.Model):
    """That a line may call a country's emergency numbers. Without one, nobody can from here."""

    region = models.CharField(
        _("country"),
        max_length=2,
        help_text=_(
            "Its two letters, such as US: where the line's registered address is, whose emergency numbers are called."
        ),
    )
    line = models.ForeignKey("routing.Line", on_delete=models.CASCADE, related_name="+", verbose_name=_("line"))
    address_is_registered = models.BooleanField(
        _("the emergency address is registered"),
        default=False,
        help_text=_(
            "Twilio tells the emergency service the address that is registered for the line's number, and nothing of "
            "where the agent sits. Without a registered address help is sent to nobody, and each call costs a fee. "
            "Register it first: Twilio Console, Phone Numbers, the number, Emergency Calling "
            "(https://www.twilio.com/docs/voice/tutorials/emergency-calling-for-programmable-voice)."
        ),
    )

    class Meta:
        verbose_name = _("emergency number rule")
        verbose_name_plural = _("emergency numbers")
        ordering = ["region", "line"]
        constraints = [models.UniqueConstraint(fields=["region", "line"], name="one_emergency_rule_per_line")]

    def __str__(self) -> str:
        return f"{place_said(self.region)}: {self.line}"

    def clean(self) -> None:
        self.region = place_clean(self.region, field="region")
        if not self.region.isalpha():
            raise ValidationError({"region": gettext("Name one country by its two letters.")})
        if not self.address_is_registered:
            raise ValidationError(
                {"address_is_registered": gettext("Register the address at Twilio first, then say so here.")}
            )


def _new_key() -> str:
    return secrets.token_urlsafe(24)


class OutgoingOverride(models.Model):
    """That somebody called or texted against a rule, or meant to: one call or text, and why."""

    key = models.CharField(_("key"), max_length=48, unique=True, default=_new_key, editable=False)
    agent = _by(_("agent"))
    agent_name = models.CharField(_("by"), max_length=160)
    role = models.CharField(_("role"), max_length=16)
    number = models.CharField(_("number"), max_length=32)
    channel = models.CharField(_("for"), max_length=8, choices=Channels.choices)
    rules = models.JSONField(_("rules"), default=list)
    refusal = models.TextField(_("what forbade it"))
    reason = models.CharField(_("reason"), max_length=255)
    at = models.DateTimeField(_("at"), default=timezone.now, db_index=True)
    used_at = models.DateTimeField(_("used at"), null=True, blank=True)
    call_sid = models.CharField(_("call sid"), max_length=64, blank=True)
    message_id = models.BigIntegerField(_("text"), null=True, blank=True, db_index=True)

    class Meta:
        verbose_name = _("override")
        verbose_name_plural = _("overrides")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.agent_name}: {self.number}"
