"""What a browser is woken with, and what it then shows."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import BrowserContext, Page

from tests.browser.stack import Stack, eventually

_SHOWN = """
navigator.serviceWorker.ready.then((ready) => ready.getNotifications()).then((all) =>
  all.map(({ title, body, data, requireInteraction }) => [title, body, data, requireInteraction]))
"""
# Who asks a Chromium for its notifications has it forget one that is kept already, but not yet on the screen: nobody
# asks before it is shown.
_COUNT_WHAT_IS_SHOWN = """
() => {
  self.shown = 0;
  const show = self.registration.showNotification.bind(self.registration);
  self.registration.showNotification = (...note) => show(...note).then(() => void (self.shown += 1));
}
"""


class Notifications:
    """Of the desk's service worker, which controls `page`."""

    def __init__(self, context: BrowserContext, page: Page, stack: Stack) -> None:
        self._page, self._origin = page, stack.desk_url
        self._devtools = context.new_cdp_session(page)
        known: list[Any] = []
        self._devtools.on("ServiceWorker.workerRegistrationUpdated", lambda told: known.extend(told["registrations"]))
        self._devtools.send("ServiceWorker.enable")
        page.wait_for_function("navigator.serviceWorker.controller !== null")
        self._registration = known[-1]["registrationId"]
        self._worker = context.service_workers[0]
        self._worker.evaluate(_COUNT_WHAT_IS_SHOWN)
        self._delivered = 0

    def deliver(self, note: dict[str, Any]) -> None:
        """What the vendor's push service would do; the notification is there then."""
        self._devtools.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": self._origin, "registrationId": self._registration, "data": json.dumps(note)},
        )
        self._delivered += 1
        eventually(lambda: self._worker.evaluate("self.shown") == self._delivered, "the notification is shown")

    def shown(self) -> list[list[Any]]:
        """The title, the text, the path and whether it stays, of each."""
        found: list[list[Any]] = self._page.evaluate(_SHOWN)
        return found
