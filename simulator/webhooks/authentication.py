"""HTTP authentication of webhooks: the first request goes without, the challenge of a 401 is answered."""

from __future__ import annotations

from collections.abc import Generator

import httpx


class ChallengedAuth(httpx.Auth):
    """Answers a Basic or Digest challenge with the user and password of the webhook's URL.

    Twilio Docs, "Security", "HTTP Authentication": a 401 without `WWW-Authenticate` is never answered.
    """

    def __init__(self, username: str, password: str) -> None:
        self.username = username
        self.password = password

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        response = yield request
        challenges = [value.lower() for value in response.headers.get_list("www-authenticate")]
        if response.status_code != httpx.codes.UNAUTHORIZED or not challenges:
            return
        if any(challenge.startswith("digest") for challenge in challenges):
            flow = httpx.DigestAuth(self.username, self.password).auth_flow(request)
            next(flow)
            yield flow.send(response)
        elif any(challenge.startswith("basic") for challenge in challenges):
            yield next(httpx.BasicAuth(self.username, self.password).auth_flow(request))
