"""Admin's pages as tests read them, and findings of the doctor's."""

from __future__ import annotations

import re
from html import unescape

from django.contrib.auth.models import Permission
from django.test import Client

from telephony.doctor.findings import Finding, State
from tests import factories

FINE = Finding("fine", "Fine thing", State.OK, "It is.")
BAD = Finding("bad", "Bad thing", State.FAILED, "It is not.", "Mend it.", (("voice_url", "https://a", "https://b"),))
DOUBTFUL = Finding("doubtful", "Doubtful thing", State.WARNING, "It may be.", "Look.")


def staff(*rights: str) -> Client:
    agent = factories.make_agent("staff", is_staff=True, may_receive_calls=False)
    agent.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client = Client()
    client.force_login(agent)
    return client


def page(client: Client, path: str = "/admin/") -> str:
    response = client.get(path, secure=True)
    assert response.status_code == 200
    return unescape(response.content.decode())


def words(html: str) -> str:
    """What the page's middle says, without its marks."""
    middle = html[html.index('<main id="content-start"') : html.index("</main>")]
    return " ".join(re.sub(r"<[^>]*>", " ", middle).split())


def link(html: str, text: str) -> str:
    """Where the link leads whose text begins like this."""
    for address, inside in re.findall(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', html, re.DOTALL):
        if " ".join(re.sub(r"<[^>]*>", " ", inside).split()).startswith(text):
            return address
    raise AssertionError(f"no link says {text}")


def rows(client: Client, path: str) -> int:
    return len(re.findall(r'class="field-began', page(client, path)))
