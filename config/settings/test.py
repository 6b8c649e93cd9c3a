"""Settings of the unit tests: fast hashing, fixed credentials that open nothing, and no outside service.

Unless TEST_DATABASE_URL and TEST_REDIS_URL name a PostgreSQL and a Redis: `make test-services` does.
"""

import atexit
import os
import shutil
import tempfile

from phonenumbers import SUPPORTED_REGIONS

from tests.services import unit_redis_url

os.environ.update(
    {
        "DEBUG": "False",
        "SECRET_KEY": "of-the-tests-only-0123456789-0123456789-0123456789-0123456789",
        "ALLOWED_HOSTS": "desk.example.com,testserver",
        "PUBLIC_BASE_URL": "https://desk.example.com",
        "TWILIO_ACCOUNT_SID": "AC" + "a" * 32,
        "TWILIO_AUTH_TOKEN": "auth-token-for-tests-0123456789ab",
        "TWILIO_AUTH_TOKEN_SECONDARY": "secondary-token-for-tests-012345",
        "TWILIO_API_KEY_SID": "SK" + "b" * 32,
        "WEB_PUSH_PRIVATE_KEY": "c2VjcmV0LWtleS1mb3ItdGVzdHMtMDEyMzQ1Njc4OWE",
        "TWILIO_API_KEY_SECRET": "api-key-secret-for-tests-0123456",
        "TWILIO_TWIML_APP_SID": "AP" + "c" * 32,
        "TWILIO_CALLER_ID": "+12025550100",
        "TWILIO_API_BASE_URL": "",
        "TWILIO_VOICE_SIGNALLING_URL": "",
        "TOKEN_TTL_SECONDS": "3600",
        "LANGUAGE_CODE": "en",
        "HOME_REGION": "US",
        # All there are: a desk that names none is warned of.
        "ALLOWED_REGIONS": ",".join(sorted(SUPPORTED_REGIONS)),
        "SIMULATOR": "False",
        "TWILIO_WEBHOOK_USERNAME": "",
        "TWILIO_WEBHOOK_PASSWORD": "",
        "TWILIO_FALLBACK_NUMBER": "",
        "TRUSTED_PROXIES": "",
        "TWILIO_MESSAGING_SERVICE_SID": "",
        "MEDIA_DIR": tempfile.mkdtemp(prefix="ringdesk-media-"),
        "SPOOL_DIR": tempfile.mkdtemp(prefix="ringdesk-spool-"),
        "DATABASE_URL": os.environ.get("TEST_DATABASE_URL", ""),
        "REDIS_URL": unit_redis_url(),
    }
)

from config.settings.base import *  # noqa: F403

for _folder in ("SPOOL_DIR", "MEDIA_DIR"):
    atexit.register(shutil.rmtree, os.environ[_folder], ignore_errors=True)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "config.static_files.PlainStaticFiles"},
}
STATICFILES_DIRS = []
MIDDLEWARE = [name for name in MIDDLEWARE if not name.startswith("whitenoise")]  # noqa: F405
if not os.environ["DATABASE_URL"]:
    # pytest-xdist would name a file for each process: it knows Django's own back end only by its name.
    DATABASES["default"]["TEST"] = {"NAME": ":memory:"}  # noqa: F405
