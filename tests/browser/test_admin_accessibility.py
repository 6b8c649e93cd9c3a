"""Django's admin, as Ringdesk has it: WCAG 2.2 AA as far as a program can tell, on a wide screen and on a telephone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.desk import PASSWORD
from tests.browser.stack import Stack, eventually
from tests.browser.test_page import AXE

WIDTHS = (1280, 400)
# Django's filter of two lists names a picture that has no role; nothing of it can be set from outside.
_RUN_AXE = """
async () => {
  const found = await axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    resultTypes: ["violations"],
  });
  return found.violations.flatMap((v) => v.nodes
    .filter((n) => !(v.id === "aria-prohibited-attr" && n.html.includes('class="help-tooltip search-label-icon"')))
    .map((n) => `${v.id}: ${n.target.join(" ")}`));
}
"""
_ROWS = """
from agents.models import Agent
from calls.models import Recording, RecordingPlay
from config.models import Erasure
from messaging.models import MessageWebhook
from tokens.models import Device
ada = Agent.objects.get(username="ada")
for number in range(104):
    MessageWebhook.objects.create(kind="fallback", sender="+12025550142", body="Where is it?", params={})
Device.objects.create(user=ada, name="Pixel 9", platform="android", digest="d" * 64, token_key="d" * 8)
Erasure.objects.create(rows={"calls": 2})
recording = Recording.objects.latest("created_at")
RecordingPlay.objects.create(recording=recording, call_id=recording.call_id, agent=ada)
print(recording.call_id)
"""


@pytest.fixture(scope="module")
def message(stack: Stack) -> str:
    """The sid of a call whose message somebody listened to. There is something on every other page, too."""
    sid = stack.telephone_calls("+12025550142", voice="tone:440")
    eventually(lambda: stack.call(sid)["verb"] == "Record", "the caller is recorded")
    eventually(lambda: stack.heard(sid, 1.2), "the caller speaks for a while")
    stack.bench("POST", f"/sim/calls/{sid}/hangup")
    stack.end_all_calls()
    assert stack.shell(_ROWS).split() == [sid]
    return sid


@pytest.fixture(scope="module")
def admin(browser: Browser, stack: Stack, message: str) -> Iterator[Page]:
    """A page on which the superuser is signed in."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{stack.desk_url}/accounts/login/?next=/admin/")
        page.get_by_label("Username").fill("admin")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page).to_have_url(f"{stack.desk_url}/admin/")
        yield page


def violations(page: Page, widths: Sequence[int] = WIDTHS) -> list[str]:
    # The policy forbids foreign scripts in the page, so axe comes in through the debugger.
    page.evaluate(AXE.read_text())
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"at {width} px: {one}" for one in page.evaluate(_RUN_AXE)]
    return found


@pytest.mark.parametrize(
    "path",
    [
        "",
        "agents/agent/?q=a&is_active__exact=1",
        "agents/agent/add/",
        "agents/agent/1/change/",
        "agents/loginrecord/",
        "calls/call/",
        "calls/call/{sid}/change/",
        "routing/line/",
        "routing/line/1/change/",
        "routing/outgoingrule/add/",
        "routing/outgoingrule/try/",
        "routing/outgoinghours/add/",
        "routing/donotcall/",
        "routing/donotcall/add-many/",
        "routing/emergencyrule/add/",
        "routing/outgoingoverride/",
        "routing/donotcall/add/",
        "routing/outgoingrule/",
        "routing/outgoinghours/",
        "routing/emergencyrule/",
        "routing/greeting/",
        "routing/greeting/add/",
        "routing/openinghours/",
        "routing/openinghours/add/",
        "routing/openinghours/1/change/",
        "routing/route/",
        "routing/route/1/change/",
        "routing/route/1/versions/",
        "routing/route/explain/?line=2&caller=&at=&keys=1",
        "routing/spamrule/",
        "routing/spamrule/add/",
        "contacts/blockednumber/",
        "contacts/blockednumber/add/",
        "telephony/webhook/",
        "telephony/webhook/1/change/",
        "config/erasure/",
        "contacts/contact/?q=okonkwo",
        "contacts/contact/1/change/",
        "contacts/contact/import/",
        "contacts/group/add/",
        "doctor/",
        "messaging/messagewebhook/?p=2",
        "privacy/",
        "tokens/device/",
        "tokens/device/1/change/",
        "usage/",
        "usage/?by=line&days=table",
        "usage/spendlimit/",
        "usage/spendlimit/add/",
    ],
)
def test_a_page_of_the_admin_is_accessible(admin, stack, message, path):
    answer = admin.goto(f"{stack.desk_url}/admin/{path.format(sid=message)}")
    assert answer.status == 200
    admin.evaluate("document.querySelectorAll('main details').forEach((one) => (one.open = true))")
    assert violations(admin) == []


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_a_groups_rule_and_members_are_made_with_the_keyboard(admin, stack, message, colours):
    admin.emulate_media(color_scheme=colours)
    admin.set_viewport_size({"width": 1280, "height": 900})
    admin.goto(f"{stack.desk_url}/admin/contacts/group/add/")
    admin.get_by_label("Name:").fill(f"Interiors {colours}")
    first = admin.get_by_role("group", name="Condition 1")
    # Rows that nobody needs are there for who has no JavaScript.
    expect(admin.get_by_role("group", name="Condition 2")).to_have_count(0)

    first.get_by_label("Field").select_option(label="Company")
    first.get_by_label("Comparison").select_option(label="contains")
    first.get_by_label("Value").press_sequentially("okonkwo")
    expect(admin.get_by_text("The rule finds 1 person now.")).to_be_visible()
    admin.get_by_role("button", name="Add a condition").press("Enter")
    second = admin.get_by_role("group", name="Condition 2")
    expect(second.get_by_label("Field")).to_be_focused()
    second.get_by_label("Field").select_option(label="Last call")
    expect(second.get_by_label("Comparison").locator("option")).to_have_text(
        ["within the last days:", "not within the last days:"]
    )
    expect(admin.get_by_text("Condition 2: Write a number of days from 1 to 3650.")).to_be_visible()
    assert violations(admin) == []
    second.get_by_role("button", name="Remove condition 2").press("Enter")
    expect(first.get_by_label("Field")).to_be_focused()

    search = admin.get_by_role("searchbox", name="Members picked by hand")
    search.press_sequentially("+12025550143")
    search.press("Enter")
    found = admin.get_by_role("list", name="Found").get_by_role("button")
    expect(found).to_have_count(1)
    found.press("Enter")
    expect(search).to_be_focused()
    expect(admin.get_by_role("list", name="With the next save").get_by_role("listitem")).to_have_count(1)
    for width in (1280, 360):
        admin.set_viewport_size({"width": width, "height": 900})
        assert admin.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"at {width} px"
    assert violations(admin) == []

    admin.get_by_role("button", name="Save and continue editing").click()
    expect(admin.get_by_role("list", name="Members picked by hand").get_by_role("listitem")).to_have_count(1)
    expect(first.get_by_label("Value")).to_have_value("okonkwo")
    assert violations(admin) == []


@pytest.fixture
def something_to_do(stack: Stack) -> Iterator[None]:
    stack.shell("from agents.models import Agent; Agent.objects.create(username='teamless')")
    yield
    stack.shell("from agents.models import Agent; Agent.objects.get(username='teamless').delete()")


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_home_is_accessible_and_fits_on_every_screen(admin, stack, message, something_to_do, colours):
    admin.emulate_media(color_scheme=colours)
    admin.goto(f"{stack.desk_url}/admin/doctor/")
    admin.goto(f"{stack.desk_url}/admin/")
    for heading in ("Needs doing", "Who is reachable", "Doctor", "Today by result", "All pages"):
        expect(admin.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    expect(admin.get_by_role("link", name="Open the agent: teamless is in no team")).to_be_visible()
    for width in (1440, 1024, 360):
        admin.set_viewport_size({"width": width, "height": 900})
        assert admin.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"at {width} px"
    assert violations(admin) == []


_LONG_WORD = """
from agents.models import Agent
from contacts.models import Contact, ContactNote
word = "W" * 80
contact = Contact.objects.create(name=word, company=word)
ContactNote.objects.create(contact=contact, text=word, author=Agent.objects.get(username="ada"))
print(contact.pk)
"""


def test_a_word_of_eighty_letters_makes_no_page_of_a_contact_wider_than_its_window(admin, stack, message):
    contact = stack.shell(_LONG_WORD).strip()
    wide = []
    for part in ("change", "delete", "history"):
        admin.goto(f"{stack.desk_url}/admin/contacts/contact/{contact}/{part}/")
        for width in (1280, 360):
            admin.set_viewport_size({"width": width, "height": 900})
            if not admin.evaluate("document.documentElement.scrollWidth <= innerWidth"):
                wide.append((part, width))
    stack.shell(f"from contacts.models import Contact; Contact.objects.get(pk={contact}).delete()")
    assert wide == []


@pytest.fixture
def german(stack: Stack) -> Iterator[None]:
    """The admin reads German, and somebody has the longest name that there is."""
    change = "from agents.models import Agent; Agent.objects.filter(username='admin').update(language='{}'); "
    add = "Agent.objects.create(username='a' * 60, first_name='B' * 60)"
    stack.shell(change.format("de") + add)
    yield
    stack.shell(change.format("") + "Agent.objects.filter(username='a' * 60).delete()")


def test_in_german_no_page_is_wider_than_a_telephone_and_no_word_of_the_menu_breaks(admin, stack, message, german):
    paths = ("", "agents/agent/", "agents/agent/1/change/", "calls/call/", "routing/line/", "telephony/webhook/",
             "contacts/contact/", "contacts/contact/import/", "contacts/group/add/", "doctor/", "privacy/")  # fmt: skip
    wide = []
    for path in paths:
        admin.goto(f"{stack.desk_url}/admin/{path}")
        assert admin.evaluate("document.documentElement.lang") == "de"
        admin.set_viewport_size({"width": 360, "height": 900})
        if not admin.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            wide.append(path)
    assert wide == []

    admin.set_viewport_size({"width": 1280, "height": 900})
    admin.goto(f"{stack.desk_url}/admin/agents/agent/")
    broken = """
      [...document.querySelectorAll("#nav-sidebar th a")].flatMap((link) => {
        const range = document.createRange(), text = link.firstChild, found = [];
        for (const { index, 0: word } of link.textContent.matchAll(/\\S+/g)) {
          range.setStart(text, index);
          range.setEnd(text, index + word.length);
          if (range.getClientRects().length > 1 || link.scrollWidth > link.closest("th").clientWidth) found.push(word);
        }
        return found;
      })
    """
    assert admin.evaluate(broken) == []
    filter_field = (
        "(() => { const f = document.querySelector('#nav-filter'); return f.scrollWidth <= f.clientWidth; })()"
    )
    assert admin.evaluate(filter_field)
    last_column = (
        "document.querySelector('#result_list thead th:last-child').getBoundingClientRect().right <= innerWidth"
    )
    assert admin.evaluate(last_column), "one long name pushes the other columns out of sight"


_OF_ROUTES = (
    "routing/route/", "routing/route/add/", "routing/route/1/change/", "routing/route/1/versions/",
    "routing/route/explain/", "routing/route/explain/?line=2&caller=&at=&keys=1", "routing/openinghours/",
    "routing/openinghours/add/", "routing/openinghours/1/change/", "routing/greeting/", "routing/greeting/add/",
    "routing/spamrule/", "routing/spamrule/add/", "contacts/blockednumber/", "contacts/blockednumber/add/",
    "routing/outgoingrule/", "routing/outgoingrule/add/", "routing/outgoingrule/try/", "routing/outgoinghours/",
    "routing/outgoinghours/add/", "routing/donotcall/", "routing/donotcall/add/", "routing/donotcall/add-many/",
    "routing/emergencyrule/", "routing/emergencyrule/add/", "routing/outgoingoverride/",
)  # fmt: skip


# In English and light they were looked at above, in both widths.
def test_in_german_and_dark_pages_of_routes_and_rules_are_accessible_and_fit_a_telephone(admin, stack, message, german):
    admin.emulate_media(color_scheme="dark")
    wrong = []
    for path in _OF_ROUTES:
        assert admin.goto(f"{stack.desk_url}/admin/{path}").status == 200
        assert admin.evaluate("document.documentElement.lang") == "de"
        admin.evaluate("document.querySelectorAll('main details').forEach((one) => (one.open = true))")
        admin.set_viewport_size({"width": 360, "height": 900})
        if not admin.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            wrong.append((path, "is wider than a telephone"))
        wrong += [(path, one) for one in violations(admin, [360])]
    assert wrong == []


@pytest.mark.parametrize(("theme", "blue"), [("light", "rgb(31, 79, 191)"), ("dark", "rgb(143, 178, 255)")])
@pytest.mark.parametrize("system", ["light", "dark"])
def test_the_admins_colours_are_the_desks_whatever_the_system_has(admin, stack, message, system, theme, blue):
    """Django has variables of the same names, and its own blue."""
    admin.emulate_media(color_scheme=system)
    admin.goto(f"{stack.desk_url}/admin/routing/line/1/change/")
    for _ in range(3):
        if admin.evaluate("document.documentElement.dataset.theme") == theme:
            break
        admin.get_by_role("button", name="Toggle theme").click()
    expect(admin.get_by_role("button", name="Save", exact=True)).to_have_css("background-color", blue)


def test_a_desk_wide_call_list_shows_all_of_its_columns(admin, stack):
    admin.set_viewport_size({"width": 1280, "height": 900})
    admin.goto(f"{stack.desk_url}/admin/calls/call/")
    expect(admin.get_by_role("columnheader", name="Lasted")).to_be_in_viewport(ratio=1)
    assert admin.locator(".results").evaluate("list => list.scrollWidth <= list.clientWidth")


# Each with what is written, the key that sends it, and the field that is then wrong.
WRONG = [
    ("routing/line/1/change/", {"Number:": "many"}, "Save", "Number:"),
    ("routing/line/1/change/", {"Goal: longest wait:": "0"}, "Save", "Goal: longest wait:"),
    ("contacts/blockednumber/add/", {"Number:": "many", "Reason:": "x"}, "Save", "Number:"),
    ("routing/greeting/add/", {"Name:": "x", "Voice:": "Nobody.Such"}, "Save", "Voice:"),
    ("routing/route/explain/", {"Keys pressed": "x"}, "Explain", "Keys pressed"),
]


@pytest.mark.parametrize(("path", "written", "key", "wrong"), WRONG)
def test_the_first_field_that_is_wrong_has_the_focus_and_a_red_edge(admin, stack, message, path, written, key, wrong):
    admin.set_viewport_size({"width": 1280, "height": 900})
    admin.goto(f"{stack.desk_url}/admin/{path}")
    for label, text in written.items():
        admin.get_by_label(label, exact=True).fill(text)
    admin.get_by_role("button", name=key, exact=True).click()

    field = admin.get_by_label(wrong, exact=True)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()
    red = admin.evaluate(
        """() => {
          const probe = document.body.appendChild(document.createElement("i"));
          probe.style.color = "var(--stop)";
          const colour = getComputedStyle(probe).color;
          probe.remove();
          return colour;
        }"""
    )
    expect(field).to_have_css("border-top-color", red)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_field_is_as_high_as_its_neighbours_and_its_ring_is_whole(admin, stack, message, width):
    admin.set_viewport_size({"width": width, "height": 900})
    admin.goto(f"{stack.desk_url}/admin/routing/line/1/change/")
    goal = admin.get_by_label("Goal: answered in time:", exact=True)
    ring = admin.get_by_label("Ring seconds:", exact=True)

    assert goal.bounding_box()["height"] == ring.bounding_box()["height"]
    # Nothing around it cuts what is outside of the field.
    cut = goal.evaluate(
        """(one) => {
          const found = [];
          const left = one.getBoundingClientRect().left - 5;
          for (let box = one.parentElement; box && box !== document.body; box = box.parentElement)
            if (getComputedStyle(box).overflowX !== "visible" && box.getBoundingClientRect().left > left)
              found.push(box.className);
          return found;
        }"""
    )
    assert cut == []


def test_the_explainer_shows_the_whole_name_of_a_line(admin, stack, message):
    admin.set_viewport_size({"width": 1280, "height": 900})
    admin.goto(f"{stack.desk_url}/admin/routing/route/explain/")
    room = admin.get_by_label("Called line").evaluate(
        """(one) => {
          const pen = document.createElement("canvas").getContext("2d");
          pen.font = getComputedStyle(one).font;
          // The arrow and the padding stand beside the words.
          return one.clientWidth - 44 - Math.max(...[...one.options].map(({ text }) => pen.measureText(text).width));
        }"""
    )
    assert room >= 0
