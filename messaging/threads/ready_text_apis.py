"""Ready-made texts over REST."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from messaging.models import ReadyText
from messaging.threads.apis import line_to_text_from
from messaging.threads.payloads import ready_text_json
from messaging.threads.permissions import lines_to_text_from
from messaging.threads.selectors import ready_texts
from messaging.threads.serializers import ReadyTextSerializer
from routing.line_names import line_parameter


@extend_schema_view(
    get=extend_schema(
        operation_id="ready_texts_list",
        tags=["texts"],
        parameters=[line_parameter("those that may be used there")],
    )
)
class ReadyTextListApi(ListAPIView[ReadyText]):
    """Texts that agents choose rather than write."""

    serializer_class = ReadyTextSerializer
    pagination_class = None
    queryset = ReadyText.objects.none()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        agent: Any = request.user
        # A plus that was not quoted is a space.
        named = request.query_params.get("line", "").replace(" ", "+", 1)
        line = line_to_text_from(request, named) if named else None
        own = {each.pk for each in lines_to_text_from(agent)}
        texts = [text for text in ready_texts(line) if text.line_id is None or text.line_id in own]
        return Response([ready_text_json(text) for text in texts])
