"""Groups of contacts, and the block list, over REST."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.generics import ListAPIView
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agents.permissions import IsSupervisorOrAdmin
from contacts.block_serializers import BlockedNumberSerializer, BlockNumberInputSerializer
from contacts.blocks import may_unblock, number_block
from contacts.group_serializers import GroupInputSerializer, GroupSerializer, RuleFieldSerializer
from contacts.models import BlockedNumber, Group
from contacts.rules import fields
from core.api.flags import flag_asked
from core.api.pages import PlacePagination
from core.api.resources import BoundedJSONParser, Conflict
from core.api.schema import raises

_MEMBERS = OpenApiParameter(
    "members",
    OpenApiTypes.BOOL,
    default=True,
    description="`false` answers sooner: nobody is counted, and `members` is null.",
)


class _SupervisorsChange(APIView):
    """Everybody may read."""

    parser_classes = [BoundedJSONParser]

    def get_permissions(self) -> list[BasePermission]:
        return [IsAuthenticated()] if self.request.method == "GET" else [IsAuthenticated(), IsSupervisorOrAdmin()]


class GroupListApi(_SupervisorsChange):
    """The groups, by name."""

    @extend_schema(
        operation_id="groups_list", tags=["groups"], parameters=[_MEMBERS], responses=GroupSerializer(many=True)
    )
    def get(self, request: Request) -> Response:
        """All groups, with how many belong to each just now."""
        context = {"members": flag_asked(request, "members", default=True)}
        return Response(GroupSerializer(Group.objects.all(), many=True, context=context).data)

    @raises("conflict")
    @extend_schema(
        operation_id="groups_create", tags=["groups"], request=GroupInputSerializer, responses={201: GroupSerializer}
    )
    def post(self, request: Request) -> Response:
        """Adds a group. Contacts are picked for it one by one, or found by its rule; for supervisors and admins."""
        body = GroupInputSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        group = Group(**body.validated_data)
        _save(group)
        return Response(GroupSerializer(group).data, status=201)


class GroupApi(_SupervisorsChange):
    """One group."""

    @extend_schema(operation_id="groups_retrieve", tags=["groups"], responses=GroupSerializer)
    def get(self, request: Request, group_id: int) -> Response:
        return Response(GroupSerializer(_group(group_id)).data)

    @raises("conflict")
    @extend_schema(
        operation_id="groups_update",
        tags=["groups"],
        request=GroupInputSerializer(partial=True),
        responses={200: GroupSerializer},
    )
    def patch(self, request: Request, group_id: int) -> Response:
        """Changes what is named; for supervisors and admins."""
        group = _group(group_id)
        body = GroupInputSerializer(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        for name, value in body.validated_data.items():
            setattr(group, name, value)
        _save(group)
        return Response(GroupSerializer(group).data)

    @extend_schema(
        operation_id="groups_delete",
        tags=["groups"],
        responses={204: OpenApiResponse(description="It is gone.")},
    )
    def delete(self, request: Request, group_id: int) -> Response:
        """Takes a group away; its contacts stay. For supervisors and admins."""
        _group(group_id).delete()
        return Response(status=204)


def _group(pk: int) -> Group:
    group = Group.objects.filter(pk=pk).first()
    if group is None:
        raise Http404
    return group


def _save(group: Group) -> None:
    try:
        with transaction.atomic():
            group.save()
    except IntegrityError:
        raise Conflict(_("There is a group of this name already.")) from None


class RuleFieldListApi(APIView):
    """What a group's rule may ask about, and the ways in which it may."""

    @extend_schema(operation_id="groups_rule_fields", tags=["groups"], responses=RuleFieldSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response(RuleFieldSerializer(fields(), many=True).data)


class BlockedPagination(PlacePagination):
    ordering: Any = ("-at", "-pk")


class BlockedNumberListApi(ListAPIView[BlockedNumber]):
    """The block list, newest first."""

    queryset = BlockedNumber.objects.select_related("blocked_by")
    serializer_class = BlockedNumberSerializer
    pagination_class: type[PlacePagination] = BlockedPagination
    parser_classes = [BoundedJSONParser]

    @extend_schema(operation_id="blocked_numbers_list", tags=["block list"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    @extend_schema(
        operation_id="blocked_numbers_create",
        tags=["block list"],
        request=BlockNumberInputSerializer,
        responses={200: BlockedNumberSerializer, 201: BlockedNumberSerializer},
    )
    def post(self, request: Request) -> Response:
        """Blocks a number: it is neither called nor texted from here. One that is blocked already stays as it is."""
        body = BlockNumberInputSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        agent: Any = request.user
        said = body.validated_data
        row, is_new = number_block(said["number"], reason=said.get("reason", ""), by=agent)
        return Response(BlockedNumberSerializer(row).data, status=201 if is_new else 200)


class BlockedNumberApi(APIView):
    """One number of the block list."""

    @raises("permission_denied")
    @extend_schema(
        operation_id="blocked_numbers_delete",
        tags=["block list"],
        responses={204: OpenApiResponse(description="It may be called and texted again.")},
    )
    def delete(self, request: Request, block_id: int) -> Response:
        """Takes a number off the list. For supervisors, admins, and whoever blocked it."""
        row = BlockedNumber.objects.filter(pk=block_id).first()
        if row is None:
            raise Http404
        if not may_unblock(row, by=request.user):  # type: ignore[arg-type]
            raise PermissionDenied(_("Only who blocked it, supervisors and admins may unblock it."))
        row.delete()
        return Response(status=204)
