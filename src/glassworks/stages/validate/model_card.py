"""The model card: what a model is for, what was measured, and what is known to be weak, made from a stored dossier."""

from collections.abc import Iterable, Sequence
from typing import Any

from glassworks.core.contract import Task
from glassworks.core.document import Block, Document, Fact, Facts, Paragraph, Table, VerdictLine
from glassworks.core.estimate import plain
from glassworks.core.people import KeyList
from glassworks.core.signoff import SignOff
from glassworks.stages.validate.report import sentence, signature
from glassworks.stages.validate.validated import NO_HARM, Validated, fairness_words, harms, limits, misuses, uses

PIPELINES = {
    Task.BINARY: "tabular-classification",
    Task.MULTICLASS: "tabular-classification",
    Task.REGRESSION: "tabular-regression",
}
LIBRARIES = {"scikit-learn": "sklearn", "lightgbm": "lightgbm", "mlflow": "mlflow"}
METRICS = {
    "AUC": "roc_auc",
    "accuracy": "accuracy",
    "Brier score": "brier_score",
    "log loss": "log_loss",
    "RMSE": "rmse",
    "mean absolute error": "mae",
}
"""The figures for which Hugging Face's metadata has a name; all others stand in the card's table alone."""

VALUES = {
    "act_positive": "acted on, and positive",
    "act_negative": "acted on, and negative",
    "skip_positive": "not acted on, and positive",
    "skip_negative": "not acted on, and negative",
    "over": "cost of one unit too much",
    "under": "cost of one unit too little",
    "right": "a right answer",
    "wrong": "a wrong answer",
    "treatment_effect": "share in which the action makes the difference",
}


def card(told: Validated, signoffs: Sequence[SignOff] = (), keys: KeyList | None = None) -> Document:
    """The model card of one validated candidate.

    Parameters
    ----------
    told : the candidate, its dossier, its data.
    signoffs, keys : who signed the dossier so far; names come from the key list.
    """
    body = told.body
    blocks: list[Block] = [*_details(told), *_section("Intended use", uses(told.brief))]
    blocks += [*_section("Uses it is not meant for", misuses(told.brief)), *_factors(told)]
    blocks += [*_metrics(told), *_verdicts(told), *_data(told)]
    blocks += [*_section("Limitations and assumptions", limits(told)), *_values(told), *_ethics(told)]
    blocks += _signed(signoffs, keys)
    return Document(
        title=f"Model card: {told.candidate().name}",
        label="Model card",
        subject=f"{body.title} · brief version {body.brief.version} · dossier {told.dossier[:19]}…",
        made_at=max((one.signed_at for one in signoffs), default=body.made_at),
        sentence=sentence(body),
        about=told.dossier,
        demonstration=body.demonstration,
        metadata=metadata(told),
        blocks=tuple(blocks),
    )


def metadata(told: Validated) -> dict[str, Any]:
    """The head of the card as Hugging Face reads it; what nobody stated, a licence for one, is left out."""
    body, made = told.body, told.candidate()
    library, found = LIBRARIES.get(made.card.framework), _index(told)
    return {
        **({"library_name": library} if library else {}),
        "pipeline_tag": PIPELINES[made.card.task],
        "tags": ["tabular", "glassworks", *(["demonstration"] if body.demonstration else [])],
        **({"metrics": [one["type"] for one in found]} if found else {}),
        **({"model-index": [{"name": made.name, "results": [_result(told, found)]}]} if found else {}),
        "glassworks": {
            "use_case": body.use_case,
            "candidate": made.id,
            "brief": body.brief.id,
            "risk_tier": body.tier.value,
            "environment": body.environment,
            "dossier": told.dossier,
        },
    }


def _result(told: Validated, metrics: list[dict[str, Any]]) -> dict[str, Any]:
    dataset = told.dataset
    return {
        "task": {"type": PIPELINES[told.candidate().card.task], "name": told.brief.title},
        "dataset": {
            "type": dataset.id,
            "name": dataset.name,
            "split": "sealed",
            **({"revision": dataset.fingerprint} if dataset.fingerprint else {}),
        },
        "metrics": metrics,
    }


def _index(told: Validated) -> list[dict[str, Any]]:
    """The figures over all sealed rows that Hugging Face has a name for, each from the first check that measured it."""
    found: dict[str, dict[str, Any]] = {}
    for result, one in told.figures():
        if one.name in METRICS and not one.group:
            found.setdefault(
                one.name,
                {
                    "type": METRICS[one.name],
                    "name": one.name,
                    "value": one.value,
                    "args": {
                        "check": result.check,
                        "evidence": result.digest,
                        "low": one.low,
                        "high": one.high,
                        "level": one.level,
                        "cases": one.n,
                        "method": one.method,
                        **({"unit": one.unit} if one.unit else {}),
                    },
                },
            )
    return list(found.values())


def _section(title: str, texts: Iterable[str]) -> list[Block]:
    told: list[Block] = [Paragraph(text=text) for text in texts if text]
    return [Paragraph(text=title, level=1), *(told or [Paragraph(text="Nothing is written down.")])]


def _details(told: Validated) -> list[Block]:
    made, body = told.candidate(), told.body
    own, by = made.card, {"builder": "the automatic builder", "hand": "a person, by hand"}
    facts = {
        "Use case": body.title,
        "Kind of answer": f"{own.task.value}: {', '.join(own.labels)}" if own.labels else own.task.value,
        "Framework": own.framework,
        "Recipe": own.recipe,
        "Settings": ", ".join(f"{name} {value}" for name, value in sorted(own.parameters.items())) or "not stated",
        "Made by": f"{by[made.made_by]}, {made.made_at:%Y-%m-%d}",
        "Random seed": str(own.seed),
        "Licence": "not stated",
        "Risk tier": body.tier.value,
        "Environment": body.environment,
    }
    return [
        Paragraph(text="Model details", level=1),
        Facts(lines=tuple(Fact(label=label, value=text) for label, text in facts.items()), evidence=told.dossier),
        Paragraph(text=f"It reads {len(own.inputs)} columns: {', '.join(own.inputs)}."),
        Table(
            heads=("file of the model", "SHA-256"),
            rows=tuple(sorted(made.files.items())),
            caption="The files that were validated; a release holds these bytes and no others.",
            evidence=told.dossier,
        ),
    ]


def _factors(told: Validated) -> list[Block]:
    rule = told.brief.fairness
    groups = sorted({one.group for _, one in told.figures() if one.group})
    texts = [
        fairness_words(told.brief),
        f"Further traits looked at: {', '.join(rule.protected)}." if rule.protected else "",
        f"Parts for which figures are given below: {', '.join(groups)}." if groups else "",
    ]
    return _section("Factors", texts)


def _metrics(told: Validated) -> list[Block]:
    rows = tuple(
        (one.name, one.group or "all", f"{plain(one.value)} {one.unit}".strip(),
         f"{plain(one.low)} to {plain(one.high)} ({100 * one.level:.4g} %)", f"{one.n:,}", one.method,
         f"{result.check} {_short(result.digest)}")
        for result, one in told.figures()
    )  # fmt: skip
    return [
        Paragraph(text="Metrics", level=1),
        Table(
            heads=("figure", "part", "value", "interval", "cases", "method", "evidence"),
            rows=rows,
            caption="Measured by the office on rows that nobody saw before. Evidence is the check and the first digits "
            "of its result's digest, which stands in full beside the check's verdict.",
            evidence=told.dossier,
        ),
    ]


def _verdicts(told: Validated) -> list[Block]:
    lines = [
        VerdictLine(
            verdict=one.verdict, title=f"{one.title} ({one.check})", sentence=one.answer.sentence, evidence=one.digest
        )
        for one in told.body.results
    ]
    return [Paragraph(text="Verdict of each check", level=1), *lines]


def _data(told: Validated) -> list[Block]:
    data, brief = told.dataset, told.brief
    looks = sum(one.dataset == data.id for one in told.body.looks)
    rows = [
        ("File", data.name),
        ("SHA-256 of the file", data.fingerprint),
        ("Where it comes from", data.source),
        ("What is foretold", f"{brief.target}: {brief.population.label_definition}".removesuffix(": ")),
        ("About whom it speaks", brief.population.included),
        ("Rows to learn from", f"{data.rows_open:,}"),
        ("Sealed rows, which the figures are from", f"{data.rows_sealed:,}"),
        ("How the rows were divided", data.division),
        ("Seal", told.body.seal),
        ("Looks at the sealed rows, in this use case", str(looks)),
    ]
    kept = [(f"Source: {one.name}", ", ".join(part for part in (one.owner, one.lawful_basis, one.sensitivity) if part))
            for one in brief.data_sources]  # fmt: skip
    return [
        Paragraph(text="Data", level=1),
        Table(
            heads=("about", "what"), rows=tuple((a, b or "not stated") for a, b in rows + kept), evidence=told.dossier
        ),
    ]


def _values(told: Validated) -> list[Block]:
    """The values that somebody assumed, on which every figure in money hangs."""
    value = told.brief.value
    named = {words: getattr(value, name) for name, words in VALUES.items()}
    pairs = {f"{one.answer} when it is {one.truth}": one.value for one in value.classes}
    used = {name: one for name, one in (named | pairs).items() if one and (one.low or one.high)}
    if not used:
        return []
    rows = tuple(
        (name, plain(one.low), plain(one.mode), plain(one.high), one.source or "not stated")
        for name, one in used.items()
    )
    caption = f"What people assumed, values of one case in {value.currency}; every figure in money hangs on it."
    heads = ("assumed", "low", "most likely", "high", "where it comes from")
    return [Table(heads=heads, rows=rows, caption=caption, evidence=told.brief.digest)]


def _ethics(told: Validated) -> list[Block]:
    brief = told.brief
    rows = tuple((what, against or "nothing is written down") for what, against in harms(brief))
    about = "It decides about people." if brief.acts_on_people else "It does not decide about people."
    affected = f"Affected: {', '.join(brief.affected_groups)}." if brief.affected_groups else ""
    appeal = f"How to appeal: {brief.oversight.appeal_route}" if brief.oversight.appeal_route else ""
    blocks = _section("Ethical considerations", [about, affected, appeal, "" if rows else NO_HARM])
    return [*blocks, *([Table(heads=("harm", "against it"), rows=rows, evidence=brief.digest)] if rows else [])]


def _signed(signoffs: Sequence[SignOff], keys: KeyList | None) -> list[Block]:
    """Who signed, and on what conditions."""
    found: list[Block] = [signature(one, keys) for one in signoffs]
    ends = ((one, f", until {one.expires_at:%Y-%m-%d}" if one.expires_at else "") for one in signoffs)
    asked = [Paragraph(text=f"On the condition{end}: {text}") for one, end in ends for text in one.conditions]
    nobody = [] if found else [Paragraph(text="Nobody has signed this dossier yet.")]
    return [Paragraph(text="Who signed", level=1), *found, *nobody, *asked]


def _short(digest: str) -> str:
    """The first digits of a digest, for a narrow column."""
    return digest.partition(":")[2][:12]
