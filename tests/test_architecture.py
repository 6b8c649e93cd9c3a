"""Who may import whom."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.packages import BESIDE, FLOORS, NO_FLOOR, PRODUCT, ROOT

APPS = {"simulator", *PRODUCT}
# Whose rooms an app may enter. `simulator` may enter none but its own: it speaks HTTP, as Twilio does.
MAY_IMPORT = {
    app: set().union(BESIDE.get(app, set()), *FLOORS[:floor]) for floor, apps in enumerate(FLOORS) for app in apps
}
MAY_IMPORT |= {"simulator": set()}
# And through which doors, whoever asks; `config`, which puts everything together, needs none.
DOORS = {
    "agents": {"permissions", "presence", "selectors", "services", "tasks", "web_push"},
    "contacts": {"blocks", "consents", "followers", "groups", "people", "rules", "selectors", "senders", "timeline"},
    "tokens": {"selectors", "services"},
}
# Where a floor stands on two that are whole houses: what it reads of them, and where it hangs itself in.
ROOMS = {
    "board": {"calls": {"models", "log", "payloads", "live", "queues"}},
    "usage": {
        "board": {"notices"},
        "calls": {"models", "log", "admin.calls.CallAdmin", "live.outgoing_guards"},
        "messaging": {"models", "prices", "outbox"},
    },
}
# What works on texts alone, and may be used by what is pure.
PURE = ("core.text.", "telephony.identity.", "telephony.limits.")


def imports_of(path: Path) -> set[str]:
    """Dotted names of what a module imports to run; what it imports for types alone does not count."""
    tree = ast.parse(path.read_text())
    types_only = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in ast.walk(block)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in types_only:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def modules(app: str) -> list[Path]:
    return [path for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]


@pytest.mark.parametrize("app", sorted(MAY_IMPORT))
def test_an_app_enters_only_the_rooms_it_may_by_their_doors(app):
    broken = []
    for path in modules(app):
        for name in imports_of(path):
            other, _, rest = name.partition(".")
            if other not in APPS or other == app:
                continue
            door = rest.partition(".")[0]
            by_door = app == "config" or other not in DOORS or door in DOORS[other]
            if other not in MAY_IMPORT[app] or not by_door:
                broken.append(f"{path.relative_to(ROOT)} imports {name}")

    assert broken == []


@pytest.mark.parametrize("app", sorted(ROOMS))
def test_an_app_that_stands_on_others_reads_their_models_and_hangs_itself_in_where_they_offer_it(app):
    broken = []
    for path in modules(app):
        for name in imports_of(path):
            other, _, rest = name.partition(".")
            rooms = ROOMS[app].get(other)
            if rooms is not None and not any(rest == room or rest.startswith(f"{room}.") for room in rooms):
                broken.append(f"{path.relative_to(ROOT)} imports {name}")

    assert broken == []


def test_every_package_has_a_floor_or_needs_none():
    """In `tests/packages.py`, or nothing here is said of it, and its texts and pages are not looked at."""
    found = {path.parent.name for path in ROOT.glob("*/*.py")}

    assert found - NO_FLOOR == PRODUCT


def test_whoever_wants_to_contribute_is_told_what_each_package_is_for():
    guide = (ROOT / "CONTRIBUTING.md").read_text()

    assert [name for name in sorted(PRODUCT | {"simulator"}) if f"\n| `{name}/` |" not in guide] == []


def test_the_simulator_knows_nothing_of_the_product_or_its_libraries():
    names = {name.partition(".")[0] for path in modules("simulator") for name in imports_of(path)}

    assert not names & {"django", "rest_framework", "channels", "twilio", "celery"}


@pytest.mark.parametrize("path", ["calls/answering/twiml.py", "calls/live/call_tree.py"])
def test_what_is_pure_stays_pure(path):
    """It works on what it is given: no database, no settings, no request."""
    found = {name for name in imports_of(ROOT / path) if not name.startswith((*PURE, "calls.models."))}

    assert not {name for name in found if name.split(".")[0] in APPS or name.startswith("django.")}


def packages(app: str) -> dict[str, set[str]]:
    """What each package of an app, and each module beside its packages, imports of the others."""
    known = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in modules(app)}

    def home(name: str) -> str:
        while name and name not in known:
            name = name.rpartition(".")[0]
        return ".".join(name.split(".")[:2])

    found: dict[str, set[str]] = {}
    for path in modules(app):
        here = ".".join(path.relative_to(ROOT).with_suffix("").parts[:2])
        others = {home(name) for name in imports_of(path) if name.startswith(f"{app}.")}
        found.setdefault(here, set()).update(others - {here, app, ""})
    return found


@pytest.mark.parametrize("app", sorted(APPS))
def test_no_package_of_an_app_needs_one_that_needs_it(app):
    needs = packages(app)

    # Raises `CycleError`, which names the circle.
    assert set(TopologicalSorter(needs).static_order()) >= set(needs)


def test_calls_has_floors_too():
    """What callers hear and what agents do stand on calls as they live, and those on the log; the models on nothing."""
    floors = ["models", "log", "live", "answering", "control"]
    needs = packages("calls")

    for number, floor in enumerate(floors):
        assert not needs[f"calls.{floor}"] & {f"calls.{name}" for name in floors[number + 1 :]}


def test_only_the_door_to_twilio_uses_its_rest_client():
    users = {
        str(path.relative_to(ROOT))
        for app in APPS
        for path in modules(app)
        if any(name.startswith(("twilio.rest", "twilio.base.exceptions")) for name in imports_of(path))
    }

    assert users == {"telephony/rest/client.py", "telephony/errors.py"}
