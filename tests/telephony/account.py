"""An account at Twilio that lives in a test: its apps, numbers and keys behind the library's own resources."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from twilio.base.exceptions import TwilioRestException
from twilio.rest.api.v2010.account.application import ApplicationContext, ApplicationInstance, ApplicationList
from twilio.rest.api.v2010.account.call.notification import NotificationInstance, NotificationList
from twilio.rest.api.v2010.account.incoming_phone_number import (
    IncomingPhoneNumberContext,
    IncomingPhoneNumberInstance,
    IncomingPhoneNumberList,
)
from twilio.rest.api.v2010.account.key import KeyContext, KeyInstance
from twilio.rest.api.v2010.account.new_key import NewKeyInstance, NewKeyList

from telephony.provisioning.addresses import app_values, number_values
from telephony.rest.client import get_client
from tests.twilio import ACCOUNT_SID, SUPPORT, sid

APP = "AP" + "c" * 32
KEY = "SK" + "b" * 32
NEW_SECRET = "a-secret-that-twilio-shows-once"


def refusal(status: int, code: int) -> TwilioRestException:
    return TwilioRestException(status, "/uri", "what Twilio said", code=code)


class Account:
    """In order from the start: one app, one key, one number, all as they should be. Counts what is written."""

    def __init__(self) -> None:
        self.apps: dict[str, dict[str, Any]] = {APP: {"sid": APP, "friendly_name": "Ringdesk", **app_values()}}
        self.numbers: dict[str, dict[str, Any]] = {}
        self.keys = {KEY}
        self.key_is_accepted = True
        self.failure: Exception | None = None  # of every look at the app
        self.writes: list[tuple[str, str, dict[str, Any]]] = []
        # What the debugger has against calls, by their sids, the latest first.
        self.noted: dict[str, list[str]] = {}
        self.add_number(SUPPORT)

    def add_number(self, number: str, **fields: Any) -> dict[str, Any]:
        one = sid("PN", len(self.numbers) + 1)
        payload = {"sid": one, "phone_number": number, "capabilities": {"voice": True}, **number_values()}
        self.numbers[one] = payload | fields
        return self.numbers[one]

    def number(self, number: str = SUPPORT) -> dict[str, Any]:
        return next(found for found in self.numbers.values() if found["phone_number"] == number)

    # --- As the library has it: `resource` is its context or list -----------------------------------------------------

    def app_fetch(self, resource: Any) -> ApplicationInstance:
        if self.failure:
            raise self.failure
        one = resource._solution["sid"]
        if one not in self.apps:
            raise refusal(404, 20404)
        return ApplicationInstance(get_client().api.v2010, self.apps[one], account_sid=ACCOUNT_SID)

    def app_list(self, resource: Any, friendly_name: Any = None, **options: Any) -> list[ApplicationInstance]:
        if not self.key_is_accepted and "friendly_name" not in options and friendly_name is None:
            raise refusal(401, 20003)
        found = [app for app in self.apps.values() if friendly_name in (None, app["friendly_name"])]
        return [ApplicationInstance(get_client().api.v2010, app, account_sid=ACCOUNT_SID) for app in found]

    def app_create(self, resource: Any, friendly_name: str, **fields: Any) -> ApplicationInstance:
        one = sid("AP", len(self.apps) + 1)
        self.writes.append(("app-create", one, fields))
        self.apps[one] = {"sid": one, "friendly_name": friendly_name, **fields}
        return ApplicationInstance(get_client().api.v2010, self.apps[one], account_sid=ACCOUNT_SID)

    def app_update(self, resource: Any, **fields: Any) -> None:
        one = resource._solution["sid"]
        self.writes.append(("app-update", one, fields))
        self.apps[one].update(fields)

    def number_list(self, resource: Any, **options: Any) -> list[IncomingPhoneNumberInstance]:
        return [
            IncomingPhoneNumberInstance(get_client().api.v2010, number, account_sid=ACCOUNT_SID)
            for number in self.numbers.values()
        ]

    def number_update(self, resource: Any, **fields: Any) -> None:
        one = resource._solution["sid"]
        if one not in self.numbers:
            raise refusal(404, 20404)
        self.writes.append(("number-update", one, fields))
        self.numbers[one].update(fields)

    def notification_list(self, resource: Any, log: Any = None, **options: Any) -> list[NotificationInstance]:
        assert log == 0, "errors"
        one = resource._solution["call_sid"]
        return [
            NotificationInstance(get_client().api.v2010, {"error_code": code}, account_sid=ACCOUNT_SID, call_sid=one)
            for code in self.noted.get(one, [])
        ]

    def key_fetch(self, resource: Any) -> KeyInstance:
        one = resource._solution["sid"]
        if one not in self.keys:
            raise refusal(404, 20404)
        return KeyInstance(get_client().api.v2010, {"sid": one}, account_sid=ACCOUNT_SID)

    def key_create(self, resource: Any, friendly_name: str) -> NewKeyInstance:
        one = sid("SK", len(self.keys) + 1)
        self.writes.append(("key-create", one, {}))
        self.keys.add(one)
        payload = {"sid": one, "friendly_name": friendly_name, "secret": NEW_SECRET}
        return NewKeyInstance(get_client().api.v2010, payload, account_sid=ACCOUNT_SID)


@contextmanager
def account_at_twilio() -> Iterator[Account]:
    account = Account()
    resources: list[tuple[type, str, Any]] = [
        (ApplicationContext, "fetch", account.app_fetch),
        (ApplicationContext, "update", account.app_update),
        (ApplicationList, "list", account.app_list),
        (ApplicationList, "create", account.app_create),
        (IncomingPhoneNumberList, "list", account.number_list),
        (IncomingPhoneNumberContext, "update", account.number_update),
        (NotificationList, "list", account.notification_list),
        (KeyContext, "fetch", account.key_fetch),
        (NewKeyList, "create", account.key_create),
    ]
    with ExitStack() as stack:
        for kind, method, answer in resources:
            stack.enter_context(patch.object(kind, method, autospec=True, side_effect=answer))
        yield account
