"""Settings of Ringdesk. Everything that differs between places comes from the environment (see `.env.example`)."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import django_stubs_ext
from celery.schedules import crontab
from csp.constants import NONE, SELF

from config.env import BASE_DIR, env
from config.settings.twilio import *  # noqa: F403
from config.settings.twilio import PUBLIC_BASE_URL, SIMULATOR, TWILIO_EDGE, TWILIO_VOICE_SIGNALLING_URL

# Lets Django's generic classes be written with their types at run time.
django_stubs_ext.monkeypatch()

DEBUG: bool = env.flag("DEBUG", False)
SECRET_KEY: str = env.text("SECRET_KEY", "insecure-for-development-only" if DEBUG else "")
_public = urlsplit(PUBLIC_BASE_URL)
ALLOWED_HOSTS: list[str] = env.words("ALLOWED_HOSTS", [h for h in (_public.hostname,) if h])
if DEBUG:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]"]
# Addresses (or networks) whose X-Forwarded-* headers are believed.
TRUSTED_PROXIES: list[str] = env.words("TRUSTED_PROXIES", [])

INSTALLED_APPS = [
    "config.admin.app.RingdeskAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "csp",
    "axes",
    "knox",
    "rest_framework",
    "drf_spectacular",
    "config",
    "telephony",
    "agents",
    "contacts",
    "tokens",
    "routing",
    "calls",
    "desk",
    "messaging",
    "usage",
]
MIDDLEWARE = [
    "config.server.health.ProbeMiddleware",
    "agents.languages.LanguageMiddleware",
    "core.api.exceptions.ProblemMiddleware",
    "config.middleware.TrustedProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "agents.languages.AgentLanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.middleware.PermissionsPolicyMiddleware",
    "config.middleware.PrivateMiddleware",
    "agents.lockout.LockoutMiddleware",
]
ROOT_URLCONF = "config.urls"
# For pages and the API; Twilio's webhooks have as many of their own. Each thread holds one database connection.
WEB_THREADS: int = env.whole("WEB_THREADS", 8, least=1, most=1000)
# For log-ins alone, whose passwords take a third of a second each to check.
LOGIN_THREADS: int = env.whole("LOGIN_THREADS", 2, least=1, most=100)
# A caller hears our fallback's sentence after this many: before Twilio gives up on us (TWILIO_CONNECTION_OVERRIDES).
WEBHOOK_SECONDS: float = env.number("WEBHOOK_SECONDS", 3.5, least=0.1, most=15)
# A desk says that its phone rings. One that has not after so many seconds is passed over within the call; 0: never.
RING_ACK_SECONDS: float = env.number("RING_ACK_SECONDS", 3, least=0, most=60)
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Storage -------------------------------------------------------------------------------------------------------
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'ringdesk.sqlite3'}")
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["ENGINE"] = "config.sqlite"
    # A write lock taken at BEGIN, so that no transaction fails half-way when two of them race.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # The log is emptied by `config.server.checkpoints`, long before it has so many pages (32 MB).
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=8000;",
    }
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # A server that is away must not hold a caller's request for longer than a caller waits.
    _options = DATABASES["default"].setdefault("OPTIONS", {})
    _options.setdefault("connect_timeout", 3)
    # For `core.sql.prepared`; Django's own queries hold their values and are never prepared. Behind PgBouncer in
    # transaction mode older than 1.21, switch it off.
    if env.flag("DATABASE_PREPARED_STATEMENTS", True):
        _options.setdefault("prepare_threshold", 0)
# The server's threads live on (config.server.handler), and each keeps its connection.
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# What cannot be stored, because the database is away, waits here until it can. Keep it on a disk that stays.
SPOOL_DIR: str = env.text("SPOOL_DIR", str(BASE_DIR / ".run" / "spool"))
# Pictures and other files of texts. All web processes and workers share it; it is never served as it is.
MEDIA_DIR: str = env.text("MEDIA_DIR", str(BASE_DIR / ".run" / "media"))
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL: str = env.checked(
    "REDIS_URL", "", lambda url: url.startswith(("redis://", "rediss://", "unix://")), "redis://host:6379/0"
)
CACHES: dict[str, dict[str, Any]]
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "core.realtime.redis_layer.RedisChannelLayer",
            "CONFIG": {
                "url": REDIS_URL,
                # Redis publishes across its numbered databases: the name keeps what two desks on one server say apart.
                "prefix": f"ringdesk{urlsplit(REDIS_URL).path}",
                # What each desk is told after Redis was away: pushes may have been lost.
                "after_loss": {"type": "desk.missed"},
            },
        }
    }
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            # Limits are counted here, one entry for each agent and address: the default of 300 would forget some.
            "OPTIONS": {"MAX_ENTRIES": 20_000},
        }
    }
    CHANNEL_LAYERS = {"default": {"BACKEND": "core.realtime.channel_layer.ProcessChannelLayer"}}

# --- Tasks ---------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Told to look a hundred times a second: by itself the memory queue looks once.
CELERY_BROKER_TRANSPORT_OPTIONS = {} if REDIS_URL else {"polling_interval": 0.01}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "heartbeat": {"task": "config.tasks.heartbeat", "schedule": 30.0, "options": {"expires": 30}},
    # When the fewest calls come. Not every 24 hours: a server that restarts daily would never get there.
    "flight-recorder": {"task": "calls.tasks.flight_recorder_prune", "schedule": crontab(hour=3, minute=40)},
    "log-ins": {"task": "config.tasks.log_ins_prune", "schedule": crontab(hour=3, minute=50)},
    "missed-calls": {"task": "messaging.threads.missed_calls.write", "schedule": 5.0, "options": {"expires": 5}},
    "message-media": {"task": "messaging.media.fetch", "schedule": 15.0, "options": {"expires": 15}},
    # A doorbell that nobody heard.
    "texts": {"task": "messaging.tasks.reconcile", "schedule": 15.0, "options": {"expires": 15}},
    "outbox": {"task": "messaging.tasks.outbox_work", "schedule": 5.0, "options": {"expires": 5}},
    "contacts": {"task": "contacts.tasks.merges_prune", "schedule": crontab(hour=3, minute=55)},
    "reconcile": {"task": "calls.tasks.reconcile", "schedule": 60.0, "options": {"expires": 60}},
    # At quarters of the hour: the usage page says when the next one is (`usage.freshness`).
    "usage": {"task": "usage.tasks.refresh", "schedule": crontab(minute="*/15"), "options": {"expires": 600}},
    "prices": {"task": "usage.tasks.prices", "schedule": crontab(minute=7), "options": {"expires": 3000}},
}

# --- E-mail --------------------------------------------------------------------------------------------------------
# To admins, when a level of a spend limit is reached. Without a server nothing is sent; the admin's pages say it all.
EMAIL_URL: str = env.checked(
    "EMAIL_URL", "", lambda url: url.startswith(("smtp://", "smtps://", "smtp+tls://", "smtp+ssl://")),
    "smtp+tls://user:password@mail.example.com:587",
)  # fmt: skip
_email = env.email_config(EMAIL_URL)
EMAIL_BACKEND: str = _email["EMAIL_BACKEND"]
EMAIL_HOST: str = _email.get("EMAIL_HOST", "localhost")
EMAIL_PORT: int = _email.get("EMAIL_PORT", 25)
EMAIL_HOST_USER: str = _email.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD: str = _email.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS: bool = _email.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL: bool = _email.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL: str = env.text("EMAIL_FROM", f"ringdesk@{_public.hostname or 'localhost'}")

# How many days webhooks, requests and failures are kept for calls' time lines; 0: for ever.
FLIGHT_RECORDER_DAYS: int = env.whole("FLIGHT_RECORDER_DAYS", 90, least=0)

# --- People --------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "agents.Agent"
AUTHENTICATION_BACKENDS = ["agents.backends.LockoutBackend", "agents.backends.DeskBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "desk:desk"
LOGOUT_REDIRECT_URL = "login"
# After so many failures for one username from one address, for one username from anywhere, or from one address (of IPv6
# a /64), nothing is tried for so long. `agents.lockout`.
LOGIN_FAILURE_LIMIT: int = env.whole("LOGIN_FAILURE_LIMIT", 5)
LOGIN_FAILURE_LIMIT_PER_USERNAME: int = env.whole("LOGIN_FAILURE_LIMIT_PER_USERNAME", 20)
LOGIN_FAILURE_LIMIT_PER_ADDRESS: int = env.whole("LOGIN_FAILURE_LIMIT_PER_ADDRESS", 50)
LOGIN_LOCKOUT_SECONDS: int = env.whole("LOGIN_LOCKOUT_SECONDS", 900)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = LOGIN_FAILURE_LIMIT
AXES_COOLOFF_TIME = timedelta(seconds=min(LOGIN_LOCKOUT_SECONDS, 31_536_000))
AXES_HANDLER = "agents.lockout.LockoutHandler"
AXES_CLIENT_IP_CALLABLE = "core.proxies.client_network"
AXES_USERNAME_CALLABLE = "agents.lockout.axes_username"
AXES_LOCKOUT_CALLABLE = "agents.lockout.locked_out_answer"
AXES_RESET_ON_SUCCESS = True
# So that "try again in 15 minutes" stays true for whoever does not wait.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
# `agents.LoginRecord` keeps more, and axes' admin shows more than it must.
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
SILENCED_SYSTEM_CHECKS = ["axes.W002"]  # `agents.lockout.LockoutMiddleware` is axes' own, kept synchronous.
# API tokens of devices: rows of our own, so that one query finds the token, the device and the agent.
KNOX_TOKEN_MODEL = "tokens.Device"  # noqa: S105
DEVICE_LOGIN_DAYS: int = env.whole("DEVICE_LOGIN_DAYS", 90)
# How many days records of log-ins and of voice tokens are kept; 0: for ever.
LOGIN_RECORD_DAYS: int = env.whole("LOGIN_RECORD_DAYS", 365, least=0)
ISSUED_TOKEN_DAYS: int = env.whole("ISSUED_TOKEN_DAYS", 90, least=0)
# How many days it is kept who was available, busy or away when, and who changed it; 0: for ever.
PRESENCE_DAYS: int = env.whole("PRESENCE_DAYS", 90, least=0)
REST_KNOX = {"TOKEN_TTL": timedelta(days=min(DEVICE_LOGIN_DAYS, 3650))}
# Knox's own table would stay empty.
MIGRATION_MODULES = {"knox": None}

# --- Waking browsers -----------------------------------------------------------------------------------------------
# Our key at the push services of browsers, 32 bytes as base64url: `make run` and twilio_provision make one. Without it
# no browser is woken; another one ends what was allowed with the one before.
WEB_PUSH_PRIVATE_KEY: str = env.text("WEB_PUSH_PRIVATE_KEY", "")
# Whom a push service writes to when we trouble it.
WEB_PUSH_CONTACT: str = env.text("WEB_PUSH_CONTACT", f"mailto:{DEFAULT_FROM_EMAIL}")
# Push services beside those of Chrome, Edge, Firefox and Safari; ".example.com" stands for all names below it.
WEB_PUSH_HOSTS: list[str] = env.words("WEB_PUSH_HOSTS", [])

# --- Language and time ---------------------------------------------------------------------------------------------
# What is spoken here: to callers, unless their line says otherwise, and to agents who show no wish.
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LANGUAGE_CODE: str = env.checked("LANGUAGE_CODE", "en", dict(LANGUAGES).__contains__, "en or de")
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE: str = env.checked("TIME_ZONE", "UTC", available_timezones().__contains__, "a name like Europe/Berlin")
FORMAT_MODULE_PATH = "config.formats"
USE_TZ = True
USE_I18N = True

# --- Static files --------------------------------------------------------------------------------------------------
# Without a slash in front: under the path that the site stands under (`uvicorn --root-path`).
STATIC_URL = "static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "frontend" / "dist"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static_files.StaticFiles"},
}

# --- REST ----------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "tokens.authentication.DeviceAuthentication",
        "tokens.authentication.DeskSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.api.resources.BoundedJSONParser", "rest_framework.parsers.FormParser"],
    "DEFAULT_SCHEMA_CLASS": "core.api.schema.ApiSchema",
    "EXCEPTION_HANDLER": "core.api.exceptions.exception_handler",
    # Counted in the cache.
    "DEFAULT_THROTTLE_RATES": {
        "voice-token": f"{env.whole('VOICE_TOKENS_PER_MINUTE', 60, least=1)}/min",
        "login-username": f"{env.whole('LOGINS_PER_MINUTE', 10, least=1)}/min",
        "login-address": f"{env.whole('LOGINS_PER_MINUTE_PER_ADDRESS', 30, least=1)}/min",
    },
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Ringdesk",
    "DESCRIPTION": "Log-ins of devices, voice tokens, the agent who asks, the call log, call control, contacts, texts "
    "and usage.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    # Where two models use one name for what they choose from.
    "ENUM_NAME_OVERRIDES": {
        "CallResultEnum": "calls.models.CallResult",
        "DirectionEnum": "calls.models.Direction",
        "MessageDirectionEnum": "messaging.models.Direction",
        "RecipientOutcomeEnum": "messaging.group_sends.outcomes.Outcome",
        "GroupSendStateEnum": "messaging.models.SHOWN_STATES",
        "MediaStateEnum": "messaging.models.MediaState",
        "OutcomeEnum": "calls.models.CallOutcome",
        "ParticipantModeEnum": "calls.models.Participant.Mode",
        "SuperviseModeEnum": "calls.control.handling_serializers.SUPERVISE_MODES",
        "TransferModeEnum": "calls.models.Transfer.Mode",
        "QueueCallerStateEnum": "calls.queues.serializers.CALLER_STATES",
        "ConsentStateEnum": "contacts.models.Consent.State",
        "ConsentSourceEnum": "contacts.models.Consent.Source",
    },
    "WEBHOOKS": ["desk.frames.server_frame", "desk.frames.desk_frame"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.api_docs.hooks.say_null",
        "config.api_docs.hooks.add_examples",
    ],
}

# --- Security ------------------------------------------------------------------------------------------------------
_https = _public.scheme == "https"
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"] if _public.netloc else []
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = True
# Believed from TRUSTED_PROXIES only: config.middleware takes it away from everybody else's requests.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Without a proxy named, one that ends TLS would send its visitors round in circles.
SECURE_SSL_REDIRECT = _https and bool(TRUSTED_PROXIES)
# Twilio's POSTs cannot be redirected. (Probes are answered before: `config.server.health`.)
SECURE_REDIRECT_EXEMPT = [r"^twilio/"]
SECURE_HSTS_SECONDS = env.whole("HSTS_SECONDS", 31_536_000 if _https else 0, least=0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# A form of Twilio's holds some thirty fields; more than this is not from Twilio.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000


def _connect_sources() -> list[str]:
    """Where the desk may connect to: ourselves and the voice SDK's signalling."""
    if TWILIO_VOICE_SIGNALLING_URL:
        parts = urlsplit(TWILIO_VOICE_SIGNALLING_URL)
        return [SELF, f"{parts.scheme}://{parts.netloc}"]
    return [
        SELF,
        f"wss://voice-js.{TWILIO_EDGE}.twilio.com",
        "https://eventgw.twilio.com",
        "https://eventgw.us1.twilio.com",
    ]


CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF, "mediastream:"],
        "connect-src": _connect_sources(),
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- Logging -------------------------------------------------------------------------------------------------------
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_level = env.checked("LOG_LEVEL", "INFO", _LEVELS.__contains__, f"one of {', '.join(_LEVELS)}")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"class": "config.logs.ShortLines", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["console"],
        "level": env.checked("LOG_LEVEL", "INFO", _LEVELS.__contains__, f"one of {', '.join(_LEVELS)}"),
    },
    "loggers": {
        # Django's own handlers, one of which writes while DEBUG, would write each line again, and whole.
        "django": {"handlers": [], "level": "INFO"},
        # Its INFO lines hold phone numbers and message bodies.
        "twilio": {"level": "WARNING"},
        # Its INFO says of every log-in that there was one; `agents.LoginRecord` knows which.
        "axes": {"level": "WARNING"},
        "uvicorn.access": {"level": "WARNING"},
        "celery": {"level": "WARNING"},
        "kombu": {"level": "ERROR"},
        "django.channels.server": {"level": "WARNING"},
    },
}

DEMO_PASSWORD = "ringdesk-demo" if SIMULATOR else ""
