"""What a model must reach for the gain to be the target: recall, precision, and the line of equal KPI between them."""

import numpy as np
from numpy.typing import ArrayLike

from glassworks.core.errors import FixTheInput
from glassworks.measures.intervals import Array
from glassworks.measures.value import gains
from glassworks.measures.whatif import ROUNDING, WhatIf


def break_even_recall(case: WhatIf, target: float, precision: float) -> float | None:
    """The share of positives that must be reached, at this precision, for the gain to be the target.

    (target + fixed cost + what the baseline earns) / (volume p (b + g (1 - q) / q)), with p the prevalence, q the
    precision, b and g what acting gains on a positive and on a negative. The rates of `case` play no part.

    Returns
    -------
    None where no recall up to 1 and within capacity suffices; 0 where the target asks for nothing.

    Examples
    --------
    >>> from glassworks.core.contract import ValueMatrix, exactly
    >>> matrix = ValueMatrix(act_positive=exactly(100), act_negative=exactly(-10))
    >>> case = WhatIf(matrix, 1000, exactly(0.1), 0.5, 0.1)
    >>> round(break_even_recall(case, 3500, 0.25), 6), break_even_recall(case, 8000, 0.25)
    (0.5, None)
    """
    if not 0 < precision <= 1:
        raise FixTheInput("The precision must be a share between 0 and 1.", field="precision")
    share, (b, g) = case.prevalence.mode, gains(case.value)
    wanted = _wanted(case, target)
    if wanted <= 0:
        return 0.0
    each = share * (b + g * (1 - precision) / precision)
    if wanted > each * (1 + ROUNDING):
        return None
    recall = min(1.0, wanted / each)
    return recall if _possible(case, recall, precision) else None


def break_even_precision(case: WhatIf, target: float) -> float | None:
    """The precision at which the gain is the target when as many cases are acted on as now.

    (w / a - g) / (b - g), with a the share acted on and w what acting must earn a case: the target, the fixed cost and
    what the baseline earns. At full capacity it is `value.needed_precision`.

    Returns
    -------
    None where nobody is acted on, acting on a positive gains no more than acting on a negative, or there are too few
    positives.

    Examples
    --------
    >>> from glassworks.core.contract import ValueMatrix, exactly
    >>> matrix = ValueMatrix(act_positive=exactly(100), act_negative=exactly(-10))
    >>> case = WhatIf(matrix, 1000, exactly(0.1), 0.5, 0.1)
    >>> round(break_even_precision(case, 3500), 4), break_even_precision(case, 100_000)
    (0.3182, None)
    """
    share, (b, g) = case.prevalence.mode, gains(case.value)
    acted = float(sum(case.reached())) / case.volume
    if acted <= 0 or b <= g:
        return None
    needed = (_wanted(case, target) / acted - g) / (b - g)
    return max(0.0, needed) if needed <= min(1.0, share / acted) * (1 + ROUNDING) else None


def _wanted(case: WhatIf, target: float) -> float:
    """What acting must earn a case: the target and the fixed cost, and what the baseline earns by acting blindly."""
    share, (b, g) = case.prevalence.mode, gains(case.value)
    blind = (case.capacity_share or 0.0) * (share * b + (1 - share) * g)
    return (target + case.value.period_cost) / case.volume + blind


def _possible(case: WhatIf, recall: ArrayLike, precision: ArrayLike) -> Array:
    """Whether there are positives, negatives and capacity enough for a recall at a precision."""
    share, most = case.prevalence.mode, 1 + ROUNDING
    hits = share * np.asarray(recall, dtype=np.float64)
    acted = hits / np.asarray(precision, dtype=np.float64)
    fits = acted <= (1.0 if case.capacity_share is None else case.capacity_share) * most
    return np.asarray((hits <= share * most) & (acted - hits <= (1 - share) * most) & fits)


def equal_kpi(case: WhatIf, target: float, recalls: ArrayLike) -> Array:
    """The line of equal KPI: at each recall the precision whose gain is the target, nan where none can be.

    Nothing is there where acting on a negative neither costs nor pays: the precision then plays no part.
    """
    recall = np.asarray(recalls, dtype=np.float64)
    share, (b, g) = case.prevalence.mode, gains(case.value)
    line = np.full(recall.shape, np.nan)
    if g == 0:
        return line
    with np.errstate(divide="ignore", invalid="ignore"):
        alarms_a_hit = (_wanted(case, target) / (share * recall) - b) / g
        precision = 1 / (1 + alarms_a_hit)
        real = (recall > 0) & (alarms_a_hit >= 0) & _possible(case, recall, precision)
    line[real] = precision[real]
    return line
