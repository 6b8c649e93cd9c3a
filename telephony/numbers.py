"""What a number says about the place where it is answered: its country, and the time and the language there."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

import phonenumbers
from babel.core import get_global
from django.db import models
from django.utils.translation import gettext_lazy as _

from telephony.phone import region_of

# Of global networks.
_NOWHERE = "001"


def language_of_region(region: str) -> str:
    """The code of the language that is most likely spoken there, as Unicode's CLDR has it, or ""."""
    if len(region) != 2 or not region.isalpha():
        return ""
    likely: Mapping[str, str] = get_global("likely_subtags")
    # What it does not name is as anywhere: English.
    return likely.get(f"und_{region}", "en").partition("_")[0]


def country_of(number: str) -> str:
    """The ISO region of an E.164 number, or "". Of one that the library does not know, the largest with its code."""
    known = region_of(number)
    if known or not number.startswith("+"):
        return "" if known == _NOWHERE else known
    try:
        code = phonenumbers.parse(number).country_code or 0
    except phonenumbers.NumberParseException:
        return ""
    main = phonenumbers.region_code_for_country_code(code)
    return "" if main in ("ZZ", _NOWHERE) else main


@lru_cache(maxsize=4096)
def time_zone_of(number: str) -> str:
    """The time zone of an E.164 number: of a mobile in a country with several, that of the first of them; or ""."""
    # Its tables are large, and few processes ask.
    from phonenumbers import timezone

    try:
        # By its first digits: also of a number that the library does not know.
        found = timezone.time_zones_for_geographical_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return ""
    known = [name for name in found if name in time_zones()]
    territories: Mapping[str, str] = get_global("zone_territories")
    country = country_of(number)
    # Of a whole country code: the Channel Islands come before Britain in it.
    return next((name for name in known if territories.get(name) == country), known[0] if known else "")


def zones_of(number: str, *, default: str, own: str = "") -> tuple[str, ...]:
    """The time zones that an E.164 number may be in; `own`, when somebody said it; `default` when nobody knows."""
    return (own,) if own in time_zones() else _zones_of(number) or (default,)


@lru_cache(maxsize=4096)
def _zones_of(number: str) -> tuple[str, ...]:
    from phonenumbers import timezone

    try:
        found = timezone.time_zones_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return ()
    return tuple(name for name in found if name in time_zones())


@cache
def time_zones() -> frozenset[str]:
    """The names of all time zones that are known here."""
    return frozenset(zoneinfo.available_timezones())


class RegionField(models.CharField[str, str]):
    """The country of the number in another field `of` its row: written whenever a model is saved.

    Who writes past models (`QuerySet.update`, `core.sql.statements`) writes it as well.
    """

    def __init__(self, *args: Any, of: str = "", **options: Any) -> None:
        self.of = of
        defaults: dict[str, Any] = {
            "verbose_name": _("country"), "max_length": 3, "blank": True, "default": "", "editable": False,
        }  # fmt: skip
        super().__init__(*args, **(defaults | options))

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, args, options | {"of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        region = country_of(getattr(model_instance, self.of))
        setattr(model_instance, self.attname, region)
        return region
