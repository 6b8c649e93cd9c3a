"""What the log knows of contacts: their calls and voicemails on a contact's time line, and whom groups' rules find."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from calls.models import Call, CallResult
from calls.payloads import call_json
from calls.permissions import log_scope_of
from calls.selectors import with_details
from contacts.timeline import Entry, Place, Source, Subject


class _Calls(Source):
    """As far as the viewer may see them in the log. By number as well: of a time when it was nobody's yet."""

    is_numbered = False

    def __init__(self, kind: str, only: Q) -> None:
        self.kind = kind
        self._only = only

    def newest(self, subject: Subject, before: Place | None, limit: int) -> list[Entry]:
        """By each way on which they may be found for itself: each has an index in order, and an OR has none."""
        found: dict[str, datetime] = {}
        for way in _ways(subject):
            calls = self._visible(subject).filter(way)
            if before is not None:
                calls = calls.filter(before.before(self.kind, at="start_time", pk="sid"))
            newest = calls.order_by("-start_time", "-sid").values_list("sid", "start_time")[:limit]
            found.update(newest)
        sids = sorted(found, key=lambda sid: (found[sid], sid), reverse=True)[:limit]
        calls_by_sid = {call.sid: call for call in with_details(Call.objects.filter(pk__in=sids)).order_by()}
        return [
            Entry(call.start_time, self.kind, sid, {"call": call_json(call)})
            for sid in sids
            if (call := calls_by_sid.get(sid))
        ]

    def count(self, subject: Subject) -> int:
        ways = _ways(subject)
        wanted = ways[0]
        for way in ways[1:]:
            wanted |= way
        return self._visible(subject).filter(wanted).count()

    def _visible(self, subject: Subject) -> QuerySet[Call]:
        scope = log_scope_of(subject.viewer)
        return Call.objects.filter(self._only, scope.condition(), parent__isnull=True)


def _ways(subject: Subject) -> list[Q]:
    ends = [Q(**{end: number}) for number in subject.numbers for end in ("caller", "called")]
    return [Q(contact=subject.contact.pk), *ends]


def called_since(time: datetime) -> Q:
    """Of contacts: that there was a call with them, either way."""
    calls = Call.objects.filter(start_time__gte=time, parent__isnull=True, contact__isnull=False)
    return Q(pk__in=calls.order_by().values("contact"))


SOURCES = (
    _Calls("call", ~Q(result=CallResult.VOICEMAIL)),
    _Calls("voicemail", Q(result=CallResult.VOICEMAIL)),
)
