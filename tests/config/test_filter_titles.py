"""What lists of Django admin are filtered by has a title that can be read."""

from __future__ import annotations

import pytest
from django.test import Client

from tests import factories

LISTS = [
    ("agents/presencechange/", ["By new state", "By time"], ["Nach neuem Zustand", "Nach Zeit"]),
    ("agents/loginrecord/", ["By time"], ["Nach Zeit"]),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "english", "german"), LISTS)
def test_a_filter_has_a_title_that_can_be_read(path, english, german):
    client = Client()
    client.force_login(factories.make_agent("root", is_staff=True, is_superuser=True))

    for language, titles, unread in (("en", english, ["By at", "By after"]), ("de", german, ["Nach nachher"])):
        answer = client.get(f"/admin/{path}", secure=True, headers={"Accept-Language": language})
        page = " ".join(answer.content.decode().split())
        assert all(title in page for title in titles)
        assert not any(title in page for title in unread)
