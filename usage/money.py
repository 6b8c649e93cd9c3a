"""Money and shares, as the reader's language writes them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

_SIGNS = {"usd": "$", "gbp": "£", "eur": "€", "jpy": "¥"}
_MINUS = "−"


def money(amount: Decimal, currency: str, *, places: int = 2) -> str:
    """£412.60, 412,60 £ — with the sign of the currency where it has one that everybody knows, else its letters."""
    figure = number_format(_rounded(abs(amount), places), places, use_l10n=True, force_grouping=True)
    sign = _SIGNS.get(currency)
    if sign:
        # Translators: how an amount of money is written: its currency's sign and the figure.
        said = _("%(sign)s%(figure)s") % {"sign": sign, "figure": figure}
    else:
        said = f"{figure}\xa0{currency.upper()}".strip()
    return f"{_MINUS}{said}" if _rounded(amount, places) < 0 else said


def figure(amount: Decimal) -> str:
    """A whole number with its thousands parted."""
    return str(number_format(_rounded(amount, 0), 0, use_l10n=True, force_grouping=True))


def change(now: Decimal, before: Decimal) -> str:
    """+6 %, −34 %, ±0 %; "" when there was nothing before to compare with."""
    if before <= 0:
        return ""
    share = _rounded((now - before) * 100 / before, 0)
    sign = "+" if share > 0 else _MINUS if share < 0 else "±"
    return f"{sign}{number_format(abs(share), 0, use_l10n=True, force_grouping=True)}\xa0%"


def _rounded(amount: Decimal, places: int) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
