"""What the outbox tells others.

`messages_moved` is sent, after the commit, with `ids` of messages whose step, status or problem is another now.
"""

from django.dispatch import Signal

messages_moved = Signal()
