"""What the desk's page loads: how much it is, and under which names."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.core.management import call_command
from django.test import Client, RequestFactory
from whitenoise.middleware import WhiteNoiseMiddleware

from config.static_files import StaticFiles
from tests.factories import make_agent

DIST = Path(__file__).parents[2] / "frontend" / "dist"
IMPORTED = re.compile(r"""(?:\bfrom|\bimport)\s*["'](\./[\w.-]+\.js)["']""")
# Script and style of the first page, as they travel.
MOST = 162_000
# What several of those have in common and it does not need.
SHARED = "desk-shared.js"
LATER = {"desk-board.js", "desk-contacts.js", "desk-messages.js", "desk-noise.js", "desk-sends.js", "desk-settings.js"}


def imports_of(name: str, folder: Path = DIST) -> set[str]:
    """The file, and those without which it does not run."""
    found = {name}
    for other in IMPORTED.findall((folder / name).read_text()):
        found |= imports_of(other.removeprefix("./"), folder)
    return found


LINKED = re.compile(r'<(?:link rel="(?:stylesheet|modulepreload)" href|script type="module" src)="/static/([^"]+)"')


def files_of(html: str) -> set[str]:
    """What the page itself names, and what that imports."""
    return set().union(*(imports_of(name) for name in LINKED.findall(html)))


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "de"])
def test_the_first_page_loads_no_more_than_a_call_needs(language):
    assert (DIST / "desk.js").is_file(), "build the front end first: make frontend/dist/desk.js"
    client = Client(headers={"Accept-Language": language})
    client.force_login(make_agent())

    files = files_of(client.get("/").text)

    assert {"desk.js", "desk.css", "desk-core.js", f"desk-words-{language}.js"} <= files
    assert not files & {*LATER, SHARED}
    assert len([name for name in files if name.startswith("desk-words-")]) == 1
    sizes = {name: len(gzip.compress((DIST / name).read_bytes(), 9)) for name in files}
    assert sum(sizes.values()) <= MOST, sizes


def scripts_of(policy: str) -> set[str]:
    """What a page may run. A policy says it in any order."""
    (sources,) = (part.split()[1:] for part in policy.split(";") if part.split()[0] == "script-src")
    return set(sources)


@pytest.mark.django_db
def test_only_the_desk_may_compile_webassembly_and_nobody_may_run_texts():
    client = Client()
    client.force_login(make_agent(is_staff=True, is_superuser=True))
    policies = {path: client.get(path)["Content-Security-Policy"] for path in ("/", "/contacts/", "/admin/")}

    assert all(scripts_of(policies[path]) == {"'self'", "'wasm-unsafe-eval'"} for path in ("/", "/contacts/")), policies
    assert "wasm-unsafe-eval" not in policies["/admin/"]
    assert "wasm-unsafe-eval" not in Client().get("/accounts/login/")["Content-Security-Policy"]
    assert not any("'unsafe-eval'" in policy for policy in policies.values())


def test_what_suppresses_noise_is_there_with_its_licences():
    names = ("desk-noise.js", "noiseWorklet.js", "rnnoise.wasm", "rnnoise_simd.wasm", "noise-licences.txt")
    assert [name for name in names if not (DIST / name).is_file()] == []


@pytest.fixture
def collected(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STATICFILES_DIRS = [DIST]
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "config.static_files.StaticFiles"}}
    call_command("collectstatic", interactive=False, verbosity=0)
    return tmp_path


def test_modules_name_one_another_by_what_is_in_them_and_may_be_kept_for_ever(collected):
    storage = storages["staticfiles"]
    assert isinstance(storage, StaticFiles)
    core, shared = storage.stored_name("desk-core.js"), storage.stored_name(SHARED)
    # What suppresses noise runs beside the desk, and shares nothing with it.
    alone = storage.stored_name("desk-noise.js")
    assert imports_of(alone, collected) == {alone}
    for name in ("desk.js", SHARED, *LATER - {"desk-noise.js"}):
        stored = storage.stored_name(name)
        assert stored != name
        # Two names of one module would be two modules, each with a state of its own.
        assert imports_of(stored, collected) | {shared} == {stored, core, shared}

    served = WhiteNoiseMiddleware(lambda request: None)
    answer = served(RequestFactory().get(storage.url("desk-sends.js")))

    assert "immutable" in answer["Cache-Control"]
    assert answer["Content-Type"].startswith("text/javascript")
