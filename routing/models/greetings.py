"""What callers hear in more than one place: a text that is read out, or a sound."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.languages import default_language
from core.text import in_sentence


class Greeting(models.Model):
    name = models.CharField(_("name"), max_length=80, unique=True)
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, default=default_language)
    voice = models.CharField(
        _("voice"), max_length=64, blank=True, help_text=_("As Twilio names it, like Polly.Amy. Empty: our own choice.")
    )
    text = models.TextField(
        _("text"), max_length=1000, blank=True, help_text=_("Read out when there is no sound; what the sound says.")
    )

    class Meta:
        verbose_name = _("greeting")
        verbose_name_plural = _("greetings")
        ordering = ["name"]

    def __str__(self) -> str:
        return in_sentence(self.name)


class GreetingSound(models.Model):
    """8,000 Hz, mono, 16 bit: what a telephone carries. In a table of its own, so that lists do not read it; in the
    database, so that every web process has it."""

    greeting = models.OneToOneField(
        Greeting, on_delete=models.CASCADE, related_name="sound", verbose_name=_("greeting")
    )
    wav = models.BinaryField(_("sound"))
    digest = models.CharField(_("digest"), max_length=64)
    seconds = models.PositiveSmallIntegerField(_("seconds"))
    file_name = models.CharField(_("file name"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("sound of a greeting")
        verbose_name_plural = _("sounds of greetings")

    def __str__(self) -> str:
        return in_sentence(self.file_name)
