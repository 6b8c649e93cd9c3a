"""Importing contacts over REST."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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
from contacts.import_checks import rows_checked
from contacts.import_rows import MAX_BYTES, Unreadable, rows_from_csv, rows_from_json
from contacts.import_services import contacts_import
from contacts.serializers import ImportResultSerializer, ImportRowSerializer
from core.api.resources import BoundedJSONParser, TooLarge, read_bounded

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


class RowsParser(BoundedJSONParser):
    max_bytes = MAX_BYTES


class CsvParser(BaseParser):
    media_type = "text/csv"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        return read_bounded(stream, MAX_BYTES)


class ContactImportApi(APIView):
    """Adds and changes many contacts: a CSV file, or a list of rows as JSON, at most 5,000.

    The columns are name, number, company, email, note and label; name and number are needed. A known number changes
    its contact, as far as the row says something; an unknown one makes a new contact. A number may have an extension
    (`+12025550142 x12`). Each row is done wholly or not at
    all, and one that cannot be used is answered with what is wrong.
    """

    permission_classes = [IsAuthenticated, IsSupervisorOrAdmin]
    parser_classes = [RowsParser, CsvParser, MultiPartParser]

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
        result = contacts_import(rows=rows, errors=errors, dry_run=_is_dry(request))
        return Response(ImportResultSerializer(result).data)


def _rows(data: Any) -> Sequence[tuple[int, Any]]:
    if isinstance(data, bytes):
        return rows_from_csv(data)
    if isinstance(data, list):
        return rows_from_json(data)
    file: Any = data.get("file") if hasattr(data, "get") else None
    if not hasattr(file, "read"):
        raise Unreadable(_("Send a list of rows, or a CSV file in the field `file`."))
    return rows_from_csv(file.read())


def _is_dry(request: Request) -> bool:
    value = request.query_params.get("dry_run", "false").lower()
    if value not in ("true", "false", "1", "0"):
        # Somebody who meant a rehearsal must not get an import.
        raise ValidationError({"dry_run": _("Choose true or false.")})
    return value in ("true", "1")
