"""People and companies we talk with."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.folding import FoldedField
from core.text import in_sentence
from telephony.errors import InvalidNumber
from telephony.numbers import RegionField, time_zones
from telephony.phone import MAX_EXTENSION, Number, parse, with_extension

LANGUAGE_CODE = r"\A[a-z]{2,3}(-[A-Za-z]{2,8})?\Z"


def time_zone_validate(name: str) -> None:
    """Raises `ValidationError` for what is no time zone that is known here."""
    if name not in time_zones():
        raise ValidationError(_("Choose a time zone of the list, like Europe/London."))


class Contact(models.Model):
    name = models.CharField(_("name"), max_length=120)
    company = models.CharField(_("company"), max_length=120, blank=True)
    email = models.EmailField(_("email"), blank=True)
    note = models.TextField(_("note"), blank=True, help_text=_("Shown to the agent while the phone rings."))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="contacts",
        verbose_name=_("owner"),
        help_text=_("Who looks after this contact."),
    )
    language = models.CharField(
        _("language"),
        max_length=16,
        blank=True,
        validators=[RegexValidator(LANGUAGE_CODE, _("Write a language's code, like en or pt-BR."))],
        help_text=_("A code, like en or pt-BR. Empty: guessed from the country of the first number."),
    )
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        blank=True,
        validators=[time_zone_validate],
        help_text=_("Like Europe/London. Empty: guessed from the first number."),
    )
    own = models.JSONField(_("own fields"), default=dict, blank=True)
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
    """Raises `ValidationError` with the sentence that says what is wrong, at the field `number`."""
    try:
        return parse(value, home_region=settings.HOME_REGION)
    except InvalidNumber as error:
        raise ValidationError({"number": error.message}) from None


class LineType(models.TextChoices):
    """What Twilio's Lookup, or a text that could not be delivered, said of a number. Empty while nobody knows."""

    MOBILE = "mobile", _("Mobile")
    LANDLINE = "landline", _("Landline")
    VOIP = "voip", _("Internet telephone")
    TOLL_FREE = "toll-free", _("Toll-free")
    OTHER = "other", _("Other")


# Where a number stands that nobody has put anywhere: behind the others, in the order in which they came.
LAST = 100


# As many as a form of a contact takes: one that had more could not be changed any more.
MOST_NUMBERS = 100
TOO_MANY_NUMBERS = _("A contact has at most %(count)d numbers.")


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
    # Its country, for rules and for whoever texts.
    region = RegionField(of="number")
    position = models.PositiveSmallIntegerField(
        _("position"), default=LAST, help_text=_("The lowest is the first choice.")
    )
    line_type = models.CharField(
        _("kind of line"),
        max_length=16,
        choices=LineType.choices,
        blank=True,
        help_text=_("Landlines get no texts. Empty: not known."),
    )

    class Meta:
        verbose_name = _("contact number")
        verbose_name_plural = _("contact numbers")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return with_extension(self.number, self.extension)

    def clean(self) -> None:
        number = clean_number(self.number)
        self.number, self.extension = number.e164, self.extension or number.extension


class Consent(models.Model):
    """That somebody allowed, or forbade, texts from one of our senders. Rows are only ever added: the newest counts."""

    class State(models.TextChoices):
        ALLOWED = "allowed", _("Allowed")
        FORBIDDEN = "forbidden", _("Forbidden")

    class Source(models.TextChoices):
        TEXT = "text", _("By text (STOP, START)")
        TWILIO = "twilio", _("Twilio refused a text (21610)")
        FORM = "form", _("By a form")
        SPOKEN = "spoken", _("In a call")
        IMPORT = "import", _("By an import")
        ADMIN = "admin", _("By an admin")

    number = models.CharField(_("number"), max_length=32, help_text=_("Whose consent it is; E.164."))
    sender = models.CharField(
        _("sender"), max_length=64, help_text=_("Our number, or a messaging service, that the texts come from.")
    )
    state = models.CharField(_("state"), max_length=16, choices=State.choices)
    source = models.CharField(_("source"), max_length=16, choices=Source.choices)
    note = models.CharField(_("note"), max_length=255, blank=True, help_text=_("The word that was sent; which form."))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("recorded by"),
    )
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["number", "sender", "-id"], name="consent_newest")]

    def __str__(self) -> str:
        return f"{self.number} {self.sender}: {self.get_state_display()}"


class BlockedNumber(models.Model):
    """A number that we neither text nor call, and whose texts nobody has to read."""

    number = models.CharField(_("number"), max_length=32, unique=True, help_text=_("E.164."))
    reason = models.CharField(_("reason"), max_length=255, blank=True)
    blocked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("blocked by"),
    )
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("blocked number")
        verbose_name_plural = _("blocked numbers")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.number

    def clean(self) -> None:
        self.number = clean_number(self.number).e164


class Group(models.Model):
    """Contacts that are written to together: picked by hand, found by a rule, or both."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    description = models.CharField(_("description"), max_length=255, blank=True)
    members = models.ManyToManyField(
        Contact,
        blank=True,
        related_name="groups",
        verbose_name=_("members picked by hand"),
        help_text=_("They belong to it whatever the rule says."),
    )
    rule = models.JSONField(_("rule"), default=dict, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        ordering = ["name"]

    def __str__(self) -> str:
        return in_sentence(self.name)


OWN_KEY = r"\A[a-z][a-z0-9]*(_[a-z0-9]+)*\Z"
# As a column of a table has it, and a field of a text.
MOST_OWN = 255


class ContactField(models.Model):
    """A field of one's own that all contacts have: customer number, delivery area. `Contact.own` holds its values."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    key = models.CharField(
        _("key"),
        max_length=40,
        unique=True,
        validators=[RegexValidator(OWN_KEY, _("Small letters, digits and _, with a letter first."))],
        help_text=_("Its name for programs, imports and texts, like customer_no. It cannot be changed later."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0, help_text=_("The lowest is shown first."))

    class Meta:
        verbose_name = _("own field")
        verbose_name_plural = _("own fields")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return in_sentence(self.name)


# The most characters of a note, a contact's own or one that is added to it.
MOST_NOTE = 5000


class ContactNote(models.Model):
    """What somebody wrote down of a contact. `Contact.note` is the one that is shown while the phone rings."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="notes", verbose_name=_("contact"))
    text = models.TextField(_("text"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("author"),
    )
    at = models.DateTimeField(_("at"), default=timezone.now)
    edited_at = models.DateTimeField(_("edited at"), null=True, blank=True)

    class Meta:
        verbose_name = _("note of a contact")
        verbose_name_plural = _("notes of contacts")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["contact", "-at", "-id"], name="contact_note_newest")]

    def __str__(self) -> str:
        return in_sentence(self.text[:40])


class ContactMerge(models.Model):
    """One contact that became part of another, and what it takes to undo that. Kept for 30 days."""

    survivor = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="merges", verbose_name=_("remaining contact")
    )
    gone_id = models.BigIntegerField(_("id of the other"))
    gone_name = models.CharField(_("name of the other"), max_length=120, blank=True)
    # The other as it was, what was moved from it, and what the remaining one took over from it.
    kept = models.JSONField(_("kept for undoing"), default=dict)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("merge of contacts")
        verbose_name_plural = _("merges of contacts")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return in_sentence(self.gone_name)
