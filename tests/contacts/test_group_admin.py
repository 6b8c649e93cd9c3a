"""A group's page in admin: its rule as rows, its members by searching for them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from contacts.models import Contact, ContactField, Group
from contacts.rules import MOST_CONDITIONS, rule_checked
from tests import factories
from tests.config.test_admin_forms import opened, saved

pytestmark = pytest.mark.django_db

ADD = "/admin/contacts/group/add/"
NOW = "/admin/contacts/group/people-now/"
PEOPLE = "/admin/contacts/group/people/"


@pytest.fixture
def admin(db: None) -> Client:
    client = Client()
    client.force_login(factories.make_agent("root", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def maya() -> Contact:
    return factories.make_contact("Maya Okonkwo", "+447700900142", company="Okonkwo Interiors")


@pytest.fixture
def tom() -> Contact:
    return factories.make_contact("Tom Aldous", "+12025550143", company="Harbour Dental")


def page_of(group: Group) -> str:
    return f"/admin/contacts/group/{group.pk}/change/"


def rows(*conditions: tuple[str, str, str], match: str = "all") -> dict[str, str]:
    """As a browser sends them."""
    fields = {"rule-match": match}
    for at, condition in enumerate(conditions):
        fields |= {f"rule-{at}-{part}": text for part, text in zip(("field", "is", "value"), condition, strict=True)}
    return fields


def group(name: str = "Found", **values: Any) -> Group:
    return Group.objects.create(name=name, **values)


def test_rows_become_the_rule_as_it_is_stored(admin, ada):
    ContactField.objects.create(name="Area", key="area")
    conditions = [
        ("country", "any-of", "gb, ie"),
        ("last_call", "not-within", "30"),
        ("owner", "equals", "ADA"),
        ("own.area", "empty", "left over"),
    ]

    saved(admin, ADD, opened(admin, ADD) | {"name": "Found"} | rows(*conditions, match="any"))

    assert Group.objects.get().rule == {
        "match": "any",
        "conditions": [
            {"field": "country", "is": "any-of", "value": ["GB", "IE"]},
            {"field": "last_call", "is": "not-within", "value": 30},
            {"field": "owner", "is": "equals", "value": ada.pk},
            {"field": "own.area", "is": "empty", "value": ""},
        ],
    }


def test_a_page_shows_the_stored_rule_and_saving_it_untouched_keeps_it(admin, ada):
    rule = rule_checked(
        {
            "match": "any",
            "conditions": [
                {"field": "country", "is": "any-of", "value": ["GB", "IE"]},
                {"field": "owner", "is": "equals", "value": ada.pk},
                {"field": "last_text", "is": "within", "value": 7},
            ],
        }
    )
    found = group(rule=rule)
    fields = opened(admin, page_of(found))
    shown = [fields[f"rule-{at}-value"] for at in range(3)]

    saved(admin, page_of(found), fields | {"description": "Of late"})

    found.refresh_from_db()
    assert shown == [["GB IE"], ["ada"], ["7"]]
    assert (found.rule, found.description) == (rule, "Of late")


def test_there_are_three_rows_without_javascript_and_one_more_than_is_filled(admin):
    assert [f"rule-{at}-value" in opened(admin, ADD) for at in range(4)] == [True, True, True, False]
    full = [{"field": "company", "is": "contains", "value": str(at)} for at in range(3)]
    assert "rule-3-value" in opened(admin, page_of(group(rule=rule_checked({"conditions": full}))))


def test_a_rule_that_another_admin_changed_meanwhile_is_not_put_back(admin):
    found = group(rule=rule_checked({"conditions": [{"field": "company", "is": "filled"}]}))
    fields = opened(admin, page_of(found))
    Group.objects.update(rule=rule_checked({"conditions": [{"field": "language", "is": "filled"}]}))

    saved(admin, page_of(found), fields | {"description": "Of late"})

    found.refresh_from_db()
    assert found.rule["conditions"][0]["field"] == "language"


def test_a_rule_whose_rows_are_emptied_finds_nobody_any_more(admin):
    found = group(rule=rule_checked({"conditions": [{"field": "company", "is": "filled"}]}))
    fields = opened(admin, page_of(found))

    saved(admin, page_of(found), fields | rows(("", "equals", "")))

    found.refresh_from_db()
    assert found.rule == {}


def test_the_row_that_is_wrong_is_told_and_what_was_typed_stays(admin):
    conditions = [("company", "contains", "dental"), ("last_call", "within", "soon"), ("owner", "equals", "nobody")]

    page = admin.post(ADD, opened(admin, ADD) | {"name": "Found"} | rows(*conditions), secure=True)

    text = page.content.decode()
    days = "Write a number of days from 1 to 3650."
    assert page.context["adminform"].form.errors["rule"] == [
        f"Condition 2: {days}",
        "Condition 3: Choose an agent.",
    ]
    assert f'<p class="rule-wrong" id="id_rule-1-wrong">{days}</p>' in text
    assert 'id="id_rule-0-wrong"' not in text
    assert 'value="soon"' in text
    assert not Group.objects.exists()


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        (("", "equals", "dental"), "Choose a field, or empty the value."),
        (("planet", "equals", "Mars"), "There is no field “planet”."),
        (("country", "contains", "GB"), "Choose one of these comparisons: “is one of”, “is none of”."),
        (("country", "any-of", "Great Britain"), "Write countries as two letters each, like GB."),
        (("last_call", "within", "9" * 400), "Write a number of days from 1 to 3650."),
        (("owner", "equals", "٣"), "Choose an agent."),
        (("company", "equals", "a\x00b"), "Write what to look for."),
    ],
)
def test_a_row_that_cannot_be_is_refused_in_words(admin, condition, sentence):
    page = admin.post(ADD, {"name": "Found"} | rows(condition), secure=True)

    assert page.context["adminform"].form.errors["rule"] == [f"Condition 1: {sentence}"]


@pytest.mark.parametrize(
    "fields",
    [
        {"rule-match": "some"},
        rows(*[("company", "filled", "")] * (MOST_CONDITIONS + 1)),
        {"rule": "{"},
        {"rule": "[" * 100_000},
        {"rule": '{"conditions": 1}'},
    ],
)
def test_a_rule_that_is_wrong_as_a_whole_is_refused(admin, fields):
    page = admin.post(ADD, {"name": "Found"} | fields, secure=True)

    assert page.status_code == 200
    assert page.context["adminform"].form.errors["rule"]


def test_it_is_said_how_many_people_a_rule_finds_before_it_is_saved(admin, maya, tom):
    def said(*conditions: tuple[str, str, str]) -> str:
        return admin.post(NOW, rows(*conditions), secure=True).json()["text"]

    assert said(("company", "contains", "dental")) == "The rule finds 1 person now."
    assert said(("company", "filled", "")) == "The rule finds 2 people now."
    assert said() == "Without a condition the rule finds nobody."
    assert said(("last_call", "within", "x")) == "Condition 1: Write a number of days from 1 to 3650."


@pytest.mark.parametrize(("path", "method"), [(NOW, "post"), (PEOPLE, "get")])
def test_who_may_not_change_groups_is_told_nothing_of_contacts(maya, path, method):
    clerk = Client()
    clerk.force_login(factories.make_agent("clerk", is_staff=True))

    assert getattr(clerk, method)(path, {"q": "maya"}, secure=True).status_code == 403


def test_members_are_found_added_and_taken_out(admin, maya, tom):
    found = group()
    found.members.add(tom)
    people = admin.get(PEOPLE, {"q": "a", "group": found.pk}, secure=True).json()["people"]
    fields = opened(admin, page_of(found))

    saved(admin, page_of(found), fields | {"people-add": [maya.pk], "people-out": [tom.pk]})

    assert [(one["name"], one["detail"], one["member"]) for one in people] == [
        ("Maya Okonkwo", "Okonkwo Interiors · +447700900142", False),
        ("Tom Aldous", "Harbour Dental · +12025550143", True),
    ]
    assert list(found.members.all()) == [maya]


def test_who_was_picked_by_somebody_else_meanwhile_stays(admin, maya, tom):
    found = group()
    fields = opened(admin, page_of(found))
    found.members.add(tom)

    saved(admin, page_of(found), fields | {"people-add": [maya.pk]})

    assert list(found.members.all()) == [maya, tom]


def test_who_was_chosen_is_still_chosen_when_something_else_was_wrong(admin, maya):
    page = admin.post(ADD, {"name": "", "people-add": [maya.pk]}, secure=True)

    assert f'<input type="hidden" name="people-add" value="{maya.pk}">' in page.content.decode()


@pytest.mark.parametrize("ids", [["x"], ["9" * 300], ["٣"], [""]])
def test_what_is_no_contacts_id_adds_nobody(admin, maya, ids):
    saved(admin, ADD, {"name": "Found", "people-add": ids, "people-out": ids})

    assert not Group.objects.get().members.exists()


def test_a_contact_that_is_gone_cannot_be_added(admin):
    page = admin.post(ADD, {"name": "Found", "people-add": ["999999"]}, secure=True)

    assert page.context["adminform"].form.errors["people"] == ["One of these contacts is not there any more."]


def test_a_group_of_five_thousand_has_a_short_page_of_few_queries(admin, django_assert_max_num_queries):
    Contact.objects.bulk_create(Contact(name=f"Person {number:04}") for number in range(5000))
    found = group()
    found.members.set(Contact.objects.all())

    with django_assert_max_num_queries(25):
        page = admin.get(page_of(found), secure=True).content.decode()
    people = admin.get(PEOPLE, {"q": "person", "group": found.pk}, secure=True).json()

    assert len(page) < 100_000
    assert "And 4950 more" in page
    assert (len(people["people"]), people["text"]) == (20, "More than 20 found: here are the first.")


def test_who_may_only_look_sees_the_rule_and_the_members(maya):
    from django.contrib.auth.models import Permission

    clerk = factories.make_agent("clerk", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_group", content_type__app_label="contacts"))
    found = group(rule=rule_checked({"conditions": [{"field": "company", "is": "filled"}]}))
    found.members.add(maya)
    client = Client()
    client.force_login(clerk)

    page = client.get(page_of(found), secure=True).content.decode()

    assert "Maya Okonkwo" in page
    assert json.dumps("company") in page or "&quot;company&quot;" in page
