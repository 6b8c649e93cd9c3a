"""Who may import whom."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
APPS = {"core", "telephony", "agents", "contacts", "tokens", "calls", "messaging", "simulator", "config"}
# Whose rooms an app may enter. `config` may enter all, `simulator` none but its own.
MAY_IMPORT = {
    "core": set(),
    "telephony": {"core", "config"},
    "agents": {"core", "telephony"},
    "contacts": {"core", "telephony"},
    "tokens": {"core", "telephony", "agents"},
    "calls": {"core", "telephony", "agents", "contacts"},
    "messaging": {"core", "telephony"},
    "simulator": set(),
}
# And through which doors.
DOORS = {"agents": {"selectors", "services"}, "contacts": {"selectors"}, "config": {"env"}}
# What works on texts alone, and may be used by what is pure.
PURE = ("telephony.webhooks.forms.", "telephony.identity.", "core.text.")


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
            if other not in MAY_IMPORT[app] or (other in DOORS and door not in DOORS[other]):
                broken.append(f"{path.relative_to(ROOT)} imports {name}")

    assert broken == []


def test_the_simulator_knows_nothing_of_the_product_or_its_libraries():
    names = {name.partition(".")[0] for path in modules("simulator") for name in imports_of(path)}

    assert not names & {"django", "rest_framework", "channels", "twilio", "celery"}


@pytest.mark.parametrize("app", ["calls", "tokens", "contacts"])
def test_what_is_pure_stays_pure(app):
    for name in ("twiml", "params"):
        path = ROOT / app / f"{name}.py"
        if path.exists():
            found = {name for name in imports_of(path) if not name.startswith(PURE)}
            assert not {name for name in found if name.split(".")[0] in APPS or name.startswith("django.db")}


def test_only_the_door_to_twilio_uses_its_rest_client():
    users = {
        str(path.relative_to(ROOT))
        for app in APPS
        for path in modules(app)
        if any(name.startswith(("twilio.rest", "twilio.base.exceptions")) for name in imports_of(path))
    }

    assert users == {"telephony/rest/client.py", "telephony/errors.py"}
