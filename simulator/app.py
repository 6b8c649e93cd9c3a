"""The composition root: puts world, engine, voice and the web interfaces together."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

import simulator.engine.verbs  # noqa: F401  the interpreter's verbs
from simulator.access import middleware
from simulator.config import Config
from simulator.control import control_routes
from simulator.engine.calls import CallEngine
from simulator.faults import Faults
from simulator.inspector import Inspector
from simulator.ports import Engine, Registrar
from simulator.rest.routes import rest_routes
from simulator.world import World

STATIC = Path(__file__).parent / "page" / "static"
# What callers are called and what TwiML says is shown here: none of it may become a script.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)


class FreshFiles(StaticFiles):
    """Modules whose names never change: the browser asks each time whether they did."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response


class VoiceSide(Registrar, Protocol):
    """The voice side as a whole: `ports.Registrar` with its own routes."""

    def routes(self, engine: Engine) -> Sequence[BaseRoute]: ...

    async def close(self) -> None: ...


def create_app(config: Config, voice: VoiceSide | None = None) -> Starlette:
    """The simulator as an ASGI application. `app.state.engine` is its call engine."""
    inspector = Inspector()
    faults = Faults(inspector.publish)
    if voice is None:
        from simulator.voice import Voice

        voice = Voice(config, faults)
    sound = voice
    engine = CallEngine(config, World(config), inspector, sound, faults)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await engine.close()
            await sound.close()

    routes: list[BaseRoute] = [
        Route("/", page),
        *control_routes(engine, sound),
        *sound.routes(engine),
        *rest_routes(engine),
    ]
    if STATIC.is_dir():
        routes.append(Mount("/static", FreshFiles(directory=STATIC), name="static"))
    app = Starlette(routes=routes, lifespan=lifespan, middleware=middleware(config))
    app.state.engine = engine
    return app


async def page(request: Request) -> Response:
    """The telephones and the inspector."""
    index = STATIC / "index.html"
    if index.is_file():
        return FileResponse(index, headers={"Cache-Control": "no-cache", "Content-Security-Policy": POLICY})
    return PlainTextResponse("The simulator is running; its page has not been built.", 404)
