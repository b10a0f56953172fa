"""What a KPI contract says in plain sentences: what is decided, promised, and asked of a model."""

from glassworks.core.canvas import Level, Risk
from glassworks.core.contract import Assumption, Brief, Direction, Feature, Task
from glassworks.core.errors import FixTheInput
from glassworks.core.estimate import Estimate, plain, rounded
from glassworks.measures.needed import needed_auc, with_auc
from glassworks.measures.value import needed_precision
from glassworks.measures.whatif import simulated
from glassworks.stages.scope.feasibility import feasibility

DECIDERS = {
    "human": "A person decides; the model advises.",
    "machine": "The machine decides by itself.",
    "both": "The model proposes, and a person decides.",
}
OVERSIGHT = {
    "in_the_loop": "A person approves each decision before it takes effect.",
    "on_the_loop": "A person watches the decisions and can step in at any time.",
    "post_hoc": "A person reviews decisions afterwards.",
}
REVERSED = {
    "reversible": "A wrong decision can be taken back.",
    "costly": "Taking a wrong decision back is costly.",
    "irreversible": "A wrong decision cannot be taken back.",
}
ATTRIBUTION = {
    "ab": "a controlled comparison (some cases by the model, some as today, by lot)",
    "holdout": "a group left as today, by lot",
    "did": "the change against a comparable group",
    "expert": "an expert's judgement",
}
EXPECTED = {Direction.UP: "the more, the likelier", Direction.DOWN: "the more, the less likely", Direction.ANY: ""}


def sentence(text: str) -> str:
    """A text as a sentence: a capital at its head, a full stop at its end."""
    kept = " ".join(text.split())
    if not kept:
        return ""
    return kept[0].upper() + kept[1:] + ("" if kept[-1] in ".!?:" else ".")


def joined(*parts: str) -> str:
    """Sentences, one after another, without the empty ones."""
    return " ".join(part for part in map(sentence, parts) if part)


def number(value: float) -> str:
    """A figure of a table: whole ones without decimals."""
    return rounded(value) if value == round(value) else plain(value)


def promise(brief: Brief) -> str:
    """The contract in one sentence."""
    kpi = brief.kpi
    return (
        f"The work is worth doing when it earns at least {plain(kpi.target)} {kpi.unit} a {kpi.period} more than "
        f"{kpi.baseline}, with a probability of at least {kpi.min_probability:.0%}."
    )


def deadline(brief: Brief) -> str:
    """By when the promise is to hold."""
    return f"{brief.kpi.by:%d %B %Y}".lstrip("0") if brief.kpi.by else brief.kpi.horizon


def hill(brief: Brief) -> str:
    """Who can do what, with what wow; empty when nobody has said it."""
    told = brief.hill
    if not (told.who and told.what):
        return ""
    return sentence(f"The aim: {told.who} {told.what}{f', {told.wow}' if told.wow else ''}")


def decision(brief: Brief) -> list[str]:
    """What is chosen between, how often, by whom, and what happens without the model."""
    one = brief.decision
    often = f"There are about {plain(one.volume_per_period)} such cases a {brief.kpi.period}"
    if one.capacity_share is not None:
        most = one.capacity_share * one.volume_per_period
        often += f"; at most {one.capacity_share:.0%} of them ({plain(most)}) can be acted on"
    choice = f"For {one.unit} there are two ways: {_verb(one.action)}, or {_verb(one.otherwise)}"
    return [
        joined(choice, often, DECIDERS[one.decided_by], REVERSED.get(one.reversibility, "")),
        joined(f"If the model is down: {one.if_model_down}"),
    ]


def _verb(text: str) -> str:
    kept = text.strip().rstrip(".")
    return kept[:1].lower() + kept[1:] if kept[1:2].islower() else kept


def counting(brief: Brief) -> str:
    """How the KPI is counted, from what, by whom, and what must not get worse meanwhile."""
    kpi = brief.kpi
    shown = f"Whether the model made the difference is shown by {ATTRIBUTION.get(kpi.attribution, '')}"
    least = f"Below {plain(kpi.least_worthwhile or 0)} {kpi.unit} a {kpi.period} it is not worth the effort"
    today = f"Today it stands at {plain(kpi.baseline_value or 0)} {kpi.unit}"
    guards = [
        f"{g.name} must not {'fall below' if g.op == '<' else 'rise above'} {number(g.value)} {g.unit}".strip()
        for g in kpi.guardrails
    ]
    return joined(
        f"The KPI is: {kpi.name}",
        kpi.counted_as,
        (today + (f" ({kpi.baseline_source})" if kpi.baseline_source else ""))
        if kpi.baseline_value is not None
        else "",
        least if kpi.least_worthwhile is not None else "",
        shown if kpi.attribution else "",
        f"The figure comes from {kpi.data_feed}" if kpi.data_feed else "",
        "Meanwhile, " + "; ".join(guards) if guards else "",
    )


def values(brief: Brief) -> list[tuple[str, Assumption]]:
    """Each outcome of a decision, in words, and what it is worth."""
    value = brief.value
    if brief.task is Task.REGRESSION:
        return [("each unit that the answer is too high", value.over), ("each unit that it is too low", value.under)]
    if brief.task is Task.MULTICLASS:
        named = [(f"answer {one.answer} where {one.truth} is true", one.value) for one in value.classes]
        return [("a right answer", value.right), ("a wrong answer", value.wrong), *named]
    yes = f"it comes true ({brief.target} = {brief.positive})" if brief.positive else "it comes true"
    return [
        (f"acted on, and {yes}", value.act_positive),
        ("acted on, and it does not", value.act_negative),
        ("left alone, and it comes true", value.skip_positive),
        ("left alone, and it does not", value.skip_negative),
    ]


def source(assumed: Assumption) -> str:
    """Where an assumption comes from; `per` names the column by which it differs from row to row."""
    return "; ".join(one for one in (assumed.column and f"per {assumed.column}", assumed.source) if one)


def worth_notes(brief: Brief) -> str:
    """What the table of values leaves open: costs of a period, and what the action itself changes."""
    value, effect = brief.value, brief.value.treatment_effect
    cost = f"Besides, a {brief.kpi.period} costs {plain(value.period_cost)} {value.currency}, however many cases"
    told = [cost] if value.period_cost else []
    if effect:
        told.append(
            f"The action itself makes the difference in {effect.low:.0%} to {effect.high:.0%} of the cases it reaches, "
            f"most likely in {effect.mode:.0%}"
        )
    elif brief.effect == "response" and brief.task is Task.BINARY and brief.acts_on_people:
        told.append("Counted is who is reached, not what the action itself changed")
    return joined(*told)


def today(brief: Brief) -> str:
    """What is done today."""
    return f"Today: {sentence(brief.today)}" if brief.today.strip() else ""


def asked_of_model(brief: Brief, rate: float | None) -> list[tuple[str, str]]:
    """What the target asks of a model, each under a short name; `rate` is the share of positives, if it is known."""
    told = [
        ("A perfect model", _ceiling(brief, rate)),
        ("Of 100 cases", _hits(brief, rate)),
        ("Error", _error(brief)),
        ("For a statistician", _auc(brief, rate)),
        ("If values differ", _spread(brief, rate)),
        ("Also agreed", _goals(brief)),
    ]
    found = [(name, sentence(text)) for name, text in told if text]
    return found or [("Not known yet", "It is known when data with the outcome are here.")]


def _goals(brief: Brief) -> str:
    told = []
    for goal in brief.metric_targets:
        name = goal.metric.upper() if goal.metric in ("auc", "rmse", "mae") else goal.metric
        group = f" for {goal.group}" if goal.group else ""
        told.append(f"{name} {'at least' if goal.op == '>=' else 'at most'} {plain(goal.value)}{group}")
    return "; ".join(told)


def _ceiling(brief: Brief, rate: float | None) -> str:
    if brief.task is Task.REGRESSION:
        return ""
    return feasibility(brief, rate, 0).sentence


def _hits(brief: Brief, rate: float | None) -> str:
    needed = needed_precision(brief, rate) if rate is not None else None
    if rate is None or needed is None:
        return ""
    outcome = f"“{brief.target} = {brief.positive}”" if brief.positive else "the outcome that is sought"
    missed = ", and more where some of them are missed" if brief.decision.capacity_share is None else ""
    return (
        f"Of every 100 cases acted on, at least {100 * needed:.0f} must turn out {outcome}{missed}; "
        f"chosen blindly, it would be {100 * rate:.0f}."
    )


def _auc(brief: Brief, rate: float | None) -> str:
    if rate is None or brief.task is not Task.BINARY:
        return ""
    try:
        needed = needed_auc(brief, rate)
    except FixTheInput:
        return ""
    if needed is None:
        return ""
    return f"An AUC of roughly {needed:.2f} is needed, where 0.5 is guessing and 1 is perfect (an approximation)."


def _error(brief: Brief) -> str:
    """For regression: by how much today's error must fall, at the mean cost of a unit too much or too little."""
    error, value = brief.decision.expected_error, brief.value
    each = (value.over.mode + value.under.mode) / 2
    if brief.task is not Task.REGRESSION or error is None or each <= 0:
        return ""
    costs = brief.decision.volume_per_period * error * each
    share = (brief.kpi.target + value.period_cost) / costs
    period = brief.kpi.period
    fact = f"Today's way is wrong by {plain(error)} on average: about {plain(costs)} {value.currency} a {period}"
    if share > 1:
        return joined(f"{fact}; even a model that is never wrong would not save the target")
    return joined(f"{fact}; the target asks for an error at least {share:.0%} smaller (an approximation)")


def _spread(brief: Brief, rate: float | None) -> str:
    """What a model that just meets the target earns if the assumed values turn out otherwise."""
    found = spread(brief, rate)
    if found is None:
        return ""
    low, high = plain(found.low), plain(found.high)
    return (
        f"A model that just meets the target at the most likely values earns between {low} and {high} {found.unit} "
        f"a {brief.kpi.period} nine times in ten, as the values turn out"
    )


def spread(brief: Brief, rate: float | None) -> Estimate | None:
    """What a model that just meets the target earns if the assumed values turn out otherwise; None where unknown."""
    if rate is None or brief.task is not Task.BINARY:
        return None
    try:
        needed = needed_auc(brief, rate)
        if needed is None:
            return None
        return simulated(with_auc(brief, rate, needed), target=brief.kpi.target, unit=brief.kpi.unit)
    except FixTheInput:
        return None


def inputs(features: tuple[Feature, ...]) -> str:
    """Columns with their meanings and what the expert expects, one after another."""
    return "; ".join(_input(one) for one in features)


def _input(one: Feature) -> str:
    inside = ", ".join(part for part in (one.meaning, EXPECTED[one.expected]) if part)
    return f"{one.name} ({inside})" if inside else one.name


def fairness(brief: Brief) -> str:
    """The gated fairness rule in words."""
    rule = brief.fairness
    if rule.definition == "none" or not rule.attribute:
        return joined("No fairness rule is gated here", rule.why)
    groups = rule.attribute + (f" (cut at {' and '.join(f'{cut:g}' for cut in rule.bands)})" if rule.bands else "")
    whom = "of those who should be acted on" if rule.definition == "equal_opportunity" else "of all cases"
    best = f"the group {rule.reference}" if rule.reference else "the group that fares best"
    also = f"Also protected: {', '.join(rule.protected)}" if rule.protected else ""
    rate = f"In each group by {groups}, the share {whom} that is acted on is at least {rule.at_least:.0%} of the share"
    return joined(f"{rate} in {best}", rule.why, also)


def risk(brief: Brief) -> str:
    """The tier and the answers that led to it."""
    told: Risk = brief.risk
    answers = [
        f"{name} {level}" for name in ("exposure", "purpose", "complexity", "autonomy") if (level := _level(told, name))
    ]
    consequential = {True: "It decides about something that matters much to a person", None: "", False: ""}
    listed = {True: "Its use is on the list of high-risk uses in the EU AI Act (Annex III)", False: "", None: ""}
    return joined(
        f"Risk tier: {brief.tier.value}",
        f"Why: {', '.join(answers)}" if answers else "",
        consequential[told.consequential_decision],
        listed[told.eu_annex_iii],
        f"The tier was lowered because: {told.lowered_because}" if told.lowered_because else "",
    )


def _level(told: Risk, name: str) -> Level | None:
    found: Level | None = getattr(told, name)
    return found


def oversight(brief: Brief) -> str:
    """How people watch over the decisions and can overrule them."""
    told = brief.oversight
    band = told.override_band
    return joined(
        OVERSIGHT.get(told.mode, ""),
        f"Reviewers: {told.reviewers}" if told.reviewers else "",
        f"They are trained: {told.training}" if told.training else "",
        told.override_rules,
        f"Between {band[0]:.0%} and {band[1]:.0%} of decisions are expected to be overruled" if band else "",
        f"How to stop it: {told.stop_control}" if told.stop_control else "",
        f"How to appeal: {told.appeal_route}" if told.appeal_route else "",
        f"Monitoring: {brief.monitoring_plan}" if brief.monitoring_plan else "",
        f"Going back: {brief.rollback_target}" if brief.rollback_target else "",
        f"Retirement: {brief.retirement_rule}" if brief.retirement_rule else "",
    )
