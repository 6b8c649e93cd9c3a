"""The one reader of the environment. `.env` in the project's root fills in what the environment does not say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

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

    def whole(self, name: str, default: int) -> int:
        return self._read(self._env.int, name, default, "a whole number")

    def number(self, name: str, default: float) -> float:
        return self._read(self._env.float, name, default, "a number")

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


environ.Env.read_env(BASE_DIR / ".env")
env = TypedEnv()
