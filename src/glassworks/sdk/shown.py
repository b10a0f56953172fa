"""What a caller shows a desk check beside the rows: known rows, times, traits, claims."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from glassworks.core.contract import Brief, Task
from glassworks.core.days import span
from glassworks.core.errors import FixTheInput
from glassworks.core.estimate import Estimate
from glassworks.sdk.outcomes import Array, Outcomes
from glassworks.sdk.shapes import Shape

HEADLINE = {Task.BINARY: "AUC", Task.MULTICLASS: "accuracy", Task.REGRESSION: "RMSE"}
KPI = "KPI gain a period"


@dataclass(frozen=True)
class Shown:
    """As it was given to `glassworks.check`; each is asked for when it is needed, and refused in words."""

    known: Any = None
    times: Any = None
    group: Any = None
    traits: Any = None
    claims: Any = None
    learned_until: str = ""
    look: int | None = None

    def __post_init__(self) -> None:
        if self.known is not None and not (isinstance(self.known, tuple | list) and len(self.known) == 2):
            raise FixTheInput("Known rows come with their outcomes.", "", "Give known=(X, y).", field="known")
        for name in ("traits", "claims"):
            if getattr(self, name) is not None and not isinstance(getattr(self, name), Mapping):
                raise FixTheInput(f"The {name} have no names.", "", f"Give {name} as a dictionary.", field=name)
        if self.learned_until and span(self.learned_until) is None:
            raise FixTheInput(
                "Until when it learned is not written as a date.", "", "Write it as 2026-03-31, 2026-03 or 2026.",
                field="learned_until",
            )  # fmt: skip
        if self.look is not None and (isinstance(self.look, bool) or not isinstance(self.look, int) or self.look < 1):
            raise FixTheInput("A look is a whole number from 1 on.", "", "Leave it away, or give 1.", field="look")

    @property
    def given(self) -> frozenset[str]:
        """The names of what was given."""
        asked = {"known": self.known, "claims": self.claims, "learned_until": self.learned_until or None}
        return frozenset(name for name, one in asked.items() if one is not None)

    @property
    def outcomes(self) -> Any:
        """The outcomes of the known rows, as they were given."""
        return None if self.known is None else self.known[1]

    def known_rows(self, outcomes: Outcomes, brief: Brief) -> pl.DataFrame | None:
        """The known rows with their outcome, as the open rows of a use case hold it."""
        if self.known is None:
            return None
        frame = Shape(self.known[0]).frame
        absent = [name for name in brief.inputs() if name not in frame.columns]
        if absent:
            raise FixTheInput(
                f"The known rows have no column {absent[0]!r}.", "X has it.", "Give the same columns.", field="known"
            )
        written = outcomes.written(self.known[1], frame.height, "known")
        return frame.with_columns(pl.Series(brief.target, written))

    def values(self, brief: Brief, frame: pl.DataFrame, group: Any) -> dict[str, Array]:
        """The protected traits by name: those that were given, and those of the brief that the rows hold."""
        wanted = dict.fromkeys((brief.fairness.attribute, *brief.fairness.protected))
        found = {name: frame[name].to_numpy() for name in wanted if name in frame.columns}
        found |= {str(name): _column(one, frame.height, "traits") for name, one in (self.traits or {}).items()}
        if group is not None:
            found[brief.fairness.attribute] = _column(group, frame.height, "group")
        return found

    def when(self, frame: pl.DataFrame, brief: Brief) -> Array | None:
        """The time of each row: as it was given, else from the brief's own column."""
        if self.times is not None:
            return _column(self.times, frame.height, "times")
        name = brief.windows.time_column
        return np.asarray(frame[name].to_list()) if name in frame.columns else None

    def claimed(self, task: Task, rows: int) -> tuple[Estimate, ...]:
        """The caller's own figures, by the names under which the office finds them again."""
        known = (HEADLINE[task], KPI)
        made = []
        for name, value in (self.claims or {}).items():
            if name not in known:
                raise FixTheInput(f"No claim {name!r} is found again.", f"Claim {' or '.join(known)}.", field="claims")
            if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
                raise FixTheInput(f"The claim {name} is not a number.", field="claims")
            one = float(value)
            made.append(Estimate(name=name, value=one, low=one, high=one, n=rows, method="the caller's"))
        return tuple(made)


def _column(given: Any, rows: int, field: str) -> Array:
    """One value a row."""
    values = np.asarray(given)
    if values.shape != (rows,):
        raise FixTheInput(
            f"There are {rows:,} rows, but {field} has the shape {values.shape}.", "", "Give one a row.", field=field
        )
    return values
