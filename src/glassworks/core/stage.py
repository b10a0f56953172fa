"""The five stages, the states of a use case, and which moves exist at all. Law as data."""

from enum import StrEnum

from glassworks.core.record import Part


class Stage(StrEnum):
    """The five words, the same everywhere: folders, pages, colours, gates."""

    SCOPE = "scope"
    EXPLORE = "explore"
    DEVELOP = "develop"
    VALIDATE = "validate"
    OPERATE = "operate"


class StageFacts(Part):
    """What a stage takes in, gives out, and whose signature closes it."""

    title: str
    goes_in: str
    comes_out: str
    closed_by: str


STAGES: dict[Stage, StageFacts] = {
    Stage.SCOPE: StageFacts(
        title="Plan & scope",
        goes_in="a business problem",
        comes_out="a signed KPI contract",
        closed_by="business owner, domain expert, data scientist",
    ),
    Stage.EXPLORE: StageFacts(
        title="Explore data",
        goes_in="raw data, from where it lives",
        comes_out="a fingerprinted dataset with a sealed hold-out and a data contract",
        closed_by="domain expert, data scientist",
    ),
    Stage.DEVELOP: StageFacts(
        title="Develop model",
        goes_in="the training rows",
        comes_out="candidates in any framework, compared in KPI units",
        closed_by="data scientist (a submission, not an approval)",
    ),
    Stage.VALIDATE: StageFacts(
        title="Validate & deploy",
        goes_in="one candidate",
        comes_out="a recomputed validation report and a release with a signed permit, or a refusal",
        closed_by="validator, business owner (a further approver at high tier)",
    ),
    Stage.OPERATE: StageFacts(
        title="Monitor & manage",
        goes_in="live traffic and late outcomes",
        comes_out="guardrail actions, incidents, promised against realised KPI, retirement",
        closed_by="operator, business owner",
    ),
}


class Status(StrEnum):
    """Where a use case stands as a whole."""

    ON_THE_LINE = "on_the_line"
    STOPPED = "stopped"
    REFUSED = "refused"
    RETIRED = "retired"


NEXT: dict[Stage, tuple[Stage, ...]] = {
    Stage.SCOPE: (Stage.EXPLORE,),
    Stage.EXPLORE: (Stage.DEVELOP, Stage.SCOPE),
    Stage.DEVELOP: (Stage.VALIDATE, Stage.SCOPE),
    Stage.VALIDATE: (Stage.OPERATE, Stage.DEVELOP, Stage.SCOPE),
    Stage.OPERATE: (Stage.DEVELOP, Stage.SCOPE),
}
"""From each stage, the stages a use case can move to: forward through the gate, or back for rework."""

STATUS_MOVES: dict[Status, tuple[Status, ...]] = {
    Status.ON_THE_LINE: (Status.STOPPED, Status.REFUSED, Status.RETIRED),
    Status.STOPPED: (Status.ON_THE_LINE, Status.RETIRED),
    Status.REFUSED: (Status.ON_THE_LINE, Status.RETIRED),
    Status.RETIRED: (),
}


def after(stage: Stage) -> Stage:
    """The stage that the gate of `stage` opens to; `operate` is the last and stays."""
    order = list(Stage)
    return order[min(order.index(stage) + 1, len(order) - 1)]


def may_move(source: Stage, target: Stage) -> bool:
    """Whether the line knows a move from `source` to `target`."""
    return target in NEXT[source]
