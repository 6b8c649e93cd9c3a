from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from calls.admin.calls import CallAdmin
from calls.models import Call
from core.admin import ReadOnly, SavesChanges
from messaging import outbox
from usage import guard, tasks
from usage.costs import call_cost
from usage.models import SpendAlert, SpendLimit
from usage.money import money
from usage.spending import account_currency


class SpendLimitForm(forms.ModelForm[SpendLimit]):
    """Refuses a limit in a currency in which Twilio does not bill: it would stop nothing."""

    class Meta:
        model = SpendLimit
        fields = "__all__"  # noqa: DJ007

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        billed = account_currency()
        if billed and not self.instance.pk:
            self.initial.setdefault("currency", billed)

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        billed = account_currency()
        if billed and "currency" not in self.errors and self.instance.currency != billed:
            text = gettext("Twilio bills this account in %(currency)s. A limit in another currency would stop nothing.")
            self.add_error("currency", ValidationError(text % {"currency": billed}))


@admin.register(SpendLimit)
class SpendLimitAdmin(SavesChanges, admin.ModelAdmin[SpendLimit]):
    form = SpendLimitForm
    list_display = ["period", "amount", "currency", "stops_group_sends", "stops_dear_calls"]
    fieldsets = [
        (None, {"fields": ["period", "amount", "currency"]}),
        (_("On the way"), {"fields": ["first_level", "second_level", "emails_admins"]}),
        (
            _("At 100 %"),
            {
                "fields": ["stops_group_sends", "stops_dear_calls", "cheap_regions"],
                "description": _("Calls that come in are never stopped."),
            },
        ),
    ]

    def save_model(self, request: HttpRequest, obj: SpendLimit, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        _limits_changed()

    def delete_model(self, request: HttpRequest, obj: SpendLimit) -> None:
        super().delete_model(request, obj)
        _limits_changed()

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        super().delete_queryset(request, queryset)
        _limits_changed()


def _limits_changed() -> None:
    """What was stopped may go on at once. A level that is reached now is told with the next figures. Twilio's triggers
    follow."""
    guard.forget()
    outbox.ring()
    transaction.on_commit(tasks.triggers.delay, robust=True)


@admin.register(SpendAlert)
class SpendAlertAdmin(ReadOnly, admin.ModelAdmin[SpendAlert]):
    list_display = ["at", "period", "begins", "level", "spent_said", "amount_said", "emailed_at"]
    fields = ["at", "period", "begins", "level", "spent_said", "amount_said", "emailed_at"]

    @admin.display(description=_("spent"))
    def spent_said(self, alert: SpendAlert) -> str:
        return money(alert.spent, alert.currency)

    @admin.display(description=_("amount"))
    def amount_said(self, alert: SpendAlert) -> str:
        return money(alert.amount, alert.currency)


@admin.display(description=_("cost"))
def cost(call: Call) -> str:
    """On a call's own page: what it cost with its legs."""
    found = call_cost(call)
    if found.price is None:
        return gettext("Not settled yet; Twilio says it some hours after the call.")
    said = money(found.price, found.price_unit, places=4)
    if found.open:
        left = ngettext("%(count)d leg is not settled yet", "%(count)d legs are not settled yet", found.open)
        said = f"{said} · {left % {'count': found.open}}"
    return said


CallAdmin.said_by_others.append(cost)
