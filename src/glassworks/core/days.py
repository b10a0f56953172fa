"""Times as ISO writes them: a year, a month or a day."""

import re
from calendar import monthrange
from datetime import date

ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


def span(text: str) -> tuple[date, date] | None:
    """The first and the last day of a year, month or day (YYYY, YYYY-MM or YYYY-MM-DD); None for anything else.

    >>> span("2024-02")
    (datetime.date(2024, 2, 1), datetime.date(2024, 2, 29))
    >>> span("02/2024") is None
    True
    """
    found = ISO.fullmatch(text)
    if not found:
        return None
    year, month, day = (int(part) if part else 0 for part in found.groups())
    try:
        last = day or monthrange(year, month or 12)[1]
        return date(year, month or 1, day or 1), date(year, month or 12, last)
    except ValueError:
        return None
