"""What is shown of earlier calls with the same party."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeAlias

from calls.log.past_calls import PastRow, past_calls_with
from calls.models import Call
from calls.payloads import PastCall, past_call_json

_Key: TypeAlias = tuple[str, int | None, datetime]


class PastCallsCache:
    """Earlier calls with the same party, by call: they do not change while it lives, and each push shows them.

    May be asked by several threads at once.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._known: OrderedDict[_Key, list[dict[str, Any]]] = OrderedDict()

    def put(self, call: Call, earlier: Sequence[PastRow]) -> list[dict[str, Any]]:
        """Remembers what was found for the call."""
        found = [past_call_json(PastCall(*one)) for one in earlier]
        with self._lock:
            self._known[_key(call)] = found
            while len(self._known) > self._size:
                self._known.popitem(last=False)
        return found

    def get(self, calls: Sequence[Call]) -> list[list[dict[str, Any]]]:
        """In the order of the calls. What is not known is asked for, in one go."""
        known = {call.sid: found for call in calls if (found := self._known.get(_key(call))) is not None}
        unknown = {call.sid: call for call in calls if call.sid not in known}
        earlier = past_calls_with(unknown.values()) if unknown else {}
        for sid, call in unknown.items():
            known[sid] = self.put(call, earlier.get(sid, []))
        return [known[call.sid] for call in calls]


def _key(call: Call) -> _Key:
    return call.sid, call.contact_id, call.start_time


past_calls_cache = PastCallsCache(1000)
