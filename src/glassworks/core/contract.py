"""The brief and, once signed, the KPI contract: one object that is plan, promotion gate and monitor."""

from datetime import date
from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from glassworks.core.canvas import (
    Belief,
    Constraints,
    DataSource,
    Guardrail,
    Hill,
    KillCriterion,
    KpiNode,
    MetricTarget,
    Oversight,
    PlanItem,
    Playback,
    Population,
    Risk,
)
from glassworks.core.people import Role
from glassworks.core.record import Moment, Part, Record, added

MOST_CASES, MOST_PERIODS = 1e12, 10_000
"""Cases a period, and periods, beyond which a number is a slip: nobody decides more often."""


class Task(StrEnum):
    """What kind of answer the model gives."""

    BINARY = "binary"
    MULTICLASS = "multiclass"
    REGRESSION = "regression"


class Tier(StrEnum):
    """Risk tier: it decides depth, documents and signers."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Direction(StrEnum):
    """What the domain expert expects the answer to do as the feature rises."""

    UP = "up"
    DOWN = "down"
    ANY = "any"


class Assumption(Part):
    """A value somebody assumes: low, most likely (`mode`) and high, in `unit`, with its owner and source.

    With `column`, the value differs by row: low, mode and high are multiplied by the row's number in that column.
    """

    low: float
    mode: float
    high: float
    unit: str = ""
    owner: str = ""
    source: str = "assumption of the business owner"
    column: str = added("")

    @model_validator(mode="after")
    def _ordered(self) -> "Assumption":
        if not self.low <= self.mode <= self.high:
            raise ValueError(f"low {self.low}, mode {self.mode}, high {self.high} are not in rising order")
        return self


def exactly(value: float, unit: str = "") -> Assumption:
    """An assumption without spread."""
    return Assumption(low=value, mode=value, high=value, unit=unit)


class ClassValue(Part):
    """What giving one answer is worth when one class is the truth."""

    truth: str = Field(min_length=1)
    answer: str = Field(min_length=1)
    value: Assumption


class ValueMatrix(Part):
    """What each outcome of acting or not acting is worth, per case; costs are negative.

    Binary: `act_positive` (called, bought), `act_negative` (called, did not buy), `skip_positive`, `skip_negative`.
    Regression: `over` and `under` are the cost of one unit too much and one unit too little (positive numbers).
    Multiclass: `right` and `wrong` are the value of a right and a wrong answer, except for the pairs in `classes`.
    `fixed_cost` and `run_cost` are charged once a period. `treatment_effect` is the share of positive cases acted on in
    which the action itself makes the difference, where somebody has measured it.
    """

    act_positive: Assumption = exactly(0.0)
    act_negative: Assumption = exactly(0.0)
    skip_positive: Assumption = exactly(0.0)
    skip_negative: Assumption = exactly(0.0)
    over: Assumption = exactly(0.0)
    under: Assumption = exactly(0.0)
    right: Assumption = exactly(0.0)
    wrong: Assumption = exactly(0.0)
    classes: tuple[ClassValue, ...] = added(())
    fixed_cost: float = 0.0
    run_cost: float | None = added(None, ge=0)
    treatment_effect: Assumption | None = added(None)
    currency: str = Field(default="EUR", max_length=200)

    @field_validator("classes")
    @classmethod
    def _each_pair_once(cls, pairs: tuple[ClassValue, ...]) -> tuple[ClassValue, ...]:
        if len({(one.truth, one.answer) for one in pairs}) < len(pairs):
            raise ValueError("the same true and given answer stand here twice: keep one row for each pair")
        return pairs

    @field_validator("treatment_effect")
    @classmethod
    def _a_share(cls, effect: Assumption | None) -> Assumption | None:
        if effect is not None and not 0 <= effect.low <= effect.high <= 1:
            raise ValueError("a share lies between 0 and 1: write 0.6 for 60 of 100")
        return effect

    @property
    def period_cost(self) -> float:
        """What a period costs, however many cases are acted on."""
        return self.fixed_cost + (self.run_cost or 0.0)


class Kpi(Part):
    """The business figure that is promised: unit, direction, baseline, target, horizon.

    `baseline_by` : for regression, the columns whose combinations give the answer without a model (the best single
    number within each). `guardrails` are figures that must not get worse meanwhile. `tree` says how the KPI follows
    from what the model does, from the KPI's own node down to what is measured.
    """

    name: str
    unit: str = Field(max_length=200)
    direction: Literal["up"] = "up"
    baseline: str
    target: float
    period: str = "quarter"
    horizon: str = "two quarters after go-live"
    min_probability: float = Field(default=0.8, gt=0, lt=1)
    counted_as: str = ""
    by: date | None = added(None)
    baseline_value: float | None = added(None)
    baseline_source: str = added("")
    baseline_by: tuple[str, ...] = added(())
    least_worthwhile: float | None = added(None)
    attribution: Literal["", "ab", "holdout", "did", "expert"] = added("")
    data_feed: str = added("")
    owner: str = added("")
    guardrails: tuple[Guardrail, ...] = added(())
    tree: tuple[KpiNode, ...] = added(())


class Decision(Part):
    """The decision that the model serves, and what happens without it.

    For planning before data exist: `expected_positive_share` is the share of positive cases that the owner expects,
    and, for regression, `expected_error` the mean absolute error of today's way.
    """

    unit: str
    action: str
    otherwise: str
    decided_by: Literal["human", "machine", "both"] = "both"
    volume_per_period: float = Field(gt=0, le=MOST_CASES)
    capacity_share: float | None = Field(default=None, gt=0, le=1)
    expected_positive_share: float | None = Field(default=None, gt=0, lt=1)
    expected_error: float | None = added(None, gt=0)
    frequency: str = added("")
    reversibility: Literal["", "reversible", "costly", "irreversible"] = added("")
    latency_need: str = added("")
    if_model_down: str


class Feature(Part):
    """An input column: its meaning, whether it is known at decision time, and what the expert expects of it."""

    name: str
    meaning: str = ""
    available: bool = True
    why_not: str = ""
    expected: Direction = Direction.ANY
    decided_by: str = ""


class Fairness(Part):
    """The one fairness definition that is gated; all others are reported.

    Groups are the values of `attribute`, or, when `bands` names cut points, the bands between them. Each group is
    compared with the best one, or with `reference` when it is named; a pass needs no group below `min_group` cases.
    `protected` names further traits that the data must carry.
    """

    definition: Literal["equal_opportunity", "selection_rate", "none"] = "none"
    attribute: str = ""
    bands: tuple[float, ...] = ()
    at_least: float = Field(default=0.8, gt=0, le=1)
    why: str = ""
    protected: tuple[str, ...] = added(())
    reference: str = added("")
    favourable: str = added("")
    min_group: int | None = added(None, gt=0)
    attribute_source: Literal["", "self", "proxy", "none"] = added("")


class Windows(Part):
    """How rows are divided before anyone looks: open, sealed, and (for rehearsal) replay.

    `time`: rows are in time order by `time_column`; rows from `sealed_from` on are sealed, from `replay_from` on
    are future traffic. `random`: `sealed_share` of the rows are drawn with the recorded seed.
    """

    kind: Literal["time", "random"] = "random"
    time_column: str = ""
    sealed_from: str = ""
    replay_from: str = ""
    sealed_share: float = Field(default=0.3, gt=0.05, lt=0.6)
    sealed_periods: float = Field(default=1.0, gt=0, le=MOST_PERIODS)
    replay_periods: float = Field(default=1.0, gt=0, le=MOST_PERIODS)
    declared: str = ""


class Brief(Record):
    """The draft of a KPI contract. Every save is a new version; what is signed is one version's digest.

    `defaulted` names, by dotted path, what the factory filled in and nobody has confirmed.
    """

    kind: ClassVar[str] = "brief"
    version: int = 1
    title: str
    problem: str
    today: str = ""
    task: Task = Task.BINARY
    target: str
    positive: str = ""
    decision: Decision
    kpi: Kpi
    value: ValueMatrix
    features: tuple[Feature, ...] = ()
    forbidden: tuple[str, ...] = ()
    identifier: str = ""
    label_delay: str = ""
    fairness: Fairness = Fairness()
    windows: Windows = Windows()
    tier: Tier = Tier.LOW
    effect: Literal["response", "uplift"] = "response"
    acts_on_people: bool = True
    acknowledged: tuple[str, ...] = ()
    purpose: str = ""
    kill_criteria: tuple[KillCriterion, ...] = ()
    plan: tuple[PlanItem, ...] = ()
    hill: Hill = added(Hill())
    sponsor_users: tuple[str, ...] = added(())
    affected_groups: tuple[str, ...] = added(())
    population: Population = added(Population())
    data_sources: tuple[DataSource, ...] = added(())
    metric_targets: tuple[MetricTarget, ...] = added(())
    constraints: Constraints = added(Constraints())
    risk: Risk = added(Risk())
    oversight: Oversight = added(Oversight())
    monitoring_plan: str = added("")
    rollback_target: str = added("")
    retirement_rule: str = added("")
    open_questions: tuple[str, ...] = added(())
    beliefs: tuple[Belief, ...] = added(())
    playbacks: tuple[Playback, ...] = added(())
    defaulted: tuple[str, ...] = added(())
    people: dict[Role, str] = Field(default_factory=dict)
    saved_by: str = ""
    saved_at: Moment | None = None

    def inputs(self) -> tuple[str, ...]:
        """The columns a model may see: declared available and not forbidden."""
        return tuple(f.name for f in self.features if f.available and f.name not in self.forbidden)

    def terms(self) -> dict[str, object]:
        """What is agreed: everything but who saved it and when."""
        return {name: value for name, value in self.facts().items() if name not in ("saved_by", "saved_at")}
