"""Why somebody gets no access. Codes and what to do about each: docs/errors.md."""

from __future__ import annotations

from django.utils.translation import gettext
from rest_framework.exceptions import APIException

from core.api.problems import PROBLEMS


class AccessRefused(APIException):
    """Carries one of `PROBLEMS`; a 401 names the scheme that would help, as HTTP asks of it."""

    def __init__(self, code: str) -> None:
        problem = PROBLEMS[code]
        super().__init__(gettext(problem.detail), code)
        self.status_code = problem.status
        self.auth_header = "Token" if problem.status == 401 else None
