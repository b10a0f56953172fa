"""The clock of the machine."""

from datetime import UTC, datetime


class SystemClock:
    """The time of the operating system, in UTC."""

    def now(self) -> datetime:
        """This moment."""
        return datetime.now(UTC)
