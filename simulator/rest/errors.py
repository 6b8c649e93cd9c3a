"""Errors as Twilio's API answers them."""

from __future__ import annotations

from http import HTTPStatus

from starlette.responses import JSONResponse

#: The code that Twilio's numbering of HTTP errors (20404, 20429, 20500) leaves for a 501.
NOT_BUILT = 20501

#: Twilio's error dictionary, for the codes used here: HTTP status and what the message says.
MESSAGES: dict[int, tuple[int, str]] = {
    20001: (400, "Bad request"),
    20002: (400, "Invalid {}"),
    20003: (401, "Authenticate"),
    20004: (405, "Method not allowed"),
    20429: (429, "Too many requests"),
    20500: (500, "Internal server error"),
    NOT_BUILT: (501, "The simulator does not build {}"),
    20009: (409, "Cannot delete this resource before it is complete: {}"),
    20404: (404, "The requested resource {} was not found"),
    21201: (400, "No 'To' number is specified"),
    21205: (400, "Url parameter is required"),
    21210: (400, "The source phone number provided, {}, is not yet verified for your account"),
    21212: (400, "The 'From' number {} is not a valid phone number, shortcode, or alphanumeric sender ID"),
    21213: (400, "No 'From' number is specified"),
    21214: (400, "'To' phone number {} cannot be reached"),
    21215: (400, "Account not authorized to call {}"),
    21216: (400, "Account not allowed to call {}"),
    21217: (400, "Phone number {} does not appear to be valid"),
    21262: (400, "AsyncAmd needs an AsyncAmdStatusCallback"),
    21218: (400, "Invalid ApplicationSid {}"),
    21220: (400, "Call is not in-progress. Cannot redirect."),
    21222: (400, "Invalid Url parameter: {}"),
    21211: (400, "Invalid 'To' Phone Number: {}"),
    21265: (400, "'To' number {} cannot be a Short Code"),
    21266: (400, "'To' and 'From' number cannot be the same: {}"),
    10004: (429, "Call concurrency limit exceeded"),
    13240: (400, "{} is not a participant whom somebody could coach"),
    16025: (400, "There is already a participant labelled {}"),
    21406: (400, "Voice fallback url is set without a voice url"),
    21421: (400, "PhoneNumber {} is invalid"),
    21422: (400, "PhoneNumber {} is not available"),
    21451: (400, "AreaCode {} is not a valid North American area code"),
    21452: (400, "No phone numbers found in area code {}"),
    21408: (400, "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: {}"),
    21602: (400, "Message body is required."),
    21603: (400, "A 'From' phone number is required."),
    21604: (400, "A 'To' phone number is required."),
    21606: (
        400,
        "The 'From' phone number {} is not a valid, message-capable Twilio phone number for this destination.",
    ),
    21608: (400, "The number {} is unverified. Trial accounts cannot send messages to unverified numbers."),
    21609: (400, "Invalid 'StatusCallback' URL: {}"),
    21610: (400, "Attempt to send to unsubscribed recipient: {}"),
    21611: (400, "This 'From' number {} has exceeded the maximum number of queued messages."),
    21612: (400, "The message cannot be sent with the current combination of 'To' ({}) and 'From' parameters."),
    21614: (400, "'To' number {} is not a valid mobile number"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit."),
    21619: (400, "A text message body or media urls must be specified."),
    21620: (400, "Invalid media URL(s): {}"),
    21623: (400, "Number of media files exceeds the allowed limit of 10."),
    21624: (400, "Validity period must be a whole number of seconds from 1 to 36000, not {}"),
    21701: (400, "The Messaging Service {} does not exist."),
    21703: (400, "The Messaging Service {} does not have a phone number available to send a message."),
    21710: (409, "Phone number {} is already in the Messaging Service."),
    21712: (409, "Phone number {} is associated with another Messaging Service."),
    30409: (400, "This message cannot be canceled: it is {}"),
    32018: (400, "The Twiml parameter has more than 4000 characters"),
    35111: (400, "SendAt is required to schedule a message."),
    35114: (400, "SendAt time must be between 900 seconds and 35 days (3024000 seconds) in the future: {}"),
}


class ApiError(Exception):
    """An error for the caller of the API. `about` is put into the message."""

    def __init__(self, code: int, about: str = "", *, status: int | None = None, message: str = "") -> None:
        known = MESSAGES[code]
        self.code = code
        self.status = status or known[0]
        self.message = message or known[1].format(about)
        super().__init__(self.message)

    def response(self) -> JSONResponse:
        body = {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }
        asked = {"WWW-Authenticate": 'Basic realm="Twilio API"'} if self.status == HTTPStatus.UNAUTHORIZED else None
        return JSONResponse(body, self.status, asked)
