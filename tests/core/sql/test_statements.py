"""Queries that are compiled once, and rows that are written together: the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from agents.models import Agent, Team
from calls.models import Call, CallOffer, CallStatus
from core.sql.prepared import Param, Prepared, exists_by_index
from core.sql.statements import DatabaseBusy, Statement, Write, execute_and_commit, fetch, new_row
from telephony.models import Webhook
from tests import factories

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
_INSERT = Write.insert(Webhook)


def call(number: int, **facts) -> Call:
    return Call.objects.create(sid=f"CA{number:032x}", **{"start_time": NOON} | facts)


def sids(calls) -> list[str]:
    return [found.sid for found in calls]


def test_a_prepared_query_finds_what_the_orm_finds(ada, line):
    some = [call(n, agent=ada if n % 2 else None, line=line, start_time=NOON + timedelta(minutes=n)) for n in range(6)]
    queryset = Call.objects.select_related("agent", "line").order_by("-start_time")
    prepared = Prepared(lambda: queryset.filter(pk__in_array=Param("sids")))

    (found,) = fetch(prepared(sids=sids(some[:4])))

    expected = list(queryset.filter(pk__in=sids(some[:4])))
    assert found == expected
    for ours, theirs in zip(found, expected, strict=True):
        assert {name: value for name, value in vars(ours).items() if name != "_state"} == {
            name: value for name, value in vars(theirs).items() if name != "_state"
        }
        assert (ours.agent, ours.line) == (theirs.agent, theirs.line)
        assert vars(ours.line)["name"] == line.name


def test_related_models_are_there_without_another_query(ada, line, django_assert_num_queries):
    found = call(1, agent=ada, line=line)
    prepared = Prepared(lambda: Call.objects.select_related("agent", "contact").filter(pk=Param("sid")))
    ((ours,),) = fetch(prepared(sid=found.sid))

    with django_assert_num_queries(0):
        assert ours.agent.name == ada.name
        assert ours.contact is None


def test_what_was_not_asked_for_is_read_when_it_is_needed(ada):
    prepared = Prepared(lambda: Agent.objects.filter(pk=Param("pk")).only("username"))
    ((found,),) = fetch(prepared(pk=ada.pk))

    assert found.get_deferred_fields() >= {"password", "role"}
    assert found.role == ada.role


def test_what_was_found_can_be_saved(ada):
    prepared = Prepared(lambda: Agent.objects.filter(pk=Param("pk")))
    ((found,),) = fetch(prepared(pk=ada.pk))

    found.first_name = "Augusta"
    found.save()

    ada.refresh_from_db()
    assert ada.first_name == "Augusta"
    assert Agent.objects.count() == 1


def test_annotations_and_tuples_come_as_from_the_orm(ada, grace):
    call(1, agent=ada)
    has_calls = Exists(Call.objects.filter(agent=OuterRef("pk")))
    annotated = Prepared(
        lambda: Agent.objects.filter(pk__in_array=Param("ids")).annotate(busy=has_calls).order_by("pk")
    )
    tuples = Prepared(lambda: Call.objects.filter(start_time__gte=Param("since")).values_list("sid", "start_time"))

    agents, rows = fetch(annotated(ids={ada.pk, grace.pk}), tuples(since=NOON))

    assert [bool(agent.busy) for agent in agents] == [agent == ada for agent in agents]
    assert rows == [(call_sid, NOON) for call_sid in Call.objects.values_list("sid", flat=True)]


@pytest.mark.parametrize("wanted", [[], ["CA" + "9" * 32], ["it's", "100 %", "ä"]])
def test_a_list_may_be_empty_or_hold_anything(wanted):
    prepared = Prepared(lambda: Call.objects.filter(pk__in_array=Param("sids")))

    assert fetch(prepared(sids=wanted)) == [[]]


def test_constants_stand_in_the_text_as_they_are(team):
    Team.objects.create(name="100 % it's")
    prepared = Prepared(lambda: Team.objects.filter(name="100 % it's", pk__gt=Param("pk")))

    ((found,),) = fetch(prepared(pk=0))

    assert found.name == "100 % it's"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's times are text")
def test_a_time_that_would_never_pass_is_refused():
    with pytest.raises(TypeError, match="Param"):
        Prepared(lambda: Call.objects.filter(start_time=timezone.now()))()


def test_among_the_rows_of_another_query():
    old, new = call(1), call(2, start_time=NOON + timedelta(hours=1))
    newest = Call.objects.filter(start_time__lte=Param("until")).order_by("-start_time").values("sid")[:1]
    prepared = Prepared(lambda: Call.objects.filter(Q(pk__in_array=newest)))

    assert fetch(prepared(until=NOON), prepared(until=NOON + timedelta(days=1))) == [[old], [new]]


def test_a_query_that_varies_is_compiled_anew(ada, settings):
    prepared = Prepared(
        lambda: Agent.objects.filter(username=settings.DEMO_PASSWORD, pk=Param("pk")),
        varies=lambda: settings.DEMO_PASSWORD,
    )
    settings.DEMO_PASSWORD = "ada"
    assert fetch(prepared(pk=ada.pk)) == [[ada]]

    settings.DEMO_PASSWORD = "nobody"
    assert fetch(prepared(pk=ada.pk)) == [[]]


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (Call, {"sid": "CA1", "start_time": NOON}),
        (Webhook, {"sid": "CA1", "params": {"a": "b"}, "received_at": NOON}),
        (CallOffer, {"call_id": "CA1", "agent_id": 7, "created_at": NOON}),
    ],
)
def test_a_new_row_is_what_its_class_would_make(model, values):
    ours, theirs = new_row(model, **values), model(**values)

    assert {name: value for name, value in vars(ours).items() if name != "_state"} == {
        name: value for name, value in vars(theirs).items() if name != "_state"
    }
    assert (ours._state.adding, ours._state.db) == (theirs._state.adding, theirs._state.db)


def test_a_default_that_is_made_is_made_for_each_row():
    assert new_row(Call, sid="CA1").start_time < new_row(Call, sid="CA2").start_time


def test_whether_there_are_some_is_asked_of_each_row(ada, grace):
    call(1, agent=ada)
    theirs = Call.objects.filter(agent=OuterRef("pk"))

    assert list(Agent.objects.filter(exists_by_index(theirs))) == [ada]
    assert list(Agent.objects.exclude(exists_by_index(theirs))) == [grace]


def test_rows_are_inserted_as_the_orm_would():
    params = {"To": ["a", 'b"'], "Ä": "\\ud83d 😀", "Body": "two\nlines\\n\x01"}
    facts = {"sid": "CA1", "kind": "status", "params": params, "received_at": NOON}
    rows = [Webhook(**facts), Webhook(**facts, sequence_number=7, milliseconds=1.5, answer="<Response>\n\t</Response>")]

    fetch(_INSERT(rows))

    stored = list(Webhook.objects.order_by("pk"))
    assert len({row.pk for row in stored}) == 2
    for row, kept in zip(rows, stored, strict=True):
        kept.pk = None
        assert {n: v for n, v in vars(kept).items() if n != "_state"} == {
            n: v for n, v in vars(row).items() if n != "_state"
        }


def test_a_mixture_of_values_and_nulls_is_written(ada):
    calls = [call(1), call(2)]
    update = Write.update(Call, key="sid", columns=["status", "agent_id", "end_time", "duration"])
    calls[0].status, calls[0].agent, calls[0].end_time, calls[0].duration = CallStatus.COMPLETED, ada, NOON, 12
    calls[1].status = CallStatus.BUSY

    fetch(update(calls))

    ended, busy = Call.objects.order_by("sid")
    assert (ended.status, ended.agent, ended.end_time, ended.duration) == ("completed", ada, NOON, 12)
    assert (busy.status, busy.agent, busy.end_time, busy.duration) == ("busy", None, None, None)


def test_a_conflict_is_handled_as_said(ada):
    offered = call(1)
    insert = Write.insert(CallOffer, on_conflict="ON CONFLICT DO NOTHING")

    fetch(insert([CallOffer(call=offered, agent=ada)]), insert([CallOffer(call=offered, agent=ada)]))

    assert CallOffer.objects.count() == 1


def test_the_database_s_errors_are_djangos(ada):
    offered = call(1)
    insert = Write.insert(CallOffer)
    fetch(insert([CallOffer(call=offered, agent=ada)]))

    with pytest.raises(IntegrityError), transaction.atomic():
        fetch(insert([CallOffer(call=offered, agent=ada)]), insert([]))

    assert CallOffer.objects.count() == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite stores text of any length")
def test_what_is_too_long_is_refused_and_the_connection_goes_on():
    with pytest.raises(DataError), transaction.atomic():
        fetch(_INSERT([Webhook(kind="k" * 33, params={}, received_at=NOON)]))

    fetch(_INSERT([Webhook(kind="k", params={}, received_at=NOON)]))
    assert Webhook.objects.count() == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite prepares by itself")
@pytest.mark.django_db(transaction=True)
def test_what_is_new_to_the_connection_is_prepared_once_though_its_first_tries_fail():
    insert = Write.insert(Webhook)
    find = Prepared(lambda: Webhook.objects.filter(kind=Param("kind")))
    connection.close()

    for _ in range(3):
        with pytest.raises(DataError), transaction.atomic():
            fetch(insert([Webhook(kind="k" * 33, params={}, received_at=NOON)]), find(kind="k"))
    fetch(insert([Webhook(kind="k", params={}, received_at=NOON)]))

    assert len(fetch(find(kind="k"))[0]) == 1
    names = Statement("SELECT count(*), count(DISTINCT statement) FROM pg_prepared_statements", [])
    ((count, different),) = fetch(names)[0]
    assert count == different


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps any character")
def test_a_text_that_cannot_be_stored_is_refused_before_anything_is_sent():
    find = Prepared(lambda: Webhook.objects.filter(kind=Param("kind")))

    for refused in ("a\x00b", ["a\x00b"]):
        with pytest.raises(DataError):
            fetch(Statement("SELECT 1", []), Statement("SELECT %s::text", [refused]))

    assert fetch(find(kind="k")) == [[]]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no arrays")
def test_nothing_in_a_list_is_null_and_not_an_empty_text():
    wanted = Statement("SELECT %s::text[]", [["", None, 'a"b']])

    assert fetch(wanted) == [[(["", None, 'a"b'],)]]


def test_lists_keep_quotes_backslashes_braces_and_signs_that_nobody_sees():
    wanted = ['a"b', "c\\d", "{e,f}", "NULL", "", "null", "\\", "\\n", "\n", '\\"\t', "\x01\x7f\r", "été ☎", 'g\\"h']
    for number, name in enumerate(wanted):
        call(number, caller=name)
    prepared = Prepared(lambda: Call.objects.filter(caller__in_array=Param("callers")).order_by("sid"))

    assert [found.caller for found in fetch(prepared(callers=wanted))[0]] == wanted


def test_statements_run_in_their_order_within_a_transaction_that_can_be_undone():
    find = Prepared(lambda: Webhook.objects.filter(sid=Param("sid")).order_by("pk"))
    row = Webhook(sid="CA1", kind="status", params={}, received_at=NOON)

    with transaction.atomic():
        before, _, after = fetch(find(sid="CA1"), _INSERT([row]), find(sid="CA1"))
        transaction.set_rollback(True)

    assert (len(before), len(after)) == (0, 1)
    assert fetch(find(sid="CA1")) == [[]]


def _row(number: int) -> Statement:
    return _INSERT([new_row(Webhook, sid=f"CA{number:032x}", kind="status", params={}, milliseconds=1)])


def _kept() -> list[int]:
    return sorted(int(sid[2:], 16) for sid in Webhook.objects.values_list("sid", flat=True))


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite works while we wait")
@pytest.mark.django_db(transaction=True)
def test_who_asks_a_busy_database_gets_an_error_and_not_a_deadlock():
    def ask() -> None:
        with pytest.raises(DatabaseBusy):
            Webhook.objects.count()
        with pytest.raises(DatabaseBusy):
            fetch(Statement("SELECT 1", []))

    with transaction.atomic():
        execute_and_commit(_row(1), during_commit=ask)

    assert _kept() == [1]


@pytest.mark.django_db(transaction=True)
def test_what_is_done_during_a_commit_may_fail_and_all_is_stored(caplog):
    def fail() -> None:
        raise LookupError

    with transaction.atomic():
        execute_and_commit(_row(1), during_commit=fail)

    assert _kept() == [1]
    assert "LookupError" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_closed_is_opened_again():
    factories.make_team()
    prepared = Prepared(lambda: Team.objects.filter(pk__gt=Param("pk")))
    assert len(fetch(prepared(pk=0))[0]) == 1

    connection.close()

    assert len(fetch(prepared(pk=0), prepared(pk=0))[0]) == 1


_PREPARED = Statement("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", ["%agents_team%"])


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite prepares by itself")
@pytest.mark.parametrize(("threshold", "prepared"), [(0, 1), (None, 0)])
@pytest.mark.django_db(transaction=True)
def test_statements_are_prepared_unless_that_is_switched_off(threshold, prepared):
    connection.close()
    connection.ensure_connection()
    connection.connection.prepare_threshold = threshold
    find = Prepared(lambda: Team.objects.filter(pk__gt=Param("pk")))

    fetch(find(pk=0))
    fetch(find(pk=0), find(pk=1))

    assert fetch(_PREPARED) == [[(prepared,)]]
    with connection.cursor() as cursor:
        cursor.execute("SHOW plan_cache_mode")
        assert (cursor.fetchone() == ("force_generic_plan",)) == bool(prepared)
        cursor.execute("SHOW enable_seqscan")
        assert cursor.fetchone() == ("on",)
    connection.close()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite compiles nothing")
def test_no_statement_waits_for_its_plan_to_be_compiled():
    assert fetch(Statement("SELECT current_setting('jit')", [])) == [[("off",)]]


_WRITTEN = ["+1202", "+1", "1", "+1202,+1303", "", "NULL", '"', "{}", "\\", " "]


@pytest.mark.parametrize(
    "wanted", [["+1202"], ["+1202", "+1"], ["+1202,+1303"], ["+1202", ""], ["1", "NULL"], ["+1", '"'], [], _WRITTEN]
)
def test_a_list_of_texts_finds_those_and_no_others(wanted):
    """Telephone numbers travel as one text: what is no number must not become two, or nothing."""
    Team.objects.bulk_create([Team(name=name) for name in _WRITTEN])

    found = Team.objects.filter(name__in_array=wanted).values_list("name", flat=True)

    assert sorted(found) == sorted(wanted)
