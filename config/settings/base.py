"""Settings of Ringdesk. Everything that differs between places comes from the environment (see `.env.example`)."""

import warnings
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
from csp.constants import NONE, SELF

from config.env import BASE_DIR, env
from config.settings.twilio import *  # noqa: F403
from config.settings.twilio import PUBLIC_BASE_URL, SIMULATOR, TWILIO_EDGE, TWILIO_VOICE_SIGNALLING_URL

# WhiteNoise streams files as sync iterators, which Django reads in a thread and warns of each time. They are small.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
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
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "config",
    "telephony",
    "agents",
    "contacts",
    "tokens",
    "calls",
]
MIDDLEWARE = [
    "config.middleware.TrustedProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.middleware.PermissionsPolicyMiddleware",
]
ROOT_URLCONF = "config.urls"
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
    # A write lock taken at BEGIN, so that no transaction fails half-way when two of them race.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    # Under ASGI a connection lives as long as its request's thread: only a pool keeps them.
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
        "min_size": 1,
        "max_size": env.whole("DATABASE_POOL_SIZE", 10),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL: str = env.text("REDIS_URL", "")
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            # redis-py's default time-out would close every socket that is quiet for five seconds.
            "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None, "max_connections": 10000}]},
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    CHANNEL_LAYERS = {"default": {"BACKEND": "config.channel_layer.ProcessChannelLayer"}}

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
    "reconcile": {"task": "calls.tasks.reconcile", "schedule": 60.0, "options": {"expires": 60}},
}

# --- People --------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "agents.Agent"
AUTHENTICATION_BACKENDS = ["agents.backends.DeskBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/accounts/login/"

# --- Language and time ---------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
TIME_ZONE: str = env.text("TIME_ZONE", "UTC")
USE_TZ = True
USE_I18N = True

# --- Static files --------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "frontend" / "dist"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- REST ----------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser", "rest_framework.parsers.FormParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "telephony.apis.exception_handler",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Ringdesk",
    "DESCRIPTION": "Voice tokens, the call log and call control.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
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
# Twilio's POSTs cannot be redirected, and probes come from inside.
SECURE_REDIRECT_EXEMPT = [r"^twilio/", r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = env.whole("HSTS_SECONDS", 31_536_000 if _https else 0)
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
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {
        # Its INFO lines hold phone numbers and message bodies.
        "twilio": {"level": "WARNING"},
        "uvicorn.access": {"level": "WARNING"},
        "celery": {"level": "WARNING"},
        "kombu": {"level": "ERROR"},
        "django.channels.server": {"level": "WARNING"},
    },
}

DEMO_PASSWORD = "ringdesk-demo" if SIMULATOR else ""
