"""A validator's own check: one Python file with `check(rows, outcome, score, group)`, run in the host alone."""

from typing import Any

import numpy as np
import polars as pl

from glassworks.core.errors import FixTheInput
from glassworks.frameworks.files import imported, written

SOURCE = "own_check.py"
OUTCOME, GROUP, SCORE = "outcome:", "group:", "score:"
"""How the columns beside the rows are called on their way; no column of a table ends in a colon here."""


def asked(source: bytes, frame: pl.DataFrame) -> Any:
    """What the file's `check` says about the rows.

    Parameters
    ----------
    frame : the rows as the model saw them and the compared traits, with outcome, group and score columns.
    """
    module = imported(written({SOURCE: source}) / SOURCE)
    function = getattr(module, "check", None)
    if not callable(function):
        raise FixTheInput(f"{SOURCE} defines no check.", "", "Define check(rows, outcome, score, group).")
    scores = [name for name in frame.columns if name.startswith(SCORE)]
    score = frame[scores[0]].to_numpy() if len(scores) == 1 else np.column_stack([frame[n].to_numpy() for n in scores])
    group = frame[GROUP].to_numpy() if GROUP in frame.columns else None
    rows = frame.drop([name for name in frame.columns if name in (OUTCOME, GROUP) or name in scores])
    return function(rows, frame[OUTCOME].to_numpy(), score, group)
