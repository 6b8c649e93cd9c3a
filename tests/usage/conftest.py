from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.usage.twilio_figures import Figures, figures_at_twilio
from usage import guard


@pytest.fixture
def figures() -> Iterator[Figures]:
    with figures_at_twilio() as figures:
        yield figures


@pytest.fixture(autouse=True)
def _guard_forgets() -> Iterator[None]:
    """What one test's guard remembers is not true in the next."""
    guard.forget()
    yield
    guard.forget()
