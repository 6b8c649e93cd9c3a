"""Importing contacts over REST."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from contacts.import_rows import Unreadable, rows_from_csv, rows_from_json
from contacts.import_services import RowError, contacts_import
from contacts.permissions import IsSupervisor
from contacts.serializers import ImportResultSerializer, ImportRowSerializer
from telephony.rest import BoundedJSONParser, TooLarge, read_bounded

MAX_BYTES = 4 * 1_048_576
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
    its contact, as far as the row says something; an unknown one makes a new contact. Each row is done wholly or not at
    all, and one that cannot be used is answered with what is wrong.
    """

    permission_classes = [IsAuthenticated, IsSupervisor]
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
            raise TooLarge(f"Send at most {MAX_BYTES // 1_048_576} MB at a time.")
        try:
            rows, errors = _checked(_rows(request.data))
        except Unreadable as error:
            raise ValidationError({"file": [str(error)]}) from None
        result = contacts_import(rows=rows, errors=errors, dry_run=_is_dry(request))
        return Response(ImportResultSerializer(result).data)


def _rows(data: Any) -> list[tuple[int, Any]]:
    if isinstance(data, bytes):
        return rows_from_csv(data)
    if isinstance(data, list):
        return rows_from_json(data)
    file: Any = data.get("file") if hasattr(data, "get") else None
    if not hasattr(file, "read"):
        raise Unreadable("Send a list of rows, or a CSV file in the field `file`.")
    return rows_from_csv(file.read())


def _checked(rows: list[tuple[int, Any]]) -> tuple[list[tuple[int, dict[str, str]]], list[RowError]]:
    """The rows that can be used, and what is wrong with the others."""
    good, errors = [], []
    for number, row in rows:
        body = ImportRowSerializer(data=row)
        if row is None:
            errors.append(RowError(number, "This row has more cells than the first row."))
        elif body.is_valid():
            good.append((number, body.validated_data))
        else:
            errors.append(RowError(number, _sentence(body.errors)))
    return good, errors


def _sentence(errors: Any) -> str:
    """The first thing that is wrong in a row."""
    name, messages = next(iter(errors.items()))
    message = str(messages[0])
    return message if name == "non_field_errors" else f"{name}: {message}"


def _is_dry(request: Request) -> bool:
    value = request.query_params.get("dry_run", "false").lower()
    if value not in ("true", "false", "1", "0"):
        # Somebody who meant a rehearsal must not get an import.
        raise ValidationError({"dry_run": "Choose true or false."})
    return value in ("true", "1")
