from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.admin import SavesChanges
from routing.models import Line, Route
from routing.selectors import callable_agents_of
from telephony.errors import TelephonyError
from telephony.provisioning.account import number_is_owned


class LineForm(forms.ModelForm[Line]):
    """Refuses a line on which callers would reach nobody: a number that is not ours, or nobody to answer it."""

    # Why Twilio could not be asked about the number; "" when it was.
    not_asked = ""

    class Meta:
        model = Line
        fields = "__all__"  # noqa: DJ007
        help_texts = {
            "number": _(
                "A number of your Twilio account. Agents call from the oldest line of their teams unless they "
                "choose another: a new line becomes nobody's caller ID by itself."
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "route" in self.fields:
            # One that was never saved answers nobody.
            self.fields["route"].queryset = Route.objects.exclude(current=None)  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        # The number is E.164 only from here on.
        if self.instance.is_active:
            self._check_number()
            self._check_team()

    def _check_number(self) -> None:
        # A number that stays is the doctor's to watch.
        if "number" in self.errors or not {"number", "is_active"} & set(self.changed_data):
            return
        try:
            owned = number_is_owned(self.instance.number)
        except TelephonyError as error:
            self.not_asked = error.message
            return
        if not owned:
            self.add_error(
                "number",
                ValidationError(
                    gettext(
                        "The Twilio account has no such number that takes calls: callers could not reach this line, "
                        "and calls from it would be refused. Buy it at Twilio or move it to this account first, or "
                        "leave the line inactive."
                    )
                ),
            )

    def _check_team(self) -> None:
        if "team" in self.errors or self.instance.takes_voicemail or self.instance.team_id is None:
            return
        if not callable_agents_of(self.instance.team_id).exists():
            self.add_error(
                "team",
                ValidationError(
                    gettext(
                        "Nobody in this team can take calls, and the line takes no voicemail: callers would reach "
                        "nobody. Add an agent to the team first, or let the line take voicemail."
                    )
                ),
            )


@admin.register(Line)
class LineAdmin(SavesChanges, admin.ModelAdmin[Line]):
    form = LineForm
    list_display = ["name", "number", "team", "route", "language", "ring_seconds", "takes_voicemail", "is_active"]
    list_filter = ["team", "is_active"]
    list_select_related = ["team", "route"]
    search_fields = ["name", "number"]

    def save_model(self, request: HttpRequest, obj: Line, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if form.not_asked:
            messages.warning(
                request,
                gettext(
                    "Whether the Twilio account has %(number)s could not be asked: %(why)s The line is saved; see the "
                    "Doctor before customers call it."
                )
                % {"number": obj.number, "why": form.not_asked},
            )
