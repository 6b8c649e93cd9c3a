"""A device that logs in, and what it asks for then."""

from __future__ import annotations

from django.test import Client

LOGIN = "/api/v1/auth/login/"
DEVICES = "/api/v1/auth/devices/"
VOICE = "/api/v1/tokens/voice/"
PASSWORD = "secret-for-tests"


def log_in(username: str = "ada", password: str = PASSWORD, client: Client | None = None, **more: str):
    body = {"username": username, "password": password, "device_name": "Ada's iPhone", "platform": "ios"} | more
    return (client or Client()).post(LOGIN, body, content_type="application/json", secure=True)


def with_token(token: str) -> Client:
    return Client(headers={"Authorization": f"Token {token}"})


def voice(client: Client):
    return client.post(VOICE, {"platform": "ios"}, content_type="application/json", secure=True)
