"""The account itself: Twilio Docs, "Account resource"."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from simulator.identifiers import now, rfc2822
from simulator.rest.api import API, ApiRequest


async def fetch(api: ApiRequest) -> Response:
    """The account, which is always active. Its auth token, which Twilio shows here, stays hidden."""
    sid = api.engine.config.account_sid
    base = f"{API}/Accounts/{sid}"
    moment = rfc2822(now())
    resources = {
        "applications": "Applications",
        "calls": "Calls",
        "incoming_phone_numbers": "IncomingPhoneNumbers",
        "keys": "Keys",
        "messages": "Messages",
        "recordings": "Recordings",
        "usage": "Usage",
    }
    return JSONResponse(
        {
            "sid": sid,
            "owner_account_sid": sid,
            "friendly_name": "Ringdesk simulator",
            "status": "active",
            "type": "Full",
            "auth_token": "",
            "date_created": moment,
            "date_updated": moment,
            "uri": f"{base}.json",
            "subresource_uris": {name: f"{base}/{path}.json" for name, path in resources.items()},
        }
    )


async def balance(api: ApiRequest) -> Response:
    """What is left of the account's credit."""
    sid = api.engine.config.account_sid
    return JSONResponse({"account_sid": sid, "balance": f"{api.engine.usage.balance:.2f}", "currency": "USD"})
