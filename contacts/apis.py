"""Contacts over REST."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agents.permissions import IsSupervisorOrAdmin
from contacts import services
from contacts.models import Contact
from contacts.selectors import contact_get, contact_search
from contacts.serializers import ContactDetailSerializer, ContactInputSerializer, contact_etag
from core.api.resources import BoundedJSONParser, Conflict, require_version
from core.api.schema import raises

_SEARCH = OpenApiParameter("search", OpenApiTypes.STR, description="Part of a name, a company or a number")
_VERSION = OpenApiParameter(
    "ETag", OpenApiTypes.STR, OpenApiParameter.HEADER, required=True, response=[200, 201], description="Its version."
)
_IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The ETag that was read. With it, nothing is changed when somebody else was quicker (412).",
)


class ContactPagination(CursorPagination):
    ordering = ("name", "pk")
    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 100

    def decode_cursor(self, request: Request) -> Any:
        try:
            return super().decode_cursor(request)
        except NotFound:
            sentence = _("This cursor cannot be read. Take `next` or `previous` as it came.")
            raise ValidationError({"cursor": sentence}) from None


class ContactListApi(ListAPIView[Contact]):
    """The contacts, by name."""

    serializer_class = ContactDetailSerializer
    pagination_class = ContactPagination
    parser_classes = [BoundedJSONParser]

    @extend_schema(operation_id="contacts_list", tags=["contacts"], parameters=[_SEARCH])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Contact]:
        return contact_search(self.request.query_params.get("search", "")[:100].replace("\x00", ""))

    @raises("conflict")
    @extend_schema(
        operation_id="contacts_create",
        tags=["contacts"],
        parameters=[_VERSION],
        request=ContactInputSerializer,
        responses={201: ContactDetailSerializer},
    )
    def post(self, request: Request) -> Response:
        """Adds a contact. A number belongs to one contact only, so that a caller has one name."""
        body = ContactInputSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            contact = services.contact_create(values=body.validated_data)
        except services.ContactConflict as error:
            raise Conflict(str(error)) from None
        return _answer(contact, status=201)


class ContactApi(APIView):
    """One contact."""

    parser_classes = [BoundedJSONParser]

    def get_permissions(self) -> list[BasePermission]:
        return [IsAuthenticated(), IsSupervisorOrAdmin()] if self.request.method == "DELETE" else [IsAuthenticated()]

    @extend_schema(
        operation_id="contacts_retrieve", tags=["contacts"], parameters=[_VERSION], responses=ContactDetailSerializer
    )
    def get(self, request: Request, pk: int) -> Response:
        return _answer(_contact(pk))

    @raises("conflict")
    @extend_schema(
        operation_id="contacts_update",
        tags=["contacts"],
        parameters=[_IF_MATCH, _VERSION],
        request=ContactInputSerializer(partial=True),
        responses={200: ContactDetailSerializer},
    )
    def patch(self, request: Request, pk: int) -> Response:
        """Changes what is named; `numbers` replaces all of them. Without `If-Match` the last to write wins."""
        body = ContactInputSerializer(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        try:
            services.contact_update(
                contact_id=pk,
                values=body.validated_data,
                check=lambda contact: require_version(request, contact_etag(contact)),
            )
        except Contact.DoesNotExist:
            raise Http404 from None
        except services.ContactConflict as error:
            raise Conflict(str(error)) from None
        return _answer(_contact(pk))

    @extend_schema(
        operation_id="contacts_delete",
        tags=["contacts"],
        parameters=[_IF_MATCH],
        responses={204: OpenApiResponse(description="It is gone.")},
    )
    def delete(self, request: Request, pk: int) -> Response:
        """Takes a contact away; its calls stay in the log, without its name. For supervisors and admins."""
        try:
            services.contact_delete(
                contact_id=pk, check=lambda contact: require_version(request, contact_etag(contact))
            )
        except Contact.DoesNotExist:
            raise Http404 from None
        return Response(status=204)


def _contact(pk: int) -> Contact:
    contact = contact_get(pk)
    if contact is None:
        raise Http404
    return contact


def _answer(contact: Contact, *, status: int = 200) -> Response:
    return Response(ContactDetailSerializer(contact).data, status=status, headers={"ETag": contact_etag(contact)})
