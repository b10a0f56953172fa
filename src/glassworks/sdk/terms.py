"""The terms of a desk check in the words of a brief: what outcomes are worth, what is asked, what is expected."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from glassworks.core.contract import (
    Assumption,
    Brief,
    Decision,
    Direction,
    Fairness,
    Feature,
    Kpi,
    Task,
    ValueMatrix,
    exactly,
)
from glassworks.core.errors import FixTheInput

NO_ASSUMPTIONS = ("classes", "fixed_cost", "run_cost", "currency")
"""Fields of a value matrix that are no (low, mode, high)."""
TARGET, GROUP, UNIT = "the outcome", "group", "EUR"
Value = ValueMatrix | Mapping[str, float | Sequence[float] | Mapping[str, Any] | Assumption]


def matrix(value: Value) -> ValueMatrix:
    """What outcomes are worth, from a value matrix or from its fields as a person writes them."""
    if isinstance(value, ValueMatrix):
        return _costs(value)
    if not isinstance(value, Mapping):
        raise FixTheInput(
            "The value is no value matrix.", "", 'Give its fields, as {"act_positive": 10}.', field="value"
        )
    unknown = [name for name in value if name not in ValueMatrix.model_fields]
    if unknown:
        known = ", ".join(ValueMatrix.model_fields)
        raise FixTheInput(f"A value matrix has no {unknown[0]!r}.", f"It has {known}.", field="value")
    return _costs(ValueMatrix(**{name: _field(name, one) for name, one in value.items()}))


def _costs(value: ValueMatrix) -> ValueMatrix:
    """The same, once what a unit too much and too little costs is no gain."""
    for name in ("over", "under"):
        if getattr(value, name).low < 0:
            raise FixTheInput(
                f"The cost {name} is negative.",
                "What a unit too much or too little costs is a positive number; a negative one pays for being wrong.",
                "Give it without the sign.",
                field="value",
            )
    return value


def _field(name: str, given: Any) -> Any:
    """One field of a value matrix, or a sentence about what is wrong with it."""
    try:
        told = given if name in NO_ASSUMPTIONS else _assumption(given)
        return getattr(ValueMatrix.model_validate({name: told}), name)
    except (TypeError, ValueError) as error:
        raise FixTheInput(
            f"The value {name} cannot be used as it is given.",
            "Low, most likely and high are numbers in rising order, a column is a name, pairs of classes differ.",
            "Correct it, or give one number.",
            field="value",
        ) from error


def _assumption(given: float | str | Sequence[float] | Mapping[str, Any] | Assumption) -> object:
    if isinstance(given, Assumption):
        return given
    if isinstance(given, Mapping):
        unknown = [name for name in given if name not in Assumption.model_fields]
        if unknown or "mode" not in given:
            wrong = f"has no {unknown[0]!r}" if unknown else "needs its `mode`, the most likely amount"
            raise FixTheInput(f"A value {wrong}.", f"It has {', '.join(Assumption.model_fields)}.", field="value")
        return Assumption(**{"low": given["mode"], "high": given["mode"], **given})
    if isinstance(given, Sequence) and not isinstance(given, str):
        if len(given) != 3 or not given[0] <= given[1] <= given[2]:
            raise FixTheInput("A value is one number, or (low, most likely, high) in rising order.", field="value")
        return Assumption(low=given[0], mode=given[1], high=given[2])
    return exactly(float(given)) if not isinstance(given, str) else given


def brief_of(
    rows: pl.DataFrame,
    task: Task,
    labels: Sequence[str],
    value: ValueMatrix,
    *,
    group: Any,
    capacity_share: float | None,
    target: float,
    unit: str,
    bands: Sequence[float],
    expected: Mapping[str, str],
    traits: Sequence[str],
) -> Brief:
    """The terms of a check as a brief, which is what the questions are asked against; a model may see every column."""
    strange = [name for name in expected if name not in rows.columns]
    if strange:
        raise FixTheInput(f"There is no column {strange[0]!r} to expect a direction of.", field="expected")
    fair = group is not None and task is Task.BINARY
    return Brief(
        id="check",
        title="A check at one's own desk",
        problem="none stated",
        task=task,
        target=TARGET,
        positive=labels[1] if task is Task.BINARY else "",
        decision=Decision(
            unit="case",
            action="act",
            otherwise="leave",
            volume_per_period=rows.height,
            capacity_share=capacity_share if task is Task.BINARY else None,
            if_model_down="not stated",
        ),
        kpi=Kpi(name="net value above the baseline", unit=unit, baseline="list order", target=target, period="period"),
        value=value,
        features=tuple(Feature(name=n, expected=Direction(expected.get(n, "any"))) for n in rows.columns),
        fairness=Fairness(
            definition="equal_opportunity" if fair else "none",
            attribute="" if group is None else GROUP,
            bands=tuple(bands),
            protected=tuple(traits),
        ),
    )


def _number(given: object) -> float:
    """A finite number, or NaN for anything else."""
    try:
        found = math.nan if isinstance(given, str | bool) else float(given)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return math.nan
    return found if math.isfinite(found) else math.nan


def check_numbers(target: object, capacity_share: object, bands: object) -> None:
    """Refuse in words a target, a capacity or cut points that are no numbers such as they must be."""
    if math.isnan(_number(target)):
        raise FixTheInput(
            "The target is no finite number.", "", "Give the gain a period that is asked for.", field="target"
        )
    if capacity_share is not None and not 0 < _number(capacity_share) <= 1:
        raise FixTheInput(
            "The capacity share lies outside 0 to 1.",
            "It is the share of cases that can be acted on: more than none, at most all.",
            "Give it as 0.2 for a fifth, or leave it away where all that pay are acted on.",
            field="capacity_share",
        )
    listed = isinstance(bands, Sequence | np.ndarray) and not isinstance(bands, str)
    if not listed or any(math.isnan(_number(one)) for one in bands):  # type: ignore[attr-defined]
        raise FixTheInput("The bands are no finite cut points.", "", "Give numbers, such as (30, 60).", field="bands")


def check_words(unit: object, expected: object) -> None:
    """Refuse in words a unit that is no text, and directions that nobody can expect."""
    if not isinstance(unit, str):
        raise FixTheInput("The unit is no text.", "", 'Give it as "EUR".', field="unit")
    if not isinstance(expected, Mapping) or any(one not in list(Direction) for one in expected.values()):
        raise FixTheInput(
            "An expected direction cannot be read.",
            "",
            f'Give {{"the column": "up"}}; the directions are {", ".join(Direction)}.',
            field="expected",
        )


@dataclass(frozen=True)
class Terms:
    """What a desk check is asked against: a KPI contract, or its terms one by one."""

    contract: Brief | None
    value: Value | None
    group: Any
    capacity_share: float | None
    target: float
    unit: str
    bands: Sequence[float]
    expected: Mapping[str, str]
    periods: float | None
    amounts: Mapping[str, Any] | None

    def __post_init__(self) -> None:
        check_numbers(self.target, self.capacity_share, self.bands)
        check_words(self.unit, self.expected)
        if self.contract is None:
            if self.value is None:
                raise FixTheInput(
                    "It is not said what an outcome is worth.", "", "Give a value, or a contract.", field="value"
                )
            matrix(self.value)
            return
        if not isinstance(self.contract, Brief):
            raise FixTheInput("The contract is no brief.", "", "Give `case.brief`.", field="contract")
        told = {
            "value": self.value is not None,
            "capacity_share": self.capacity_share is not None,
            "target": self.target != 0,
            "unit": self.unit != UNIT,
            "bands": len(self.bands) > 0,
            "expected": len(self.expected) > 0,
        }
        twice = [name for name, was in told.items() if was]
        if twice:
            raise FixTheInput(
                f"The contract says the {twice[0]} already.", "", f"Leave {twice[0]} away.", field=twice[0]
            )

    def brief(self, rows: pl.DataFrame, task: Task, labels: Sequence[str], traits: Any) -> Brief:
        """The contract, or the terms as a brief.

        Raises
        ------
        FixTheInput : the rows lack a column that the terms name.
        """
        if self.contract is not None:
            absent = [name for name in self.contract.inputs() if name not in rows.columns]
            if absent:
                raise FixTheInput(f"X has no column {absent[0]!r}, which the contract declares.", field="X")
            return self.contract
        return brief_of(
            rows,
            task,
            labels,
            matrix(self.value or {}),
            group=self.group,
            capacity_share=None if self.capacity_share is None else float(self.capacity_share),
            target=float(self.target),
            unit=self.unit,
            bands=[float(one) for one in self.bands],
            expected=self.expected,
            traits=tuple(str(name) for name in traits or ()),
        )

    def spanned(self, brief: Brief) -> float:
        """How many periods the rows span: as given, else those of the contract's sealed rows, else one."""
        if self.periods is not None:
            return self.periods
        return brief.windows.sealed_periods if self.contract is not None else 1.0
