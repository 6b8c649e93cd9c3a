"""Who belongs to a group."""

import pytest

from contacts.groups import members_of
from contacts.models import Contact, ContactNumber, Group

pytestmark = pytest.mark.django_db


@pytest.fixture
def maya():
    contact = Contact.objects.create(name="Maya Okonkwo", company="Okonkwo Interiors")
    ContactNumber.objects.create(contact=contact, number="+447700900142")
    return contact


def test_who_was_picked_for_two_groups_is_a_member_once(maya):
    groups = [Group.objects.create(name=name) for name in ("Trade", "Orders")]
    for group in groups:
        group.members.add(maya)

    assert list(members_of([group.pk for group in groups])) == [maya]


def test_who_belongs_to_another_group_is_no_member(maya):
    Group.objects.create(name="Trade").members.add(maya)

    assert list(members_of([Group.objects.create(name="Orders").pk])) == []
