"""Twilio's own client, pointed at a simulator."""

import asyncio
import contextlib

from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from tests.simulator.harness import ACCOUNT, TOKEN, bench, serving_app


class Rewriting(TwilioHttpClient):
    """Sends what is meant for any Twilio host to the simulator, under that host's name."""

    def __init__(self, base: str) -> None:
        super().__init__(timeout=10)
        self.base = base

    def request(self, method, url, *args, **kwargs):
        return super().request(method, url.replace("https://", f"{self.base}/"), *args, **kwargs)


@contextlib.asynccontextmanager
async def served(**settings):
    """A simulator on a port, and a function that runs blocking work with Twilio's client beside it."""
    async with bench(**settings) as b, serving_app(b) as url:
        client = Client(ACCOUNT, TOKEN, http_client=Rewriting(url))

        async def run(work):
            return await asyncio.to_thread(work, client)

        yield b, run, url
