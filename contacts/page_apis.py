"""What a contact's page has beside the contact: its time line, notes, consent, block, merges and export."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.utils.http import content_disposition_header
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from agents.permissions import IsSupervisorOrAdmin
from contacts import timeline
from contacts.apis import IF_MATCH, VERSION, contact_answer, contact_or_404
from contacts.block_serializers import BlockInputSerializer
from contacts.blocks import blocked_among, contact_block, may_unblock
from contacts.consents import OnlyTheyMay, consent_history, consent_record_by_hand
from contacts.exports import contact_as_json, contact_as_vcard
from contacts.merging import contacts_merge, merge_undo
from contacts.models import Consent, Contact, ContactField, ContactMerge, ContactNote
from contacts.page_serializers import (
    ConsentInputSerializer,
    ConsentsSerializer,
    ContactTimelineSerializer,
    MergeInputSerializer,
    NoteInputSerializer,
    NoteSerializer,
    OwnFieldSerializer,
    shown,
)
from contacts.senders import sender_names
from contacts.serializers import ContactPageSerializer, contact_etag
from contacts.services import ContactConflict, note_add, note_change
from core.api.resources import BoundedJSONParser, Conflict, require_version
from core.api.schema import raises

_PAGE, _MOST = 25, 100
_KIND = OpenApiParameter(
    "kind", OpenApiTypes.STR, many=True, description="Only entries of this kind: call, text, voicemail, note."
)
_CURSOR = OpenApiParameter("cursor", OpenApiTypes.STR, description="As it stands in `next`.")
_SIZE = OpenApiParameter("page_size", OpenApiTypes.INT, description=f"At most {_MOST}; {_PAGE} unless told.")
_AS = OpenApiParameter("as", OpenApiTypes.STR, enum=["json", "vcard"], description="json unless told.")


class TimelineApi(APIView):
    """All that was with a contact, newest first: calls, texts, voicemails and notes that the agent may see."""

    @extend_schema(
        operation_id="contacts_timeline",
        tags=["contacts"],
        parameters=[_KIND, _CURSOR, _SIZE],
        responses=ContactTimelineSerializer,
    )
    def get(self, request: Request, pk: int) -> Response:
        agent: Any = request.user
        subject = timeline.Subject.of(contact_or_404(pk), agent)
        kinds = request.query_params.getlist("kind")
        if unknown := [kind for kind in kinds if kind not in timeline.kinds()]:
            said = _("There is no kind “%(kind)s”. Choose one of: %(kinds)s.")
            raise ValidationError({"kind": said % {"kind": unknown[0][:40], "kinds": ", ".join(timeline.kinds())}})
        page = timeline.timeline_page(subject, only=kinds, before=_place(request), size=_size(request))
        following = None
        if page.next:
            url = request.build_absolute_uri()
            following = replace_query_param(url, "cursor", page.next.encoded())
        results = [{"at": one.at, "kind": one.kind, "id": one.id, **one.data} for one in page.entries]
        return Response({"next": following, "counts": timeline.timeline_counts(subject), "results": results})


def _place(request: Request) -> timeline.Place | None:
    cursor = request.query_params.get("cursor", "")
    if not cursor:
        return None
    try:
        return timeline.Place.decoded(cursor)
    except (ValueError, OverflowError):
        sentence = _("This cursor cannot be read. Take `next` as it came.")
        raise ValidationError({"cursor": sentence}) from None


def _size(request: Request) -> int:
    text = request.query_params.get("page_size", "")
    return min(int(text), _MOST) if text.isascii() and text.isdigit() and 0 < len(text) < 9 and int(text) else _PAGE


class NoteListApi(APIView):
    """Notes of a contact. They are read on its time line."""

    parser_classes = [BoundedJSONParser]

    @extend_schema(
        operation_id="contacts_note_create",
        tags=["contacts"],
        request=NoteInputSerializer,
        responses={201: NoteSerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Writes a note down. It says who wrote it, and when."""
        body = NoteInputSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        agent: Any = request.user
        note = note_add(contact_or_404(pk), text=body.validated_data["text"], by=agent)
        return Response(timeline.note_json(note, viewer=agent), status=201)


class NoteApi(APIView):
    """One note. Its author, supervisors and admins may change it."""

    parser_classes = [BoundedJSONParser]

    @raises("permission_denied")
    @extend_schema(
        operation_id="contacts_note_update",
        tags=["contacts"],
        request=NoteInputSerializer,
        responses={200: NoteSerializer},
    )
    def patch(self, request: Request, pk: int, note_id: int) -> Response:
        """Writes another text in its place, and keeps when that was."""
        note = _note(request, pk, note_id)
        body = NoteInputSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        note_change(note, text=body.validated_data["text"])
        return Response(timeline.note_json(note, viewer=request.user))  # type: ignore[arg-type]

    @raises("permission_denied")
    @extend_schema(
        operation_id="contacts_note_delete",
        tags=["contacts"],
        responses={204: OpenApiResponse(description="It is gone.")},
    )
    def delete(self, request: Request, pk: int, note_id: int) -> Response:
        """Takes the note away for good."""
        _note(request, pk, note_id).delete()
        return Response(status=204)


def _note(request: Request, pk: int, note_id: int) -> ContactNote:
    note = ContactNote.objects.select_related("author").filter(pk=note_id, contact__pk=pk).first()
    if note is None:
        raise Http404
    if not timeline.note_may_be_edited(note, by=request.user):  # type: ignore[arg-type]
        raise PermissionDenied(_("Only its author, supervisors and admins may change a note."))
    return note


class ConsentApi(APIView):
    """Who allowed texts from which number of ours, and who forbade them."""

    parser_classes = [BoundedJSONParser]

    @extend_schema(operation_id="contacts_consents", tags=["contacts"], responses=ConsentsSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return _consents(contact_or_404(pk))

    @raises("conflict")
    @extend_schema(
        operation_id="contacts_consent_record",
        tags=["contacts"],
        request=ConsentInputSerializer,
        responses={201: ConsentsSerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Records what somebody said in a call or by a form. Who wrote STOP can only allow texts by writing START."""
        contact = contact_or_404(pk)
        body = ConsentInputSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        said: dict[str, Any] = dict(body.validated_data)
        if said["number"] not in {row.number for row in contact.numbers.all()}:
            raise ValidationError({"number": _("This is not a number of this contact.")})
        if said["sender"] not in sender_names():
            raise ValidationError({"sender": _("This is not a number that texts of ours come from.")})
        agent: Any = request.user
        try:
            consent_record_by_hand(
                said["number"],
                sender=said["sender"],
                state=Consent.State(said["state"]),
                source=Consent.Source(said["source"]),
                note=said.get("note", ""),
                by=agent,
            )
        except OnlyTheyMay as error:
            raise Conflict(str(error)) from None
        return _consents(contact, status=201)


def _consents(contact: Contact, *, status: int = 200) -> Response:
    senders = [{"sender": sender, "name": name, "display": shown(sender)} for sender, name in sender_names().items()]
    history = consent_history([row.number for row in contact.numbers.all()])
    return Response(ConsentsSerializer({"senders": senders, "history": history}).data, status=status)


class BlockApi(APIView):
    """The block list, for all numbers of one contact."""

    parser_classes = [BoundedJSONParser]

    @extend_schema(
        operation_id="contacts_block",
        tags=["contacts"],
        request=BlockInputSerializer,
        responses={200: ContactPageSerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Blocks all of its numbers: they are neither called nor texted from here."""
        contact = contact_or_404(pk)
        body = BlockInputSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        agent: Any = request.user
        contact_block(contact, reason=body.validated_data.get("reason", ""), by=agent)
        return Response(ContactPageSerializer(contact).data)

    @raises("permission_denied")
    @extend_schema(operation_id="contacts_unblock", tags=["contacts"], responses={200: ContactPageSerializer})
    def delete(self, request: Request, pk: int) -> Response:
        """Takes all of its numbers off the block list. For supervisors, admins, and whoever blocked them."""
        contact = contact_or_404(pk)
        rows = list(blocked_among(row.number for row in contact.numbers.all()))
        if not all(may_unblock(row, by=request.user) for row in rows):  # type: ignore[arg-type]
            raise PermissionDenied(_("Only who blocked them, supervisors and admins may unblock them."))
        for row in rows:
            row.delete()
        return Response(ContactPageSerializer(contact).data)


class MergeApi(APIView):
    """Makes another contact a part of this one, with nothing lost; for supervisors and admins."""

    permission_classes = [IsAuthenticated, IsSupervisorOrAdmin]
    parser_classes = [BoundedJSONParser]

    @raises("conflict")
    @extend_schema(
        operation_id="contacts_merge",
        tags=["contacts"],
        parameters=[IF_MATCH, VERSION],
        request=MergeInputSerializer,
        responses={200: ContactPageSerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Numbers, notes, groups, calls and texts of the other go to this contact. It can be undone for 30 days.

        Where both say something, this contact's counts, and the other's is written down in a note.
        """
        contact_or_404(pk)
        body = MergeInputSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        gone_id = body.validated_data["contact"]
        if gone_id != pk and not Contact.objects.filter(pk=gone_id).exists():
            raise ValidationError({"contact": _("There is no such contact.")})
        agent: Any = request.user
        try:
            contacts_merge(
                survivor_id=pk,
                gone_id=gone_id,
                by=agent,
                check=lambda contact: require_version(request, contact_etag(contact)),
            )
        except Contact.DoesNotExist:
            raise Http404 from None
        except ContactConflict as error:
            raise Conflict(str(error)) from None
        return contact_answer(contact_or_404(pk))


class MergeUndoApi(APIView):
    """Makes two contacts again of what was merged; for supervisors and admins."""

    permission_classes = [IsAuthenticated, IsSupervisorOrAdmin]

    @raises("conflict")
    @extend_schema(
        operation_id="contacts_merge_undo",
        tags=["contacts"],
        parameters=[VERSION],
        request=None,
        responses={200: ContactPageSerializer},
    )
    def post(self, request: Request, pk: int, merge_id: int) -> Response:
        """Gives back what came from the other contact, and answers that one. What was added since stays here."""
        try:
            return contact_answer(contact_or_404(merge_undo(merge_id, contact_id=pk).pk))
        except ContactMerge.DoesNotExist:
            raise Http404 from None
        except ContactConflict as error:
            raise Conflict(str(error)) from None


class ExportApi(APIView):
    """One contact as a file."""

    @extend_schema(
        operation_id="contacts_export",
        tags=["contacts"],
        parameters=[_AS],
        responses={(200, "application/json"): OpenApiTypes.OBJECT, (200, "text/vcard"): OpenApiTypes.STR},
        examples=[
            OpenApiExample("json", {"name": "Maya Okonkwo", "numbers": []}, media_type="application/json"),
            OpenApiExample("vcard", "BEGIN:VCARD\r\nVERSION:4.0\r\nEND:VCARD\r\n", media_type="text/vcard"),
        ],
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        """Its fields, numbers, groups, notes and consents as JSON; or what a vCard holds of them."""
        contact = contact_or_404(pk)
        kind = request.query_params.get("as", "json")
        if kind not in ("json", "vcard"):
            raise ValidationError({"as": _("Choose json or vcard.")})
        name = get_valid_filename(contact.name.replace("/", " ")[:80] or str(contact.pk))
        if kind == "vcard":
            answer = HttpResponse(contact_as_vcard(contact), content_type="text/vcard; charset=utf-8")
        else:
            answer = JsonResponse(contact_as_json(contact), json_dumps_params={"ensure_ascii": False, "indent": 1})
        extension = "vcf" if kind == "vcard" else "json"
        answer["Content-Disposition"] = content_disposition_header(True, f"{name}.{extension}") or "attachment"
        answer["X-Content-Type-Options"] = "nosniff"
        return answer


class OwnFieldListApi(APIView):
    """The own fields that admins have defined, in the order in which they are shown."""

    @extend_schema(operation_id="contacts_fields", tags=["contacts"], responses=OwnFieldSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response(OwnFieldSerializer(ContactField.objects.all(), many=True).data)
