"""A superuser, and a browser in which the superuser is signed in."""

from __future__ import annotations

import pytest
from django.test import Client

from tests import factories


@pytest.fixture
def boss():
    return factories.make_agent("boss", is_staff=True, is_superuser=True)


@pytest.fixture
def admin(boss) -> Client:
    client = Client()
    client.force_login(boss)
    return client
