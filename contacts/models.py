"""People and companies we talk with."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.folding import FoldedField
from core.text import in_sentence
from telephony.errors import InvalidNumber
from telephony.phone import MAX_EXTENSION, Number, parse, with_extension


class Contact(models.Model):
    name = models.CharField(_("name"), max_length=120)
    company = models.CharField(_("company"), max_length=120, blank=True)
    email = models.EmailField(_("email"), blank=True)
    note = models.TextField(_("note"), blank=True, help_text=_("Shown to the agent while the phone rings."))
    searched = FoldedField(of=("name", "company"))
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["name"]

    def __str__(self) -> str:
        return in_sentence(self.name)


def clean_number(value: str) -> Number:
    """Raises `ValidationError` with the sentence that says what is wrong."""
    from django.conf import settings

    try:
        return parse(value, home_region=settings.HOME_REGION)
    except InvalidNumber as error:
        raise ValidationError(error.message) from None


class ContactNumber(models.Model):
    """A number of a contact. One number belongs to one contact, so that a caller has one name."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="numbers", verbose_name=_("contact"))
    number = models.CharField(
        _("number"), max_length=32, unique=True, help_text=_("Stored as E.164, like +12025550142.")
    )
    extension = models.CharField(
        _("extension"),
        max_length=MAX_EXTENSION,
        blank=True,
        validators=[RegexValidator(r"\A[0-9]+\Z", _("An extension is digits only."))],
        help_text=_("Keyed after the number has answered."),
    )
    label = models.CharField(_("label"), max_length=40, blank=True, help_text=_("Mobile, office …"))

    class Meta:
        verbose_name = _("contact number")
        verbose_name_plural = _("contact numbers")
        ordering = ["pk"]

    def __str__(self) -> str:
        return with_extension(self.number, self.extension)

    def clean(self) -> None:
        number = clean_number(self.number)
        self.number, self.extension = number.e164, self.extension or number.extension
