"""Files of texts over REST."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import UnsupportedMediaType, ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request, is_form_media_type
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.resources import read_bounded
from core.api.schema import raises
from messaging.media import MOST_OUT, MediaRefused, media_response, media_upload
from messaging.models import MessageMedia
from messaging.threads.payloads import media_json
from messaging.threads.permissions import threads_visible
from messaging.threads.serializers import MediaSerializer


class FileParser(BaseParser):
    """A file as it is, of a bounded size; its type is that of the request."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        # Of a form, the framework would look for fields in it before anybody is signed in.
        if is_form_media_type(media_type or ""):
            raise UnsupportedMediaType(media_type, detail=_("Send the file as it is, not in a form."))
        return read_bounded(stream, MOST_OUT)


class MediaUploadApi(APIView):
    """Files to be sent."""

    parser_classes = [FileParser]

    @raises("unsupported_media_type", "too_large")
    @extend_schema(
        operation_id="messages_media_create",
        tags=["texts"],
        request={"image/*": OpenApiTypes.BINARY, "application/pdf": OpenApiTypes.BINARY},
        responses={201: MediaSerializer},
    )
    def post(self, request: Request) -> Response:
        """Keeps a file for a text that is sent within a day: a JPEG, PNG or GIF picture of at most 5 MB; another
        picture, a PDF, sound, film or contact card of at most 500 kB. The files of one text have 5 MB together at most.
        """
        data: Any = request.data
        if not isinstance(data, bytes) or not data:
            raise ValidationError({"file": _("There is no file in the request.")})
        try:
            media = media_upload(data, request.content_type or "", by=request.user)
        except MediaRefused as error:
            raise UnsupportedMediaType(request.content_type or "", detail=error.message) from None
        return Response(media_json(media), status=201)


class MediaApi(APIView):
    """A file of a text."""

    @extend_schema(
        operation_id="messages_media_retrieve",
        tags=["texts"],
        responses={(200, "*/*"): OpenApiResponse(OpenApiTypes.BINARY, description="The file as it is.")},
    )
    def get(self, request: Request, media_id: int) -> FileResponse:
        """The file, for those who may see the thread, and for whoever chose it."""
        agent: Any = request.user
        row = MessageMedia.objects.select_related("message").filter(pk=media_id).first()
        if row is None:
            raise Http404
        if row.message is None:
            may_see = row.uploaded_by_id == agent.pk
        else:
            may_see = threads_visible(agent).filter(pk=row.message.thread_id).exists()
        response = media_response(row) if may_see else None
        if response is None:
            raise Http404
        return response
