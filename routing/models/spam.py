"""Callers who are not let through as others are."""

from __future__ import annotations

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.text import in_sentence
from telephony.errors import InvalidNumber
from telephony.phone import parse

_PREFIX = re.compile(r"\+[1-9][0-9]{0,13}\Z")


class SpamRule(models.Model):
    class Kind(models.TextChoices):
        NUMBER = "number", _("A number")
        PREFIX = "prefix", _("Numbers that begin with")
        STIR_FAILED = "stir-failed", _("The network says the number is forged")

    class Action(models.TextChoices):
        # From the strictest: of several rules that fit, the strictest is carried out.
        REFUSE = "refuse", _("Refuse the call")
        VOICEMAIL = "voicemail", _("Voicemail only")
        MARK = "mark", _("Mark the call")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices, default=Kind.NUMBER)
    number = models.CharField(
        _("number"), max_length=32, blank=True, help_text=_("A whole number, or its beginning, like +1900.")
    )
    action = models.CharField(_("what happens"), max_length=16, choices=Action.choices, default=Action.VOICEMAIL)
    note = models.CharField(_("note"), max_length=120, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("spam rule")
        verbose_name_plural = _("spam rules")
        ordering = ["kind", "number"]
        constraints = [models.UniqueConstraint(fields=["kind", "number"], name="spam_rule_once")]

    def __str__(self) -> str:
        said = f"{self.get_kind_display()} {self.number}".strip()
        return in_sentence(f"{said}: {self.get_action_display()}")

    def clean(self) -> None:
        if self.kind == self.Kind.STIR_FAILED:
            self.number = ""
        elif self.kind == self.Kind.PREFIX:
            self.number = re.sub(r"[ ()./-]", "", self.number)
            if not _PREFIX.match(self.number):
                raise ValidationError({"number": _("Write the beginning with its country, like +1900.")})
        else:
            try:
                self.number = parse(self.number, home_region=settings.HOME_REGION).e164
            except InvalidNumber as error:
                raise ValidationError({"number": error.message}) from None
