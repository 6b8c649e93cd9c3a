import pytest
from tests import factories
from tests.messaging.account import *
from messaging.services import message_write
from messaging.models import *
from messaging.outbox.worker import run_or_wake
pytestmark=pytest.mark.django_db(transaction=True)
def test_it(line):
    acc=Account()
    with twilio_is(acc):
        m=message_write(line,"+12025550142","Hi",origin=Origin.AGENT)
        m2=message_write(line,"+12025550142","Ho",origin=Origin.AGENT)
        run_or_wake(lambda room: None)
    m.refresh_from_db(); m2.refresh_from_db()
    print(m.step,m.sid,m.status,m2.step, acc.texts)
    assert m.step=="taken" and m2.step=="taken"
