"""What REST resources that can be edited share: conflicts, versions, bounded bodies."""

from __future__ import annotations

from rest_framework.exceptions import APIException
from rest_framework.request import Request


class Conflict(APIException):
    status_code = 409
    default_detail = "This does not fit what is stored. Read it again."
    default_code = "conflict"


class Changed(APIException):
    """RFC 9110, section 13.1.1: the resource is not the one that the client had read."""

    status_code = 412
    default_detail = "This was changed meanwhile. Read it again, then repeat your change."
    default_code = "changed"


class TooLarge(APIException):
    status_code = 413
    default_detail = "This is too large."
    default_code = "too_large"


def require_version(request: Request, etag: str) -> None:
    """Raises `Changed` when `If-Match` names versions and the current one is not among them.

    Without the header the change is made to whatever is stored.
    """
    wanted = request.headers.get("If-Match")
    if wanted is None:
        return
    tags = [tag.strip() for tag in wanted.split(",")]
    # A weak tag never matches here: RFC 9110, section 13.1.1, asks for the strong comparison.
    if "*" not in tags and etag not in tags:
        raise Changed
