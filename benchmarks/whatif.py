"""A what-if: the analytic answer, and 10,000 futures of 100,000 scored cases beside a loop over draws, in one run."""

import tempfile
import time
from pathlib import Path

import httpx
import numpy as np

from benchmarks.pages import served
from benchmarks.timing import Timed, call
from benchmarks.timing import command as process
from glassworks.core.contract import Assumption, Brief, Decision, Kpi, ValueMatrix
from glassworks.measures.drawn import drawn_gain
from glassworks.measures.outlook import Quality, outlook
from glassworks.measures.scored import Scored, decided

CASES, DRAWS, LOOPED = 100_000, 10_000, 20
PREVALENCE = Assumption(low=0.08, mode=0.12, high=0.15)
VALUES = {"act_negative": Assumption(low=-5, mode=-4, high=-3)}
EACH = Assumption(low=10, mode=20, high=25)
BY_ROW = Assumption(low=0.8, mode=1.0, high=1.2, column="amount")


def _brief(capacity: float | None, hit: Assumption) -> Brief:
    return Brief(
        id="brief-1",
        title="Calls",
        problem="Few buy.",
        target="bought",
        positive="yes",
        decision=Decision(
            unit="customer",
            action="call",
            otherwise="leave",
            volume_per_period=CASES,
            capacity_share=capacity,
            if_model_down="list order",
        ),
        kpi=Kpi(name="profit", unit="EUR", baseline="list order", target=30_000),
        value=ValueMatrix(act_positive=hit, **VALUES),
    )


def _scored(brief: Brief) -> Scored:
    rng = np.random.default_rng(0)
    y = (rng.random(CASES) < PREVALENCE.mode).astype(np.int64)
    scores = np.clip(0.5 * rng.random(CASES) + 0.25 * y * rng.random(CASES), 0, 1)
    return decided(brief, y, scores, periods=1.0, columns={"amount": rng.lognormal(3, 1, CASES)})


def _naive(scored: Scored, brief: Brief) -> Timed:
    """What a textbook writes: for each draw resample the rows, decide again, add up. A few draws, scaled to all."""
    rng, seconds = np.random.default_rng(0), []
    for _ in range(LOOPED):
        begin = time.perf_counter()
        rows = rng.integers(0, scored.n, scored.n)
        y, score = scored.y[rows], scored.scores[rows]
        hit, miss = (rng.triangular(one.low, one.mode, one.high) for one in (EACH, VALUES["act_negative"]))
        worth = np.where(y == 1, hit, miss)
        acted = np.argsort(-score, kind="stable")[: int(0.2 * scored.n)]
        worth[acted].sum() - worth[: len(acted)].sum()
        seconds.append((time.perf_counter() - begin) * DRAWS)
    return Timed(f"a loop over {DRAWS:,} draws, from {LOOPED} of them", tuple(seconds))


def measured() -> list[Timed]:
    """Analytic and drawn what-ifs; the last line is the loop that they stand beside."""
    planned = _brief(0.2, EACH)
    found = [
        call(
            "what-if, analytic part",
            lambda: outlook(planned, Quality(precision=0.3), prevalence=PREVALENCE, repeats=1),
            30,
        ),
        call(
            f"what-if with {DRAWS:,} draws of its assumptions",
            lambda: outlook(planned, Quality(precision=0.3), prevalence=PREVALENCE, repeats=DRAWS),
            30,
        ),
    ]
    for what, capacity, hit in (
        ("no capacity", None, EACH),
        ("capacity 20 %", 0.2, EACH),
        ("capacity 20 %, values by row", 0.2, BY_ROW),
    ):
        brief = _brief(capacity, hit)
        scored = _scored(brief)
        found.append(
            call(
                f"{DRAWS:,} futures of {CASES:,} cases, {what}",
                lambda scored=scored, brief=brief: drawn_gain(  # type: ignore[misc]
                    scored, brief.value, prevalence=PREVALENCE, target=brief.kpi.target, repeats=DRAWS
                ),
                15,
            )
        )
    return [*found, _naive(_scored(planned), planned)]


def answered(home: Path) -> list[Timed]:
    """A slider's move as a browser sees it: request and answer of a served demonstration, over one connection."""
    with served(home) as address, httpx.Client(base_url=address, timeout=60) as client:
        path = "/cases/term-deposit/scope/what-if"

        def ask(more: str) -> None:
            if client.get(f"{path}?precision=50{more}").status_code != 200:
                raise SystemExit(f"{path} does not answer")

        return [
            call(f"over HTTP: the answer to one slider's move, {DRAWS:,} draws", lambda: ask("&part=answer"), 30),
            call("over HTTP: the whole page of the what-if", lambda: ask(""), 30),
        ]


def ratio(timed: list[Timed]) -> str:
    """How many times faster than the loop, for the same question."""
    return f"Futures of cases at capacity 20 %: {timed[-1].median / timed[3].median:,.0f} times faster than the loop."


def main() -> None:
    """Print the table alone: `python -m benchmarks.whatif`."""
    timed = measured()
    with tempfile.TemporaryDirectory() as place:
        home = Path(place) / "home"
        process("demo", ["-m", "glassworks.cli", "demo", "--no-serve", "--fresh"], 0, GLASSWORKS_HOME=str(home))
        over = answered(home)
    print("| what | median s | min s | max s | runs |\n|---|---|---|---|---|")
    for one in (*timed, *over):
        print(one.says())
    print(f"\n{ratio(timed)}")


if __name__ == "__main__":
    main()
