"""The menu of the admin's pages."""

from __future__ import annotations

import re
from unittest.mock import patch

import pytest
from django.contrib import admin as django_admin
from django.test import RequestFactory

from calls.models import Room
from tests.config.admin_pages import page

pytestmark = pytest.mark.django_db


# Reached from another page alone: a room from its call's.
UNLISTED = {Room}


def test_everything_else_that_admin_knows_is_in_the_menu_once(boss):
    request = RequestFactory().get("/admin/")
    request.user = boss

    listed = [
        model["model"]
        for group in django_admin.site.get_app_list(request)
        for model in group["models"]
        if "model" in model
    ]

    assert sorted(map(str, listed)) == sorted(map(str, django_admin.site._registry.keys() - UNLISTED))


def test_the_menu_is_grouped_for_people_and_names_lists_as_their_pages_do(admin):
    html = page(admin, "/admin/messaging/messagewebhook/")

    menu = re.findall(r'class="section"[^>]*>([^<]*)<', html)
    assert menu == [
        "Calls", "Routing", "Outgoing", "People", "Contacts", "Phones", "Texts", "Usage", "Flight recorder", "Privacy",
        "System",
    ]  # fmt: skip
    assert "<h1>Texts nobody answered</h1>" in html


def test_a_model_of_no_group_stays_in_the_menu(boss):
    request = RequestFactory().get("/admin/")
    request.user = boss

    with patch("config.admin.site._GROUPS", ()):
        names = [group["name"] for group in django_admin.site.get_app_list(request)]

    assert "Calls" in names
    assert "Flight recorder" in names


@pytest.mark.parametrize(
    ("path", "here"),
    [
        ("/admin/routing/route/", ["/admin/routing/route/"]),
        ("/admin/routing/route/add/", ["/admin/routing/route/"]),
        ("/admin/routing/route/explain/", ["/admin/routing/route/explain/"]),
    ],
)
def test_the_menu_marks_one_row_alone(admin, path, here):
    marked = re.findall(r'<a href="([^"]*)" aria-current="page"', page(admin, path))

    assert marked == here
