"""Is acting worth it on the right cases and not on the wrong ones? Else no model is needed."""

from collections.abc import Mapping

from glassworks.core.check import check
from glassworks.core.contract import Assumption, Brief, Task
from glassworks.core.errors import FixTheInput
from glassworks.core.estimate import plain
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.measures.units import unit_of
from glassworks.measures.worth import columns
from glassworks.stages.scope.feasibility import averaged


@check(
    "value_matrix_reasonable",
    stage=Stage.SCOPE,
    title="Value of right and wrong",
    question="Do the values make the right decision pay and the wrong one cost?",
    order=20,
)
def value_matrix_reasonable(brief: Brief, means: Mapping[str, float]) -> Answer:
    """Acting must pay on positives and cost on negatives, or one decision is best for everyone.

    The values are counted in the unit of the KPI, else their sum is no gain of it.

    Values that differ by row are taken at the `means` of their columns on open rows, as far as these are known.

    Warned of: an order that fails at the assumptions' ends, a benefit counted twice, an assumption without an owner
    or in another unit.

    Notes
    -----
    Elkan (2001): with c10 <= c00 or c01 <= c11 the optimal decision is constant.
    """
    if apart(brief.value.currency, brief.kpi.unit):
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"The values are in {brief.value.currency}, the KPI in {brief.kpi.unit}.",
            examples=("value.currency", "kpi.unit"),
            next_step="Write `value.currency` and `kpi.unit` alike, and every value in it.",
        )
    named = columns(brief.value, brief.task)
    known = all(name in means for name in named)
    brief = averaged(brief, means) if known else brief
    pairs = _pairs(brief)
    wrong = [text for text, better, worse in pairs if better.mode <= worse.mode]
    if wrong:
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"The values make a model needless: {wrong[0]}.",
            examples=tuple(wrong),
            next_step="Correct the values, or decide the same for every case without a model.",
        )
    warnings = [f"at the ends of the assumptions, {text}" for text, good, bad in pairs if good.low <= bad.high]
    if brief.task is Task.BINARY and brief.value.act_positive.mode > 0 > brief.value.skip_positive.mode:
        warnings.append("a positive is worth something when acted on and costs something when not: counted twice?")
    warnings += [f"{name} has no owner" for name, one in _used(brief) if not one.owner]
    value = brief.value
    warnings += [
        f"{name} is written in {one.unit}, the values are in {value.currency}"
        for name, one in _used(brief)
        if apart(one.unit, value.currency)
    ]
    sentence = _says(brief)
    if named:
        sentence += (
            ", in an average row" if known else f", before it is multiplied by {' and '.join(named)} of each row"
        )
    return Answer(
        verdict=Verdict.PASS,
        warning=bool(warnings),
        sentence=f"{sentence}{f'; but {warnings[0]}' if warnings else ''}.",
        examples=tuple(warnings),
        next_step="The business owner confirms or corrects the values." if warnings else "",
        table=tuple({"outcome": name, **one.facts()} for name, one in _used(brief)),
    )


def _says(brief: Brief) -> str:
    """What a right and a wrong decision are worth, in one sentence without its end."""
    value = brief.value
    if brief.task is Task.BINARY:
        return (
            f"Acting gains {plain(value.act_positive.mode - value.skip_positive.mode)} {value.currency} on a positive "
            f"and loses {plain(value.skip_negative.mode - value.act_negative.mode)} on a negative"
        )
    if brief.task is Task.MULTICLASS:
        return f"A right answer is worth {plain(value.right.mode - value.wrong.mode)} {value.currency} more"
    return f"One unit too much costs {plain(value.over.mode)} {value.currency}, too little {plain(value.under.mode)}"


def apart(unit: str, other: str) -> bool:
    """Whether two units that can both be read count different things; `EUR / customer` counts EUR."""
    try:
        one, two = ({name for name, power in unit_of(text).items() if power > 0} for text in (unit, other))
    except FixTheInput:
        return False
    return bool(unit and other) and one != two


def _pairs(brief: Brief) -> list[tuple[str, Assumption, Assumption]]:
    """What must be worth more than what, with the sentence to say when it is not."""
    value, nothing = brief.value, Assumption(low=0, mode=0, high=0)
    if brief.task is Task.BINARY:
        return [
            ("acting on a positive case is worth no more than not acting", value.act_positive, value.skip_positive),
            ("acting on a negative case costs nothing, so act on all", value.skip_negative, value.act_negative),
        ]
    if brief.task is Task.MULTICLASS:
        return [("a right answer is worth no more than a wrong one", value.right, value.wrong)]
    return [
        ("predicting too much costs nothing, so predict the most", value.over, nothing),
        ("predicting too little costs nothing, so predict the least", value.under, nothing),
    ]


def _used(brief: Brief) -> list[tuple[str, Assumption]]:
    """The cells that matter for the task and are not a plain zero."""
    names = {
        Task.BINARY: ("act_positive", "act_negative", "skip_positive", "skip_negative"),
        Task.MULTICLASS: ("right", "wrong"),
        Task.REGRESSION: ("over", "under"),
    }[brief.task]
    cells = [(name.replace("_", " "), getattr(brief.value, name)) for name in names]
    return [(name, one) for name, one in cells if (one.low, one.mode, one.high) != (0, 0, 0)]
