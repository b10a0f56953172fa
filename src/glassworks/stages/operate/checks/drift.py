"""Do live rows still look like the rows the model was validated on?"""

import polars as pl

from glassworks.core.check import check
from glassworks.core.contract import Brief
from glassworks.core.policy import PolicyPack
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.measures.drift import shifts
from glassworks.stages import rows as read


@check(
    "drift",
    stage=Stage.OPERATE,
    title="Drift",
    question="Do live rows still look like the sealed rows?",
    order=10,
)
def drift(brief: Brief, policy: PolicyPack, reference_rows: pl.DataFrame, live_rows: pl.DataFrame) -> Answer:
    """Each input's stability index, beyond the effect threshold and beyond chance (Benjamini-Hochberg).

    Movement alone warns and does not fail: it is a diagnosis, and the monitors of consequence give the verdict.
    """
    names = [n for n in brief.inputs() if n in reference_rows.columns and n in live_rows.columns]
    before = {name: read.array(reference_rows[name]) for name in names}
    found = shifts(before, {n: read.array(live_rows[n]) for n in names}, effect=policy.limit("psi_effect"))
    moved = [one.name for one in found if one.drifted]
    table = tuple(
        {"feature": one.name, "psi": one.psi, "chance": one.null95, "p": one.p, "drifted": one.drifted} for one in found
    )
    if moved:
        return Answer(
            verdict=Verdict.PASS,
            warning=True,
            sentence=f"{len(moved)} of {len(names)} inputs moved: {', '.join(moved[:5])}. "
            "Movement explains, consequence decides: realised performance and value are judged on their own.",
            next_step="See whether realised performance and KPI moved too.",
            table=table,
        )
    return Answer(
        verdict=Verdict.PASS,
        sentence=f"None of {len(names)} inputs moved beyond chance ({live_rows.height:,} live rows).",
        table=table,
    )
