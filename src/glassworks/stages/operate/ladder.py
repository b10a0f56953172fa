"""The guardrail ladder: from the monitors' verdicts to one action, by a pure function."""

from collections.abc import Sequence
from typing import Literal

from glassworks.core.contract import Tier
from glassworks.core.record import Part
from glassworks.core.result import Result, Verdict

Action = Literal["none", "log", "alert", "tighten", "throttle", "fall back", "roll back", "stop"]
LADDER: tuple[Action, ...] = ("none", "log", "alert", "tighten", "throttle", "fall back", "roll back", "stop")
CONSEQUENCE = ("realised", "promised_realised")
"""Monitors of consequence; the others watch movement and explain it."""


class Step(Part):
    """One rung: the action, and why in a sentence."""

    action: Action
    sentence: str


def _rung(result: Result, tier: Tier) -> Action:
    if result.verdict is Verdict.FAIL:
        if result.check in CONSEQUENCE:
            return "stop" if tier is Tier.HIGH else "fall back"
        return "tighten" if result.check in ("fairness_live", "abstention") else "alert"
    if result.answer.warning:
        return "alert" if result.check == "drift" else "log"
    if result.verdict is Verdict.INCONCLUSIVE:
        return "log"
    return "none"


def action(results: Sequence[Result], tier: Tier) -> Step:
    """The highest rung that any monitor asks for: alert on consequence, not on movement.

    A monitor of consequence that fails asks for the fallback (at high tier for a stop); live fairness or too many
    abstentions tighten; any other failure alerts; what is undecided or warns is logged. Only people go back down.
    """
    asked = [(LADDER.index(_rung(result, tier)), result) for result in results]
    if not asked or max(rung for rung, _ in asked) == 0:
        return Step(action="none", sentence="Every monitor is quiet.")
    top = max(rung for rung, _ in asked)
    why = [result.title for rung, result in asked if rung == top]
    return Step(action=LADDER[top], sentence=f"{LADDER[top].capitalize()}: asked for by {', '.join(why)}.")
