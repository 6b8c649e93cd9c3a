"""How a call sounded, in words."""

from __future__ import annotations

from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext, gettext_lazy
from django_stubs_ext import StrOrPromise

from calls.models import CallQuality

# The Voice SDK's warnings: what each means for those who talk.
WARNINGS: dict[str, StrOrPromise] = {
    "high-packet-loss": gettext_lazy("packets lost"),
    "high-packets-lost-fraction": gettext_lazy("packets lost"),
    "high-jitter": gettext_lazy("packets came unevenly"),
    "high-rtt": gettext_lazy("the sound came late"),
    "low-mos": gettext_lazy("the sound was bad"),
    "low-bytes-received": gettext_lazy("no sound came in"),
    "low-bytes-sent": gettext_lazy("no sound went out"),
    "ice-connectivity-lost": gettext_lazy("the connection was lost"),
    "constant-audio-input-level": gettext_lazy("the microphone gave no sound"),
}
# How each figure is said, and with how many places.
_FIGURES: dict[str, tuple[StrOrPromise, int]] = {
    "mos": (gettext_lazy("MOS %(value)s"), 1),
    "loss": (gettext_lazy("loss %(value)s%%"), 1),
    "jitter": (gettext_lazy("jitter %(value)s ms"), 0),
    "rtt": (gettext_lazy("round trip %(value)s ms"), 0),
}
# Says of itself nothing of the network.
NO_NETWORK = frozenset({"constant-audio-input-level"})
Verdict = CallQuality.Verdict


def quality_summary(quality: CallQuality) -> str:
    """One sentence without a full stop, in the reader's language."""
    if quality.verdict == Verdict.UNKNOWN:
        return gettext("Not measured: too short, or no sound came")
    causes = _causes(quality)
    if quality.poor_seconds and causes and quality.verdict != Verdict.GOOD:
        blanks = {"time": _time(quality.poor_seconds), "why": causes}
        if quality.verdict == Verdict.POOR:
            return gettext("Poor for %(time)s: %(why)s") % blanks
        return gettext("Fair, poor for %(time)s: %(why)s") % blanks
    return gettext("%(verdict)s: %(figures)s") % {
        "verdict": quality.get_verdict_display(),
        "figures": figures_text(quality),
    }


def figures_text(quality: CallQuality) -> str:
    """The mean figures, as far as there are some: `MOS 4.3, loss 0.2 %, jitter 6 ms`."""
    return ", ".join(
        str(words) % {"value": number_format(quality.figures[name]["mean"], places)}
        for name, (words, places) in _FIGURES.items()
        if name in quality.figures
    )


def warning_text(warning: dict[str, Any]) -> str:
    """`packets lost, 40 s`"""
    return f"{WARNINGS.get(warning['name'], warning['name'])}, {_time(warning['seconds'])}"


def _causes(quality: CallQuality) -> str:
    """What the phone warned of, the longest first, at most two."""
    found = sorted(quality.warnings, key=lambda one: -one["seconds"])
    words = [str(WARNINGS[one["name"]]) for one in found if one["name"] in WARNINGS and one["name"] not in NO_NETWORK]
    return ", ".join(list(dict.fromkeys(words))[:2])


def _time(seconds: int) -> str:
    if seconds < 120:
        return gettext("%(count)d s") % {"count": seconds}
    return gettext("%(count)d min") % {"count": round(seconds / 60)}
