"""What the door to Twilio tells the rest of us.

`rest_request` is sent after every attempt at a request to Twilio's REST API, with `method`, `path`, `status` (None when
nothing answered), `code` (Twilio's error code or None), `milliseconds`, `attempt` (1 for the first) and `call_sid`
(empty when the request is about no call).
"""

from django.dispatch import Signal

rest_request = Signal()
