"""Importing contacts in Django admin: a file is looked at first, and then imported wholly or not at all."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts import import_previews
from contacts.import_previews import Gone, Preview
from contacts.import_rows import MAX_BYTES, MAX_ROWS, Unreadable
from contacts.import_services import ChangedMeanwhile
from contacts.models import Group
from core.ids import ids_in

_SHOWN = 20


class UploadForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("CSV file"), widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}))

    def clean_file(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            raise forms.ValidationError(_("Import at most %(size)d MB at a time.") % {"size": MAX_BYTES // 1_048_576})
        return file


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

    def import_view(self, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        if not self.may_import(request):
            raise PermissionDenied
        token = (request.POST if request.method == "POST" else request.GET).get("token", "")
        if token:
            return self._looked_at(request, token)
        form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
        if not (form.is_bound and form.is_valid()):
            return self._page(request, form=form)
        file: UploadedFile[Any] = form.cleaned_data["file"]
        try:
            preview = import_previews.preview_open(file.read(), name=file.name or "", owner_id=_id(request))
        except Unreadable as error:
            form.add_error("file", str(error))
            return self._page(request, form=form)
        return self._previewed(request, preview)

    def _looked_at(self, request: HttpRequest, token: str) -> HttpResponse | StreamingHttpResponse:
        """Of a file that is here already: its bad rows, another choice of columns, or that it is to be imported."""
        try:
            preview = import_previews.preview_get(token, owner_id=_id(request))
            if request.method == "GET":
                return _bad_rows(preview)
            if "choose" in request.POST:
                import_previews.preview_choose(
                    preview,
                    owner_id=_id(request),
                    columns=[
                        request.POST.get(f"column-{place}", target) for place, target in enumerate(preview.targets)
                    ],
                    groups=ids_in(request.POST.getlist("group")),
                )
                return self._previewed(request, preview)
            return self._confirmed(request, preview)
        except Gone:
            messages.error(
                request,
                _("This file is here no more. Look at the list whether it was imported already, or choose it again."),
            )
            return redirect("admin:contacts_contact_import")

    def _previewed(self, request: HttpRequest, preview: Preview) -> HttpResponse:
        targets = import_previews.targets()
        shown = [target for target in preview.targets if target]
        rows = [(number, [_cell(values, target) for target in shown]) for number, values in preview.rows[:_SHOWN]]
        return self._page(
            request,
            preview=preview,
            token=preview.id,
            targets=targets.items(),
            heads=[targets.get(target, target) for target in shown],
            rows=rows,
            changes=preview.changes,
            groups=Group.objects.all(),
        )

    def _confirmed(self, request: HttpRequest, preview: Preview) -> HttpResponse:
        try:
            result = import_previews.preview_confirm(preview, owner_id=_id(request))
        except ChangedMeanwhile:
            messages.error(request, _("Contacts have changed meanwhile. Nothing was imported. Look again."))
            return self._previewed(request, preview)
        messages.success(
            request,
            _("Imported %(name)s: %(created)d added, %(updated)d changed.")
            % {"name": preview.name, "created": result.created, "updated": result.updated},
        )
        return redirect("admin:contacts_contact_changelist")

    def _page(self, request: HttpRequest, **context: Any) -> HttpResponse:
        site: Any = self.admin_site  # type: ignore[attr-defined]
        context |= site.each_context(request) | {
            "title": _("Import contacts"), "opts": self.opts, "most_rows": MAX_ROWS,  # type: ignore[attr-defined]
        }  # fmt: skip
        return TemplateResponse(request, "admin/contacts/contact/import.html", context)


def _cell(values: dict[str, Any], target: str) -> str:
    """As it is understood, for people."""
    if target.startswith("own."):
        return str(values.get("own", {}).get(target.removeprefix("own."), ""))
    if target == "group":
        return ", ".join(Group.objects.filter(pk__in=values.get("group", [])).values_list("name", flat=True))
    text = str(values.get(target, ""))
    if target == "number" and values.get("extension"):
        said = _("%(number)s ext. %(extension)s")
        return said % {"number": text, "extension": values["extension"]}
    return text


def _bad_rows(preview: Preview) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(preview.bad_rows(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="rows-not-imported.csv"'
    return answer


def _id(request: HttpRequest) -> int:
    return int(request.user.pk or 0)
