"""What is said of a limit that is used up by so much: on the board, on the admin's home page, and in e-mails."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from board.notices import Notice
from usage import guard
from usage.models import Period
from usage.spending import Spent


def limit_title(one: Spent) -> str:
    """No sentence: "80 % of today's spend limit"."""
    title = (
        _("%(share)d %% of today's spend limit") if one.limit.period == Period.DAILY
        else _("%(share)d %% of this month's spend limit")
    )  # fmt: skip
    return title % {"share": one.share}


def limit_consequences(one: Spent) -> list[str]:
    """Sentences: what stops, or will."""
    limit, is_reached = one.limit, one.is_reached
    said = []
    if limit.stops_group_sends:
        said.append(
            _("Texts to groups are paused. Raise the limit, and they go on where they stopped.") if is_reached
            else _("At the limit texts to groups pause.")
        )  # fmt: skip
    if limit.stops_dear_calls:
        said.append(
            _("Dear outgoing calls are refused.") if is_reached else _("At the limit dear outgoing calls are refused.")
        )
    return said


def board_notices() -> Iterator[Notice]:
    """Limits that are past their first level. No sums of money: not all who see the board see those."""
    for one in guard.spent_now():
        if one.level:
            yield Notice(" ".join([f"{limit_title(one)}.", *limit_consequences(one)]), urgent=one.is_reached)
