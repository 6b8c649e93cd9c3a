"""`X-Twilio-Signature`: Twilio Docs, "Security", "Validating requests are coming from Twilio"."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from urllib.parse import urlsplit, urlunsplit


def signed_url(url: str) -> str:
    """The URL as it is signed: without credentials and fragment, and over HTTPS without the port.

    Twilio signs voice requests over HTTPS without the port, also when the port is an unusual one.
    """
    parts = urlsplit(url)
    netloc = parts.netloc.rpartition("@")[2]
    if parts.scheme == "https" and parts.port is not None:
        netloc = netloc[: -len(str(parts.port)) - 1]
    return urlunsplit((parts.scheme, netloc, parts.path, parts.query, ""))


def sign(auth_token: str, url: str, params: Sequence[tuple[str, str]] = ()) -> str:
    """The base64 HMAC-SHA1 of the URL followed by every form field, name then value, sorted by name.

    `params` are the fields of a POST form; for a GET there are none, since the query is in the URL. Of a name that
    is repeated each different value counts once, in order, as Twilio's own validators expect.
    """
    data = signed_url(url) + "".join(name + value for name, value in sorted(set(params)))
    digest = hmac.new(auth_token.encode(), data.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()
