"""Making two contacts one, with nothing lost, and making them two again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from calls.models import Call
from contacts.merging import CannotMerge, CannotUndo, contacts_merge, merge_undo, merges_forget, merges_undoable
from contacts.models import (
    MOST_NOTE,
    MOST_NUMBERS,
    Contact,
    ContactField,
    ContactMerge,
    ContactNote,
    ContactNumber,
    Group,
)
from contacts.services import note_add
from messaging.models import GroupSend
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def hedy():
    return factories.make_agent("hedy", role="supervisor")


@pytest.fixture
def maya() -> Contact:
    return factories.make_contact("Maya Okonkwo", "+12025550142", company="Okonkwo Interiors")


@pytest.fixture
def other(hedy) -> Contact:
    ContactField.objects.create(name="Customer no.", key="customer_no")
    other = factories.make_contact(
        "M. Okonkwo", "+12025550143", email="maya@okonkwo.example", company="Okonkwo Ltd", owner=hedy,
        own={"customer_no": "TR-1"},
    )  # fmt: skip
    ContactNumber.objects.create(contact=other, number="+12025550144", label="Home", position=1)
    note_add(other, text="Rings on Mondays.", by=hedy)
    Group.objects.create(name="Trade").members.add(other)
    factories.make_call(1, contact=other)
    return other


def everything() -> dict[str, object]:
    """All that there is of contacts, but for when it was changed."""
    return {
        "contacts": sorted(
            Contact.objects.values_list("pk", "name", "company", "email", "owner", "language", "created_at")
        ),
        "own": sorted((contact.pk, str(contact.own)) for contact in Contact.objects.all()),
        "numbers": sorted(ContactNumber.objects.values_list("pk", "contact", "number", "label", "position")),
        "notes": sorted(ContactNote.objects.values_list("pk", "contact", "text")),
        "groups": sorted(Group.members.through.objects.values_list("group", "contact")),
        "calls": sorted(Call.objects.values_list("sid", "contact")),
    }


def test_nothing_of_the_other_is_lost(maya, other, hedy):
    contacts_merge(survivor_id=maya.pk, gone_id=other.pk, by=hedy)

    maya = Contact.objects.get()
    assert [row.number for row in maya.numbers.all()] == ["+12025550142", "+12025550143", "+12025550144"]
    assert (maya.name, maya.company, maya.email, maya.owner) == (
        "Maya Okonkwo", "Okonkwo Interiors", "maya@okonkwo.example", hedy,
    )  # fmt: skip
    assert maya.own == {"customer_no": "TR-1"}
    assert [group.name for group in maya.groups.all()] == ["Trade"]
    assert Call.objects.get().contact == maya
    differs, earlier = maya.notes.all()
    assert earlier.text == "Rings on Mondays."
    assert differs.text.splitlines()[1:] == ["Name: M. Okonkwo", "Company: Okonkwo Ltd"]


def test_what_differs_is_in_notes_that_can_be_changed_and_go_with_the_merge(maya, other, hedy):
    """However much of it there is: none is longer than a note may be."""
    long = "\n".join(f"{line} " + "x" * 90 for line in range(60))[:MOST_NOTE]
    Contact.objects.filter(pk=maya.pk).update(note="Short.")
    Contact.objects.filter(pk=other.pk).update(note=long)
    before = everything()

    merged = contacts_merge(survivor_id=maya.pk, gone_id=other.pk, by=hedy)

    *parts, earlier = [note.text for note in maya.notes.all()]
    assert earlier == "Rings on Mondays."
    assert len(parts) > 1
    assert max(map(len, parts)) <= MOST_NOTE
    head = "From M. Okonkwo, with whom this contact was merged:"
    assert {part.partition("\n")[0] for part in parts} == {head}
    texts = [part.partition("\n")[2] for part in parts]
    # Parted where there was a space, or a line ended.
    assert " ".join(texts).split()[-len(long.split()) :] == long.split()
    merge_undo(merged.pk, contact_id=maya.pk)
    assert everything() == before


def test_it_can_be_undone_as_if_nothing_had_been(maya, other, hedy):
    before = everything()
    merged = contacts_merge(survivor_id=maya.pk, gone_id=other.pk, by=hedy)

    back = merge_undo(merged.pk, contact_id=maya.pk)

    assert back.pk == other.pk
    assert everything() == before
    # What it took holds the person's data, and is needed no more.
    assert not ContactMerge.objects.exists()


def test_what_was_changed_since_stays_where_it_was_changed(maya, other, hedy):
    merged = contacts_merge(survivor_id=maya.pk, gone_id=other.pk, by=hedy)
    note_add(maya, text="Said hello.", by=hedy)
    Contact.objects.filter(pk=maya.pk).update(email="new@okonkwo.example")

    merge_undo(merged.pk, contact_id=maya.pk)

    maya.refresh_from_db()
    assert maya.email == "new@okonkwo.example"
    assert [note.text for note in maya.notes.all()] == ["Said hello."]


@pytest.mark.parametrize("in_turn", [True, False])
@pytest.mark.parametrize("had_it", [True, False])
def test_merges_one_after_the_other_are_undone_in_any_order(maya, other, hedy, in_turn, had_it):
    """`had_it`: the last one is in the first one's group, and has the same language."""
    third = factories.make_contact("Third", "+12025550145", language="de", own={"shoe": "44"})
    special = Group.objects.create(name="Special")
    special.members.add(third)
    if had_it:
        special.members.add(maya)
        Contact.objects.filter(pk=maya.pk).update(language="de")
    before = everything()
    first = contacts_merge(survivor_id=other.pk, gone_id=third.pk, by=hedy)
    second = contacts_merge(survivor_id=maya.pk, gone_id=other.pk, by=hedy)

    if in_turn:
        # The first is the remaining contact's own by now.
        merge_undo(first.pk, contact_id=maya.pk)
        merge_undo(second.pk, contact_id=maya.pk)
    else:
        merge_undo(second.pk, contact_id=maya.pk)
        merge_undo(first.pk, contact_id=other.pk)

    assert everything() == before


def test_language_time_zone_and_owner_that_differ_are_written_down(maya, other, hedy):
    Contact.objects.filter(pk=maya.pk).update(language="en", time_zone="Europe/London", owner=factories.make_agent())
    Contact.objects.filter(pk=other.pk).update(language="de", time_zone="Europe/Berlin")

    contacts_merge(survivor_id=maya.pk, gone_id=other.pk, by=hedy)

    lines = maya.notes.first().text.splitlines()
    assert {f"Owner: {hedy}", "Language: de", "Time zone: Europe/Berlin"} <= set(lines)


@pytest.mark.parametrize("both", [False, True])
def test_drafts_and_sends_that_are_being_prepared_follow_a_contact_and_come_back(maya, other, hedy, line, both):
    named = [other.pk, maya.pk] if both else [other.pk]
    draft = GroupSend.objects.create(title="Ready", line=line, body="It is ready.", contact_ids=named)
    started = GroupSend.objects.create(title="Sent", line=line, body="It is ready.", chosen_ids=named)
    nobodys = GroupSend.objects.create(title="Other", line=line, body="It is ready.", contact_ids=[other.pk * 10])

    merged = contacts_merge(survivor_id=maya.pk, gone_id=other.pk, by=hedy)

    for send in (draft, started, nobodys):
        send.refresh_from_db()
    assert (draft.contact_ids, started.chosen_ids, nobodys.revision) == ([maya.pk], [maya.pk], 0)

    merge_undo(merged.pk, contact_id=maya.pk)

    for send in (draft, started):
        send.refresh_from_db()
    assert set(draft.contact_ids) == set(started.chosen_ids) == set(named)


def test_it_is_undone_once(maya, other, hedy):
    merged = contacts_merge(survivor_id=maya.pk, gone_id=other.pk, by=hedy)
    merge_undo(merged.pk, contact_id=maya.pk)

    with pytest.raises(ContactMerge.DoesNotExist):
        merge_undo(merged.pk, contact_id=maya.pk)


def test_after_30_days_it_is_too_late_and_what_was_kept_is_deleted(maya, other, hedy):
    merged = contacts_merge(survivor_id=maya.pk, gone_id=other.pk, by=hedy)
    ContactMerge.objects.update(at=timezone.now() - timedelta(days=31))

    with pytest.raises(CannotUndo, match="more than 30 days ago"):
        merge_undo(merged.pk, contact_id=maya.pk)
    assert list(merges_undoable(maya)) == []
    assert merges_forget() == 1


def test_two_that_would_have_more_numbers_than_a_form_takes_are_not_merged(maya, other, hedy):
    for number in range(MOST_NUMBERS - 2):
        ContactNumber.objects.create(contact=maya, number=f"+1202556{number:04}")

    with pytest.raises(CannotMerge, match="more than 100 numbers"):
        contacts_merge(survivor_id=maya.pk, gone_id=other.pk, by=hedy)


def test_a_contact_is_not_merged_with_itself(maya):
    with pytest.raises(CannotMerge, match="one and the same"):
        contacts_merge(survivor_id=maya.pk, gone_id=maya.pk, by=None)


def test_who_has_gone_meanwhile_is_not_merged(maya, other):
    other.delete()

    with pytest.raises(Contact.DoesNotExist):
        contacts_merge(survivor_id=maya.pk, gone_id=other.pk, by=None)
