"""The API's description: as a file for programs, and as a page for people. Public: it tells nothing of this desk."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView

from config.api_docs.page import groups, shapes
from core.languages import speaking


@cache
def description() -> dict[str, Any]:
    """The whole document. It depends on nothing but the code, so one is made for each process."""
    # For programs' authors: in English, whoever asks first.
    with speaking("en"):
        found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return found


class CachedGenerator(SchemaGenerator):
    def get_schema(self, request: Any = None, public: bool = False) -> dict[str, Any]:
        return description()


class DescriptionApi(SpectacularAPIView):
    """OpenAPI 3.1, as YAML or with `?format=json`."""

    generator_class = CachedGenerator
    authentication_classes = []


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    document = description()
    context = {"groups": groups(document), "shapes": shapes(document), "info": document["info"]}
    return render(request, "api_docs.html", context)
