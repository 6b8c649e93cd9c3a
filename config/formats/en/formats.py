"""Dates as `calls.admin.columns.time_text` writes them, wherever Django writes one."""

DATE_FORMAT = "d M Y"
TIME_FORMAT = "H:i:s"
DATETIME_FORMAT = "d M Y, H:i:s"
MONTH_DAY_FORMAT = "j F"
SHORT_DATE_FORMAT = "d M Y"
SHORT_DATETIME_FORMAT = "d M Y, H:i"
