from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.telephony.account import Account, account_at_twilio


@pytest.fixture
def account() -> Iterator[Account]:
    with account_at_twilio() as account:
        yield account
