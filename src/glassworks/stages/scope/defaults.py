"""A brief in which the factory filled in everything: each such field is named in `defaulted` until someone confirms."""

from datetime import timedelta
from typing import Any

from glassworks.core.canvas import KillCriterion, PlanItem
from glassworks.core.contract import Assumption, Brief, Decision, Kpi, Task, Tier, ValueMatrix, Windows
from glassworks.core.defaulted import NOTHING, at, says
from glassworks.core.record import Moment
from glassworks.core.usecase import UseCase

SOURCE = "assumption of the draft; the business owner replaces it"
CAPACITY = 0.3
VOLUME = 1000.0
CELLS = {
    Task.BINARY: ("act_positive", "act_negative"),
    Task.MULTICLASS: ("right", "wrong"),
    Task.REGRESSION: ("over", "under"),
}
"""The cells of the value matrix that a draft fills, by task."""

FILLED = (
    "today",
    "purpose",
    "task",
    "target",
    "decision.unit",
    "decision.action",
    "decision.otherwise",
    "decision.volume_per_period",
    "decision.capacity_share",
    "decision.if_model_down",
    "kpi.name",
    "kpi.unit",
    "kpi.baseline",
    "kpi.target",
    "kpi.period",
    "kpi.horizon",
    "kpi.counted_as",
    "label_delay",
    "fairness",
    "windows",
    "tier",
    "kill_criteria",
    "plan",
)
"""What every draft fills in beside the values."""


def default_brief(use_case: UseCase, task: Task, now: Moment, volume: float = VOLUME) -> Brief:
    """Version 1 of a brief of low tier that says nothing but the use case's title and question.

    Parameters
    ----------
    now : the plan's dates are counted from it.
    volume : decisions a period.
    """
    return Brief(
        id=f"{use_case.id}-brief-v1",
        use_case=use_case.id,
        line=use_case.line,
        title=use_case.title,
        problem=use_case.question,
        today="The decision is made without a model.",
        purpose="Foretell the outcome for the decision named here.",
        task=task,
        target="outcome",
        positive="yes" if task is Task.BINARY else "",
        decision=_decision(task, volume),
        kpi=_kpi(task),
        value=_value(task),
        label_delay="The outcome is known one period later.",
        windows=Windows(declared="rows are drawn at random: no time order was named"),
        tier=Tier.LOW,
        kill_criteria=(_kill(),),
        plan=_plan(now),
        defaulted=(
            *(name for name in FILLED if task is Task.BINARY or name != "decision.capacity_share"),
            *(("positive",) if task is Task.BINARY else ()),
            *(f"value.{name}" for name in CELLS[task]),
        ),
        saved_at=now,
    )


def filled_from(base: Brief, proposed: Brief, *named: str) -> Brief:
    """The brief with what is still unsaid in it taken from another draft; what a person wrote stays.

    Parameters
    ----------
    named : paths that are taken in any case, such as the target column that somebody just named.
    """
    facts, offered = base.facts(), proposed.facts()
    marks = [path for path in base.defaulted if path not in named]
    for path in dict.fromkeys((*named, *proposed.defaulted)):
        if path in named or path in base.defaulted or not says(base, path):
            _put(facts, path, at(offered, path))
            marks += [path] if path in proposed.defaulted and path not in marks else []
    return Brief.model_validate(facts | {"defaulted": marks})


def _put(facts: dict[str, Any], path: str, value: Any) -> None:
    *parts, last = path.split(".")
    for part in parts:
        facts = facts.setdefault(part, {})
    if value is not NOTHING:
        facts[last] = value


def _decision(task: Task, volume: float) -> Decision:
    return Decision(
        unit="one row of the table",
        action="act on the case" if task is Task.BINARY else "use the prediction",
        otherwise="leave it as it is",
        volume_per_period=volume,
        capacity_share=CAPACITY if task is Task.BINARY else None,
        if_model_down="Decide as today, in list order.",
    )


def _kpi(task: Task) -> Kpi:
    baseline = {
        Task.BINARY: "as many actions in list order",
        Task.MULTICLASS: "the commonest answer for every case",
        Task.REGRESSION: "the best single number for every case",
    }
    return Kpi(
        name="Net value above the baseline",
        unit="EUR",
        baseline=baseline[task],
        target=0.0,
        period="period",
        horizon="two periods after go-live",
        counted_as="What the decisions earn, less what they cost, compared with the baseline.",
    )


def _assumed(low: float, mode: float, high: float) -> Assumption:
    return Assumption(low=low, mode=mode, high=high, unit="EUR", owner="business owner", source=SOURCE)


def _value(task: Task) -> ValueMatrix:
    if task is Task.BINARY:
        return ValueMatrix(act_positive=_assumed(5, 9, 15), act_negative=_assumed(-2, -1, -0.5))
    if task is Task.MULTICLASS:
        return ValueMatrix(right=_assumed(0.5, 1, 2))
    return ValueMatrix(over=_assumed(0.5, 1, 2), under=_assumed(0.5, 1, 2))


def _kill() -> KillCriterion:
    return KillCriterion(
        signal="realised net value above the baseline",
        op="<",
        value=0.0,
        window="two periods in a row",
        action="Stop using the model and decide as before.",
        owner="business owner",
    )


def _plan(now: Moment) -> tuple[PlanItem, ...]:
    steps = (
        ("Sign the KPI contract", "business owner", 7, "gate 1 open"),
        ("Decide on doubtful columns", "domain expert", 14, "data contract signed"),
        ("Build and submit a candidate", "data scientist", 28, "a candidate submitted"),
        ("Validate on sealed rows", "validator", 42, "validation report signed"),
        ("Compare promised with realised value", "operator", 120, "monitoring round signed"),
    )
    return tuple(
        PlanItem(task=task, owner=owner, due=(now + timedelta(days=days)).date(), evidence=evidence)
        for task, owner, days, evidence in steps
    )
