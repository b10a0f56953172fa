"""Slows down whoever guesses: past so many failures of one key in a window, tries are refused for a while."""

import threading
from collections import deque
from collections.abc import Callable
from datetime import timedelta

from glassworks.core.errors import TooMany
from glassworks.core.record import Moment

WINDOW = timedelta(minutes=5)
MOST_KEYS = 10_000


class Throttle:
    """Failures by key (a sign-in name, an address); nobody is locked out for longer than the window."""

    def __init__(self, now: Callable[[], Moment], most: dict[str, int]) -> None:
        self._now, self._most = now, most
        self._failures: dict[str, deque[Moment]] = {}
        self._lock = threading.Lock()

    def check(self, *keys: str) -> None:
        """Refuse when one of the keys has failed too often lately. The limit of a key is that of its first word."""
        now = self._now()
        with self._lock:
            for key in keys:
                if len(self._recent(key, now)) >= self._most[key.partition(" ")[0]]:
                    minutes = int(WINDOW.total_seconds() // 60)
                    raise TooMany(
                        "Too many tries failed.", "", f"Wait up to {minutes} minutes, then try again.", rule="throttle"
                    )

    def failed(self, *keys: str) -> None:
        """Count a failure under each key."""
        now = self._now()
        with self._lock:
            for key in keys:
                recent = self._recent(key, now)
                recent.append(now)
                self._failures[key] = recent
            if len(self._failures) > MOST_KEYS:
                live = {key: self._recent(key, now) for key in self._failures}
                self._failures = {key: times for key, times in live.items() if times}

    def _recent(self, key: str, now: Moment) -> deque[Moment]:
        times = self._failures.get(key, deque())
        while times and now - times[0] > WINDOW:
            times.popleft()
        return times
