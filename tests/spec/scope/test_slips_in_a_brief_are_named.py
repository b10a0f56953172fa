"""Slips in a brief, each found by its own question, with a sentence that says how to mend it."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from glassworks.core import registry
from glassworks.core.canvas import Belief, Guardrail, KpiNode, MetricTarget, Playback
from glassworks.core.check import run
from glassworks.core.contract import Brief, Task
from glassworks.core.people import Person, Role
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage
from glassworks.core.usecase import UseCase
from glassworks.hub.policies import OFFICE_PACK
from glassworks.stages.scope.brief_file import brief_from_yaml

TEXT = (Path(__file__).parents[3] / "src/glassworks/examples/term_deposit/brief.yaml").read_text()
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
CASE = UseCase(id="case", title="A title", question="A question?", opened_by="p", opened_at=NOW, moved_at=NOW)
BRIEF = brief_from_yaml(TEXT, CASE, {role: f"p-{role}" for role in Role}, NOW)


def ask(check: str, brief: Brief, **more: Any) -> Answer:
    evidence = {"brief": brief, "policy": OFFICE_PACK, "today": NOW.date(), "rows_expected": 1460, "columns": (),
                "people": (), **more}  # fmt: skip
    return run(next(c for c in registry.checks(Stage.SCOPE) if c.id == check), evidence, brief.task)


def failed(check: str, brief: Brief, *words: str, **more: Any) -> None:
    """The check fails, its sentence or examples hold the words, and it says what to do next."""
    answer = ask(check, brief, **more)
    told = " ".join((answer.sentence, *answer.examples))
    assert answer.verdict is Verdict.FAIL and answer.next_step, answer
    assert all(word in told for word in words), told


def part(name: str, **fields: Any) -> Brief:
    return BRIEF.model_copy(update={name: getattr(BRIEF, name).model_copy(update=fields)})


def tree(*nodes: KpiNode, targets: tuple[MetricTarget, ...] = ()) -> Brief:
    return part("kpi", tree=nodes).model_copy(update={"metric_targets": targets})


TOP = KpiNode(name="net", unit="EUR / quarter", formula="calls * worth")
CALLS = KpiNode(name="calls", unit="customer / quarter")
WORTH = KpiNode(name="worth", unit="EUR / customer")


def test_a_tree_whose_units_match_passes_with_or_without_the_period() -> None:
    assert ask("kpi_tree", tree(TOP, CALLS, WORTH)).verdict is Verdict.PASS
    plain = TOP.model_copy(update={"unit": "EUR"})
    once = CALLS.model_copy(update={"unit": "customers"})
    assert ask("kpi_tree", tree(plain, once, WORTH)).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("nodes", "words"),
    [
        ((TOP, CALLS, WORTH.model_copy(update={"unit": "USD / customer"})), ("net is in EUR / quarter", "USD")),
        ((TOP.model_copy(update={"formula": "calls + worth"}), CALLS, WORTH), ("customer / quarter is added to",)),
        ((TOP.model_copy(update={"formula": "calls * wort"}), CALLS, WORTH), ("names wort", "is worth meant?")),
        ((TOP, CALLS.model_copy(update={"formula": "net / worth"}), WORTH), ("depends on itself",)),
        ((TOP.model_copy(update={"formula": ""}),), ("nothing drives net",)),
        ((TOP.model_copy(update={"formula": "12"}),), ("nothing drives it",)),
        ((TOP.model_copy(update={"formula": "open('x')"}),), ("cannot be read",)),
        ((TOP, CALLS, WORTH, KpiNode(name="alone", unit="EUR")), ("alone drive nothing",)),
        ((TOP, CALLS, CALLS, WORTH), ("calls stands twice",)),
        ((TOP, CALLS.model_copy(update={"unit": "many customers"}), WORTH), ("The unit", "cannot be read")),
        (
            (TOP.model_copy(update={"unit": "hour", "formula": "calls"}), CALLS.model_copy(update={"unit": "hour"})),
            ("net is in hour, the KPI in EUR",),
        ),
    ],
)
def test_each_fault_of_the_tree_is_named_with_its_figure(nodes: tuple[KpiNode, ...], words: tuple[str, ...]) -> None:
    failed("kpi_tree", tree(*nodes), *words)


def test_a_target_for_a_statistic_must_follow_from_a_figure_of_the_tree() -> None:
    target = MetricTarget(metric="precision", op=">=", value=0.5)
    orphan = ask("kpi_tree", tree(TOP, CALLS, WORTH, targets=(target,)))
    assert orphan.verdict is Verdict.PASS and orphan.warning and "derived_from" in orphan.next_step
    lost = target.model_copy(update={"derived_from": "hits"})
    failed("kpi_tree", tree(TOP, CALLS, WORTH, targets=(lost,)), "derived from hits")
    failed("kpi_tree", tree(targets=(lost,)), "no KPI tree is drawn")


def test_a_protected_trait_that_no_source_carries_is_named() -> None:
    traits = part("fairness", protected=("religion",))
    failed("protected_traits", traits, "religion")
    assert ask("protected_traits", traits, columns=("religion",)).verdict is Verdict.PASS
    failed("protected_traits", part("fairness", attribute=""), "no trait is named")
    failed("protected_traits", part("fairness", attribute_source="none"), "nobody knows it")
    assert ask("protected_traits", part("fairness", definition="none", protected=())).verdict is Verdict.PASS


def test_groups_that_cannot_be_formed_or_judged_are_named() -> None:
    failed("fairness_groups", part("fairness", bands=(60.0, 30.0)), "do not rise")
    failed("fairness_groups", part("fairness", reference="the young"), "under 30", "60 and over")
    assert ask("fairness_groups", part("fairness", reference="under 30")).verdict is Verdict.PASS
    failed("fairness_groups", part("fairness", min_group=800), "no two fit")
    small = ask("fairness_groups", part("fairness", min_group=5))
    assert small.verdict is Verdict.PASS and small.warning


def test_dates_in_the_past_are_named_by_their_field() -> None:
    failed("dates_ahead", part("kpi", by=date(2026, 11, 22)), "kpi.by")
    past = Playback(day=date(2026, 11, 1), audience="agents")
    failed("dates_ahead", BRIEF.model_copy(update={"playbacks": (past,)}), "playbacks.0")
    told = past.model_copy(update={"outcome": "The offer was changed."})
    assert ask("dates_ahead", BRIEF.model_copy(update={"playbacks": (told,)})).verdict is Verdict.PASS


def test_a_guardrail_that_nobody_owns_guards_nothing() -> None:
    alone = Guardrail(name="complaints", unit="complaint", op=">", value=3)
    failed("guardrails_owned", part("kpi", guardrails=(alone,)), "complaints: no owner")
    owned = alone.model_copy(update={"owner": "business owner"})
    failed("guardrails_owned", part("kpi", guardrails=(owned, owned)), "stands twice")
    failed("guardrails_owned", part("kpi", guardrails=(owned.model_copy(update={"name": BRIEF.kpi.name}),)), "KPI")


def test_open_questions_keep_the_gate_closed_and_untested_assumptions_are_a_warning() -> None:
    failed("open_questions", BRIEF.model_copy(update={"open_questions": ("Who pays?",)}), "Who pays?")
    untested = ask("open_questions", BRIEF.model_copy(update={"beliefs": (Belief(text="It rains."),)}))
    assert untested.verdict is Verdict.PASS and untested.warning and "It rains." in untested.sentence


@pytest.mark.parametrize("band", [(0.2, 0.1), (0.1, 0.1), (-0.1, 0.2), (0.1, 1.2), (0.0, 1.0)])
def test_a_band_that_cannot_be_watched_is_refused(band: tuple[float, float]) -> None:
    failed("oversight_band", part("oversight", override_band=band), "overruled")
    failed("oversight_band", part("oversight", reviewers=" "), "nobody who reviews")


def test_a_validator_who_reports_to_the_developer_is_not_independent() -> None:
    def person(role: Role, above: str = "") -> Person:
        named = role.words.title()
        return Person(id=f"p-{role}", name=named, login=role, reports_to=above, created_at=NOW)

    developer, boss = person(Role.DATA_SCIENTIST, "p-boss"), Person(id="p-boss", name="Boss", login="b", created_at=NOW)
    between = Person(id="p-lead", name="Lead", login="l", reports_to="p-data_scientist", created_at=NOW)
    direct = (developer, person(Role.VALIDATOR, "p-data_scientist"))
    failed("validator_independent", BRIEF, "Validator reports to the data scientist", people=direct)
    failed("validator_independent", BRIEF, people=(developer, between, person(Role.VALIDATOR, "p-lead")))
    shared = ask("validator_independent", BRIEF, people=(developer, boss, person(Role.VALIDATOR, "p-boss")))
    assert shared.verdict is Verdict.PASS and shared.warning
    circle = person(Role.VALIDATOR, "p-validator")
    assert ask("validator_independent", BRIEF, people=(developer, circle)).verdict is Verdict.PASS


def test_one_person_in_two_conflicting_roles_is_named() -> None:
    both = BRIEF.model_copy(update={"people": {**BRIEF.people, Role.VALIDATOR: BRIEF.people[Role.DATA_SCIENTIST]}})
    failed("people_named", both, "data scientist and validator")


@pytest.mark.parametrize("column", ["paid", "duration", "age"])
def test_a_value_is_multiplied_by_a_column_that_is_an_input(column: str) -> None:
    worth = BRIEF.value.act_positive.model_copy(update={"column": column})
    failed("inputs_allowed", part("value", act_positive=worth), f"{column}, which is no input known in time")
    balance = BRIEF.value.act_positive.model_copy(update={"column": "balance"})
    assert ask("inputs_allowed", part("value", act_positive=balance)).verdict is Verdict.PASS


def test_a_statistic_that_the_task_does_not_have_is_named_with_those_it_has() -> None:
    forecast = BRIEF.model_copy(update={"task": Task.REGRESSION})
    failed("kpi_tree", forecast, "auc cannot be measured for a regression model")
    assert ask("kpi_tree", forecast).next_step == "Ask for rmse or mae instead."
