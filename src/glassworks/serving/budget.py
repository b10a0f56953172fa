"""How many cases a release may still answer this day or month, where its approval names a volume."""

import threading
from collections.abc import Sequence
from datetime import datetime

from glassworks.core.conditions import Cap
from glassworks.store.predictions import PredictionLog


class Budget:
    """The answers of one release, counted from the prediction log once a period and in this process from then on.

    A row is counted before it is scored, so that never more are answered than were approved.
    """

    def __init__(self, release: str, log: PredictionLog) -> None:
        self._release, self._log = release, log
        self._spent: dict[str, tuple[datetime, int]] = {}
        self._lock = threading.Lock()

    def take(self, rows: int, caps: Sequence[Cap], now: datetime) -> int:
        """How many of so many rows may be answered now; they are counted as answered."""
        with self._lock:
            begun = {cap.each: _begin(cap.each, now) for cap in caps}
            for each, begin in begun.items():
                if self._spent.get(each, (None, 0))[0] != begin:
                    self._spent[each] = begin, self._answered(begin)
            left = min((cap.most - self._spent[cap.each][1] for cap in caps), default=rows)
            granted = max(0, min(rows, left))
            self._spent = {each: (begin, self._spent[each][1] + granted) for each, begin in begun.items()}
            return granted

    def _answered(self, since: datetime) -> int:
        return sum(not row.abstained for row in self._log.read(self._release, since=since))


def _begin(each: str, now: datetime) -> datetime:
    """When the running day or month began."""
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return day if each == "day" else day.replace(day=1)
