"""Whole commands and requests, timed several times; the median is what is quoted."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Timed:
    """Seconds of several runs of one thing."""

    what: str
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle run."""
        return statistics.median(self.seconds)

    def says(self) -> str:
        """A line for the table."""
        least, most = min(self.seconds), max(self.seconds)
        return f"| {self.what} | {self.median:.3f} | {least:.3f} | {most:.3f} | {len(self.seconds)} |"


def command(what: str, arguments: Sequence[str], runs: int, **environment: str) -> Timed:
    """A whole process, after one warm-up."""
    seconds = []
    for _ in range(runs + 1):
        begin = time.perf_counter()
        done = subprocess.run([sys.executable, *arguments], capture_output=True, env={**os.environ, **environment})
        seconds.append(time.perf_counter() - begin)
        if done.returncode != 0:
            raise SystemExit(f"{what} failed:\n{done.stderr.decode()[-2000:]}")
    return Timed(what, tuple(seconds[1:]))


def call(what: str, act: Callable[[], object], runs: int) -> Timed:
    """One call inside this process, after three warm-ups."""
    for _ in range(3):
        act()
    seconds = []
    for _ in range(runs):
        begin = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - begin)
    return Timed(what, tuple(seconds))
