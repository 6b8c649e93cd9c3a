"""A language in which every text stands between ⟦ and ⟧: what a person can read outside of them is not translated."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import _trans  # type: ignore[attr-defined]

from agents.models import FailedLogin, LoginRecord
from agents.services import login_record_create
from calls.models import Call, CallEvent, RecordingPlay
from calls.recorder.timeline import call_timeline
from config.doctor.checks import CHECKS
from config.models import Erasure
from core.api.problems import PROBLEMS, problem_body
from core.languages import sentence
from messaging.models import MessageWebhook
from telephony.doctor.findings import Check
from telephony.doctor.runner import run
from telephony.errors import _BY_CODE, InvalidNumber, TelephonyError
from telephony.models import Webhook
from telephony.phone import parse_dialled
from telephony.webhooks.kinds import all_kinds
from tests.api import make_world
from tests.twilio import TwilioClient, incoming, outgoing, sid
from tokens.models import IssuedToken
from usage.alerts import alerts_raise
from usage.categories import keys
from usage.models import TOTAL, SpendLimit, UsageRecord, UsageRefresh

pytestmark = pytest.mark.django_db

# What nobody translates: names of things and people, of rows that the tests made, of Twilio's fields, and of languages.
_DATA = re.compile(
    r"\b[A-Z]{2}[0-9a-f]{32}\b|Ringdesk|Support|Sales|Ada|Grace|Hedy|Admin|Stranger|Maya Okonkwo|"
    r"Maya O\.|Tom Aldous|Trade|We are closed\.|Closed|Asked us not to|Is it ready\?|English|Deutsch|"
    r"TwiML|TLS|Twilio|CallSid|CSV|iOS|"
    # Kinds of webhooks: the longest first, for the first that fits is taken.
    rf"\b(?:{'|'.join(sorted((kind.name for kind in all_kinds()), key=len, reverse=True))}|"
    r"ada|grace|hedy|admin|stranger|nobody-known|client|agent_\d+|hang-up|PM|AM|UTC|RuntimeError|"
    r"Washington, DC|United States|DC|US|WASHINGTON|POST|Calls|example|com|https?|ms|"
    r"Lunch|Break|Meeting|Training|A telephone|ringing|in-progress|completed|failed|reconcile|"
    r"monthly|usd|OperationalError|Where is it)\b"
)
_MEND = "mark these texts and translate them, or name them in _DATA if nobody translates them"
_WORD = re.compile(r"[^\W\d_]{2,}")
_SAID = re.compile(r"⟦[^⟦⟧]*⟧")


@pytest.fixture(autouse=True)
def pseudo(monkeypatch):
    """Below everything: Django's own texts, and those that were marked lazily, go through these as well."""
    wrap = "⟦{}⟧".format
    monkeypatch.setattr(_trans, "gettext", wrap, raising=False)
    monkeypatch.setattr(_trans, "pgettext", lambda _, text: wrap(text), raising=False)
    monkeypatch.setattr(_trans, "ngettext", lambda one, many, n: wrap(one if n == 1 else many), raising=False)
    monkeypatch.setattr(_trans, "npgettext", lambda _, one, many, n: wrap(one if n == 1 else many), raising=False)


class _Visible(HTMLParser):
    """What of a page is read, or read out."""

    _SILENT = {"script", "style", "code", "pre", "time", "bdi"}
    _ATTRIBUTES = {"title", "alt", "aria-label", "placeholder"}

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        # Names of rights are rows of Django's, made by its migrations.
        if tag in self._SILENT or values.get("id") in ("id_user_permissions", "id_permissions"):
            self._silent.append(tag)
        icon = values.get("alt") in ("True", "False", "None")
        self.found += [value or "" for name, value in attrs if name in self._ATTRIBUTES and not icon]
        if tag == "input" and values.get("type") in ("submit", "button"):
            self.found.append(values.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if self._silent and self._silent[-1] == tag:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append(data)


def untranslated(text: str) -> str:
    """The words of a text that come from no catalogue; "" when there are none."""
    while _SAID.search(text):
        text = _SAID.sub("", text)
    return " ".join(text.split()) if _WORD.search(_DATA.sub("", text)) else ""


def bare(html: str) -> list[str]:
    page = _Visible()
    page.feed(html)
    # As one: a text may hold tags.
    read = "\n".join(page.found)
    while _SAID.search(read):
        read = _SAID.sub("", read)
    return [words for text in read.split("\n") if (words := untranslated(text))]


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def staff(world):
    client = Client()
    client.force_login(world.agents["admin"])
    return client


@pytest.fixture
def rows(world):
    """One at least of all that admin shows."""
    ada = world.agents["agent"]
    call = Call.objects.get(pk=world.ids["sid"])
    Call.objects.filter(pk=call.pk).update(problem="Nobody answered.", result="missed", outcome="resolved")
    RecordingPlay.objects.create(recording=call.recordings.get(), call=call, agent=ada)
    for kind in (each.name for each in all_kinds()):
        Webhook.objects.create(sid=call.sid, kind=kind, status="ringing", params={"CallSid": call.sid})
    Webhook.objects.create(sid=call.sid, kind="status", status="completed", verdict="late", params={}, answer="<x")
    said = "<Response><Say>⟦Hello⟧</Say><Dial><Client>agent_9</Client></Dial><Hangup/></Response>"
    Webhook.objects.create(sid=call.sid, kind="incoming", params={}, answer=said, problem="OperationalError")
    for kind, name, outcome in (
        ("rest", f"POST Calls/{call.sid}", "503"),
        ("rest", f"POST Calls/{call.sid}", ""),
        ("action", "hang-up", "This call is over."),
        ("action", "hang-up", "asked for"),
        ("action", "outcome", "resolved"),
        ("action", "note", ""),
        ("incident", "incoming", "OperationalError"),
    ):
        CallEvent.objects.create(call_sid=call.sid, kind=kind, name=name, outcome=outcome, agent=ada)
    for kind in LoginRecord.Kind:
        login_record_create(kind=kind, agent=ada)
    FailedLogin.objects.create(username="ada", ip_address="10.0.0.1", failures_since_start=1)
    MessageWebhook.objects.create(kind="fallback", sender="+12025550142", body="Where is it?", params={})
    Erasure.objects.create(rows={"calls and legs": 2})
    _spend()
    IssuedToken.objects.create(agent=ada, platform="ios", identity="agent_1", expires_at=call.start_time)
    return call


def _spend() -> None:
    """Every category of usage, one that nobody knows, and a limit that is reached."""
    today, now = timezone.now().date(), timezone.now()
    for category in ("fax", *keys(), TOTAL):
        UsageRecord.objects.create(category=category, day=today, count=2, usage=2, price=3, price_unit="usd", as_of=now)
    UsageRefresh.objects.create(
        what="records", succeeded_at=now, failing_since=now, problem="Twilio gave no figures at all."
    )
    SpendLimit.objects.create(period="monthly", amount=2)
    SpendLimit.objects.create(period="daily", amount=100)
    alerts_raise()


def test_a_text_that_is_not_marked_is_found():
    assert bare("<p>⟦You ⟦really⟧ may⟧</p><p title='Not this'>Nor that</p>") == ["Not this", "Nor that"]


@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/problems/", "/nowhere/", "/admin/login/", "/accounts/login/?next=/admin/"]
)
def test_pages_for_everybody(path, settings):
    settings.SIMULATOR = True

    assert bare(Client().get(path).content.decode()) == [], _MEND


def test_a_log_in_that_failed_and_one_that_is_locked(settings):
    settings.LOGIN_FAILURE_LIMIT = 2
    wrong = {"username": "nobody-known", "password": "wrong"}
    pages = [Client().post("/accounts/login/", wrong) for _ in range(4)]

    assert {page.status_code for page in pages} == {200, 429}
    assert [bare(page.content.decode()) for page in pages] == [[]] * 4


def test_the_desk(world):
    client = Client()
    client.force_login(world.agents["agent"])

    assert bare(client.get("/").content.decode()) == [], _MEND
    assert bare(client.get("/admin/privacy/", follow=True).content.decode()) == [], _MEND


def _pages(rows: Any) -> list[str]:
    pages = [reverse("admin:index"), reverse("privacy"), reverse("admin:contacts_contact_import")]
    pages += [f"{reverse('usage')}{query}" for query in ("", "?by=line&days=table", "?by=agent", "?by=group-send")]
    for model, page in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        pages.append(reverse(f"{name}_changelist"))
        newest = model._default_manager.order_by("pk").last()
        if newest is not None:
            pages.append(reverse(f"{name}_change", args=[newest.pk]))
        if page.has_add_permission.__qualname__.startswith("BaseModelAdmin"):
            pages.append(reverse(f"{name}_add"))
    return [*pages, reverse("admin:calls_call_change", args=[rows.pk])]


def test_all_of_admin(staff, rows):
    answers = {path: staff.get(path) for path in _pages(rows)}

    assert {path: answer.status_code for path, answer in answers.items() if answer.status_code != 200} == {}
    assert {path: found for path, answer in answers.items() if (found := bare(answer.content.decode()))} == {}, _MEND


def test_what_admin_says_of_a_form_and_of_a_file(staff, world):
    agent = world.agents["agent"]
    person = staff.post(reverse("privacy"), {"number": "+12025550142", "do": "erase"})
    ours = staff.post(reverse("privacy"), {"number": "+12025550100"})
    signed_out = staff.post(
        reverse("admin:agents_agent_changelist"),
        {"action": "sign_out_everywhere", "_selected_action": [agent.pk]},
        follow=True,
    )

    assert [bare(page.content.decode()) for page in (person, ours, signed_out)] == [[], [], []]


def test_every_problem():
    for code, problem in PROBLEMS.items():
        body = problem_body(code, problem.status)
        assert not untranslated(body["title"]), (code, _MEND)
        assert not untranslated(body["detail"]), (code, _MEND)


@pytest.mark.parametrize(
    ("method", "path", "data"),
    [
        ("get", "/api/v1/calls/", None),
        ("get", "/api/v1/nowhere/", None),
        ("get", "/api/v1/calls/?cursor=x", None),
        ("get", "/api/v1/calls/?agent=x", None),
        ("get", "/api/v1/calls/?result=y", None),
        ("get", "/api/v1/calls/?after=z", None),
        ("get", "/api/v1/calls/?party=12", None),
        ("put", "/api/v1/calls/", {}),
        ("post", "/api/v1/contacts/", {}),
        ("post", "/api/v1/contacts/", {"name": "X", "numbers": [{"number": "12"}], "colour": 1}),
        ("post", "/api/v1/contacts/", {"name": "X", "numbers": [{"number": "+12025550142"}]}),
        ("post", "/api/v1/tokens/voice/", {"platform": "x", "ttl": 0, "kind": "y"}),
        ("post", "/api/v1/auth/login/", {"username": "ada", "platform": "x"}),
    ],
)
def test_rest_errors(world, method, path, data):
    headers = {} if path == "/api/v1/calls/" and method == "get" else world.headers["agent"]
    kind = {} if data is None else {"content_type": "application/json"}
    answer = getattr(Client(), method)(path, *([] if data is None else [data]), headers=headers, **kind)
    body = answer.json()

    assert answer.status_code >= 400
    said = [body["title"], body["detail"], *(error["detail"] for error in body.get("errors", []))]
    fields = "|".join(["Check", *(error["field"] for error in body.get("errors", []) if error["field"])])
    assert [words for text in said if (words := untranslated(re.sub(fields, "", text)))] == [], _MEND


def test_rows_of_an_import_that_cannot_be_used(world):
    answer = Client().post(
        "/api/v1/contacts/import/",
        "name,number\nA,12\n,+12025550143\nB,1.2E+10\nC,+12025550144,x\n",
        content_type="text/csv",
        headers=world.headers["supervisor"],
    )
    said = [re.sub("^(number|name): ", "", error["detail"]) for error in answer.json()["errors"]]

    assert len(said) == 4
    assert [words for text in said if (words := untranslated(text))] == [], _MEND


@pytest.mark.parametrize("text", ["", "12", "+1", "0" * 30, "911", "*31#", "+19005550100", "2025550142 / 2025550143"])
def test_why_a_number_cannot_be_called(text):
    with pytest.raises(InvalidNumber) as error:
        parse_dialled(text)

    assert not untranslated(error.value.message)


def test_what_twilios_codes_mean():
    found = [kind(text, permanent=permanent).message for kind, text, permanent in _BY_CODE.values()]

    assert [words for text in found if (words := untranslated(text))] == [], _MEND


def _say(answer: Any) -> str:
    root = ElementTree.fromstring(answer.content)
    return " ".join("".join(verb.itertext()) for verb in root.iter() if verb.tag in ("Say", "Message"))


def test_what_callers_and_agents_hear(world, twilio: TwilioClient, settings):
    agent = world.agents["agent"]
    heard = [
        twilio.webhook("/twilio/voice/incoming/", incoming(CallSid=sid("CA", 11), To="+12025550199")),
        twilio.webhook("/twilio/voice/incoming/", incoming(CallSid=sid("CA", 12), From="client:agent_1")),
        twilio.webhook("/twilio/voice/outgoing/", outgoing(agent.pk, "12", CallSid=sid("CA", 13))),
        twilio.webhook("/twilio/voice/outgoing/", outgoing(0, "+12025550142", CallSid=sid("CA", 14))),
        twilio.webhook("/twilio/voice/recording/", incoming(CallSid=sid("CA", 1), RecordingSid=sid("RE", 1))),
        twilio.webhook("/twilio/voice/fallback/", incoming(CallSid=sid("CA", 15))),
        twilio.webhook("/twilio/voice/dial-action/", incoming(CallSid=sid("CA", 1), DialCallStatus="no-answer")),
        twilio.webhook("/twilio/messaging/fallback/", {"MessageSid": sid("SM", 1), "From": "+12025550142"}),
    ]
    settings.TWILIO_FALLBACK_NUMBER = "+12025550177"
    heard.append(twilio.webhook("/twilio/voice/fallback/", incoming(CallSid=sid("CA", 16))))

    assert all(_say(answer) for answer in heard)
    assert [words for answer in heard if (words := untranslated(_say(answer)))] == [], _MEND


def test_the_time_line_of_a_call_with_everything(rows, world):
    entries = call_timeline(rows, viewer=world.agents["admin"])
    said = [text for entry in entries for text in (entry.title, entry.detail)]

    assert len(entries) > 15
    assert [words for text in said if (words := untranslated(text))] == [], _MEND


def test_the_doctor(world, monkeypatch):
    """What is said of a check that breaks off, and when Twilio refuses it; the checks themselves are `of_twilio`."""

    def breaks(check: Check) -> Any:
        raise RuntimeError

    def refuses(check: Check) -> Any:
        raise TelephonyError("Twilio did not accept this.", code=1)

    found = run([Check("a", CHECKS[0].title, breaks), Check("b", CHECKS[1].title, refuses)])
    texts = [text for one in found for text in (one.title, one.seen, one.mend)]

    assert [text for text in texts if "⟦" in text] == [], "what is found is in no language yet"
    assert [words for text in texts if (words := untranslated(sentence(text)))] == [], _MEND
