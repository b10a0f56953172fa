"""Which tests of a policy pack could not reach a verdict with the rows that a brief declares."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from glassworks.core.canvas import MetricTarget
from glassworks.core.contract import Brief, Task
from glassworks.core.errors import FixTheInput
from glassworks.core.estimate import plain
from glassworks.core.policy import Fault, PolicyPack
from glassworks.core.stage import Stage
from glassworks.measures.intervals import wilson, z
from glassworks.stages.scope.checks.hold_out_power import FEWEST
from glassworks.stages.scope.feasibility import DETECTED, averaged, detectable_gain

FOUND = 0.842
"""Standard errors by which four times in five lies above one half."""


@dataclass(frozen=True)
class Declared:
    """What is known beforehand of the rows that will judge: how many, the share of positives, means of columns."""

    rows: int
    positive_rate: float | None
    means: Mapping[str, float]

    @property
    def positives(self) -> int:
        """Positive cases among them, at most: all, when nobody knows the share."""
        return self.rows if self.positive_rate is None else int(self.rows * self.positive_rate)

    @property
    def fewer(self) -> int:
        """Cases of the rarer outcome, at most."""
        return min(self.positives, self.rows - self.positives) if self.positive_rate is not None else self.rows // 2


def without_verdict(pack: PolicyPack, brief: Brief, declared: Declared) -> list[Fault]:
    """The tests that gate 4 asks for at the brief's tier, and that so few rows leave undecided at the first look.

    Judged are `performance`, `kpi`, `metric_targets` and `fairness`; for others nothing can be said before there is a
    model. A test is named when even the best model could not pass it, and `kpi` when a model that just meets the target
    gets no verdict more than one time in five.

    Notes
    -----
    A rate of which every case is right has Wilson's interval from n / (n + z^2) on; the first look is the widest.
    """
    gate = pack.gates.get(Stage.VALIDATE)
    asked = gate.checks.get(brief.tier, ()) if gate else ()
    rate = brief.decision.expected_positive_share if declared.positive_rate is None else declared.positive_rate
    known = Declared(declared.rows, rate if brief.task is Task.BINARY else None, declared.means)
    found = []
    for name, test in TESTS.items():
        said = test(pack, brief, known) if name in asked else None
        if said:
            reason, next_step = said
            field = f"gates.{Stage.VALIDATE}.checks.{brief.tier}"
            found.append(Fault(rule="no verdict", field=field, reason=f"{name}: {reason}", next_step=next_step))
    return found


Said = tuple[str, str] | None


def _performance(pack: PolicyPack, brief: Brief, known: Declared) -> Said:
    if brief.task is not Task.BINARY or known.fewer >= 2:
        return None
    return (
        f"of {known.rows:,} sealed rows {known.fewer} are expected of the rarer outcome; below 2 no model can be told "
        "from chance.",
        "Seal more rows, or rows of a longer time.",
    )


def _kpi(pack: PolicyPack, brief: Brief, known: Declared) -> Said:
    if brief.task is Task.REGRESSION:
        fewest = int(pack.limits.get("hold_out_rows", FEWEST))
        few = f"{known.rows:,} sealed rows are expected; at least {fewest:,} are asked for."
        return (few, "Seal more rows.") if known.rows < fewest else None
    try:
        worth = averaged(brief, known.means)
    except FixTheInput:
        return None
    stricter = (z(pack.look_level(1)) + FOUND) / DETECTED
    least = stricter * detectable_gain(worth, known.positive_rate, known.rows)
    target, unit = brief.kpi.target, brief.kpi.unit
    if least <= target:
        return None
    reason = (
        f"{known.rows:,} sealed rows find a true gain of {plain(least)} {unit} a {brief.kpi.period} four times in five "
        f"at the level of the first look; the target is {plain(target)}."
    )
    if target <= 0:
        return reason, "Name a target above zero."
    return reason, f"Seal about {int(known.rows * (least / target) ** 2) + 1:,} rows, or ask for more."


def _metric_targets(pack: PolicyPack, brief: Brief, known: Declared) -> Said:
    for target in brief.metric_targets:
        cases = _cases(target, brief, known)
        if target.bound == "point" or target.op == "<=" or cases is None or target.value > 1:
            continue
        best = wilson(cases, cases, pack.look_level(1))[0] if cases else 0.0
        if best < target.value:
            reason = (
                f"{target.metric} of at least {plain(target.value)} is asked of the whole interval; with {cases:,} "
                f"cases even a model without a mistake shows no more than {plain(best)}."
            )
            return reason, "Seal more rows, or ask for less."
    return None


def _cases(target: MetricTarget, brief: Brief, known: Declared) -> int | None:
    """How many cases a statistic is counted among, at most; None where that says nothing about its interval."""
    acted = int(known.rows * (brief.decision.capacity_share or 1.0))
    binary = {"accuracy": known.rows, "recall": known.positives, "precision": acted}
    several = {"accuracy": known.rows}
    return {Task.BINARY: binary, Task.MULTICLASS: several}.get(brief.task, {}).get(target.metric)


def _fairness(pack: PolicyPack, brief: Brief, known: Declared) -> Said:
    agreed = brief.fairness
    if brief.task is not Task.BINARY or agreed.definition == "none":
        return None
    least = max(int(pack.limits.get("group_positives", 0)), agreed.min_group or 0)
    cases = known.positives if agreed.definition == "equal_opportunity" else known.rows
    if 2 * least <= cases:
        return None
    kind = "positive cases" if agreed.definition == "equal_opportunity" else "sealed rows"
    return (
        f"a group is compared from {least:,} cases on, and {cases:,} {kind} are expected: too few for two groups.",
        "Seal more rows, or rows of a longer time.",
    )


TESTS: dict[str, Callable[[PolicyPack, Brief, Declared], Said]] = {
    "performance": _performance,
    "kpi": _kpi,
    "metric_targets": _metric_targets,
    "fairness": _fairness,
}
