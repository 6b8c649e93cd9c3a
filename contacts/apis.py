"""Contacts over REST: for now, finding one to call."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from contacts.models import Contact
from contacts.selectors import contact_search
from telephony.phone import display


class ContactNumberSerializer(serializers.Serializer[Any]):
    number = serializers.CharField(help_text="E.164")
    display = serializers.SerializerMethodField()
    label = serializers.CharField()  # type: ignore[assignment]

    def get_display(self, number: Any) -> str:
        return display(number.number, home_region=settings.HOME_REGION)


class ContactListSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    company = serializers.CharField()
    note = serializers.CharField()
    numbers = ContactNumberSerializer(many=True)


class ContactPagination(CursorPagination):
    ordering = ("name", "pk")
    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 100


class ContactListApi(ListAPIView[Contact]):
    serializer_class = ContactListSerializer
    pagination_class = ContactPagination

    @extend_schema(parameters=[OpenApiParameter("search", OpenApiTypes.STR, description="Part of a name or number")])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Contact]:
        return contact_search(self.request.query_params.get("search", "")[:100].replace("\x00", ""))
