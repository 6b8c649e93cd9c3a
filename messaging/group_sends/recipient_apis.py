"""The people of group sends over REST: listed for those who see the send, tried again by those who write it."""

from __future__ import annotations

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from core.api.pages import CURSOR_UNREAD
from core.api.resources import BoundedJSONParser, choose_one_of
from core.api.schema import raises
from messaging.group_sends import services
from messaging.group_sends.apis import SendPages, own_send, said_refusals, visible_send
from messaging.group_sends.audience import Row, audience_of
from messaging.group_sends.payloads import draft_recipients, recipient_json
from messaging.group_sends.selectors import SHOWN, draft_rows_shown, recipient_list
from messaging.group_sends.serializers import GroupRecipientSerializer
from messaging.models import GroupRecipient, GroupSend, SendState
from telephony.problems import TWILIO

_MOST_TEXT = 100
# Who is left out is seen without turning pages, mostly.
_DRAFT_PAGE = 100
_SHOW = OpenApiParameter("show", OpenApiTypes.STR, enum=SHOWN)
_SEARCH = OpenApiParameter("search", OpenApiTypes.STR, description="Part of a name or a number")


class RecipientPagination(SendPages):
    ordering = ("pk",)
    page_size = 50


class RecipientListApi(ListAPIView[GroupRecipient]):
    """The people of a send."""

    serializer_class = GroupRecipientSerializer
    pagination_class = RecipientPagination
    queryset = GroupRecipient.objects.none()

    @extend_schema(operation_id="group_sends_recipients", tags=["group sends"], parameters=[_SHOW, _SEARCH])
    def get(self, request: Request, pk: int) -> Response:
        """In the order in which it is sent, with what came of each in words. Of a draft: those who would get it, or
        with `show=left-out` those who would not."""
        send = visible_send(request, pk)
        show = request.query_params.get("show", "") or "all"
        if show not in SHOWN:
            raise ValidationError({"show": choose_one_of(SHOWN)})
        search = request.query_params.get("search", "").replace("\x00", "").strip()[:_MOST_TEXT]
        if send.state == SendState.DRAFT:
            rows = list(draft_rows_shown(list(audience_of(send).rows), show=show, search=search))
            return self._draft_page(request, rows)
        services.recipients_kept(send)
        page = self.paginate_queryset(recipient_list(send, show=show, search=search))
        return self.get_paginated_response([recipient_json(recipient) for recipient in page or []])

    def _draft_page(self, request: Request, rows: list[Row]) -> Response:
        """They are found anew for each page, and have no ids: its cursor counts them."""
        asked = "page_size" in request.query_params
        size = (RecipientPagination().get_page_size(request) if asked else None) or _DRAFT_PAGE
        cursor = request.query_params.get("cursor", "") or "0"
        if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 9):
            raise ValidationError({"cursor": CURSOR_UNREAD})
        first, address = int(cursor), request.build_absolute_uri()

        def page_at(place: int) -> str:
            return replace_query_param(address, "cursor", place)

        return Response(
            {
                "next": page_at(first + size) if first + size < len(rows) else None,
                "previous": page_at(max(first - size, 0)) if first else None,
                "results": [recipient_json(row) for row in draft_recipients(rows[first : first + size])],
            }
        )


def _recipient(send: GroupSend, pk: int) -> GroupRecipient:
    recipient = send.recipients.select_related("message").filter(pk=pk).first()
    if recipient is None:
        raise Http404
    return recipient


class RecipientRetryApi(APIView):
    """One person again."""

    parser_classes = [BoundedJSONParser]

    @raises("permission_denied", "conflict")
    @extend_schema(
        operation_id="group_sends_recipient_retry",
        tags=["group sends"],
        request=None,
        responses=GroupRecipientSerializer,
    )
    def post(self, request: Request, pk: int, recipient: int) -> Response:
        """Sends it again to one whose phone or network was away."""
        send = own_send(request, pk)
        row = _recipient(send, recipient)
        with said_refusals():
            services.send_retry(send.pk, [row.pk])
        return Response(recipient_json(_recipient(send, recipient)))


class RecipientAskApi(APIView):
    """Whether Twilio has it."""

    parser_classes = [BoundedJSONParser]

    @raises("permission_denied", "conflict", *TWILIO)
    @extend_schema(
        operation_id="group_sends_recipient_ask",
        tags=["group sends"],
        request=None,
        responses=GroupRecipientSerializer,
    )
    def post(self, request: Request, pk: int, recipient: int) -> Response:
        """Looks the text up at Twilio, by number and time, when it is not known whether Twilio has it. Sends
        nothing."""
        send = own_send(request, pk)
        with said_refusals():
            services.recipient_ask(_recipient(send, recipient))
        return Response(recipient_json(_recipient(send, recipient)))
