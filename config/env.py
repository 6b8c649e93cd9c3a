"""The one reader of the environment. `.env` in the project's root fills in what the environment does not say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import environ

BASE_DIR = Path(__file__).resolve().parent.parent
T = TypeVar("T")


class TypedEnv:
    """django-environ, with a default for everything.

    A value that cannot be read counts as not set and is kept in `malformed` (name → what was expected), for a system
    check to report with a hint: a traceback from the settings tells an operator nothing.
    """

    def __init__(self) -> None:
        self._env = environ.Env()
        self.malformed: dict[str, str] = {}

    def _read(self, reader: Callable[..., Any], name: str, default: T, expected: str) -> T:
        if self._env.str(name, default="") == "":
            return default
        try:
            value: T = reader(name)
        except (ValueError, environ.ImproperlyConfigured):
            self.malformed[name] = expected
            return default
        return value

    def text(self, name: str, default: str) -> str:
        value: str = self._read(self._env.str, name, default, "text")
        return value.strip()

    def flag(self, name: str, default: bool) -> bool:
        return self._read(self._flag, name, default, "True or False")

    def _flag(self, name: str) -> bool:
        value = self._env.str(name).strip().lower()
        if value in ("true", "1", "yes", "on"):
            return True
        if value in ("false", "0", "no", "off"):
            return False
        raise ValueError(name)

    def whole(self, name: str, default: int, least: int | None = None, most: int | None = None) -> int:
        return self._read(_within(self._env.int, least, most), name, default, f"a whole number{_range(least, most)}")

    def number(self, name: str, default: float, least: float | None = None, most: float | None = None) -> float:
        return self._read(_within(self._env.float, least, most), name, default, f"a number{_range(least, most)}")

    def checked(self, name: str, default: str, is_good: Callable[[str], bool], expected: str) -> str:
        """A text that must be of some kind."""

        def reader(name: str) -> str:
            value: str = self._env.str(name).strip()
            if not is_good(value):
                raise ValueError(name)
            return value

        return self._read(reader, name, default, expected)

    def address(self, name: str, default: str) -> str:
        """A URL, of which no more is known than that it can be read."""
        return self.checked(name, default, _is_address, "an address like https://desk.example.com")

    def words(self, name: str, default: list[str]) -> list[str]:
        return [part.strip() for part in self._read(self._env.list, name, default, "words with commas between") if part]

    def pairs(self, name: str) -> dict[str, str]:
        """`id:secret,id:secret` → a dictionary; empty when not set."""
        found: dict[str, str] = {}
        for part in self.words(name, []):
            key, colon, value = part.partition(":")
            if not (key and colon and value):
                self.malformed[name] = "id:secret, with commas between"
                return {}
            found[key] = value
        return found

    def db_url(self, name: str, default: str) -> dict[str, Any]:
        config: dict[str, Any] = self._read(
            self._env.db_url, name, self._env.db_url_config(default), "postgres://user:password@host:5432/name"
        )
        if not config.get("ENGINE"):
            self.malformed[name] = "postgres://user:password@host:5432/name"
            config = self._env.db_url_config(default)
        return dict(config)

    def email_config(self, url: str) -> dict[str, Any]:
        """Django's settings of e-mail for such a URL; with "" what is sent goes nowhere."""
        config: dict[str, Any] = self._env.email_url_config(url or "dummymail://")
        return {name: value for name, value in config.items() if name.startswith("EMAIL_") and value is not None}


def _within(reader: Callable[..., Any], least: float | None, most: float | None) -> Callable[..., Any]:
    def read(name: str) -> Any:
        value = reader(name)
        # So that what is no number at all (`nan`) is out of every range.
        if not ((least is None or value >= least) and (most is None or value <= most)):
            raise ValueError(name)
        return value

    return read


def _range(least: float | None, most: float | None) -> str:
    if least is None:
        return ""
    return f" from {least} to {most}" if most is not None else f", {least} or more"


def _is_address(value: str) -> bool:
    try:
        # The port is read, and may be none, when it is asked for.
        return urlsplit(value).port != 0
    except ValueError:
        return False


environ.Env.read_env(BASE_DIR / ".env")
env = TypedEnv()
