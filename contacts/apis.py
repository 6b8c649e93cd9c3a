"""Contacts over REST."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agents.permissions import IsSupervisorOrAdmin
from contacts import services
from contacts.groups import members_of
from contacts.models import Contact
from contacts.selectors import contact_get, contact_search
from contacts.serializers import ContactDetailSerializer, ContactInputSerializer, ContactPageSerializer, contact_etag
from core.api.pages import PlacePagination
from core.api.resources import BoundedJSONParser, Conflict, require_version
from core.api.schema import raises
from core.ids import id_in

_GROUP = OpenApiParameter("group", OpenApiTypes.INT, description="Only who belongs to this group.")
_SEARCH = OpenApiParameter("search", OpenApiTypes.STR, description="Part of a name, a company or a number")
VERSION = OpenApiParameter(
    "ETag", OpenApiTypes.STR, OpenApiParameter.HEADER, required=True, response=[200, 201], description="Its version."
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The ETag that was read. With it, nothing is changed when somebody else was quicker (412).",
)


class ContactPagination(PlacePagination):
    ordering = ("name", "pk")


class ContactListApi(ListAPIView[Contact]):
    """The contacts, by name."""

    serializer_class = ContactDetailSerializer
    pagination_class = ContactPagination
    parser_classes = [BoundedJSONParser]

    @extend_schema(operation_id="contacts_list", tags=["contacts"], parameters=[_SEARCH, _GROUP])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Contact]:
        found = contact_search(self.request.query_params.get("search", "")[:100].replace("\x00", ""))
        group = self.request.query_params.get("group", "")
        if not group:
            return found
        group_id = id_in(group)
        if group_id is None:
            raise ValidationError({"group": _("Choose a group by its id.")})
        return found.filter(pk__in=members_of([group_id]).order_by().values("pk"))

    @raises("conflict")
    @extend_schema(
        operation_id="contacts_create",
        tags=["contacts"],
        parameters=[VERSION],
        request=ContactInputSerializer,
        responses={201: ContactPageSerializer},
    )
    def post(self, request: Request) -> Response:
        """Adds a contact. A number belongs to one contact only, so that a caller has one name."""
        body = ContactInputSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            contact = services.contact_create(values=body.validated_data)
        except services.ContactConflict as error:
            raise Conflict(str(error)) from None
        return contact_answer(contact, status=201)


class ContactApi(APIView):
    """One contact, with all that its page shows but the time line and consent."""

    parser_classes = [BoundedJSONParser]

    def get_permissions(self) -> list[BasePermission]:
        return [IsAuthenticated(), IsSupervisorOrAdmin()] if self.request.method == "DELETE" else [IsAuthenticated()]

    @extend_schema(
        operation_id="contacts_retrieve", tags=["contacts"], parameters=[VERSION], responses=ContactPageSerializer
    )
    def get(self, request: Request, pk: int) -> Response:
        return contact_answer(contact_or_404(pk))

    @raises("conflict")
    @extend_schema(
        operation_id="contacts_update",
        tags=["contacts"],
        parameters=[IF_MATCH, VERSION],
        request=ContactInputSerializer(partial=True),
        responses={200: ContactPageSerializer},
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
        return contact_answer(contact_or_404(pk))

    @extend_schema(
        operation_id="contacts_delete",
        tags=["contacts"],
        parameters=[IF_MATCH],
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


def contact_or_404(pk: int) -> Contact:
    contact = contact_get(pk)
    if contact is None:
        raise Http404
    return contact


def contact_answer(contact: Contact, *, status: int = 200) -> Response:
    return Response(ContactPageSerializer(contact).data, status=status, headers={"ETag": contact_etag(contact)})
