"""The admin's page about one person, for superusers: what is kept, a file of it, and its erasing."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from config.privacy.person import NotAPerson, Person, person_find
from config.privacy.services import Erased, StillCalling, person_counts, person_erase, person_export
from config.privacy.tasks import erase_at_twilio
from core.languages import sentence

logger = logging.getLogger(__name__)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def privacy(request: HttpRequest) -> HttpResponse:
    """Everything is a POST: a number in an address would stay in logs and in the browser's history."""
    if not getattr(request.user, "is_superuser", False):
        raise PermissionDenied
    number, wanted = request.POST.get("number", "")[:64], request.POST.get("do", "")
    context: dict[str, Any] = {"number": number}
    if request.method == "POST":
        try:
            person = person_find(number)
        except NotAPerson as error:
            return _page(request, context | {"error": str(error)})
        if wanted == "export":
            return _export(request, person)
        if wanted == "erase" and request.POST.get("sure"):
            return _erase(request, person)
        if wanted == "erase":
            context["error"] = _("Tick that you are sure. Nothing was erased.")
        context |= {
            "person": person,
            "counts": {sentence(name): count for name, count in person_counts(person).items()},
        }
    return _page(request, context)


def _export(request: HttpRequest, person: Person) -> HttpResponse:
    logger.info("a person's data was exported by agent=%s", request.user.pk)
    # As the command writes it. A file's name gets about: it names nobody.
    answer = JsonResponse(
        person_export(person), encoder=DjangoJSONEncoder, json_dumps_params={"indent": 1, "ensure_ascii": False}
    )
    answer["Content-Disposition"] = 'attachment; filename="person.json"'
    return answer


def _erase(request: HttpRequest, person: Person) -> HttpResponse:
    agent: Any = request.user
    try:
        erased = person_erase(person, by=agent)
    except StillCalling as error:
        messages.error(request, str(error))
        return redirect("privacy")
    count = sum(erased.record.rows.values())
    said = ngettext(
        "Erased: %(count)d row. The record of it names nobody.",
        "Erased: %(count)d rows. The record of it names nobody.",
        count,
    )
    messages.success(request, said % {"count": count})
    _delete_at_twilio(request, erased)
    return redirect("privacy")


def _delete_at_twilio(request: HttpRequest, erased: Erased) -> None:
    if not erased.record.at_twilio:
        return
    try:
        erase_at_twilio.delay(erased.record.pk, erased.call_sids, erased.recording_sids)
    except Exception as error:
        # Without a queue nobody does it: said here, for this is the last place that knows which they are.
        logger.warning("erasing at Twilio cannot be queued: %s", type(error).__name__)
        messages.warning(
            request,
            _("The queue does not answer, so Twilio still keeps %(sids)s. Delete these in Twilio's console.")
            % {"sids": ", ".join([*erased.recording_sids, *erased.call_sids])},
        )
    else:
        messages.info(
            request,
            _("Being deleted at Twilio: %(count)d calls, legs and recordings. See Erasures.")
            % {"count": erased.record.at_twilio},
        )


def _page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    return render(request, "admin/privacy.html", {**admin.site.each_context(request), "title": _("Privacy"), **context})
