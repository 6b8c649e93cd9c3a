"""The control API under `/sim/`: telephones, faults, what happened. For the page, for tests, for `curl`.

It has no password. It is bound to this computer by default, and a browser may use it only from the simulator's page:
see `access`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os

from starlette.requests import Request
from starlette.routing import BaseRoute, WebSocketRoute

from simulator.control import account, calls, faults, history, messages, telephones, usage
from simulator.control.common import Handler, control_route
from simulator.control.events import events_endpoint
from simulator.engine.calls import CallEngine
from simulator.inspector import Json

HANDLERS: list[tuple[str, str, Handler]] = [
    ("GET", "/sim/calls", calls.list_calls),
    ("POST", "/sim/calls", calls.place_call),
    ("GET", "/sim/calls/{sid}", calls.show_call),
    ("POST", "/sim/calls/{sid}/answer", calls.answer),
    ("POST", "/sim/calls/{sid}/hangup", calls.hang_up),
    ("POST", "/sim/calls/{sid}/reject", calls.reject),
    ("POST", "/sim/calls/{sid}/digits", calls.press_digits),
    ("POST", "/sim/calls/{sid}/say", calls.say),
    ("GET", "/sim/calls/{sid}/heard", calls.heard),
    ("GET", "/sim/calls/{sid}/voicemail", calls.voicemail),
    ("GET", "/sim/conferences", account.list_conferences),
    ("GET", "/sim/limits", account.show_limits),
    ("PUT", "/sim/limits", account.set_limits),
    ("GET", "/sim/geo-permissions", account.show_permissions),
    ("PUT", "/sim/geo-permissions", account.set_permissions),
    ("GET", "/sim/queues", account.list_queues),
    ("GET", "/sim/messages", messages.list_messages),
    ("POST", "/sim/messages", messages.text_us),
    ("GET", "/sim/messages/{sid}", messages.show_message),
    ("GET", "/sim/opt-outs", messages.list_opt_outs),
    ("GET", "/sim/senders", messages.list_senders),
    ("PUT", "/sim/senders/{sender}", messages.set_sender),
    ("GET", "/sim/usage", usage.show_usage),
    ("POST", "/sim/usage", usage.plant_usage),
    ("GET", "/sim/telephones", telephones.list_telephones),
    ("PUT", "/sim/telephones/{number}", telephones.set_telephone),
    ("GET", "/sim/numbers", telephones.list_numbers),
    ("GET", "/sim/requests", history.list_requests),
    ("POST", "/sim/requests/{id:int}/repeat", history.repeat_request),
    ("GET", "/sim/warnings", history.list_warnings),
    ("GET", "/sim/faults", faults.show_faults),
    ("POST", "/sim/faults", faults.set_faults),
    ("DELETE", "/sim/faults", faults.clear_faults),
    ("POST", "/sim/reset", history.reset),
]


def _open_files() -> int | None:
    """Of this process, sockets among them; None where the system does not tell."""
    for place in ("/proc/self/fd", "/dev/fd"):
        with contextlib.suppress(OSError):
            return len(os.listdir(place))
    return None


def control_routes(engine: CallEngine, voice: object) -> list[BaseRoute]:
    """The routes under `/sim/`. `voice` may have a `stats()` of its own to add to the health."""

    async def health(engine: CallEngine, request: Request) -> Json:
        """Counts of what must not leak."""
        of_voice = getattr(voice, "stats", None)
        return {
            "legs": len(engine.world.live_calls),
            "messages": engine.texts.unfinished,
            "tasks": engine.tasks,
            "all_tasks": len(asyncio.all_tasks()),
            "sockets": engine.inspector.sockets,
            "open_files": _open_files(),
            "voice": of_voice() if callable(of_voice) else None,
        }

    events = events_endpoint(engine, lambda: history.snapshot(engine))
    return [
        *(control_route(engine, path, handler, method) for method, path, handler in HANDLERS),
        control_route(engine, "/sim/health", health),
        WebSocketRoute("/sim/events", events),
    ]
