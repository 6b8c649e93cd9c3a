"""The form fields of the webhooks of messages: Twilio Docs, "Messaging Webhooks" and "Track the Message Status"."""

from __future__ import annotations

from simulator.config import Config
from simulator.geography import fields_for, place_of
from simulator.identifiers import now
from simulator.message import Media, TextMessage
from simulator.webhooks.sender import Params

API_VERSION = "2010-04-01"


def media_url(config: Config, message: TextMessage, media: Media) -> str:
    """Where a message's picture is fetched, with the account's credentials."""
    return f"{config.base_url}/{API_VERSION}/Accounts/{config.account_sid}/Messages/{message.sid}/Media/{media.sid}"


def incoming_params(config: Config, message: TextMessage) -> dict[str, str]:
    """What the product is told of a message that came in."""
    params = {
        "AccountSid": message.account_sid,
        "ApiVersion": API_VERSION,
        "Body": message.body,
        "From": message.from_ or "",
        "MessageSid": message.sid,
        "NumMedia": str(len(message.media)),
        "NumSegments": str(message.segments),
        "SmsMessageSid": message.sid,
        "SmsSid": message.sid,
        "SmsStatus": "received",
        "To": message.to,
        **fields_for("From", place_of(message.from_ or "")),
        **fields_for("To", place_of(message.to)),
    }
    if message.service_sid:
        params["MessagingServiceSid"] = message.service_sid
    if message.service_sid and message.opt_out_type:
        params["OptOutType"] = message.opt_out_type
    for index, media in enumerate(message.media):
        params[f"MediaUrl{index}"] = media_url(config, message, media)
        params[f"MediaContentType{index}"] = media.content_type
    return params


def status_params(message: TextMessage, status: str) -> Params:
    """A status callback about `status`."""
    params = {
        "AccountSid": message.account_sid,
        "ApiVersion": API_VERSION,
        "From": message.from_ or "",
        "MessageSid": message.sid,
        "MessageStatus": status,
        "SmsSid": message.sid,
        "SmsStatus": status,
        "To": message.to,
    }
    if message.service_sid:
        params["MessagingServiceSid"] = message.service_sid
    if message.error_code is not None:
        params["ErrorCode"] = str(message.error_code)
        params["ErrorMessage"] = message.error_message or ""
    if status in ("delivered", "undelivered"):
        params["RawDlrDoneDate"] = now().strftime("%y%m%d%H%M")
    return list(params.items())
