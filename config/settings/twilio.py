"""All that Ringdesk must know of Twilio, typed. What is missing or malformed is reported by `telephony.checks`."""

import re

from config.env import env

# Where Twilio reaches us: the base of every URL we give it, and of every URL whose signature we check.
PUBLIC_BASE_URL: str = env.address("PUBLIC_BASE_URL", "http://localhost:8000").rstrip("/")

TWILIO_ACCOUNT_SID: str = env.text("TWILIO_ACCOUNT_SID", "")
TWILIO_AUTH_TOKEN: str = env.text("TWILIO_AUTH_TOKEN", "")
TWILIO_AUTH_TOKEN_SECONDARY: str = env.text("TWILIO_AUTH_TOKEN_SECONDARY", "")
# SharedKeys that sign webhooks with HMAC-SHA256 instead of the auth token (a beta of Twilio's): id → secret.
TWILIO_WEBHOOK_SHARED_KEYS: dict[str, str] = env.pairs("TWILIO_WEBHOOK_SHARED_KEYS")
TWILIO_API_KEY_SID: str = env.text("TWILIO_API_KEY_SID", "")
TWILIO_API_KEY_SECRET: str = env.text("TWILIO_API_KEY_SECRET", "")
TWILIO_TWIML_APP_SID: str = env.text("TWILIO_TWIML_APP_SID", "")
TWILIO_CALLER_ID: str = env.text("TWILIO_CALLER_ID", "")
# A messaging service (MG…) whose sender pool our numbers are in. Empty: texts go from the numbers alone.
TWILIO_MESSAGING_SERVICE_SID: str = env.text("TWILIO_MESSAGING_SERVICE_SID", "")
# Asked of Twilio on every webhook, by HTTP Digest or Basic, when both are set. Letters and digits only.
TWILIO_WEBHOOK_USERNAME: str = env.text("TWILIO_WEBHOOK_USERNAME", "")
TWILIO_WEBHOOK_PASSWORD: str = env.text("TWILIO_WEBHOOK_PASSWORD", "")
# Where callers go when Ringdesk itself is broken.
TWILIO_FALLBACK_NUMBER: str = env.text("TWILIO_FALLBACK_NUMBER", "")
TWILIO_PUSH_CREDENTIAL_SID_IOS: str = env.text("TWILIO_PUSH_CREDENTIAL_SID_IOS", "")
TWILIO_PUSH_CREDENTIAL_SID_ANDROID: str = env.text("TWILIO_PUSH_CREDENTIAL_SID_ANDROID", "")

# Instead of https://api.twilio.com and wss://voice-js.roaming.twilio.com: the simulator's.
TWILIO_API_BASE_URL: str = env.address("TWILIO_API_BASE_URL", "").rstrip("/")
TWILIO_VOICE_SIGNALLING_URL: str = env.address("TWILIO_VOICE_SIGNALLING_URL", "")
TWILIO_EDGE: str = env.text("TWILIO_EDGE", "roaming")
# Where the API key and the TwiML app live when not in us1, such as ie1: written into every voice token.
TWILIO_REGION: str = env.text("TWILIO_REGION", "")
SIMULATOR: bool = env.flag("SIMULATOR", False)

TOKEN_TTL_SECONDS: int = env.whole("TOKEN_TTL_SECONDS", 3600)
# The most that a client of that platform may ask for. An app's is an hour: so long a lost telephone may go on ringing.
TOKEN_MAX_TTL_SECONDS_WEB: int = env.whole("TOKEN_MAX_TTL_SECONDS_WEB", 86_400)
TOKEN_MAX_TTL_SECONDS_IOS: int = env.whole("TOKEN_MAX_TTL_SECONDS_IOS", 3600)
TOKEN_MAX_TTL_SECONDS_ANDROID: int = env.whole("TOKEN_MAX_TTL_SECONDS_ANDROID", 3600)
# Tokens of the kind that clients of the 1.x SDKs need, signed with the auth token.
TWILIO_CAPABILITY_TOKENS: bool = env.flag("TWILIO_CAPABILITY_TOKENS", False)
# How long before a token's end the desk fetches the next one.
TOKEN_REFRESH_SECONDS: int = env.whole("TOKEN_REFRESH_SECONDS", 60, least=0)

# Seconds that a call to the REST API may take. The library itself never gives up.
TWILIO_TIMEOUT_SECONDS: float = env.number("TWILIO_TIMEOUT_SECONDS", 10.0, least=0.1, most=600)
# How Twilio reaches us: two retries after no connection, no answer or a 5xx, all three attempts within its 15 seconds.
TWILIO_CONNECTION_OVERRIDES: str = env.text("TWILIO_CONNECTION_OVERRIDES", "rc=2&rp=ct,rt,5xx&ct=1000&rt=4000")
if TWILIO_CONNECTION_OVERRIDES == "none":
    TWILIO_CONNECTION_OVERRIDES = ""
# How often a request that failed is repeated, when that is safe; 0: never. An agent waits 4 seconds at the most.
TWILIO_RETRIES: int = env.whole("TWILIO_RETRIES", 3)

# --- Texts ---
# How many texts a worker process asks Twilio to send at the same time.
MESSAGE_CONCURRENCY: int = env.whole("MESSAGE_CONCURRENCY", 25, least=1, most=200)
# What every sender may send, in segments a second; 0: what Twilio allows each kind of number. A sender's own wins.
MESSAGE_SEGMENTS_PER_SECOND: float = env.number("MESSAGE_SEGMENTS_PER_SECOND", 0.0, least=0, most=100_000)
# A text that Twilio may or may not have taken is looked up there twice, so many seconds apart, before it is sent again.
MESSAGE_SETTLE_SECONDS: float = env.number("MESSAGE_SETTLE_SECONDS", 60.0, least=0.1, most=3600)
# Receipts that have not come so long after a text was sent are asked for.
MESSAGE_RECONCILE_SECONDS: float = env.number("MESSAGE_RECONCILE_SECONDS", 60.0, least=0.1, most=3600)
# What a segment may cost where no earlier text says it: an amount and a currency, such as 0.0083 USD.
MESSAGE_PRICE_PER_SEGMENT: str = env.checked(
    "MESSAGE_PRICE_PER_SEGMENT",
    "",
    lambda text: not text or re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,6})?( [A-Za-z]{3})?", text) is not None,
    "an amount and a currency, such as 0.0083 USD",
)
# When Twilio could not be asked for so long whether it has a text, that counts as not known.
MESSAGE_UNKNOWN_SECONDS: float = env.number("MESSAGE_UNKNOWN_SECONDS", 900.0, least=1, most=86_400)

# How a number without + is read, and which countries agents may call (empty: all).
HOME_REGION: str = env.text("HOME_REGION", "US")
ALLOWED_REGIONS: list[str] = [region.upper() for region in env.words("ALLOWED_REGIONS", [])]
# Which numbers beside ordinary ones agents may call (telephony.phone.OPTIONAL_KINDS); "none": no others.
ALLOWED_NUMBER_KINDS: list[str] = env.words("ALLOWED_NUMBER_KINDS", ["shared-cost"])
