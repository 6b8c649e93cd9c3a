"""Where a number is: what Twilio puts in FromCity, FromState, FromZip and FromCountry."""

from __future__ import annotations

#: By the number's beginning, the longest match counts: city, state, zip, country. Empty where Twilio sends nothing.
PLACES: dict[str, tuple[str, str, str, str]] = {
    "+1": ("", "", "", "US"),
    "+1202": ("WASHINGTON", "DC", "20001", "US"),
    "+1206": ("SEATTLE", "WA", "98101", "US"),
    "+1212": ("NEW YORK", "NY", "10001", "US"),
    "+1213": ("LOS ANGELES", "CA", "90012", "US"),
    "+1305": ("MIAMI", "FL", "33101", "US"),
    "+1312": ("CHICAGO", "IL", "60601", "US"),
    "+1404": ("ATLANTA", "GA", "30303", "US"),
    "+1415": ("SAN FRANCISCO", "CA", "94103", "US"),
    "+1416": ("TORONTO", "ON", "", "CA"),
    "+1512": ("AUSTIN", "TX", "78701", "US"),
    "+1604": ("VANCOUVER", "BC", "", "CA"),
    "+1617": ("BOSTON", "MA", "02108", "US"),
    "+1713": ("HOUSTON", "TX", "77002", "US"),
    "+33": ("", "", "", "FR"),
    "+331": ("PARIS", "", "", "FR"),
    "+353": ("", "", "", "IE"),
    "+44": ("", "", "", "GB"),
    "+44113": ("LEEDS", "", "", "GB"),
    "+44121": ("BIRMINGHAM", "", "", "GB"),
    "+44131": ("EDINBURGH", "", "", "GB"),
    "+44161": ("MANCHESTER", "", "", "GB"),
    "+4420": ("LONDON", "", "", "GB"),
    "+49": ("", "", "", "DE"),
    "+4930": ("BERLIN", "", "", "DE"),
    "+61": ("", "", "", "AU"),
}


def place_of(number: str) -> tuple[str, str, str, str]:
    """City, state, zip and country of a number, each empty when not known."""
    for length in range(min(len(number), 6), 1, -1):
        if number[:length] in PLACES:
            return PLACES[number[:length]]
    return ("", "", "", "")


def fields_for(role: str, place: tuple[str, str, str, str]) -> dict[str, str]:
    """The four form fields of a party. `role` is `From`, `To`, `Caller` or `Called`."""
    return {f"{role}{name}": value for name, value in zip(("City", "State", "Zip", "Country"), place, strict=True)}


def call_fields(
    from_: str, to: str, *, city: str | None = None, state: str | None = None, country: str | None = None
) -> dict[str, str]:
    """The geography of a call. What is given of the caller wins over what the number says."""
    fields: dict[str, str] = {}
    if from_.startswith("+"):
        known = place_of(from_)
        moved = city is not None or state is not None or country is not None
        place = (
            known[0] if city is None else city.upper(),
            known[1] if state is None else state.upper(),
            "" if moved else known[2],
            known[3] if country is None else country.upper(),
        )
        fields |= fields_for("From", place) | fields_for("Caller", place)
    if to.startswith("+"):
        fields |= fields_for("To", place_of(to)) | fields_for("Called", place_of(to))
    return fields
