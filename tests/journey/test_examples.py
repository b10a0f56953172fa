"""The shipped cases beside the demonstration's own, each through the whole line once; verdicts follow from the data."""

import importlib.util
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from glassworks import factory, settings
from glassworks.cli.scoring import Endpoint
from glassworks.cli.scripts import GERMAN_CREDIT, SCRIPTS, Script
from glassworks.cli.story import Story
from glassworks.core import canonical
from glassworks.core.canvas import MetricTarget
from glassworks.core.check import run
from glassworks.core.contract import Brief, Tier
from glassworks.core.package import Package
from glassworks.core.people import Person, Role
from glassworks.core.registry import checks
from glassworks.core.result import Answer, Verdict
from glassworks.core.signoff import SignOff
from glassworks.core.stage import Stage
from glassworks.core.usecase import Candidate, Look, MonitoringRound, Release, UseCase
from glassworks.line import cases, explore, operate, people, validate
from glassworks.stages.validate.scorer import contract_rows

FAKES = Path(__file__).parents[1] / "fakes"
pytestmark = [pytest.mark.timeout(600)]


def terminal(home: Path) -> Any:
    spec = importlib.util.spec_from_file_location("terminal", FAKES / "terminal.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Terminal(home)


@dataclass
class Played:
    """An installation in which a case was played, and what was said."""

    parts: Any
    name: str
    said: list[dict[str, Any]]

    @property
    def case(self) -> UseCase:
        return self.parts.ledger.get(UseCase, self.name)

    @property
    def brief(self) -> Brief:
        return cases.contract(self.parts, self.case)

    @property
    def release(self) -> Release:
        return operate.release_of(self.parts, self.case)

    @property
    def released(self) -> Candidate:
        return self.parts.ledger.get(Candidate, self.release.candidate)

    @property
    def package(self) -> Package:
        return Package.model_validate(canonical.parse_strict(self.parts.vault.get(self.release.package)))

    def who(self, login: str) -> Any:
        return people.actor(self.parts.ledger.find(Person, login=login)[0])

    def open_rows(self) -> pl.DataFrame:
        return explore.open_rows(self.parts, cases.dataset(self.parts, self.case))

    def verdicts(self, candidate: Candidate, stage: Stage = Stage.VALIDATE) -> dict[str, Verdict]:
        found = cases.results_of(self.parts, self.case, candidate.id, stage)
        return {one.check: one.verdict for one in found}

    @cached_property
    def sealed(self) -> "Remembered":
        """What the released candidate answers to the sealed rows, in their order."""
        candidate = self.released
        rows = validate.sealed_rows(self.parts, cases.dataset(self.parts, self.case))
        files = {file: self.parts.vault.get(digest) for file, digest in candidate.files.items()}
        with self.parts.model_host(self.name) as host:
            model = host.load(candidate.card, files)
            answers = np.asarray(model.predict(contract_rows(rows, self.brief)))
            model.close()
        return Remembered(rows, answers)

    def asked(self, name: str, brief: Brief) -> Answer:
        """What a check answers about the released candidate under a changed contract, from the same sealed rows."""
        rows, known = self.sealed.rows, self.open_rows()
        periods = brief.windows.sealed_periods
        scored, _ = validate.score(rows, brief, self.released.card, self.sealed, periods, known)
        wanted = next(one for one in checks(Stage.VALIDATE) if one.id == name)
        return run(wanted, {"brief": brief, "scored": scored, "level": 0.95}, brief.task)

    def judged(self, name: str, brief: Brief) -> Verdict:
        return self.asked(name, brief).verdict


@dataclass
class Remembered:
    """Rows, and a model's answers to them."""

    rows: pl.DataFrame
    answers: Any

    def predict(self, frame: pl.DataFrame) -> Any:
        return self.answers

    def close(self) -> None: ...


@contextmanager
def played(home: Path, name: str) -> Iterator[Played]:
    """One shipped case, told by the command that a user calls."""
    told = terminal(home).run("demo", "--case", name, "--no-serve", "--json")
    said = [json.loads(line) for line in told.out.splitlines()]
    assert told.code == 0, [one for one in said if not one.get("held", True)]
    chosen = settings.read({}, home=home, environment="demo")
    endpoint = Endpoint(chosen)
    try:
        with factory.opened(chosen, endpoint) as parts:
            yield Played(parts, name, said)
    finally:
        endpoint.close()


@pytest.fixture(scope="module")
def bikes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    with played(tmp_path_factory.mktemp("bikes") / "home", "bike-demand") as one:
        yield one


@pytest.fixture(scope="module")
def credit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    with played(tmp_path_factory.mktemp("credit") / "home", "german-credit") as one:
        yield one


@pytest.fixture(scope="module")
def telco(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    with played(tmp_path_factory.mktemp("telco") / "home", "telco-retention") as one:
        yield one


def with_kpi(brief: Brief, **terms: Any) -> Brief:
    return brief.model_copy(update={"kpi": brief.kpi.model_copy(update=terms)})


def with_value(brief: Brief, **terms: Any) -> Brief:
    return brief.model_copy(update={"value": brief.value.model_copy(update=terms)})


def times(assumption: Any, factor: float) -> Any:
    ends = {name: getattr(assumption, name) * factor for name in ("low", "mode", "high")}
    return assumption.model_copy(update=ends)


def test_only_the_demonstrations_own_case_has_a_planted_leak() -> None:
    assert [one.case for one in SCRIPTS.values() if one.planted] == ["term-deposit"]


def law_holds(one: Played) -> None:
    """Whoever was judged is approved or refused as the checks of the gate say, each within the looks there are.

    What is undecided the people of the demonstration accept where the figure itself keeps its limit.
    """
    judged = [c for c in cases.candidates(one.parts, one.case) if c.state in ("approved", "refused")]
    for candidate in judged:
        found = cases.results_of(one.parts, one.case, candidate.id, Stage.VALIDATE)
        short = [
            r for r in found if r.verdict is Verdict.INCONCLUSIVE and not all(e.reaches for e in r.answer.estimates)
        ]
        failed = Verdict.FAIL in one.verdicts(candidate).values() or short
        assert candidate.state == ("refused" if failed else "approved"), candidate.name
    looks = one.parts.ledger.find(Look, use_case=one.name)
    assert len(looks) == len(judged) <= one.parts.policy(one.case.line).max_looks
    unsure = {name for name, verdict in one.verdicts(one.released).items() if verdict is Verdict.INCONCLUSIVE}
    signed = [s for s in one.parts.ledger.find(SignOff, use_case=one.name) if s.subject == one.released.id]
    owner = [s for s in signed if s.stage is Stage.VALIDATE and s.role is Role.BUSINESS_OWNER]
    assert {check for s in owner for check in s.accepts} == unsure
    assert not unsure or all(s.conditions and s.expires_at for s in owner if s.accepts)


class TestHourlyBikeDemand:
    def test_the_release_follows_from_the_checks(self, bikes: Played) -> None:
        law_holds(bikes)
        assert bikes.released.claims[0].value == max(
            c.claims[0].value for c in cases.candidates(bikes.parts, bikes.case)
        )

    def test_a_candidate_foretells_the_number_that_costs_least_and_beats_the_mean(self, bikes: Played) -> None:
        made = {c.name: c for c in cases.candidates(bikes.parts, bikes.case)}
        least, mean = made["least costly number"], made["gradient boosting"]
        under, over = bikes.brief.value.under.mode, bikes.brief.value.over.mode
        assert least.card.parameters["quantile"] == pytest.approx(under / (under + over))
        assert least.claims[0].value > mean.claims[0].value
        assert bikes.verdicts(made["one-column rule"], Stage.DEVELOP)["beats_baseline"] is Verdict.FAIL

    def test_target_and_costs_decide_the_verdict(self, bikes: Played) -> None:
        brief, value = bikes.brief, bikes.brief.value
        assert bikes.verdicts(bikes.released)["kpi"] is Verdict.PASS
        assert bikes.judged("kpi", with_kpi(brief, target=10 * brief.kpi.target)) is Verdict.FAIL
        swapped = with_value(brief, over=value.under, under=value.over)
        assert bikes.judged("kpi", swapped) is not Verdict.PASS, "it foretells for dear gaps, not for dear surplus"

    def test_a_better_way_without_a_model_leaves_less_to_gain(self, bikes: Played) -> None:
        """The table by hour and kind of day is harder to beat than one number for every hour."""
        table = bikes.release.promised[0]
        one_number = bikes.asked("kpi", with_kpi(bikes.brief, baseline_by=())).estimates[0]
        assert bikes.brief.kpi.baseline_by == ("hr", "workingday")
        assert 0 < table.value < one_number.value

    def test_an_error_that_is_asked_for_is_judged_by_its_interval(self, bikes: Played) -> None:
        error = bikes.released.claims[1]
        asked = MetricTarget(metric="rmse", op="<=", value=2 * error.value)
        loose = bikes.brief.model_copy(update={"metric_targets": (asked,)})
        strict = bikes.brief.model_copy(update={"metric_targets": (asked.model_copy(update={"value": 1.0}),)})
        assert bikes.judged("metric_targets", loose) is Verdict.PASS
        assert bikes.judged("metric_targets", strict) is Verdict.FAIL
        alien = asked.model_copy(update={"metric": "auc", "op": ">="})
        assert bikes.judged("metric_targets", bikes.brief.model_copy(update={"metric_targets": (alien,)})) is (
            Verdict.INCONCLUSIVE
        )

    def test_hours_are_answered_in_their_order_with_the_number_in_the_decision(self, bikes: Played) -> None:
        day = bikes.open_rows().tail(12)
        listed = operate.rank(bikes.parts, bikes.who("olga"), bikes.name, day.write_csv().encode(), "tomorrow.csv")
        assert listed["hr"].to_list() == day["hr"].to_list()
        action = bikes.brief.decision.action
        assert all(one.startswith(f"{action}: ") for one in listed["decision"])
        assert any("the estimate from" in one for one in listed["reasons"])
        assert listed["score"].n_unique() > 6, "each hour has its own number"

    def test_an_hour_unlike_any_before_goes_to_a_person(self, bikes: Played) -> None:
        strange = bikes.open_rows().tail(2).with_columns(temp=pl.Series([40.0, 0.5]))
        listed = operate.rank(bikes.parts, bikes.who("olga"), bikes.name, strange.write_csv().encode(), "odd.csv")
        assert listed["score"].null_count() == 1
        assert listed["decision"].to_list()[-1] == "ask a person"

    def test_what_the_replay_realised_decides_what_the_monitors_ask_for(self, bikes: Played) -> None:
        turn = bikes.parts.ledger.find(MonitoringRound, use_case=bikes.name)[0]
        found = cases.results_of(bikes.parts, bikes.case, turn.id, Stage.OPERATE)
        audit = next(one for one in found if one.check == "promised_realised").answer
        made = audit.estimates[0]
        assert turn.realised == made and turn.outcomes <= turn.rows
        broken = made.probability <= 1 - bikes.brief.kpi.min_probability
        assert (audit.verdict is Verdict.FAIL) == broken
        worse = any(one.verdict is Verdict.FAIL for one in found if one.check in ("realised", "promised_realised"))
        assert (turn.action == "fall back") == worse


class TestCreditDefault:
    def test_the_release_follows_from_the_checks(self, credit: Played) -> None:
        law_holds(credit)

    def test_the_tier_is_lowered_by_a_signed_reason_and_the_threshold_follows_from_five_to_one(
        self, credit: Played
    ) -> None:
        assert credit.brief.tier is Tier.MEDIUM and credit.brief.risk.lowered_because
        assert credit.package.threshold == pytest.approx(5 / 6)
        rows = credit.open_rows().head(20)
        listed = operate.rank(credit.parts, credit.who("olga"), credit.name, rows.write_csv().encode(), "today.csv")
        known = listed.filter(pl.col("score").is_not_null())
        acted = known["decision"] == credit.brief.decision.action
        assert acted.to_list() == (known["score"] >= 5 / 6).to_list()

    def test_a_statistic_that_is_asked_for_decides(self, credit: Played) -> None:
        (asked,) = credit.brief.metric_targets
        assert credit.verdicts(credit.released)["metric_targets"] is Verdict.PASS

        def under(**terms: Any) -> Verdict:
            target = asked.model_copy(update=terms)
            return credit.judged("metric_targets", credit.brief.model_copy(update={"metric_targets": (target,)}))

        assert under(metric="recall", value=0.99, bound="point") is Verdict.FAIL
        found = next(
            e for r in cases.results_of(credit.parts, credit.case, credit.released.id, Stage.VALIDATE)
            if r.check == "metric_targets" for e in r.answer.estimates
        )  # fmt: skip
        assert under(value=found.value, bound="point") is Verdict.PASS
        assert under(value=found.value, bound="interval") is Verdict.INCONCLUSIVE
        assert under(value=0.1, group="female") is Verdict.PASS
        assert under(value=0.1, group="nobody") is Verdict.INCONCLUSIVE
        assert credit.judged("metric_targets", credit.brief.model_copy(update={"metric_targets": ()})) is (
            Verdict.NOT_APPLICABLE
        )

    def test_a_target_near_the_ceiling_is_not_reached(self, credit: Played) -> None:
        assert credit.judged("kpi", with_kpi(credit.brief, target=20_000)) is Verdict.FAIL


class Ambitious(Script):
    """A case whose target no candidate reaches, though a perfect one could."""

    def file(self, name: str) -> bytes:
        return super().file(name).replace(b"target: 2000", b"target: 20000")


def test_a_case_that_no_candidate_clears_ends_refused_and_that_is_an_intended_ending(tmp_path: Path) -> None:
    chosen = settings.read({}, home=tmp_path / "home", environment="demo")
    factory.create_office(chosen)
    endpoint = Endpoint(chosen)
    with factory.opened(chosen, endpoint) as parts:
        story = Story(parts, lambda step, sentence, facts: None, Ambitious(**vars(GERMAN_CREDIT)))
        assert story.tell() == "refused"
        assert story.held["no approval"] and "approval" not in story.held
        assert not parts.ledger.find(Release)
        policy = parts.policy(story.case().line)
        assert 1 < len(parts.ledger.find(Look)) <= policy.max_looks
    endpoint.close()


class TestRetentionCalls:
    def test_the_release_follows_from_the_checks(self, telco: Played) -> None:
        law_holds(telco)

    def test_the_data_come_first_because_each_customer_is_worth_another_amount(self, telco: Played) -> None:
        steps = [one["step"] for one in telco.said]
        assert steps.index("data first") < steps.index("scope")
        reachable = {
            version.version: next(
                r.verdict
                for r in cases.results_of(telco.parts, telco.case, version.id, Stage.SCOPE)
                if r.check == "target_reachable"
            )
            for version in cases.briefs(telco.parts, telco.case)
        }
        assert reachable == {1: Verdict.INCONCLUSIVE, 2: Verdict.PASS}

    def test_the_call_list_is_ranked_by_expected_gain_up_to_the_capacity(self, telco: Played) -> None:
        rows = telco.open_rows().head(100)
        listed = operate.rank(telco.parts, telco.who("olga"), telco.name, rows.write_csv().encode(), "customers.csv")
        known = listed.filter(pl.col("score").is_not_null())
        value, p = telco.brief.value, known["score"].to_numpy()
        gain = p * value.act_positive.mode * known["MonthlyCharges"].to_numpy() + (1 - p) * value.act_negative.mode
        assert (np.diff(gain) <= 1e-9).all()
        assert (np.diff(p) > 0).any(), "another order than that of the probability"
        called = (known["decision"] == telco.brief.decision.action).to_list()
        assert called == [place < 25 for place in range(known.height)]

    def test_a_customer_without_monthly_charges_goes_to_a_person(self, telco: Played) -> None:
        rows = telco.open_rows().head(2).with_columns(MonthlyCharges=pl.Series([None, 70.0], dtype=pl.Float64))
        listed = operate.rank(telco.parts, telco.who("olga"), telco.name, rows.write_csv().encode(), "gap.csv")
        assert listed["decision"].to_list()[-1] == "ask a person"

    def test_values_and_target_decide_the_verdict(self, telco: Played) -> None:
        brief = telco.brief
        assert telco.verdicts(telco.released)["kpi"] is Verdict.PASS
        poor = with_value(brief, act_positive=times(brief.value.act_positive, 0.1))
        assert telco.judged("kpi", poor) is Verdict.FAIL
        assert telco.judged("kpi", with_kpi(brief, target=8 * brief.kpi.target)) is Verdict.FAIL
