"""The API's paths. The same under `/api.twilio.com`, where a client that only swaps the host will look for them."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from simulator.engine.calls import CallEngine
from simulator.rest import (
    accounts,
    applications,
    calls,
    conferences,
    declared,
    keys,
    lookups,
    messages,
    notifications,
    numbers,
    participants,
    queues,
    recordings,
    services,
    texts,
    triggers,
    usage,
)
from simulator.rest.api import API, ApiRequest, Operation, endpoint, not_built
from simulator.rest.declared import Fields

ACCOUNT = API + "/Accounts/{account}"
SERVICES = "/messaging.twilio.com/v1/Services"
SERVICE = SERVICES + "/{service}"
POOL = SERVICE + "/PhoneNumbers"
PREFIXES = ("", "/api.twilio.com")

OPERATIONS: list[tuple[str, str, Operation, Fields]] = [
    ("GET", ".json", accounts.fetch, declared.NOTHING),
    ("GET", "/Balance.json", accounts.balance, declared.NOTHING),
    ("GET", "/Keys.json", keys.index, declared.LIST),
    ("POST", "/Keys.json", keys.create, declared.KEY),
    ("GET", "/Keys/{key}.json", keys.fetch, declared.NOTHING),
    ("POST", "/Keys/{key}.json", keys.update, declared.KEY),
    ("DELETE", "/Keys/{key}.json", keys.delete, declared.NOTHING),
    ("GET", "/Calls.json", calls.index, declared.CALLS),
    ("POST", "/Calls.json", calls.create, declared.NEW_CALL),
    ("GET", "/Calls/{call}.json", calls.fetch, declared.NOTHING),
    ("POST", "/Calls/{call}.json", calls.update, declared.CALL),
    ("DELETE", "/Calls/{call}.json", calls.delete, declared.NOTHING),
    ("GET", "/Calls/{call}/Notifications.json", notifications.index, declared.NOTIFICATIONS),
    ("GET", "/Calls/{call}/Recordings.json", recordings.index, declared.CALLS_RECORDINGS),
    ("POST", "/Calls/{call}/UserDefinedMessages.json", messages.create, declared.MESSAGE),
    ("POST", "/Calls/{call}/UserDefinedMessageSubscriptions.json", messages.subscribe, declared.SUBSCRIPTION),
    (
        "DELETE",
        "/Calls/{call}/UserDefinedMessageSubscriptions/{subscription}.json",
        messages.unsubscribe,
        declared.NOTHING,
    ),
    ("GET", "/Messages.json", texts.index, declared.TEXTS),
    ("POST", "/Messages.json", texts.create, declared.NEW_TEXT),
    ("GET", "/Messages/{message}.json", texts.fetch, declared.NOTHING),
    ("POST", "/Messages/{message}.json", texts.update, declared.TEXT),
    ("DELETE", "/Messages/{message}.json", texts.delete, declared.NOTHING),
    ("GET", "/Messages/{message}/Media.json", texts.list_media, declared.TEXTS_MEDIA),
    ("GET", "/Messages/{message}/Media/{media}.json", texts.fetch_media, declared.NOTHING),
    ("DELETE", "/Messages/{message}/Media/{media}.json", texts.delete_media, declared.NOTHING),
    ("GET", "/Messages/{message}/Media/{media}", texts.media_itself, declared.NOTHING),
    ("GET", "/IncomingPhoneNumbers.json", numbers.index, declared.NUMBERS),
    ("POST", "/IncomingPhoneNumbers.json", numbers.create, declared.NEW_NUMBER),
    ("GET", "/IncomingPhoneNumbers/{number}.json", numbers.fetch, declared.NOTHING),
    ("POST", "/IncomingPhoneNumbers/{number}.json", numbers.update, declared.NUMBER),
    ("DELETE", "/IncomingPhoneNumbers/{number}.json", numbers.delete, declared.NOTHING),
    ("GET", "/Applications.json", applications.index, declared.APPLICATIONS),
    ("POST", "/Applications.json", applications.create, declared.APPLICATION),
    ("GET", "/Applications/{application}.json", applications.fetch, declared.NOTHING),
    ("POST", "/Applications/{application}.json", applications.update, declared.APPLICATION),
    ("DELETE", "/Applications/{application}.json", applications.delete, declared.NOTHING),
    ("GET", "/Recordings.json", recordings.index, declared.RECORDINGS),
    ("GET", "/Recordings/{recording}.json", recordings.fetch, declared.NOTHING),
    ("DELETE", "/Recordings/{recording}.json", recordings.delete, declared.NOTHING),
    ("GET", "/Conferences.json", conferences.index, declared.CONFERENCES),
    ("GET", "/Conferences/{conference}.json", conferences.fetch, declared.NOTHING),
    ("POST", "/Conferences/{conference}.json", conferences.update, declared.CONFERENCE),
    ("GET", "/Conferences/{conference}/Participants.json", participants.index, declared.PARTICIPANTS),
    ("POST", "/Conferences/{conference}/Participants.json", participants.create, declared.NEW_PARTICIPANT),
    ("GET", "/Conferences/{conference}/Participants/{call}.json", participants.fetch, declared.NOTHING),
    ("POST", "/Conferences/{conference}/Participants/{call}.json", participants.update, declared.PARTICIPANT),
    ("DELETE", "/Conferences/{conference}/Participants/{call}.json", participants.delete, declared.NOTHING),
    ("GET", "/Queues.json", queues.index, declared.LIST),
    ("POST", "/Queues.json", queues.create, declared.QUEUE),
    ("GET", "/Queues/{queue}.json", queues.fetch, declared.NOTHING),
    ("POST", "/Queues/{queue}.json", queues.update, declared.QUEUE),
    ("DELETE", "/Queues/{queue}.json", queues.delete, declared.NOTHING),
    ("GET", "/Queues/{queue}/Members.json", queues.list_members, declared.LIST),
    ("GET", "/Queues/{queue}/Members/{call}.json", queues.fetch_member, declared.NOTHING),
    ("POST", "/Queues/{queue}/Members/{call}.json", queues.update_member, declared.MEMBER),
    ("GET", "/Usage/Records.json", usage.index, declared.USAGE),
    *(("GET", f"/Usage/Records/{name}.json", usage.index, declared.USAGE) for name in usage.PERIODS if name),
    ("GET", "/Usage/Triggers.json", triggers.index, declared.TRIGGERS),
    ("POST", "/Usage/Triggers.json", triggers.create, declared.NEW_TRIGGER),
    ("GET", "/Usage/Triggers/{trigger}.json", triggers.fetch, declared.NOTHING),
    ("POST", "/Usage/Triggers/{trigger}.json", triggers.update, declared.TRIGGER),
    ("DELETE", "/Usage/Triggers/{trigger}.json", triggers.delete, declared.NOTHING),
]
#: Those of other hosts than `api.twilio.com`, under `/<host>`.
ELSEWHERE: list[tuple[str, str, Operation, Fields]] = [
    ("GET", SERVICES, services.index, declared.LIST),
    ("POST", SERVICES, services.create, declared.SERVICE),
    ("GET", SERVICE, services.fetch, declared.NOTHING),
    ("POST", SERVICE, services.update, declared.SERVICE),
    ("DELETE", SERVICE, services.delete, declared.NOTHING),
    ("GET", POOL, services.list_numbers, declared.LIST),
    ("POST", POOL, services.add_number, declared.SERVICES_NUMBER),
    ("GET", POOL + "/{number}", services.fetch_number, declared.NOTHING),
    ("DELETE", POOL + "/{number}", services.remove_number, declared.NOTHING),
    ("GET", "/lookups.twilio.com/v2/PhoneNumbers/{phone_number}", lookups.fetch, declared.LOOKUP),
]
#: Twilio's media URLs need no credentials unless the account says so.
MEDIA: list[tuple[str, Operation]] = [
    ("/Recordings/{recording}.wav", recordings.media),
    ("/Recordings/{recording}.mp3", recordings.media_mp3),
    ("/Recordings/{recording}", recordings.media),
]


async def missing(api: ApiRequest) -> Response:
    """What the simulator has no operation for."""
    raise not_built(api.engine, f"{api.request.method} {api.request.url.path}")


def rest_routes(engine: CallEngine) -> list[BaseRoute]:
    routes: list[BaseRoute] = []
    for prefix in PREFIXES:
        for method, path, operation, fields in OPERATIONS:
            routes.append(Route(prefix + ACCOUNT + path, endpoint(engine, operation, fields), methods=[method]))
        for path, operation in MEDIA:
            routes.append(Route(prefix + ACCOUNT + path, endpoint(engine, operation, public=True), methods=["GET"]))
        every = ["GET", "POST", "PUT", "PATCH", "DELETE"]
        routes.append(Route(prefix + API + "/{rest:path}", endpoint(engine, missing), methods=every))
    for method, path, operation, fields in ELSEWHERE:
        routes.append(Route(path, endpoint(engine, operation, fields), methods=[method]))
    routes.append(Route("/{host}.twilio.com/{rest:path}", endpoint(engine, missing), methods=every))
    return routes
