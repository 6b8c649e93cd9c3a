"""The API's paths. The same under `/api.twilio.com`, where a client that only swaps the host will look for them."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from simulator.engine.calls import CallEngine
from simulator.rest import accounts, applications, calls, keys, numbers, recordings
from simulator.rest.api import API, ApiRequest, Operation, endpoint
from simulator.rest.errors import ApiError

ACCOUNT = API + "/Accounts/{account}"
PREFIXES = ("", "/api.twilio.com")

OPERATIONS: list[tuple[str, str, Operation]] = [
    ("GET", ".json", accounts.fetch),
    ("GET", "/Keys.json", keys.index),
    ("POST", "/Keys.json", keys.create),
    ("GET", "/Keys/{key}.json", keys.fetch),
    ("POST", "/Keys/{key}.json", keys.update),
    ("DELETE", "/Keys/{key}.json", keys.delete),
    ("GET", "/Calls.json", calls.index),
    ("POST", "/Calls.json", calls.create),
    ("GET", "/Calls/{call}.json", calls.fetch),
    ("POST", "/Calls/{call}.json", calls.update),
    ("DELETE", "/Calls/{call}.json", calls.delete),
    ("GET", "/Calls/{call}/Recordings.json", recordings.index),
    ("GET", "/IncomingPhoneNumbers.json", numbers.index),
    ("POST", "/IncomingPhoneNumbers.json", numbers.create),
    ("GET", "/IncomingPhoneNumbers/{number}.json", numbers.fetch),
    ("POST", "/IncomingPhoneNumbers/{number}.json", numbers.update),
    ("DELETE", "/IncomingPhoneNumbers/{number}.json", numbers.delete),
    ("GET", "/Applications.json", applications.index),
    ("POST", "/Applications.json", applications.create),
    ("GET", "/Applications/{application}.json", applications.fetch),
    ("POST", "/Applications/{application}.json", applications.update),
    ("DELETE", "/Applications/{application}.json", applications.delete),
    ("GET", "/Recordings.json", recordings.index),
    ("GET", "/Recordings/{recording}.json", recordings.fetch),
    ("DELETE", "/Recordings/{recording}.json", recordings.delete),
]
#: Twilio's media URLs need no credentials unless the account says so.
MEDIA: list[tuple[str, Operation]] = [
    ("/Recordings/{recording}.wav", recordings.media),
    ("/Recordings/{recording}.mp3", recordings.media_mp3),
    ("/Recordings/{recording}", recordings.media),
]


async def missing(api: ApiRequest) -> Response:
    """Twilio may know the operation; the simulator does not, and says so rather than pretend."""
    what = f"{api.request.method} {api.request.url.path}"
    api.engine.inspector.warn(None, f"The simulator has no {what}")
    raise ApiError(None, status=501, message=f"The simulator does not imitate this operation: {what}")


def rest_routes(engine: CallEngine) -> list[BaseRoute]:
    routes: list[BaseRoute] = []
    for prefix in PREFIXES:
        for method, path, operation in OPERATIONS:
            routes.append(Route(prefix + ACCOUNT + path, endpoint(engine, operation), methods=[method]))
        for path, operation in MEDIA:
            routes.append(Route(prefix + ACCOUNT + path, endpoint(engine, operation, public=True), methods=["GET"]))
        every = ["GET", "POST", "PUT", "PATCH", "DELETE"]
        routes.append(Route(prefix + API + "/{rest:path}", endpoint(engine, missing), methods=every))
    routes.append(Route("/{host}.twilio.com/{rest:path}", endpoint(engine, missing), methods=every))
    return routes
