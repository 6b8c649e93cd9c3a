"""Greetings in Django admin: a text, or a sound that is uploaded and heard here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.admin import SavesChanges
from core.languages import sentence
from core.text import is_heard, shortened
from routing.greetings import sound_keep, sound_path
from routing.models import Greeting
from routing.sounds import MOST_BYTES, Sound, SoundRefused, sound_convert, too_large
from routing.step_fields import WRITE_VOICE, is_voice
from routing.usage import routes_using


class GreetingForm(forms.ModelForm[Greeting]):
    sound = forms.FileField(
        label=gettext_lazy("Sound file"),
        required=False,
        # What `size.js` says before anything is sent.
        widget=forms.FileInput(
            attrs={"accept": ".wav,audio/wav", "data-most": MOST_BYTES, "data-too-large": lazy(too_large, str)()}
        ),
        help_text=gettext_lazy("A WAV file of at most a minute and 12 MB. It is kept as telephones carry sound."),
    )
    without_sound = forms.BooleanField(
        label=gettext_lazy("Take the sound away"), required=False, help_text=gettext_lazy("The text is read out again.")
    )
    # What the uploaded file became.
    converted: Sound | None = None

    class Meta:
        model = Greeting
        fields = ["name", "language", "voice", "text"]

    def clean_voice(self) -> str:
        voice: str = self.cleaned_data["voice"]
        if voice and not is_voice(voice):
            raise ValidationError(sentence(WRITE_VOICE))
        return voice

    def clean_sound(self) -> Any:
        file = self.cleaned_data.get("sound")
        if not file:
            return None
        try:
            self.converted = sound_convert(file.read(MOST_BYTES + 1))
        except SoundRefused as error:
            raise ValidationError(error.message) from None
        return file

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        keeps = hasattr(self.instance, "sound") and not cleaned.get("without_sound")
        text = cleaned.get("text") or ""
        if "sound" in self.errors or "text" in self.errors or self.converted or keeps or is_heard(text):
            return cleaned
        if text:
            why = _("Callers would hear nothing: write a text with at least one letter or digit, or upload a sound.")
        else:
            why = _("Callers would hear nothing: write a text, or upload a sound.")
        self.add_error("text", why)
        return cleaned


@admin.register(Greeting)
class GreetingAdmin(SavesChanges, admin.ModelAdmin[Greeting]):
    form = GreetingForm
    change_form_template = "admin/routing/greeting_form.html"
    list_display = ["name", "language", "kind", "used_by"]
    search_fields = ["name", "text"]
    list_select_related = ["sound"]
    readonly_fields = ["hear_it", "used_by"]
    fields = ["name", "language", "voice", "text", "hear_it", "sound", "without_sound", "used_by"]

    @admin.display(description=gettext_lazy("kind"))
    def kind(self, row: Greeting) -> str:
        return _("Sound, %(seconds)d s") % {"seconds": row.sound.seconds} if hasattr(row, "sound") else _("Text")

    @admin.display(description=gettext_lazy("used by routes"))
    def used_by(self, row: Greeting) -> str:
        return ", ".join(str(route) for route in routes_using("greeting", row.pk)) or "–"

    @admin.display(description=gettext_lazy("hear it"))
    def hear_it(self, row: Greeting) -> str:
        if hasattr(row, "sound"):
            return format_html('<audio controls preload="none" src="{}"></audio>', sound_path(row.sound))
        # By the browser's own voice; the page's script knows the key.
        return format_html('<button type="button" class="rt-key" data-hear="id_text" hidden>{}</button>', _("Hear it"))

    def save_model(self, request: HttpRequest, obj: Greeting, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if form.converted is not None:
            sound_keep(obj, form.converted, file_name=shortened(form.cleaned_data["sound"].name, 100))
        elif form.cleaned_data.get("without_sound") and hasattr(obj, "sound"):
            obj.sound.delete()

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        found, count, perms, protected = super().get_deleted_objects(objs, request)
        used = [f"{row}: {route}" for row in objs for route in routes_using("greeting", row.pk)]
        return found, count, perms, [*protected, *used]
