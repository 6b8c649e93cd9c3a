"""The one page that is for Twilio to fetch, not to post to."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from messaging.media import media_of_token, media_response


@require_safe
def media(request: HttpRequest, token: str) -> FileResponse:
    """A file of a text that goes out, for whoever has its address, which ends when the text has long been sent."""
    row = media_of_token(token)
    response = media_response(row) if row is not None else None
    if response is None:
        raise Http404
    return response
