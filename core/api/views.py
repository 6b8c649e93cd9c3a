"""The page that the `type` of a problem leads to."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from core.api.problems import PROBLEMS


def problem_list(request: HttpRequest) -> HttpResponse:
    return render(request, "problems.html", {"problems": PROBLEMS.values()})


def problem_detail(request: HttpRequest, name: str) -> HttpResponse:
    """To its place on the page."""
    if name.replace("-", "_") not in PROBLEMS:
        raise Http404
    return HttpResponseRedirect(f"/problems/#{name}")
