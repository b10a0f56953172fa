"""Can fairness be measured: does some data source carry each protected trait?"""

from glassworks.core.check import check
from glassworks.core.contract import Brief
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage


@check(
    "protected_traits",
    stage=Stage.SCOPE,
    title="Protected traits in the data",
    question="Does some data source carry each protected trait that fairness is measured by?",
    order=52,
)
def protected_traits(brief: Brief, columns: tuple[str, ...]) -> Answer:
    """A gated or reported trait must be a feature, a forbidden column, or a column of a data source or of the data.

    `columns` : the columns of the data that were brought, empty before any were.
    """
    gated = (brief.fairness.attribute,) if brief.fairness.definition != "none" else ()
    wanted = [name for name in dict.fromkeys((*gated, *brief.fairness.protected)) if name]
    if brief.fairness.definition != "none" and not brief.fairness.attribute.strip():
        return Answer(
            verdict=Verdict.FAIL,
            sentence="Fairness is gated, but no trait is named whose groups are compared.",
            next_step="Name it in `fairness.attribute`, or choose `none` and say why.",
        )
    if not wanted:
        return Answer(
            verdict=Verdict.PASS, sentence="No protected trait is named; the brief says why no group is compared."
        )
    known = {feature.name for feature in brief.features} | {*brief.forbidden, *columns}
    known |= {name for source in brief.data_sources for name in source.columns}
    missing = [name for name in wanted if name not in known]
    if brief.fairness.attribute_source == "none" and gated:
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"Fairness over {gated[0]} is gated, but `fairness.attribute_source` says that nobody knows it.",
            next_step="Say where the trait comes from, or gate no fairness and say why.",
        )
    if missing:
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"No data source carries {missing[0]}, so nobody can measure fairness by it.",
            examples=tuple(missing),
            next_step="Name the column in `data_sources.columns`, `features` or `forbidden`, or take the trait out of "
            "`fairness`.",
        )
    return Answer(verdict=Verdict.PASS, sentence=f"The data carry {', '.join(wanted)}.")
