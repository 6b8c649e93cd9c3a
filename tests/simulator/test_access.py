"""Names that lead to the simulator, and pages that are open in the same browser."""

import asyncio

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from simulator.config import from_environment
from tests.simulator.harness import ACCOUNT, TOKEN, bench, serving_app

DESK = "https://desk.example.com"
REBOUND = "rebound.example"


async def status_of(b, host: str, path: str = "/sim/requests") -> int:
    return (await b.http.get(path, headers={"Host": host})).status_code


@pytest.mark.parametrize("host", ["localhost", "localhost:8001", "127.0.0.1:9", "[::1]:8001", "sim.test", "SIM.test:1"])
def test_it_answers_to_this_machines_names_and_those_it_was_given(host):
    async def scenario():
        async with bench(allowed_hosts=("sim.test",)) as b:
            assert await status_of(b, host) == 200

    asyncio.run(scenario())


@pytest.mark.parametrize("host", [REBOUND, f"{REBOUND}:8001", "localhost.rebound.example", "192.0.2.7:8001", ""])
def test_another_name_that_leads_here_gets_nothing(host):
    async def scenario():
        async with bench() as b:
            for path in ("/sim/requests", "/", f"/2010-04-01/Accounts/{ACCOUNT}/Recordings/RE1"):
                assert await status_of(b, host, path) == 400

    asyncio.run(scenario())


@pytest.mark.parametrize("path", ["/sim/calls", "/sim/calls/CA1/audio", "/sim/faults", "/sim/reset"])
def test_only_its_own_page_may_steer_it(path):
    async def scenario():
        async with bench(public_base_url=DESK, voice=None) as b:
            for origin in ("https://evil.example", "null", DESK, "http://localhost:3000", "http://[nonsense"):
                answer = await b.http.post(path, json={}, headers={"Origin": origin})
                assert (answer.status_code, "another origin" in answer.json()["error"]) == (403, True)

            own = await b.http.post(path, json={}, headers={"Origin": "http://localhost"})
            assert own.status_code != 403

    asyncio.run(scenario())


def test_a_rebound_page_may_not_even_when_it_calls_itself_by_that_name():
    async def scenario():
        async with bench() as b:
            headers = {"Host": REBOUND, "Origin": f"http://{REBOUND}"}

            assert (await b.http.post("/sim/calls", json={}, headers=headers)).status_code == 400

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("origin", "welcome"),
    [
        (DESK, True),
        ("https://app.example.com", True),
        ("http://localhost:9000", True),
        ("http://127.0.0.1:9000", True),
        (None, True),
        ("https://evil.example", False),
        ("http://desk.example.com", False),
        ("https://desk.example.com:444", False),
        ("http://localhost.evil.example", False),
        ("null", False),
    ],
)
def test_phones_connect_from_the_desks_page_and_from_no_foreign_one(origin, welcome):
    async def scenario():
        settings = {"public_base_url": f"{DESK}/", "allowed_origins": ("https://app.example.com",)}
        async with bench(voice=None, **settings) as b, serving_app(b) as url:
            address = f"{url.replace('http', 'ws')}/signal"
            if welcome:
                async with connect(address, origin=origin):
                    pass
            else:
                with pytest.raises(InvalidStatus, match="403"):
                    await connect(address, origin=origin)

    asyncio.run(scenario())


def test_a_socket_by_another_name_is_refused():
    async def scenario():
        async with bench(voice=None) as b, serving_app(b) as url:
            port = int(url.rpartition(":")[2])
            for path in ("/signal", "/sim/events"):
                with pytest.raises(InvalidStatus, match="400"):
                    await connect(f"ws://{REBOUND}:{port}{path}", host="127.0.0.1", port=port)

    asyncio.run(scenario())


def test_twilios_paths_ask_for_credentials_whatever_page_asks():
    async def scenario():
        async with bench() as b:
            path, origin = f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json", {"Origin": "https://evil.example"}

            assert (await b.http.get(path, headers=origin)).status_code == 401
            assert (await b.http.get(path, headers=origin, auth=httpx.BasicAuth(ACCOUNT, TOKEN))).status_code == 200

    asyncio.run(scenario())


def test_the_addresses_by_which_the_desk_knows_it_are_its_names(monkeypatch, tmp_path):
    settings = {
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_API_BASE_URL": "http://simulator:8001",
        "TWILIO_VOICE_SIGNALLING_URL": "wss://phones.test/signal",
        "SIMULATOR_ALLOWED_HOSTS": "one.test,two.test",
        "SIMULATOR_ALLOWED_ORIGINS": "https://app.test",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    config = from_environment(tmp_path / "none")

    assert config.allowed_hosts == ("simulator", "phones.test", "one.test", "two.test")
    assert config.allowed_origins == ("https://app.test",)
