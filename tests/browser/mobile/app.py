"""A mobile app's stand-in: a page with Twilio's own SDK, and a device's log-in instead of a session at the desk.

The page is no page of the desk. An app asks the REST API from wherever it is, but a browser lets no page ask another
server: the page's own server passes `/api/` on.
"""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.browser.desk import PASSWORD
from tests.browser.stack import PATIENCE, Stack, eventually
from tests.simulator.voice.rig import SDK, wav

PAGE = Path(__file__).with_name("app.html")


@contextmanager
def app_server(stack: Stack) -> Iterator[str]:
    """The address of a server with the page, the SDK and a sound."""
    files = {"/": ("text/html", PAGE), "/sdk.js": ("text/javascript", SDK)}
    sound = wav(0.1)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path.startswith("/api/"):
                self._pass_on()
            elif path == "/sound.wav":
                self._answer(200, "audio/wav", sound)
            elif path in files:
                kind, file = files[path]
                self._answer(200, kind, file.read_bytes())
            else:
                self._answer(404, "text/plain", b"")

        def _pass_on(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            kept = {name: self.headers[name] for name in ("Authorization", "Content-Type") if name in self.headers}
            request = urllib.request.Request(
                f"{stack.desk_url}{self.path}", self.rfile.read(length) or None, kept, method=self.command
            )
            try:
                with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                    self._answer(answer.status, "application/json", answer.read())
            except urllib.error.HTTPError as error:
                self._answer(error.code, "application/json", error.read())

        do_POST = do_DELETE = _pass_on

        def _answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class MobileApp:
    """One telephone with the app on it."""

    def __init__(self, page: Any, stack: Stack, url: str) -> None:
        self.page = page
        self.stack = stack
        signalling = stack.bench_url.partition("//")[2]
        socket = f"{stack.desk_url.replace('http', 'ws')}/ws/desk/"
        page.goto(f"{url}/?signalling={quote(signalling)}&socket={quote(socket)}")

    def log_in(self, username: str, platform: str) -> dict[str, Any]:
        return self.page.evaluate("([u, p, as]) => logIn(u, p, as)", [username, PASSWORD, platform])

    def fetch_token(self, ttl: int) -> dict[str, Any]:
        return self.page.evaluate("(ttl) => fetchToken(ttl)", ttl)

    def api(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        return self.page.evaluate("([method, path, body]) => api(method, path, body)", [method, path, body])

    def start(self, ttl: int) -> None:
        """Registers with Twilio, listens to the desk, and can be reached from then on."""
        self.page.evaluate("(ttl) => start(ttl)", ttl)
        self.page.evaluate("() => listen()")
        me = self.expect("frame.desk.snapshot")["agent"]

        def reachable() -> bool:
            self.page.wait_for_timeout(1)
            frames = self.read("events.filter(({ name }) => name === 'frame.presence.changed').map(({ data }) => data)")
            seen = [frame["presence"]["state"] for frame in frames if frame["presence"]["agent"] == me]
            return seen[-1:] == ["available"]

        eventually(reachable, "the agent can be reached")

    def dial(self, number: str) -> None:
        self.page.evaluate("(number) => dial(number)", number)

    def answer(self) -> None:
        self.expect("incoming")
        self.page.evaluate("() => call.accept()")
        self.expect("accept")

    def hang_up(self) -> None:
        self.page.evaluate("() => call.disconnect()")
        self.expect("disconnect")

    def hears(self) -> dict[str, float]:
        found: dict[str, float] = self.page.evaluate("() => hear(250)")
        return found

    def read(self, expression: str) -> Any:
        return self.page.evaluate(expression)

    def expect(self, name: str, times: int = 1, *, seconds: float = PATIENCE) -> Any:
        """Waits for an event of the page, and gives what it says."""

        def found() -> list[Any]:
            # The page's own timers and sockets get their turn.
            self.page.wait_for_timeout(1)
            same = [event for event in self.page.evaluate("events") if event["name"] == name]
            return same[times - 1 :]

        return eventually(found, f"{name} in the app; it saw {self.names()}", seconds=seconds)[0]["data"]

    def names(self) -> list[str]:
        return [event["name"] for event in self.page.evaluate("events")]
