"""What phones may say of a call's sound, and its shape in the API's description."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from calls.log.serializers import AgentSerializer, CallSerializer
from calls.models import Call, CallQuality
from calls.quality.payloads import qualities_json
from calls.quality.services import FIGURES
from calls.quality.words import WARNINGS
from core.api.resources import CleanField, StrictSerializer, choose_one_of

_LONGEST = 86_400
# What no phone can have measured is a mistake of whoever sends it.
_MOST = {"mos": 5, "loss": 100, "jitter": 60_000, "rtt": 60_000, "input_level": 32_767, "output_level": 32_767}


def _number(**more: Any) -> serializers.FloatField:
    return serializers.FloatField(min_value=0, max_value=60_000, **more)


def _seconds(**more: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, max_value=_LONGEST, **more)


class FiguresSerializer(StrictSerializer):
    min = _number()
    mean = _number()
    p95 = _number(help_text="95 of 100 seconds were as good as this or better.")
    max = _number()

    def validate(self, attrs: dict[str, float]) -> dict[str, float]:
        if not attrs["min"] <= attrs["mean"] <= attrs["max"] or not attrs["min"] <= attrs["p95"] <= attrs["max"]:
            raise serializers.ValidationError(_("The mean and p95 lie between min and max."))
        return attrs


class QualityWarningSerializer(StrictSerializer):
    name = serializers.ChoiceField(
        choices=list(WARNINGS), error_messages={"invalid_choice": choose_one_of(WARNINGS)}, help_text="The Voice SDK's."
    )
    times = serializers.IntegerField(min_value=1, max_value=_LONGEST)
    seconds = _seconds(help_text="How long it lasted, all times together.")


def _figures(help_text: str) -> FiguresSerializer:
    return FiguresSerializer(required=False, allow_null=True, help_text=help_text)


def _word(length: int, **more: Any) -> CleanField:
    return CleanField(required=False, allow_blank=True, default="", max_length=length, **more)


class QualitySerializer(StrictSerializer):
    """What an agent's phone measured of its own leg, second by second, put together."""

    leg = serializers.CharField(max_length=64, help_text="The sid of the phone's own leg.")
    seconds = _seconds(help_text="How long was measured.")
    poor_seconds = _seconds(help_text="In how many of them the SDK warned of the network.")
    mos = _figures("Mean opinion score, 1 to 5.")
    jitter = _figures("Milliseconds.")
    rtt = _figures("Milliseconds.")
    loss = _figures("Per cent of packets.")
    input_level = _figures("Of the microphone, 0 to 32767.")
    output_level = _figures("Of what was heard, 0 to 32767.")
    warnings = serializers.ListField(
        child=QualityWarningSerializer(), max_length=len(WARNINGS), required=False, default=list
    )
    microphone = _word(120, help_text="As the browser names it.")
    speaker = _word(120)
    network = _word(40, help_text="As the browser says it: `wifi`, `4g`.")
    edge = _word(40, help_text="Twilio's edge.")
    codec = _word(40)
    is_complete = serializers.BooleanField(help_text="Whether the phone saw the call end.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["poor_seconds"] > attrs["seconds"]:
            raise serializers.ValidationError({"poor_seconds": _("At most as many as were measured.")})
        names = [warning["name"] for warning in attrs["warnings"]]
        if len(set(names)) < len(names):
            raise serializers.ValidationError({"warnings": _("Name each warning once.")})
        for name in FIGURES:
            if attrs.get(name) and attrs[name]["max"] > _MOST[name]:
                raise serializers.ValidationError({name: _("At most %(most)d.") % {"most": _MOST[name]}})
        return attrs


class KeptWarningSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    times = serializers.IntegerField()
    seconds = serializers.IntegerField()
    text = serializers.CharField(help_text="What it means and how long, in the reader's language.")


class CallQualitySerializer(serializers.Serializer[Any]):
    leg = serializers.CharField()
    agent = AgentSerializer(allow_null=True)
    at = serializers.DateTimeField(default_timezone=UTC)
    verdict = serializers.ChoiceField(choices=CallQuality.Verdict.choices)
    summary = serializers.CharField(help_text="In words, in the reader's language.")
    seconds = serializers.IntegerField()
    poor_seconds = serializers.IntegerField()
    mos = FiguresSerializer(allow_null=True)
    jitter = FiguresSerializer(allow_null=True)
    rtt = FiguresSerializer(allow_null=True)
    loss = FiguresSerializer(allow_null=True)
    input_level = FiguresSerializer(allow_null=True)
    output_level = FiguresSerializer(allow_null=True)
    warnings = KeptWarningSerializer(many=True)
    microphone = serializers.CharField()
    speaker = serializers.CharField()
    network = serializers.CharField()
    edge = serializers.CharField()
    codec = serializers.CharField()
    is_complete = serializers.BooleanField()


class CallDetailSerializer(CallSerializer):
    """One call, with what is read of it alone."""

    quality = serializers.SerializerMethodField(help_text="How it sounded at each agent's phone.")

    @extend_schema_field(CallQualitySerializer(many=True))
    def get_quality(self, call: Call) -> list[dict[str, Any]]:
        return qualities_json(call)
