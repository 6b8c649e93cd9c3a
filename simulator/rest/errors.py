"""Errors as Twilio's API answers them."""

from __future__ import annotations

from starlette.responses import JSONResponse

#: The code that Twilio's numbering of HTTP errors (20404, 20429, 20500) leaves for a 501.
NOT_BUILT = 20501

#: Twilio's error dictionary, for the codes used here: HTTP status and what the message says.
MESSAGES: dict[int, tuple[int, str]] = {
    20001: (400, "Bad request"),
    20003: (401, "Authenticate"),
    20004: (405, "Method not allowed"),
    20429: (429, "Too many requests"),
    20500: (500, "Internal server error"),
    NOT_BUILT: (501, "The simulator does not build {}"),
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
    21406: (400, "Voice fallback url is set without a voice url"),
    21421: (400, "PhoneNumber {} is invalid"),
    21422: (400, "PhoneNumber {} is not available"),
    32018: (400, "The Twiml parameter has more than 4000 characters"),
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
        return JSONResponse(body, self.status)
