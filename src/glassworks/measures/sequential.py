"""Looking again and again without alarming by chance: e-processes stay valid at every look."""

import numpy as np
from numpy.typing import ArrayLike

from glassworks.core.errors import FixTheInput
from glassworks.measures.intervals import Array

GRID = 20


def e_process(x: ArrayLike, p0: float, alpha: float = 0.05) -> tuple[Array, int | None]:
    """Evidence, after each observation, that the mean of x exceeds p0.

    Parameters
    ----------
    x : (n,) observations between 0 and 1 in the order in which they came, such as 1 for an error and 0 for none.
    p0 : the promised mean, strictly between 0 and 1.
    alpha : the chance of ever alarming while the promise holds is at most this, however often one looks.

    Returns
    -------
    (n,) e-values, and the index of the first one that reaches 1/alpha, or None.

    Notes
    -----
    E_t is the mean over a grid of lambda in (0, 1/p0) of prod (1 + lambda (x_i - p0)); by Ville's inequality
    P(some E_t >= 1/alpha) <= alpha. Waudby-Smith & Ramdas (2024).

    Examples
    --------
    >>> e_process([1, 1, 1, 1, 1], p0=0.1)[1]
    1
    """
    seen = np.asarray(x, dtype=np.float64)
    if not 0 < p0 < 1:
        raise FixTheInput("The promised rate must lie strictly between 0 and 1.", f"It is {p0:g}.")
    if seen.size and (not np.isfinite(seen).all() or seen.min() < 0 or seen.max() > 1):
        raise FixTheInput("An e-process watches observations between 0 and 1.", "Rescale them first.")
    stakes = (np.arange(GRID) + 0.5) / GRID / p0
    wealth = np.cumsum(np.log1p(stakes[:, None] * (seen - p0)), axis=1)
    evidence = np.exp(np.minimum(np.logaddexp.reduce(wealth, axis=0) - np.log(GRID), 700.0))
    over = np.flatnonzero(evidence >= 1 / alpha)
    return evidence, int(over[0]) if over.size else None
