"""Dates in German, with their seconds, as the log needs them."""

DATE_FORMAT = "d.m.Y"
TIME_FORMAT = "H:i:s"
DATETIME_FORMAT = "d.m.Y, H:i:s"
MONTH_DAY_FORMAT = "j. F"
SHORT_DATE_FORMAT = "d.m.Y"
SHORT_DATETIME_FORMAT = "d.m.Y, H:i"
