"""The steps of the guided canvas, in the order in which a mixed team thinks: from the people to the plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from glassworks.core.contract import Brief


@dataclass(frozen=True)
class Step:
    """One page of the canvas.

    Parameters
    ----------
    slug, title : in the address and in the rail.
    question : what the team answers here, as it would be asked aloud.
    hint : how to go about it, together.
    fields : the parts of the brief that belong here, by the start of their dotted path.
    cells : what counts as progress, by dotted path.
    """

    slug: str
    title: str
    question: str
    hint: str
    fields: tuple[str, ...]
    cells: tuple[str, ...]


STEPS = (
    Step(
        "problem",
        "Problem and people",
        "What hurts today, whom does it hurt, and who of them is in the team?",
        "Ask someone who does the work to tell the last bad day. Real users belong in the team, not in a survey.",
        ("title", "problem", "today", "sponsor_users", "affected_groups", "people"),
        ("problem", "today", "sponsor_users", "affected_groups", "people"),
    ),
    Step(
        "hill",
        "Who can do what, with what wow",
        "When this works: who can do what, and what makes them say wow?",
        "One sentence about a person, not about a model. If nobody smiles, go back to the problem.",
        ("hill",),
        ("hill.who", "hill.what", "hill.wow"),
    ),
    Step(
        "decision",
        "Decision",
        "Which decision changes, for how many cases, and what happens without a model?",
        "A model that changes no decision earns nothing. Say what is done with the answer before saying what it is.",
        (
            "task",
            "target",
            "positive",
            "purpose",
            "effect",
            "acts_on_people",
            "label_delay",
            "decision",
            "population",
            "acknowledged",
        ),
        (
            "decision.unit",
            "decision.action",
            "decision.otherwise",
            "decision.volume_per_period",
            "decision.if_model_down",
            "target",
            "purpose",
            "label_delay",
        ),
    ),
    Step(
        "value",
        "Value",
        "What is a right decision worth, what does a mistake cost, and how will we know?",
        "Low, most likely and high: disagreement in the team belongs into the range, not under the table.",
        ("kpi", "value", "metric_targets"),
        ("kpi.name", "kpi.unit", "kpi.baseline", "kpi.target", "kpi.horizon", "kpi.owner", "kpi.by", "kpi.data_feed"),
    ),
    Step(
        "data",
        "Data",
        "What is known at the moment of the decision, and whose is it?",
        "The domain expert ticks what is truly known in time, and says which way each feature should point.",
        ("features", "forbidden", "identifier", "data_sources", "windows", "constraints"),
        ("features", "data_sources", "windows.declared"),
    ),
    Step(
        "harms",
        "Harms and pre-mortem",
        "It is a year from now and this went badly: what happened, and to whom?",
        "Everybody writes alone for five minutes, then reads aloud. The answers set the risk tier.",
        ("risk", "fairness", "tier"),
        ("risk.pre_mortem", "risk.harms", "risk.exposure", "risk.purpose", "risk.complexity", "risk.autonomy"),
    ),
    Step(
        "oversight",
        "Oversight",
        "Who watches, who can overrule it, and what ends it?",
        "Name the person who stops it, and the figure that makes them.",
        ("oversight", "kill_criteria", "monitoring_plan", "rollback_target", "retirement_rule"),
        ("kill_criteria", "oversight.mode", "oversight.stop_control", "monitoring_plan", "rollback_target"),
    ),
    Step(
        "plan",
        "Plan and playbacks",
        "Who does what until when, and when do we show it?",
        "A step without an owner is a wish. What nobody knows yet is an open question, not a silence.",
        ("plan", "playbacks", "open_questions", "beliefs"),
        ("plan", "playbacks", "beliefs"),
    ),
)
"""Every field of a brief that people fill in belongs to exactly one step."""


def step_of(path: str) -> Step:
    """The step to which a field belongs, by its dotted path; the first one where it belongs to none."""
    start = path.split(".", maxsplit=1)[0]
    return next((step for step in STEPS if start in step.fields), STEPS[0])


def progress(step: Step, facts: Mapping[str, Any], defaulted: tuple[str, ...] = ()) -> tuple[int, int]:
    """How many cells of a step are filled by people, of how many. What the factory filled in does not count."""
    done = sum(1 for path in step.cells if path not in defaulted and _filled(_at(facts, path)))
    return done, len(step.cells)


def unplaced() -> list[str]:
    """Fields of a brief that no step asks for and that are not the office's own; there are none."""
    own = {"id", "use_case", "line", "version", "saved_by", "saved_at", "defaulted"}
    placed = [name for step in STEPS for name in step.fields]
    return [name for name in Brief.model_fields if name not in own and placed.count(name) != 1]


def _at(facts: Mapping[str, Any], path: str) -> Any:
    value: Any = facts
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _filled(value: Any) -> bool:
    return bool(str(value).strip()) if isinstance(value, int | float | str) else bool(value)
