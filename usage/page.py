"""What the usage page says, put into words and figures. Reads what is stored, and asks nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from django.conf import settings
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usage import costs, selectors
from usage.categories import UNITS
from usage.charts import Chart, chart
from usage.freshness import Freshness, freshness, time_said
from usage.models import Period, SpendAlert, SpendLimit, UsageRecord
from usage.money import change, figure, money
from usage.months import Month
from usage.services import today_gmt
from usage.spending import Spent, account_currency, spent_in

VIEWS: tuple[tuple[str, str | Promise], ...] = (
    ("", gettext_lazy("All")),
    ("line", gettext_lazy("By line")),
    ("agent", gettext_lazy("By agent")),
    ("group-send", gettext_lazy("By group send")),
)
_MOST_MONTHS = 24
Say: TypeAlias = Callable[[Decimal], str]
ByDay: TypeAlias = Mapping[date, Decimal]


@dataclass(frozen=True, slots=True)
class Figure:
    """One card: its sum, how that compares, and its bars by day."""

    name: str
    value: str
    change: str
    detail: str
    said: str
    """What the drawing shows, for whoever does not see it."""
    chart: Chart


@dataclass(frozen=True, slots=True)
class DayRow:
    day: str
    is_open: bool
    values: list[str]


@dataclass(frozen=True, slots=True)
class CategoryRow:
    name: str
    key: str
    depth: int
    amount: str
    now: str
    before: str
    change: str
    is_part: bool


@dataclass(frozen=True, slots=True)
class CostRow:
    name: str
    calls: str
    minutes: str
    calls_price: str
    texts: str
    texts_price: str
    price: str
    open: int


@dataclass(frozen=True, slots=True)
class LimitCard:
    """One limit: its bar in per cent of the amount, at most full, with marks where its levels are."""

    name: str
    spent: str
    amount: str
    filled: int
    marks: list[int]
    tone: str
    note: str


@dataclass(frozen=True, slots=True)
class Guard:
    tag: str
    tone: str
    limits: list[LimitCard]
    levels: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class UsagePage:
    month: Month
    by: str
    as_of: str
    next_at: str
    failing_since: str
    problem: str
    open_calls: str
    is_empty: bool
    months: list[tuple[str, str]]
    now_name: str
    before_name: str
    before_head: str
    today_is_in: bool
    figures: list[Figure]
    days: list[DayRow]
    rows: list[CategoryRow]
    total: CategoryRow | None
    overlaps: bool
    costs: list[CostRow]
    cost_total: str
    guard: Guard


class _Builder:
    def __init__(self, month: Month, by: str) -> None:
        self.month, self.by = month, by
        self.today = today_gmt()
        self.currency = account_currency()
        self.until = min(self.today, month.last) if month.first <= self.today else month.first
        self.before_until = month.same_date_before(self.until)
        self.now = selectors.series_by_day(month.first, month.last)

    def money(self, amount: Decimal) -> str:
        return money(amount, self.currency)

    # --- Figures ---

    def figures(self) -> list[Figure]:
        before = selectors.series_by_day(self.month.before.first, self.month.before.last)
        names: dict[str, tuple[str, Say]] = {
            "money": (_("Money"), self.money),
            "calls": (_("Calls"), figure),
            "minutes": (_("Minutes"), figure),
            "texts": (_("Texts"), figure),
        }
        return [self._figure(key, name, say, self.now[key], before[key]) for key, (name, say) in names.items()]

    def _figure(self, key: str, name: str, say: Say, now: ByDay, before: ByDay) -> Figure:
        total = sum(now.values(), Decimal(0))
        compared = sum((value for day, value in before.items() if day <= self.before_until), Decimal(0))
        shifted = {
            day: before[other]
            for day in self.month.days
            if (other := self.month.same_weekday_before(day)) is not None and other in before
        }
        changed = change(total, compared)
        if changed and key == "money":
            changed = _("%(change)s, %(before)s") % {"change": changed, "before": say(compared)}
        elif changed and key == "calls":
            changed = _("%(change)s to %(day)s") % {"change": changed, "day": _short(self.before_until)}
        said = _("%(name)s by day in %(month)s: %(total)s in all. The same figures are in the table of days.")
        return Figure(
            name=name,
            value=say(total),
            change=changed,
            detail=self._detail(key, say, now),
            said=said % {"name": name, "month": month_name(self.month), "total": say(total)},
            chart=chart(self.month.days, now, shifted, today=self.today),
        )

    def _detail(self, key: str, say: Say, now: ByDay) -> str:
        if key == "money" and self.today in now:
            return _("Today so far %(amount)s") % {"amount": say(now[self.today])}
        if key == "minutes":
            return _("Rounded up by Twilio, call by call")
        most = max(now, key=lambda day: (now[day], day), default=None)
        if most is None or not now[most]:
            return ""
        return _("Most: %(day)s, %(value)s") % {"day": date_format(most, _("l j M")), "value": say(now[most])}

    def days(self) -> list[DayRow]:
        """The same figures as the charts, newest last. Days that were not looked at are not there."""
        return [
            DayRow(
                day=date_format(day, _("D j M")),
                is_open=day == self.today,
                values=[
                    (self.money if key == "money" else figure)(self.now[key].get(day, Decimal(0)))
                    for key in selectors.SERIES
                ],
            )
            for day in self.month.days
            if day in self.now["money"]
        ]

    # --- Categories ---

    def categories(self) -> tuple[list[CategoryRow], CategoryRow, bool]:
        found = selectors.table((self.month.first, self.until), (self.month.before.first, self.before_until))
        rows = [self._category(row) for row in found.rows]
        overlaps = found.other_now < 0 or found.other_before < 0
        if found.other_now or found.other_before:
            rows.append(self._sum(_("Other"), found.other_now, found.other_before))
        rows += [self._category(row) for row in found.unknown]
        return rows, self._sum(_("All, counted once"), found.total_now, found.total_before), overlaps

    def _category(self, row: selectors.Row) -> CategoryRow:
        amount = getattr(row.now, row.category.amount)
        unit = UNITS.get(row.category.unit)
        shown = self.money(row.now.price)
        name = str(row.category.name)
        return CategoryRow(
            name=_("of that %(part)s") % {"part": name} if row.depth else name,
            key=row.category.key,
            depth=row.depth,
            amount=_counted(amount, unit) if unit else figure(amount),
            now=f"({shown})" if row.depth else shown,
            before=self.money(row.before.price),
            change=change(row.now.price, row.before.price),
            is_part=bool(row.depth),
        )

    def _sum(self, name: str, now: Decimal, before: Decimal) -> CategoryRow:
        return CategoryRow(
            name=name, key="", depth=0, amount="", now=self.money(now), before=self.money(before),
            change=change(now, before), is_part=False,
        )  # fmt: skip

    # --- Costs ---

    def costs(self) -> tuple[list[CostRow], str]:
        found = costs.costs(self.by, self.month.first, self.until)
        rows = [
            CostRow(
                name=cost.name,
                calls=figure(Decimal(cost.calls)),
                minutes=figure(Decimal(cost.minutes)),
                calls_price=self.money(cost.calls_price),
                texts=figure(Decimal(cost.texts)),
                texts_price=self.money(cost.texts_price),
                price=self.money(cost.price),
                open=cost.open,
            )
            for cost in found
        ]
        return rows, self.money(sum((cost.price for cost in found), Decimal(0)))

    # --- The guard ---

    def guard(self) -> Guard:
        found = sorted(spent_in(list(SpendLimit.objects.all())), key=lambda one: one.limit.period == Period.DAILY)
        worst = max(found, key=lambda one: (one.level, one.share), default=None)
        tag, tone = _tag(worst) if worst else ("", "")
        return Guard(
            tag=tag,
            tone=tone,
            limits=[self._limit(one) for one in found],
            levels=_levels(worst or found[0]) if found else [],
        )

    def _limit(self, one: Spent) -> LimitCard:
        limit = one.limit
        return LimitCard(
            name=_("Today") if limit.period == Period.DAILY else _("This month"),
            spent=money(one.spent, limit.currency),
            amount=money(limit.amount, limit.currency),
            filled=min(one.share, 100),
            marks=[limit.first_level, limit.second_level],
            tone=_tone(one),
            note=limit_note(one, self.today),
        )


def limit_note(one: Spent, today: date) -> str:
    """What is to be said beside how much is spent; "" for nothing."""
    if not one.fits:
        return _("Twilio bills in %(currency)s: this limit stops nothing.") % {"currency": one.currency.upper()}
    said = []
    if one.estimated:
        said.append(
            _("%(amount)s of it are texts that Twilio has not counted yet")
            % {"amount": money(one.estimated, one.limit.currency)}
        )
    if full := one.full_on(today):
        said.append(_("at this pace full on %(day)s") % {"day": _short(full)})
    return " · ".join(said)


def _tone(one: Spent) -> str:
    return "stop" if one.is_reached else "warn" if one.level else ""


def _tag(one: Spent) -> tuple[str, str]:
    if not one.level:
        return _("under %(level)d %%") % {"level": one.limit.first_level}, "info"
    return _("past %(level)d %%") % {"level": one.level}, _tone(one)


def _levels(one: Spent) -> list[tuple[str, str]]:
    """What happens at each level of a limit, and when it did."""
    limit = one.limit
    told = {
        alert.level: alert.at
        for alert in SpendAlert.objects.filter(period=limit.period, begins=one.begins, amount=limit.amount)
    }
    email, again = _("a line on the admin's home page"), _("the Doctor warns")
    if limit.emails_admins and settings.EMAIL_URL:
        email, again = _("e-mail to admins"), _("again, and the Doctor warns")
    elif limit.emails_admins:
        email = _("a line on the admin's home page; no e-mail, for no mail server is set (EMAIL_URL)")
    stops = {
        (True, True): _("group sends pause, dear calls are refused; incoming calls never stop"),
        (True, False): _("group sends pause; incoming calls never stop"),
        (False, True): _("dear calls are refused; incoming calls never stop"),
        (False, False): _("nothing is stopped"),
    }[limit.stops_group_sends, limit.stops_dear_calls]
    return [
        (f"{level}\xa0%", _reached(said, told[level]) if level in told else said)
        for level, said in zip(limit.levels, (email, again, stops), strict=True)
    ]


def _reached(said: str, at: datetime) -> str:
    when = date_format(localtime(at), "SHORT_DATETIME_FORMAT")
    return _("%(what)s · reached %(when)s") % {"what": said, "when": when}


def _counted(amount: Decimal, unit: Any) -> str:
    whole = int(amount.to_integral_value())
    return str(unit % {"count": whole, "number": figure(amount)})


def _short(day: date) -> str:
    """24 Oct"""
    return date_format(day, _("j M"))


def month_name(month: Month) -> str:
    return date_format(month.first, "F Y")


def usage_page(month: Month, by: str = "") -> UsagePage:
    """All of the page for one month, and one way to look at it."""
    build = _Builder(month, by)
    fresh: Freshness = freshness()
    figures = build.figures()
    rows, total, overlaps = build.categories() if not by else ([], None, False)
    cost_rows, cost_total = build.costs() if by else ([], "")
    left = costs.open_count(month.first, build.until)
    return UsagePage(
        month=month,
        by=by,
        as_of=time_said(fresh.as_of) if fresh.as_of else "",
        next_at=time_said(fresh.next_at),
        failing_since=time_said(fresh.failing_since) if fresh.failing_since else "",
        problem=fresh.problem,
        open_calls=(
            ngettext("the price of %(count)d call is still open", "prices of %(count)d calls are still open", left)
            % {"count": left}
            if left
            else ""
        ),
        is_empty=fresh.as_of is None and not UsageRecord.objects.exists(),
        months=_months(month, build.today),
        now_name=date_format(month.first, "F"),
        before_name=date_format(month.before.first, "F"),
        before_head=_before_head(build),
        today_is_in=month.first <= build.today <= month.last,
        figures=figures,
        days=build.days(),
        rows=rows,
        total=total,
        overlaps=overlaps,
        costs=cost_rows,
        cost_total=cost_total,
        guard=build.guard(),
    )


def _before_head(build: _Builder) -> str:
    before = build.month.before
    if build.before_until == before.last:
        return month_name(before)
    return _("%(month)s to %(day)d") % {"month": date_format(before.first, "M"), "day": build.before_until.day}


def _months(chosen: Month, today: date) -> list[tuple[str, str]]:
    """Those that can be chosen, newest first: since there are figures, and at least this one and the one before."""
    now = Month.of(today)
    first = selectors.first_month() or now.before
    found, month = [now], now
    while len(found) < _MOST_MONTHS and (month.first > first.first or len(found) < 2):
        month = month.before
        found.append(month)
    if chosen not in found:
        found.append(chosen)
    return [(str(one), month_name(one)) for one in found]
