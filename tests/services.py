"""PostgreSQL and Redis for the tests, on the servers that TEST_DATABASE_URL and TEST_REDIS_URL name.

`make test-services` starts both and sets both; without them there is SQLite and nothing else to start.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import redis
from psycopg import sql

DATABASE_SERVER = os.environ.get("TEST_DATABASE_URL", "")
REDIS_SERVER = os.environ.get("TEST_REDIS_URL", "")
# Of the test processes that run side by side, this one's place and how many there are.
_PROCESS = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_PROCESSES = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
# Redis has 16 numbered databases by default. Each process has one for its unit tests, and its share of the others for
# the products that it starts.
_FREE_NUMBERS = [number for number in range(15, _PROCESSES - 1, -1) if number % _PROCESSES == _PROCESS]


def unit_redis_url() -> str:
    """The database of this process's unit tests; empty when there is no Redis."""
    return urlsplit(REDIS_SERVER)._replace(path=f"/{_PROCESS}").geturl() if REDIS_SERVER else ""


@contextmanager
def own_services(folder: Path) -> Iterator[dict[str, str]]:
    """The settings of one product that shares neither rows nor keys with another, for as long as it runs."""
    with _own_database(folder) as database, _own_redis() as redis_url:
        yield {"DATABASE_URL": database, "REDIS_URL": redis_url}


@contextmanager
def _own_database(folder: Path) -> Iterator[str]:
    if not DATABASE_SERVER:
        yield f"sqlite:///{folder / 'desk.sqlite3'}"
        return
    name = f"stack_{secrets.token_hex(6)}"
    with psycopg.connect(DATABASE_SERVER, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield urlsplit(DATABASE_SERVER)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(DATABASE_SERVER, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def _own_redis() -> Iterator[str]:
    if not REDIS_SERVER:
        yield ""
        return
    number = _FREE_NUMBERS.pop()
    url = urlsplit(REDIS_SERVER)._replace(path=f"/{number}").geturl()
    try:
        with redis.Redis.from_url(url) as client:
            client.flushdb()
        yield url
    finally:
        _FREE_NUMBERS.append(number)


def worker_listens(redis_url: str) -> bool:
    """Whether a Celery worker has taken its place at the queue."""
    with redis.Redis.from_url(redis_url) as client:
        return bool(client.exists("_kombu.binding.celery"))
