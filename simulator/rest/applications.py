"""TwiML apps: Twilio Docs, "Application resource"."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, Response

from simulator.identifiers import new_sid
from simulator.rest.api import API, ApiRequest
from simulator.rest.errors import ApiError
from simulator.rest.paging import page_response
from simulator.rest.resources import apply_form, fields_json
from simulator.world import Application


def application_json(application: Application, account_sid: str) -> dict[str, Any]:
    return {
        **fields_json(application),
        "account_sid": account_sid,
        "api_version": "2010-04-01",
        "uri": f"{API}/Accounts/{account_sid}/Applications/{application.sid}.json",
    }


async def create(api: ApiRequest) -> Response:
    application = Application(new_sid("AP"), api.text("FriendlyName"))
    apply_form(api, application)
    api.engine.world.applications[application.sid] = application
    return JSONResponse(application_json(application, api.engine.config.account_sid), 201)


async def fetch(api: ApiRequest) -> Response:
    return JSONResponse(application_json(_application(api), api.engine.config.account_sid))


async def update(api: ApiRequest) -> Response:
    application = _application(api)
    apply_form(api, application)
    return JSONResponse(application_json(application, api.engine.config.account_sid))


async def delete(api: ApiRequest) -> Response:
    del api.engine.world.applications[_application(api).sid]
    return Response(status_code=204)


async def index(api: ApiRequest) -> Response:
    account, name = api.engine.config.account_sid, api.request.query_params.get("FriendlyName")
    applications = [
        application
        for application in api.engine.world.applications.values()
        if name in (None, application.friendly_name)
    ]
    return page_response(api, "applications", applications, lambda one: application_json(one, account))


def _application(api: ApiRequest) -> Application:
    sid = api.path("application")
    application = api.engine.world.applications.get(sid)
    if application is None:
        raise ApiError(20404, f"/Accounts/{api.engine.config.account_sid}/Applications/{sid}.json")
    return application
