"""How a call sounded, as JSON."""

from __future__ import annotations

from typing import Any

from calls.models import Call, CallQuality
from calls.payloads import agent_json
from calls.quality.services import FIGURES
from calls.quality.words import quality_summary, warning_text
from core.times import time_json


def quality_json(quality: CallQuality) -> dict[str, Any]:
    return {
        "leg": quality.leg_sid,
        "agent": agent_json(quality.agent),
        "at": time_json(quality.at),
        "verdict": quality.verdict,
        "summary": quality_summary(quality),
        "seconds": quality.seconds,
        "poor_seconds": quality.poor_seconds,
        **{name: quality.figures.get(name) for name in FIGURES},
        "warnings": [one | {"text": warning_text(one)} for one in quality.warnings],
        "microphone": quality.microphone,
        "speaker": quality.speaker,
        "network": quality.network,
        "edge": quality.edge,
        "codec": quality.codec,
        "is_complete": quality.is_complete,
    }


def qualities_json(call: Call) -> list[dict[str, Any]]:
    """Of each of the call's legs that was measured, in order."""
    return [quality_json(one) for one in call.qualities.select_related("agent")]
