from __future__ import annotations

import pytest

from agents.models import Agent
from tests.tokens.devices import log_in


@pytest.fixture
def token(ada: Agent) -> str:
    """Of a device that Ada signed in."""
    found: str = log_in().json()["token"]
    return found
