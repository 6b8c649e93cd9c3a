"""What the tests of texts share."""

import asyncio
import re

from twilio.request_validator import RequestValidator

from tests.simulator.harness import CALLER, SUPPORT, TOKEN

STATUS = "/twilio/messaging/status/"
INCOMING = "/twilio/messaging/incoming/"
FALLBACK = "/twilio/messaging/fallback/"

#: A time as the API of calls and texts has it, RFC 2822.
DATE = re.compile(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000")
#: A message, field by field, as Twilio publishes it: what each may be. None among them: it may be null.
MESSAGE_SHAPE = {
    "sid": re.compile(r"(SM|MM)[0-9a-f]{32}"),
    "account_sid": re.compile(r"AC[0-9a-f]{32}"),
    "messaging_service_sid": (re.compile(r"MG[0-9a-f]{32}"), None),
    "from": (str, None),
    "to": str,
    "body": str,
    "direction": re.compile(r"inbound|outbound-(api|call|reply)"),
    "status": re.compile(
        "queued|sending|sent|failed|delivered|undelivered|receiving|received|accepted|scheduled|read|canceled"
    ),
    "num_segments": re.compile(r"\d+"),
    "num_media": re.compile(r"\d+"),
    "price": (re.compile(r"-\d+\.\d{5}"), None),
    "price_unit": (re.compile(r"USD"), None),
    "error_code": (int, None),
    "error_message": (str, None),
    "date_created": DATE,
    "date_updated": DATE,
    "date_sent": (DATE, None),
    "api_version": re.compile(r"2010-04-01"),
    "uri": re.compile(r"/2010-04-01/Accounts/AC\w{32}/Messages/\w{34}\.json"),
    "subresource_uris": dict,
}


def misfits(answer: dict, shape: dict) -> list[str]:
    """What in an answer is not of the shape: names that are missing or unknown, values of another kind."""

    def fits(value, wanted):
        if isinstance(wanted, tuple):
            return any(fits(value, one) for one in wanted)
        if wanted is None or value is None:
            return wanted is None and value is None
        if isinstance(wanted, re.Pattern):
            return isinstance(value, str) and wanted.fullmatch(value) is not None
        return isinstance(value, wanted)

    names = sorted(set(answer) ^ set(shape))
    return names + [
        f"{name}: {answer[name]!r}" for name in shape if name in answer and not fits(answer[name], shape[name])
    ]


async def text(b, body="Hello", **fields):
    """A text of ours to a telephone, asked of the API as a form."""
    data = {"From": SUPPORT, "To": CALLER, "Body": body, **fields}
    data = {name: value for name, value in data.items() if value is not None}
    return await b.rest("POST", "/Messages.json", data=data)


async def sent(b, body="Hello", **fields):
    answer = await text(b, body, **fields)
    assert answer.status_code == 201, answer.text
    return b.engine.world.messages[answer.json()["sid"]]


async def text_us(b, body="Hello", from_=CALLER, to=SUPPORT, **fields):
    """A telephone texts one of our numbers."""
    answer = await b.http.post("/sim/messages", json={"from": from_, "to": to, "body": body, **fields})
    assert answer.status_code == 201, answer.text
    return b.engine.world.messages[answer.json()["sid"]]


def statuses(b, path=STATUS):
    return [request.params["MessageStatus"] for request in b.product.at(path)]


def history(message):
    return [status for status, _ in message.history]


def is_signed(request) -> bool:
    validator = RequestValidator(TOKEN)
    return validator.validate(request.url, request.params, request.headers.get("x-twilio-signature", ""))


def run(scenario):
    asyncio.run(scenario())
