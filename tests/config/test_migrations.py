"""A database of an earlier version is still there after it was migrated: what people saw of it, they see.

`november.json` was written by that version: its rows, and what its REST API showed of them. But for one thing: where a
caller is who withholds the number is told no more.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.migrations import AddField
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.models import NOT_PROVIDED, CharField, ManyToManyField
from django.test import Client

from calls.models import Call
from telephony.models import Webhook
from tokens.models import Device

DATA = json.loads((Path(__file__).parents[1] / "payloads" / "database" / "november.json").read_text())
# Where that version's migrations ended.
NOVEMBER = [
    ("agents", "0003_rings_mobile"), ("calls", "0007_loose_references"), ("routing", None),
    ("contacts", "0001_initial"),
    ("tokens", "0002_devices"), ("messaging", "0001_initial"), ("config", "0001_initial"), ("telephony", None),
]  # fmt: skip


def migrate(targets: list[tuple[str, str | None]]) -> Any:
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state([target for target in targets if target[1]]).apps


@pytest.fixture
def november(transactional_db: None) -> Iterator[Any]:
    """The database as that version left it; afterwards it is today's again."""
    today = MigrationExecutor(connection).loader.graph.leaf_nodes()
    apps = migrate(NOVEMBER)
    many: list[tuple[Any, str, list[Any]]] = []
    for row in DATA["rows"]:
        model = apps.get_model(row["model"])
        made = model(pk=row["pk"])
        for name, value in row["fields"].items():
            field = model._meta.get_field(name)
            if field.many_to_many:
                many.append((made, name, value))
            else:
                setattr(made, field.attname, field.to_python(value))
        made.save(force_insert=True)
    for made, name, value in many:
        getattr(made, name).set(value)
    yield lambda: migrate(today)
    migrate(today)


def shown(path: str) -> list[Any]:
    """What an admin is shown."""
    client = Client()
    client.force_login(get_user_model().objects.get(username="admin"))
    return client.get(path, secure=True).json()["results"]


def lost(old: Any, new: Any, path: str = "") -> list[str]:
    """Where something else is shown than was. More may be shown."""
    if isinstance(old, dict) and isinstance(new, dict):
        found = [lost(value, new.get(name), f"{path}.{name}") for name, value in old.items()]
        return [place for places in found for place in places]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [place for one, other in zip(old, new, strict=True) for place in lost(one, other, f"{path}[]")]
    return [] if old == new else [f"{path}: {old!r} is now {new!r}"]


# Both ways through all migrations take half a minute: what is asked of the database is asked of one.
def test_what_people_saw_of_it_they_see(november, settings):
    # Where the demo's agents may sign in.
    settings.SIMULATOR = True
    ContentType.objects.get_or_create(app_label="calls", model="webhook")

    november()

    the_log_the_contacts_the_agents_and_the_devices_are_the_same()
    every_webhook_is_kept_with_its_call()
    # And with it, rights to read webhooks.
    assert list(ContentType.objects.filter(model="webhook").values_list("app_label", flat=True)) == ["telephony"]


def the_log_the_contacts_the_agents_and_the_devices_are_the_same() -> None:
    for path in ("/api/v1/calls/", "/api/v1/contacts/"):
        assert lost(DATA["shown"][path]["results"], shown(path)) == []
    agents = get_user_model().objects.order_by("pk")
    assert list(agents.values(*DATA["shown"]["agents"][0])) == DATA["shown"]["agents"]
    assert [(device.user.username, device.name) for device in Device.objects.all()] == [("grace", "Pixel 9")]


def every_webhook_is_kept_with_its_call() -> None:
    before = [row["fields"] for row in DATA["rows"] if row["model"] == "calls.webhook"]
    kept = Webhook.objects.order_by("pk").values_list("sid", "kind", "status", "params")
    assert list(kept) == [(row["call_sid"], row["kind"], row["call_status"], row["params"]) for row in before]
    assert set(kept.values_list("sid", flat=True)) <= set(Call.objects.values_list("pk", flat=True))


# Where the migrations of what webhooks write stood when the rule below came.
BEFORE_THE_RULE = {"calls": 14, "telephony": 2}


def columns_left_empty(operations: list[Any]) -> list[str]:
    """Columns added to tables that there are, which a process of the version before cannot fill: it names them in no
    INSERT, and the default of a model is no default of the database's."""
    return [
        f"{operation.model_name}.{operation.name}"
        for operation in operations
        if isinstance(operation, AddField)
        if not operation.field.null and operation.field.db_default is NOT_PROVIDED and not operation.field.many_to_many
    ]


def test_a_new_column_lets_a_process_of_the_version_before_go_on_keeping_calls():
    """While an upgrade runs, webhooks come in, and both versions write them. `db_default` beside `default` mends it."""
    found = {
        f"{app}.{name}": columns
        for (app, name), migration in MigrationLoader(None).disk_migrations.items()
        if int(name[:4]) > BEFORE_THE_RULE.get(app, 9999) and (columns := columns_left_empty(migration.operations))
    }

    assert found == {}


@pytest.mark.parametrize(
    ("field", "is_left"),
    [
        (CharField(max_length=8, default=""), True),
        (CharField(max_length=8, default="", db_default=""), False),
        (CharField(max_length=8, null=True), False),
        (ManyToManyField("agents.Team"), False),
    ],
)
def test_a_column_that_nobody_fills_is_noticed(field, is_left):
    assert columns_left_empty([AddField("call", "language", field)]) == ["call.language"] * is_left


@pytest.mark.django_db(transaction=True)
def test_texts_of_a_send_that_were_sent_again_are_still_that_sends():
    """Before, only the last attempt of each person was known as one."""
    today = MigrationExecutor(connection).loader.graph.leaf_nodes()
    apps = migrate([("messaging", "0006_group_sends")])
    try:
        team = apps.get_model("agents", "Team").objects.create(name="Support")
        line = apps.get_model("routing", "Line").objects.create(name="Support", number="+12025550100", team=team)
        thread = apps.get_model("messaging", "Thread").objects.create(line=line, number="+12025550142")
        send = apps.get_model("messaging", "GroupSend").objects.create(title="Harvest", line=line, body="Hello")
        recipient = apps.get_model("messaging", "GroupRecipient").objects.create(send=send, number=thread.number)
        message = apps.get_model("messaging", "Message")
        for key in (f"group-{recipient.pk}-0", f"group-{recipient.pk}-1", "group-999-0", "group-x", "mine"):
            origin = "program" if key == "mine" else "group"
            message.objects.create(thread=thread, direction="outbound", origin=origin, key=key)

        now = migrate([("messaging", "0007_message_group_send")]).get_model("messaging", "Message")

        rows = now.objects.order_by("pk").values_list("group_send", flat=True)
        assert list(rows) == [send.pk, send.pk, None, None, None]
        now.objects.all().delete()
    finally:
        migrate(today)
