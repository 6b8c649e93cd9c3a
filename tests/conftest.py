from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator
from math import inf
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache

from agents.models import Agent, Team
from routing.facts import spam_rules_forget
from routing.models import Line
from routing.outgoing.selectors import forget as forget_rules
from tests import databases, factories
from tests.twilio import TwilioClient

# Tests that start programs, a browser or sound, or that measure time. Three files of them run side by side; all others
# may run in any company (`make test`).
_ALONE = (
    "tests/browser/",
    "tests/calls/rooms/test_rooms_end_to_end.py",
    "tests/calls/test_queue_end_to_end.py",
    "tests/messaging/test_big_send.py",
    "tests/outage/",
    "tests/routing/test_explained_calls.py",
    "tests/simulator/page/",
    "tests/simulator/voice/",
    "tests/simulator/test_end_to_end.py",
    "tests/simulator/test_leaks.py",
    "tests/simulator/test_with_voice.py",
    "tests/soak/",
    "tests/test_doctor_end_to_end.py",
    "tests/test_embedded_worker.py",
    "tests/test_make_run.py",
    "tests/test_mobile_guide.py",
    "tests/test_services_script.py",
)


# Of these, what is the same whatever keeps the data: microphones, keys, how pages look, who may do what, texts,
# which way a route leads, a program's own arithmetic. The simulator has no database and no Redis.
_ONCE = (
    "tests/browser/",
    "tests/calls/rooms/test_rooms_end_to_end.py",
    "tests/calls/test_browser_fields.py",
    "tests/config/test_api_description.py",
    "tests/config/test_api_roles.py",
    "tests/languages/",
    "tests/routing/test_explained_calls.py",
    "tests/routing/test_hours.py",
    "tests/routing/test_walk.py",
    "tests/simulator/",
    "tests/soak/test_compare.py",
    "tests/soak/test_soak.py::test_forty",
    "tests/soak/test_soak.py::test_with_a_fifth",
    "tests/telephony/webhooks/test_webhook_security.py",
    "tests/test_make_run.py",
    "tests/test_mobile_guide.py",
    "tests/test_services_script.py",
)
# But not these: what several desks are told at once, through Redis, of rows that are locked. The queue itself is tried
# there without a browser (tests/soak/test_queue.py, tests/calls/test_queue_end_to_end.py).
_AGAIN = (
    "tests/browser/test_board.py",
    "tests/browser/test_call_back.py",
)


# Of a test with many examples, PostgreSQL is shown the first of them: what differs there is found by the statement, not
# by the tenth value in it. Of the drawn lives of calls it is shown some; and all where the values themselves may be
# what a database cannot hold.
_EXAMPLES_AGAIN = 2
_LIVES_AGAIN = 30
_LIVES = "tests/calls/rooms/test_lives_of_"
_EVERY_EXAMPLE = ("tests/config/test_api_fuzzed.py", "tests/core/sql/")


_LONGEST = ("tests/soak/test_soak.py", "tests/outage/", "tests/simulator/voice/test_browser_")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Files of which no test would be run are not read: each of the processes that share the tests reads all others."""
    wanted = str(config.option.markexpr)
    if collection_path.is_dir() or not wanted.startswith(("alone", "not alone")):
        return None
    is_alone = collection_path.relative_to(config.rootpath).as_posix().startswith(_ALONE)
    return True if is_alone == wanted.startswith("not") else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # The files that take longest begin first, so that none is left over at the end.
    items.sort(key=lambda item: not item.nodeid.startswith(_LONGEST))
    examples: Counter[str] = Counter()
    for item in items:
        alone = item.nodeid.startswith(_ALONE)
        if alone:
            item.add_marker(pytest.mark.alone)
        test = item.nodeid.partition("[")[0]
        examples[test] += 1
        if not item.nodeid.startswith(_AGAIN) and (
            item.nodeid.startswith(_ONCE)
            or not (alone or _needs_services(item))
            or examples[test] > _examples_again(test)
        ):
            item.add_marker(pytest.mark.once)


def _examples_again(test: str) -> float:
    """How many of this test's examples run again on PostgreSQL."""
    if test.startswith(_EVERY_EXAMPLE):
        return inf
    return _LIVES_AGAIN if test.startswith(_LIVES) else _EXAMPLES_AGAIN


def _needs_services(item: pytest.Item) -> bool:
    """Whether it reaches the database, or lives where the ways to database and Redis are tested."""
    names = set(getattr(item, "fixturenames", ()))
    return bool(names & {"db", "transactional_db"} or item.get_closest_marker("django_db")) or item.nodeid.startswith(
        ("tests/core/", "tests/config/", "tests/desk/")
    )


def pytest_collection_finish() -> None:
    # What was imported and collected stays until the end: looking through it again and again took a sixth of the time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


def pytest_report_header() -> str:
    redis = "Redis" if settings.REDIS_URL else "no Redis"
    return f"services: {settings.DATABASES['default']['ENGINE'].rpartition('.')[2]}, {redis}"


@pytest.fixture(scope="session")
def _template(
    request: pytest.FixtureRequest, django_db_modify_db_settings: None, django_db_blocker: Any
) -> databases.Template:
    config: Any = request.config
    with django_db_blocker.unblock():
        return databases.lend(Path(config.cache.mkdir("databases")))


@pytest.fixture(scope="session")
def django_db_setup(_template: databases.Template, django_db_setup: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        _template.keep()


@pytest.fixture(autouse=True)
def _clean_cache() -> Iterator[None]:
    """What a test leaves in the cache is not there for the next: Redis would keep it."""
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _no_rules_known() -> None:
    """What may be called from here is read anew: another test had other rules."""
    forget_rules()
    spam_rules_forget()


@pytest.fixture
def twilio() -> TwilioClient:
    return TwilioClient()


@pytest.fixture(autouse=True)
def spool(settings: Any, tmp_path: Path) -> None:
    """What cannot be stored goes to a folder of the test's own; `inbox.drain()` stores it."""
    settings.SPOOL_DIR = str(tmp_path / "spool")


@pytest.fixture
def team(db: None) -> Team:
    return factories.make_team()


@pytest.fixture
def line(team: Team) -> Line:
    return factories.make_line(team=team)


@pytest.fixture
def ada(team: Team) -> Agent:
    """An agent of Support who can be reached."""
    return factories.make_agent("ada", team=team, reachable=True)


@pytest.fixture
def grace(team: Team) -> Agent:
    """Ada's colleague, reachable too."""
    return factories.make_agent("grace", team=team, reachable=True)


@pytest.fixture
def stranger(db: None) -> Agent:
    """An agent of another team."""
    return factories.make_agent("stranger", team=factories.make_team("Sales"), reachable=True)
