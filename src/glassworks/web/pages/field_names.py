"""The names under which people know the fields of a brief, as the canvas asks for them."""

NAMES = {
    "title": "Title",
    "problem": "The problem",
    "today": "How it is done today",
    "sponsor_users": "Real users in the team",
    "affected_groups": "Who else is affected",
    "people": "People",
    "hill": "The aim",
    "hill.who": "Who",
    "hill.what": "Can do what",
    "hill.wow": "With what wow",
    "task": "Kind of answer",
    "target": "Column that holds the outcome",
    "positive": "The value that counts as yes",
    "purpose": "Purpose",
    "effect": "What the decision needs to know",
    "acts_on_people": "It decides about people",
    "label_delay": "When the outcome is known",
    "acknowledged": "Warnings that are accepted",
    "decision": "Decision",
    "decision.unit": "One case is",
    "decision.action": "The act",
    "decision.otherwise": "Otherwise",
    "decision.decided_by": "Who decides",
    "decision.volume_per_period": "Cases a period",
    "decision.capacity_share": "Share of cases there is capacity for",
    "decision.expected_positive_share": "Share of yes you expect",
    "decision.expected_error": "How wrong today's way is",
    "decision.frequency": "How often it is decided",
    "decision.reversibility": "A wrong decision is",
    "decision.latency_need": "How soon the answer is needed",
    "decision.if_model_down": "If the model is down",
    "population": "About whom",
    "population.included": "Who is included",
    "population.excluded": "Who is not included",
    "population.label_definition": "What exactly the outcome means",
    "population.selection_bias": "How the data came about",
    "kpi": "KPI",
    "kpi.name": "Name of the KPI",
    "kpi.unit": "Unit of the KPI",
    "kpi.target": "Target of the KPI",
    "kpi.period": "Period of the KPI",
    "kpi.baseline": "Baseline",
    "kpi.baseline_value": "What the baseline reaches today",
    "kpi.baseline_source": "Where the baseline's figure is from",
    "kpi.least_worthwhile": "Not worth the trouble below",
    "kpi.by": "Reached by",
    "kpi.horizon": "When it is checked",
    "kpi.min_probability": "Probability the gate asks for",
    "kpi.attribution": "How the effect is told from luck",
    "kpi.data_feed": "Where the figure comes from",
    "kpi.owner": "Whose figure the KPI is",
    "kpi.counted_as": "How the KPI is counted",
    "kpi.guardrails": "Figures that must not get worse",
    "kpi.tree": "KPI tree",
    "value": "What each outcome is worth",
    "value.currency": "Currency",
    "value.fixed_cost": "Fixed cost a period",
    "value.run_cost": "Cost of running it",
    "value.act_positive": "Acted, and it was right",
    "value.act_negative": "Acted, and it was wrong",
    "value.skip_positive": "Not acted, although right",
    "value.skip_negative": "Not acted, rightly",
    "value.over": "Each unit too much",
    "value.under": "Each unit too little",
    "value.right": "A right answer",
    "value.wrong": "A wrong answer",
    "value.classes": "Answers worth something else",
    "value.treatment_effect": "Share that comes true because of the action",
    "metric_targets": "Statistics the model must reach",
    "features": "Features",
    "forbidden": "Forbidden columns",
    "identifier": "Column that names a case",
    "data_sources": "Where the data come from",
    "windows": "How rows are divided",
    "windows.sealed_share": "Share sealed",
    "windows.sealed_from": "Sealed from",
    "constraints": "What binds the model",
    "constraints.legal_regimes": "Rules of law that apply",
    "constraints.reason_codes": "Reasons each decision is given",
    "constraints.proxies_to_test": "Columns that may stand for a protected trait",
    "risk": "Risk",
    "risk.pre_mortem": "Why it went badly",
    "risk.harms": "Who could be harmed",
    "risk.exposure": "How much is at stake",
    "risk.purpose": "How much it matters to those concerned",
    "risk.complexity": "How hard the model is to understand",
    "risk.autonomy": "How far it acts without a person",
    "risk.consequential_decision": "It decides about credit, work and the like",
    "risk.eu_annex_iii": "On the list of the EU AI Act",
    "risk.lowered_because": "Why the tier is lower",
    "fairness": "Fairness",
    "fairness.why": "Why this fairness definition",
    "tier": "Risk tier",
    "oversight": "Oversight",
    "oversight.mode": "How people watch",
    "oversight.reviewers": "Who watches",
    "oversight.training": "How watchers are trained",
    "oversight.override_rules": "When they overrule it",
    "oversight.override_band": "Share overruled",
    "oversight.stop_control": "Who stops it, and how",
    "oversight.appeal_route": "How a person concerned objects",
    "kill_criteria": "What ends the work",
    "monitoring_plan": "What is watched",
    "rollback_target": "What we go back to",
    "retirement_rule": "When it is retired",
    "plan": "Plan",
    "playbacks": "Playbacks",
    "open_questions": "Open questions",
    "beliefs": "What the plan takes for true",
}
"""By dotted path; a path that is not named is named by its start."""
EDGES = {
    "mode": "most likely",
    "column": "times column",
    "owner": "whose",
    "source": "from where",
    "truth": "what is true",
    "answer": "what is answered",
}


def named(path: str) -> str:
    """A field's name for people: its own, or that of the nearest start of its path and what follows in words.

    Examples
    --------
    >>> named("kpi.target"), named("plan.0.due"), named("value.act_positive.mode"), named("features.age.expected")
    ('Target of the KPI', 'Plan: row 1, due', 'Acted, and it was right: most likely', 'Features: age, expected')
    """
    parts = path.split(".")
    for cut in range(len(parts), 0, -1):
        start = ".".join(parts[:cut])
        if start in NAMES:
            rest = ", ".join(_word(one) for one in parts[cut:])
            return f"{NAMES[start]}: {rest}" if rest else NAMES[start]
    return ", ".join(_word(one) for one in parts)


def _word(part: str) -> str:
    return f"row {int(part) + 1}" if part.isdigit() and len(part) < 6 else EDGES.get(part, part.replace("_", " "))
