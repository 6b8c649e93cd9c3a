"""What the simulator is told by its environment (or by a `.env` file in the current directory)."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import environ

DEFAULT_NUMBERS = "+12025550100 Support,+12025550101 Sales"
#: Twilio adds five seconds to every `<Dial timeout>` ("TwiML Voice: <Dial>", attribute `timeout`).
DEFAULT_DIAL_BUFFER = 5.0


@dataclass(frozen=True)
class SpokenRecording:
    """A message that somebody left before the simulator was started. Its sound lasts `seconds`, at the least."""

    sid: str
    call_sid: str
    words: str
    seconds: int


#: What is heard of the demo's past calls: theirs are these SIDs. It is there after every start.
DEMO_RECORDINGS = (
    SpokenRecording(
        sid="RE" + "de" * 16,
        call_sid="CA" + "de" * 16,
        words=(
            "Hello, this is Tom Aldous of Harbour Dental. Tuesday at half past ten does not work for us after all. "
            "Please call me back, before noon if you can. Thank you."
        ),
        seconds=11,
    ),
)


class MisconfiguredError(Exception):
    """A variable that the simulator cannot do without is missing or malformed. The message says which."""


@dataclass(frozen=True)
class Config:
    """Credentials as the product knows them, where the product is, and how fast time passes.

    `speed` divides the length of what is said and of `<Pause>`: 10 is ten times as fast. `dial_buffer` is in seconds.
    `allowed_hosts` are names by which the simulator is asked, beside those of this machine; `allowed_origins` are pages
    with phones of their own, beside the desk's.
    """

    account_sid: str
    auth_token: str
    api_key_sid: str = ""
    api_key_secret: str = ""
    twiml_app_sid: str = ""
    public_base_url: str = "http://localhost:8000"
    webhook_username: str = ""
    webhook_password: str = ""
    host: str = "127.0.0.1"
    port: int = 8001
    numbers: tuple[tuple[str, str], ...] = field(default_factory=lambda: parse_numbers(DEFAULT_NUMBERS))
    speed: float = 1.0
    dial_buffer: float = DEFAULT_DIAL_BUFFER
    allowed_hosts: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] = ()
    recordings: tuple[SpokenRecording, ...] = ()

    @property
    def base_url(self) -> str:
        """Where the simulator itself is found."""
        host = "localhost" if self.host in ("127.0.0.1", "0.0.0.0", "::1", "::") else self.host  # noqa: S104
        return f"http://{host}:{self.port}"

    def webhook_url(self, path: str) -> str:
        """The product's URL for `path`, with the webhook user and password in it when there are any."""
        scheme, netloc, base, _, _ = urlsplit(self.public_base_url.rstrip("/"))
        if self.webhook_username:
            user = quote(self.webhook_username, safe="")
            netloc = f"{user}:{quote(self.webhook_password, safe='')}@{netloc}"
        return urlunsplit((scheme, netloc, base + path, "", ""))


def parse_numbers(text: str) -> tuple[tuple[str, str], ...]:
    """`"+12025550100 Support,+12025550101 Sales"` as pairs of number and name. Raises `MisconfiguredError`."""
    pairs = []
    for item in filter(None, (part.strip() for part in text.split(","))):
        number, _, name = item.partition(" ")
        if not number.startswith("+") or not number[1:].isdigit():
            raise MisconfiguredError(f"SIMULATOR_NUMBERS: {number!r} is not a number in the form +12025550100")
        pairs.append((number, name.strip() or number))
    return tuple(pairs)


def _host_of(url: str) -> str:
    """The host of a URL as `Host` writes it, without the port; empty when there is none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return f"[{host}]" if ":" in host else host


def from_environment(dotenv: Path | None = None) -> Config:
    """Reads the environment; what the `.env` file says yields to it. Raises `MisconfiguredError`."""
    env = environ.Env()
    path = dotenv if dotenv is not None else Path.cwd() / ".env"
    if path.is_file():
        env.read_env(str(path))
    missing = [name for name in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN") if not env.str(name, default="")]
    if missing:
        raise MisconfiguredError(f"{' and '.join(missing)} must be set: the simulator signs webhooks with them")
    # The desk knows the simulator by these addresses.
    known = (_host_of(env.str(name, default="")) for name in ("TWILIO_API_BASE_URL", "TWILIO_VOICE_SIGNALLING_URL"))
    return Config(
        account_sid=env.str("TWILIO_ACCOUNT_SID"),
        auth_token=env.str("TWILIO_AUTH_TOKEN"),
        api_key_sid=env.str("TWILIO_API_KEY_SID", default=""),
        api_key_secret=env.str("TWILIO_API_KEY_SECRET", default=""),
        twiml_app_sid=env.str("TWILIO_TWIML_APP_SID", default=""),
        public_base_url=env.str("PUBLIC_BASE_URL", default="http://localhost:8000"),
        webhook_username=env.str("TWILIO_WEBHOOK_USERNAME", default=""),
        webhook_password=env.str("TWILIO_WEBHOOK_PASSWORD", default=""),
        host=env.str("SIMULATOR_HOST", default="127.0.0.1"),
        port=env.int("SIMULATOR_PORT", default=8001),
        numbers=parse_numbers(env.str("SIMULATOR_NUMBERS", default=DEFAULT_NUMBERS)),
        speed=env.float("SIMULATOR_SPEED", default=1.0),
        dial_buffer=env.float("SIMULATOR_DIAL_BUFFER", default=DEFAULT_DIAL_BUFFER),
        allowed_hosts=(*filter(None, known), *env.list("SIMULATOR_ALLOWED_HOSTS", default=[])),
        allowed_origins=tuple(env.list("SIMULATOR_ALLOWED_ORIGINS", default=[])),
        recordings=DEMO_RECORDINGS,
    )
