"""What a team agrees beside decision, KPI and value: people and hill, data, harms, oversight, and the way to work."""

from datetime import date
from typing import Literal

from pydantic import Field

from glassworks.core.record import Part, added

Level = Literal["low", "medium", "high"]


class Hill(Part):
    """Who can do what, with what wow: the aim of the work in one sentence about its users."""

    who: str = added("")
    what: str = added("")
    wow: str = added("")


class Guardrail(Part):
    """A figure beside the KPI that must not get worse: crossing `value` in the direction of `op` is the harm."""

    name: str
    unit: str
    op: Literal["<", ">"]
    value: float
    owner: str = ""


class KpiNode(Part):
    """One figure of the KPI tree: its unit and, unless it is a leaf, its formula of other figures by name.

    A leaf is measured or assumed; `hypothesis` says why it should move, `owner` who answers for it.
    """

    name: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")
    unit: str = Field(max_length=200)
    formula: str = added("")
    owner: str = added("")
    hypothesis: str = added("")


class MetricTarget(Part):
    """A statistic that the model must reach, and the figure of the KPI tree from which that demand follows.

    `group`: one value of the fairness groups, empty for all cases. `bound`: which end of the interval must reach it.
    """

    metric: Literal["auc", "accuracy", "precision", "recall", "brier", "rmse", "mae"]
    op: Literal[">=", "<="]
    value: float
    group: str = added("")
    bound: Literal["interval", "point"] = "interval"
    derived_from: str = added("")


class Population(Part):
    """About whom the model speaks, and what exactly its outcome means."""

    included: str = added("")
    excluded: str = added("")
    label_definition: str = added("")
    selection_bias: str = added("")


class DataSource(Part):
    """A source of data: whose it is, why it may be used, how it is kept; the columns and rows it brings, if known."""

    name: str
    owner: str = added("")
    lawful_basis: str = added("")
    sensitivity: Literal["", "public", "internal", "personal", "special category"] = added("")
    refresh: str = added("")
    retention: str = added("")
    available_at_decision_time: bool = True
    rows: int | None = added(None, gt=0, le=10**12)
    columns: tuple[str, ...] = added(())


class Constraints(Part):
    """What binds the model from outside. `reason_codes`: how many reasons each decision must be given, at most four."""

    legal_regimes: tuple[str, ...] = added(())
    reason_codes: int | None = added(None, ge=1, le=4)
    proxies_to_test: tuple[str, ...] = added(())
    privacy: str = added("")
    latency: str = added("")
    cost: str = added("")
    third_party_parts: tuple[str, ...] = added(())


class Harm(Part):
    """Something that could go wrong for somebody, and what is done against it."""

    who: str
    what: str
    likelihood: Level = "medium"
    mitigation: str = ""
    owner: str = ""


class Risk(Part):
    """The answers from which the policy's rules derive the risk tier; None is an open answer.

    A tier below the derived one needs `lowered_because`, which is signed with the contract.
    """

    exposure: Level | None = added(None)
    purpose: Level | None = added(None)
    complexity: Level | None = added(None)
    autonomy: Level | None = added(None)
    consequential_decision: bool | None = added(None)
    eu_annex_iii: bool | None = added(None)
    harms: tuple[Harm, ...] = added(())
    pre_mortem: tuple[str, ...] = added(())
    lowered_because: str = added("")


class Oversight(Part):
    """How people watch over the model's decisions and can overrule it.

    `override_band` : the share of decisions overruled that is expected, low and high; outside it somebody looks.
    """

    mode: Literal["", "in_the_loop", "on_the_loop", "post_hoc"] = added("")
    reviewers: str = added("")
    training: str = added("")
    override_rules: str = added("")
    override_band: tuple[float, float] | None = added(None)
    stop_control: str = added("")
    appeal_route: str = added("")


class Belief(Part):
    """Something the plan takes for true: how much hangs on it, and how it is tested."""

    text: str
    sensitivity: str = ""
    test: str = ""


class Playback(Part):
    """A checkpoint at which the team shows its work; `attended` are the people who were there."""

    day: date
    audience: str
    outcome: str = added("")
    attended: tuple[str, ...] = added(())


class KillCriterion(Part):
    """What ends the work, agreed before it begins."""

    signal: str
    op: Literal["<", ">"]
    value: float
    window: str
    action: str
    owner: str


class PlanItem(Part):
    """One step of the plan, with its owner, date and the evidence that it is done."""

    task: str
    owner: str
    due: date
    evidence: str
