"""What others may listen to."""

from django.dispatch import Signal

# Sent after every attempt at a REST request, failed or not, with `method`, `path` (the resource without the account,
# "Calls/CA….json"), `status` (None when no answer came), `code` (Twilio's, of an error), `milliseconds`, `attempt`
# (from 1) and `call_sid` ("" when the path names no call). What a receiver raises is logged and fails nothing.
rest_request = Signal()
