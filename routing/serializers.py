"""The explainer's shapes over REST."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.api.resources import CleanField, StrictSerializer
from core.languages import sentence
from routing.explain import ExplainedStep, Explanation, Rung, conclusion
from routing.hours import FIRST_YEAR, LAST_YEAR
from routing.models import Line
from routing.ringing import Ringer
from telephony.phone import display


class ExplainInputSerializer(StrictSerializer):
    """A call that might be made."""

    line = serializers.CharField(max_length=32, help_text="The line's id, or its number.")
    at = serializers.DateTimeField(required=False, help_text="When it is made; now when left out.")
    keys = serializers.RegexField(
        r"\A[0-9*#]*\Z",
        max_length=32,
        required=False,
        allow_blank=True,
        help_text="What the caller presses, one key at each question; no key when they have run out.",
        error_messages={"invalid": _("Write keys only: 0 to 9, * and #.")},
    )

    def validate_at(self, value: datetime) -> datetime:
        if not FIRST_YEAR <= value.year <= LAST_YEAR:
            raise serializers.ValidationError(_("Choose a year from 1970 to 2199."))
        return value

    def get_fields(self) -> dict[str, Any]:
        # A name that Python keeps for itself.
        caller = CleanField(max_length=64, allow_blank=True, help_text="Who calls; empty: withheld.")
        return {**super().get_fields(), "from": caller}


class _PersonSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()


class ExplainedLineSerializer(_PersonSerializer):
    number = serializers.CharField()
    display = serializers.CharField()


class ExplainedRouteSerializer(_PersonSerializer):
    version = serializers.IntegerField(allow_null=True, help_text="Null: a version that is not saved.")


class ExplainedStepSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField(help_text="About when: what is read out is taken to last as long as reading does.")
    kind = serializers.ChoiceField(
        choices=[
            *(
                "line",
                "spam",
                "decision",
                "announcement",
                "question",
                "team",
                "call-back",
                "waiting",
                "agent",
                "number",
            ),
            *("message", "end"),
        ]
    )
    step = serializers.CharField(help_text="The step's id in its version; empty for what no step says.")
    title = serializers.CharField()
    reason = serializers.CharField()
    if_nobody = serializers.BooleanField(help_text="Only if nobody took the call before.")


class WouldRingSerializer(serializers.Serializer[Any]):
    agent = _PersonSerializer()
    reason = serializers.CharField()
    at = serializers.DateTimeField()


class WouldNotRingSerializer(serializers.Serializer[Any]):
    agent = _PersonSerializer()
    reason = serializers.CharField()


class ExplanationSerializer(serializers.Serializer[Any]):
    line = ExplainedLineSerializer()
    route = ExplainedRouteSerializer(allow_null=True, help_text="Null: the line has none.")
    at = serializers.DateTimeField()
    result = serializers.ChoiceField(
        choices=["rings", "message", "goodbye", "refused", "asked"],
        help_text="What comes first; asked again and again when nothing else does.",
    )
    conclusion = serializers.CharField(help_text="The same, in a sentence.")
    steps = ExplainedStepSerializer(many=True)
    rings = WouldRingSerializer(many=True, help_text="Who would ring, in order, by the states of now.")
    does_not_ring = WouldNotRingSerializer(many=True)


def explanation_json(line: Line, found: Explanation) -> dict[str, Any]:
    """As `ExplanationSerializer` describes it, in the reader's language."""
    route = found.route
    return {
        "line": {
            "id": line.pk,
            "name": line.name,
            "number": line.number,
            "display": display(line.number, home_region=settings.HOME_REGION),
        },
        "route": {"id": route.pk, "name": route.name, "version": found.version} if route else None,
        "at": found.at.isoformat(),
        "result": found.result,
        "conclusion": sentence(conclusion(found)),
        "steps": [_step(step) for step in found.steps],
        "rings": [_rung(each) for each in found.rings],
        "does_not_ring": [_ringer(each) for each in found.does_not_ring],
    }


def _step(step: ExplainedStep) -> dict[str, Any]:
    return {
        "at": step.at.isoformat(),
        "kind": step.kind,
        "step": step.step,
        "title": sentence(step.title),
        "reason": sentence(step.reason),
        "if_nobody": step.if_nobody,
    }


def _rung(rung: Rung) -> dict[str, Any]:
    return {**_ringer(rung.ringer), "at": rung.at.isoformat()}


def _ringer(ringer: Ringer) -> dict[str, Any]:
    return {"agent": {"id": ringer.agent_id, "name": ringer.name}, "reason": sentence(ringer.reason)}
