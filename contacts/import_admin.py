"""Importing contacts in Django admin: a file is looked at first, and then imported wholly or not at all."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.import_checks import rows_checked
from contacts.import_rows import COLUMNS, MAX_BYTES, MAX_ROWS, Unreadable, rows_from_csv
from contacts.import_services import ChangedMeanwhile, ImportResult, RowError, contacts_import, contacts_import_whole

_SHOWN = 20
# How long a file that was looked at waits to be imported.
_WAITS_SECONDS = 3600


class UploadForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("CSV file"), widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}))

    def clean_file(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            raise forms.ValidationError(_("Import at most %(size)d MB at a time.") % {"size": MAX_BYTES // 1_048_576})
        return file


@dataclass(frozen=True, slots=True)
class _Preview:
    """What would be done with a file: its good rows, and what is wrong with the others."""

    name: str
    rows: list[tuple[int, dict[str, str]]]
    refused: list[RowError]
    result: ImportResult

    @classmethod
    def of(cls, name: str, rows: list[tuple[int, dict[str, str]]], refused: list[RowError]) -> _Preview:
        return cls(name, rows, refused, contacts_import(rows=rows, errors=refused, dry_run=True))


class ImportsContacts:
    """Adds the import to a page of contacts."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.import_view)  # type: ignore[attr-defined]
        own = [path("import/", view, name="contacts_contact_import")]
        urls: list[URLPattern] = super().get_urls()  # type: ignore[misc]
        return own + urls

    def may_import(self, request: HttpRequest) -> bool:
        return bool(self.has_add_permission(request) and self.has_change_permission(request))  # type: ignore[attr-defined]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {"may_import": self.may_import(request)} | (extra_context or {})
        answer: HttpResponse = super().changelist_view(request, context)  # type: ignore[misc]
        return answer

    def import_view(self, request: HttpRequest) -> HttpResponse:
        if not self.may_import(request):
            raise PermissionDenied
        if request.method == "POST" and "token" in request.POST:
            return self._confirmed(request)
        form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
        if not (form.is_bound and form.is_valid()):
            return self._page(request, form=form)
        file: UploadedFile[Any] = form.cleaned_data["file"]
        try:
            good, refused = rows_checked(rows_from_csv(file.read()))
        except Unreadable as error:
            form.add_error("file", str(error))
            return self._page(request, form=form)
        return self._previewed(request, _Preview.of(get_valid_filename(file.name or "contacts.csv"), good, refused))

    def _previewed(self, request: HttpRequest, preview: _Preview) -> HttpResponse:
        token = secrets.token_urlsafe(16)
        cache.set(_key(request, token), preview, _WAITS_SECONDS)
        return self._page(request, preview=preview, token=token, shown=preview.rows[:_SHOWN])

    def _confirmed(self, request: HttpRequest) -> HttpResponse:
        key = _key(request, request.POST["token"][:64])
        preview: _Preview | None = cache.get(key)
        if preview is None:
            messages.error(request, _("This file is here no more. Nothing was imported. Choose it again."))
            return redirect("admin:contacts_contact_import")
        cache.delete(key)
        try:
            result = contacts_import_whole(rows=preview.rows, expected=preview.result.plan)
        except ChangedMeanwhile:
            messages.error(request, _("Contacts have changed meanwhile. Nothing was imported. Look again."))
            return self._previewed(request, _Preview.of(preview.name, preview.rows, preview.refused))
        messages.success(
            request,
            _("Imported %(name)s: %(created)d added, %(updated)d changed.")
            % {"name": preview.name, "created": result.created, "updated": result.updated},
        )
        return redirect("admin:contacts_contact_changelist")

    def _page(self, request: HttpRequest, **context: Any) -> HttpResponse:
        site: Any = self.admin_site  # type: ignore[attr-defined]
        context |= site.each_context(request) | {
            "title": _("Import contacts"), "opts": self.opts, "columns": _columns(), "most_rows": MAX_ROWS,  # type: ignore[attr-defined]
        }  # fmt: skip
        return TemplateResponse(request, "admin/contacts/contact/import.html", context)


def _columns() -> list[tuple[str, str]]:
    """The names that stand in a file, which are the same everywhere, with those that are shown."""
    shown = (_("Name"), _("Company"), _("E-mail"), _("Note"), _("Number"), _("Label"))
    return list(zip(COLUMNS, shown, strict=True))


def _key(request: HttpRequest, token: str) -> str:
    """Of a file that this person has looked at."""
    return f"contact-import:{request.user.pk}:{token}"
