"""What pages of Django admin share: some only show, and all others change what their user changed, and nothing else.

Django's own forms write every field back as the page showed it when it was opened: what an agent or a colleague changed
meanwhile is undone by somebody who never touched it. Texts are cleaned as those that come by REST.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from core.folding import FoldedField
from core.ids import LONGEST_ID
from core.text import cleaned, cleaned_lines, shortened


class _CleanField(forms.CharField):
    """One line of text, as `core.api.resources.CleanField` takes it. NUL is refused, as ever."""

    clean_text = staticmethod(cleaned)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return self.clean_text(text).strip() if text and "\x00" not in text else text


class _CleanLinesField(_CleanField):
    """The same for text of as many lines as it has."""

    clean_text = staticmethod(cleaned_lines)


class ManyField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several rows. What no database holds is no row's id: Django asks SQLite for it, which raises `OverflowError`."""

    def _check_values(self, value: Any) -> Any:
        for pk in value if isinstance(value, list | tuple) else ():
            if len(str(pk)) > LONGEST_ID:
                told = {"value": shortened(str(pk), LONGEST_ID)}
                raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice", params=told)
        return super()._check_values(value)  # type: ignore[misc]


class TimeFilter(admin.DateFieldListFilter):
    """A list's filter by when something was, under a title that can be read: “By time”, not “By at”."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = gettext_lazy("time")


class ReadOnly:
    """For a page of what happened, before its other classes: nobody adds to it or changes it by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class _ShowsWhatItShowed(admin.options.BaseModelAdmin):  # type: ignore[type-arg]
    """The page holds what each field was when it was opened, so that a change can be told from what is old."""

    formfield_overrides = {
        models.CharField: {"form_class": _CleanField},
        models.TextField: {"form_class": _CleanLinesField},
        models.ManyToManyField: {"form_class": ManyField},
    }

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        # A form that comes from no page of ours is compared with what is stored.
        if field is not None and (request.method != "POST" or any("initial-" in name for name in request.POST)):
            field.show_hidden_initial = True
        return field


class SavesChanges(_ShowsWhatItShowed, admin.ModelAdmin):  # type: ignore[type-arg]
    """For a `ModelAdmin`, before its other classes."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            obj.save(update_fields=changed_columns(form))
        else:
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        if change:
            for field in form.instance._meta.many_to_many:  # noqa: SLF001 - Django's documented interface
                if field.name not in form.changed_data:
                    form.cleaned_data.pop(field.name, None)
        super().save_related(request, form, formsets, change)


class SavesChangesForm(ModelForm):  # type: ignore[type-arg]
    """For the rows of an inline."""

    def save(self, commit: bool = True) -> Any:
        if not commit or self.instance.pk is None or self.errors:
            return super().save(commit)
        self.instance.save(update_fields=changed_columns(self))
        return self.instance


class SavesChangesInline(_ShowsWhatItShowed, admin.StackedInline):  # type: ignore[type-arg]
    """For an inline, instead of Django's."""

    form = SavesChangesForm


def changed_columns(form: Any) -> list[str]:
    """The columns that the form's user changed, and those that follow from them."""
    columns = {field.name: field for field in form.instance._meta.concrete_fields}  # noqa: SLF001
    changed = [name for name in form.changed_data if name in columns]
    return changed + [name for name, field in columns.items() if changed and _follows(field, changed)]


def _follows(field: models.Field[Any, Any], changed: list[str]) -> bool:
    """Whether a column notes the time of any change, or holds one of those that changed in another form."""
    if isinstance(field, FoldedField):
        return not set(changed).isdisjoint(field.of)
    return bool(getattr(field, "auto_now", False))
