"""Importing contacts over REST."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agents.permissions import IsSupervisorOrAdmin
from contacts import import_previews
from contacts.import_checks import own_names, rows_checked
from contacts.import_rows import MAX_BYTES, Unreadable, rows_from_csv, rows_from_json
from contacts.import_serializers import (
    ImportChoicesSerializer,
    ImportPreviewSerializer,
    ImportResultSerializer,
    ImportRowSerializer,
)
from contacts.import_services import ChangedMeanwhile, ImportRuns, contacts_import
from core.api.flags import flag_asked
from core.api.resources import BoundedJSONParser, Conflict, TooLarge, read_bounded
from core.api.schema import raises

_DRY_RUN = OpenApiParameter("dry_run", OpenApiTypes.BOOL, description="Only say what would be done.")
_REQUEST = {
    "application/json": ImportRowSerializer(many=True),
    "text/csv": OpenApiTypes.STR,
    "multipart/form-data": {
        "type": "object",
        "properties": {"file": {"type": "string", "format": "binary"}},
        "required": ["file"],
    },
}


_FILE = {name: shape for name, shape in _REQUEST.items() if name != "application/json"}


class RowsParser(BoundedJSONParser):
    max_bytes = MAX_BYTES


class CsvParser(BaseParser):
    media_type = "text/csv"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        return read_bounded(stream, MAX_BYTES)


class ContactImportApi(APIView):
    """Adds and changes many contacts: a CSV file, or a list of rows as JSON, at most 5,000.

    The columns are name, number, company, email, note, label, group and the keys of own fields; name and number are
    needed. A known number changes
    its contact, as far as the row says something; an unknown one makes a new contact. A number may have an extension
    (`+12025550142 x12`). Each row is done wholly or not at
    all, and one that cannot be used is answered with what is wrong. Sent twice at once, it is imported once (409).
    """

    permission_classes = [IsAuthenticated, IsSupervisorOrAdmin]
    parser_classes = [RowsParser, CsvParser, MultiPartParser]

    @raises("conflict")
    @extend_schema(
        operation_id="contacts_import",
        tags=["contacts"],
        parameters=[_DRY_RUN],
        request=_REQUEST,
        responses=ImportResultSerializer,
    )
    def post(self, request: Request) -> Response:
        if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BYTES:
            raise TooLarge(_("Send at most %(size)d MB at a time.") % {"size": MAX_BYTES // 1_048_576})
        try:
            rows, errors = rows_checked(_rows(request.data))
        except Unreadable as error:
            raise ValidationError({"file": [str(error)]}) from None
        try:
            result = contacts_import(rows=rows, errors=errors, dry_run=flag_asked(request, "dry_run", default=False))
        except ImportRuns:
            raise Conflict(_("The very same rows are being imported just now. Nothing was done.")) from None
        return Response(ImportResultSerializer(result).data)


def _rows(data: Any) -> Sequence[tuple[int, Any]]:
    if isinstance(data, bytes):
        return rows_from_csv(data, own=own_names())
    if isinstance(data, list):
        return rows_from_json(data)
    file: Any = data.get("file") if hasattr(data, "get") else None
    if not hasattr(file, "read"):
        raise Unreadable(_("Send a list of rows, or a CSV file in the field `file`."))
    return rows_from_csv(file.read(), own=own_names())


class ImportPreviewListApi(APIView):
    """Looks at a CSV file before it is imported; for supervisors and admins."""

    permission_classes = [IsAuthenticated, IsSupervisorOrAdmin]
    parser_classes = [CsvParser, MultiPartParser]

    @extend_schema(
        operation_id="contacts_import_open",
        tags=["contacts"],
        request=_FILE,
        responses={201: ImportPreviewSerializer},
    )
    def post(self, request: Request) -> Response:
        """Guesses what each column is, and says what would be done. The file waits for an hour to be confirmed."""
        if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BYTES:
            raise TooLarge(_("Send at most %(size)d MB at a time.") % {"size": MAX_BYTES // 1_048_576})
        sent: Any = request.data
        file: Any = sent if isinstance(sent, bytes) else sent.get("file")
        try:
            if not isinstance(file, bytes) and not hasattr(file, "read"):
                raise Unreadable(_("Send a CSV file in the field `file`."))
            data: bytes = file if isinstance(file, bytes) else file.read()
            preview = import_previews.preview_open(data, name=getattr(file, "name", ""), owner_id=_id(request))
        except Unreadable as error:
            raise ValidationError({"file": [str(error)]}) from None
        return _previewed(preview, status=201)


class ImportPreviewApi(APIView):
    """A file that waits to be imported, for whoever sent it."""

    permission_classes = [IsAuthenticated, IsSupervisorOrAdmin]
    parser_classes = [BoundedJSONParser]

    @extend_schema(operation_id="contacts_import_preview", tags=["contacts"], responses=ImportPreviewSerializer)
    def get(self, request: Request, import_id: str) -> Response:
        return _previewed(_preview(request, import_id))

    @extend_schema(
        operation_id="contacts_import_choose",
        tags=["contacts"],
        request=ImportChoicesSerializer,
        responses={200: ImportPreviewSerializer},
    )
    def patch(self, request: Request, import_id: str) -> Response:
        """Says what each column is, and which groups everybody is picked for; answers what would be done then."""
        preview = _preview(request, import_id)
        body = ImportChoicesSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        import_previews.preview_choose(preview, owner_id=_id(request), **body.validated_data)
        return _previewed(preview)


class ImportConfirmApi(APIView):
    """Imports a file that was looked at, wholly or not at all."""

    permission_classes = [IsAuthenticated, IsSupervisorOrAdmin]

    @raises("conflict")
    @extend_schema(
        operation_id="contacts_import_confirm", tags=["contacts"], request=None, responses=ImportResultSerializer
    )
    def post(self, request: Request, import_id: str) -> Response:
        """Adds and changes contacts, without the rows that cannot be used. Sent twice, it imports once.

        When contacts have changed so that something else would be done than was shown, nothing is imported (409).
        """
        preview = _preview(request, import_id)
        if preview.problem:
            raise Conflict(preview.problem)
        try:
            result = import_previews.preview_confirm(preview, owner_id=_id(request))
        except import_previews.Gone:
            raise Http404 from None
        except ChangedMeanwhile:
            raise Conflict(_("Contacts have changed meanwhile. Nothing was imported. Look again.")) from None
        return Response(ImportResultSerializer(result).data)


class ImportErrorsApi(APIView):
    """The rows of a file that cannot be used."""

    permission_classes = [IsAuthenticated, IsSupervisorOrAdmin]

    @extend_schema(
        operation_id="contacts_import_errors",
        tags=["contacts"],
        responses={(200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request: Request, import_id: str) -> HttpResponse:
        """As a CSV file, each with its reason and all that stood there."""
        preview = _preview(request, import_id)
        answer = HttpResponse("".join(preview.bad_rows()), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="rows-not-imported.csv"'
        return answer


def _id(request: Request) -> int:
    return int(request.user.pk or 0)


def _preview(request: Request, import_id: str) -> import_previews.Preview:
    try:
        return import_previews.preview_get(import_id, owner_id=_id(request))
    except import_previews.Gone:
        raise Http404 from None


def _previewed(preview: import_previews.Preview, *, status: int = 200) -> Response:
    targets = [{"key": key, "name": name} for key, name in import_previews.targets().items()]
    result = preview.result
    shape = {
        "id": preview.id, "name": preview.name, "problem": preview.problem, "columns": preview.columns,
        "targets": targets, "groups": preview.groups, "created": result.created, "updated": result.updated,
        "skipped": result.skipped, "changes_total": result.changes_total, "changes": preview.changes,
        "errors": result.errors,
    }  # fmt: skip
    return Response(ImportPreviewSerializer(shape).data, status=status)
