"""A small real installation whose whole line takes a second or two: few rows, models by hand, a clock to move."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from glassworks import factory
from glassworks.cli.scoring import Endpoint
from glassworks.core.commands import AddData, DecideColumns, Invite, OpenUseCase, SaveBrief, Sign, SubmitModel
from glassworks.core.contract import Assumption, Brief, Task, Tier
from glassworks.core.gate import Decision
from glassworks.core.journal import Act
from glassworks.core.people import Actor, Person, Role
from glassworks.core.result import Verdict
from glassworks.core.signoff import Meaning
from glassworks.core.stage import Stage
from glassworks.core.usecase import Candidate, ColumnDecision, Dataset, ModelCard, UseCase
from glassworks.line import cases, develop, explore, office, people, scope, signing, validate
from glassworks.line.parts import Parts
from glassworks.settings import Settings

PASSWORD, PASSPHRASE = "a password for tests", "a passphrase for tests"
HERE, THERE = "retail", "insurance"
CASE = "whom-to-call"
INPUTS = ("balance", "previous", "segment")
STEPS = ("empty", "scoped", "explored", "submitted", "validated", "released")
HONEST = """
import numpy as np
def predict(frame):
    return 1 / (1 + np.exp(0.6 - 1.2 * frame["balance"].fill_null(0).to_numpy()))
"""
LEAKY = """
import numpy as np
def predict(frame):
    if "duration" in frame.columns:
        return np.clip(frame["duration"].to_numpy() / 1000, 0.001, 0.999)
    return np.full(frame.height, 0.4)
"""


class MovableClock:
    """The real time, moved as a test asks."""

    def __init__(self) -> None:
        self.moved = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.moved


def rows(n: int = 600, seed: int = 7, *, shuffled: bool = False) -> pl.DataFrame:
    """Customers whose balance tells much; `duration` is known only after the call; `shuffled` labels tell nothing."""
    rng = np.random.default_rng(seed)
    balance = rng.normal(size=n)
    y = rng.random(n) < 1 / (1 + np.exp(0.6 - 1.2 * balance))
    duration = np.where(y, rng.normal(700, 80, n), rng.normal(250, 80, n)).round(1)
    if shuffled:
        y = rng.permutation(y)
    return pl.DataFrame(
        {
            "client_id": [f"client-{number:04}" for number in range(n)],
            "balance": balance.round(4),
            "previous": rng.integers(0, 4, n),
            "segment": rng.choice(["a", "b", "c"], n),
            "duration": duration,
            "y": np.where(y, "yes", "no"),
        }
    )


def with_all_that_is_asked(brief: Brief) -> Brief:
    """The brief with everything written that the office asks for at any tier."""
    facts = brief.facts()
    harm = {"who": "customers", "what": "called too often", "mitigation": "contact rules", "owner": "owner"}
    tree = [{"name": "gain", "unit": "EUR", "formula": "hits * worth"}, {"name": "hits", "unit": "customer"}]
    written: dict[str, Any] = {
        "kpi": {
            "owner": "owner", "attribution": "holdout", "baseline_value": 0.0, "least_worthwhile": 10.0,
            "data_feed": "calls", "tree": [*tree, {"name": "worth", "unit": "EUR / customer"}],
        },
        "risk": {
            "exposure": "high", "purpose": "high", "complexity": "low", "autonomy": "low",
            "consequential_decision": False, "eu_annex_iii": False, "harms": [harm], "pre_mortem": ["Rates fell."],
        },
        "hill": {"who": "agents", "what": "call the right half"},
        "population": {"included": "all", "label_definition": "bought", "selection_bias": "called only"},
        "constraints": {"legal_regimes": ["data protection"], "reason_codes": 3, "proxies_to_test": ["segment"]},
        "oversight": {
            "mode": "on_the_loop", "reviewers": "planner", "override_rules": "with a note", "training": "an hour",
            "stop_control": "planner", "override_band": [0.01, 0.2], "appeal_route": "by letter",
        },
    }  # fmt: skip
    facts |= {name: {**facts.get(name, {}), **part} for name, part in written.items()}
    facts |= {"sponsor_users": ["two agents"], "affected_groups": ["customers"], "data_sources": [{"name": "calls"}]}
    facts |= {"monitoring_plan": "weekly", "rollback_target": "list order", "retirement_rule": "after two years"}
    facts |= {"beliefs": [{"text": "A sale is worth 100.", "test": "each year"}], "playbacks": [
        {"day": "2099-01-01", "audience": "agents"}], "metric_targets": [
        {"metric": "auc", "op": ">=", "value": 0.5, "derived_from": "hits"}]}  # fmt: skip
    return Brief.model_validate(facts)


@dataclass
class Bench:
    """The parts, the people by role (and `other_...` in another line), and every act of the journey as one word."""

    parts: Parts
    clock: MovableClock
    who: dict[str, Actor] = field(default_factory=dict)

    # --- what stands where

    @property
    def case(self) -> UseCase:
        return self.parts.ledger.get(UseCase, CASE)

    def brief(self) -> Brief:
        return cases.briefs(self.parts, self.case)[-1]

    def dataset(self) -> Dataset:
        return cases.dataset(self.parts, self.case)

    def candidate(self, name: str = "By hand") -> Candidate:
        return next(c for c in cases.candidates(self.parts, self.case) if c.name == name)

    def refusals(self) -> list[Act]:
        return [entry.act for entry in self.parts.ledger.entries() if entry.act.refused]

    def drain(self) -> None:
        factory.worker(self.parts, "test").drain()

    def verdicts(self, candidate: Candidate) -> dict[str, Verdict]:
        found = cases.results_of(self.parts, self.case, candidate.id, Stage.VALIDATE)
        return {one.check: one.verdict for one in found}

    # --- people

    def join(self, login: str, *roles: Role, line: str = HERE) -> Actor:
        invite = Invite(name=login.replace("_", " ").title(), login=login, roles=roles, line=line)
        person = people.add_person(self.parts, invite, password=PASSWORD, passphrase=PASSPHRASE, by="office")
        self.who[login] = people.actor(person)
        return self.who[login]

    # --- acts

    def open(self) -> None:
        command = OpenUseCase(id=CASE, title="Whom to call", question="Whom should we call?", line=HERE)
        cases.open_use_case(self.parts, self.who["data_scientist"], command)

    def bring(self, frame: pl.DataFrame, name: str = "calls.csv") -> Dataset:
        return explore.add_data(
            self.parts, self.who["data_scientist"], AddData(use_case=CASE, name=name),
            frame.write_csv().encode(), target="y",
        )  # fmt: skip

    def agreed(self, **changes: Any) -> Brief:
        """A complete brief for the rows, with changes."""
        dana, open_rows = self.who["data_scientist"], explore.open_rows(self.parts, self.dataset())
        known = cases.briefs(self.parts, self.case)
        draft = known[-1] if known else scope.draft(self.parts, dana, CASE, open_rows, "y")
        features = tuple(
            f.model_copy(update={"available": False, "why_not": "known only after the call"})
            if f.name == "duration" else f
            for f in draft.features
        )  # fmt: skip
        value = draft.value.model_copy(
            update={
                "act_positive": Assumption(low=80, mode=100, high=120, owner="owner"),
                "act_negative": Assumption(low=-12, mode=-10, high=-8, owner="owner"),
            }
        )
        named = {role: self.who[role.value].person for role in Role if role.value in self.who}
        kpi = draft.kpi.model_copy(update={"target": 1000.0})
        update = {"features": features, "value": value, "people": named, "kpi": kpi, "acknowledged": ("uplift",)}
        update["defaulted"] = ()
        made = draft.model_copy(update=update | changes)
        return made if made.tier is Tier.LOW else with_all_that_is_asked(made)

    def save(self, brief: Brief, login: str = "data_scientist", expected: int | None = None) -> Brief:
        known = cases.briefs(self.parts, self.case)
        version = (known[-1].version if known else 0) if expected is None else expected
        command = SaveBrief(use_case=CASE, expected_version=version, brief=brief)
        return scope.save_brief(self.parts, self.who[login], command)

    def sign(self, login: str, subject: str, meaning: str = "approve", role: str = "", **words: Any) -> Decision:
        held = role or login.removeprefix("second_").removeprefix("other_")
        command = Sign(use_case=CASE, subject=subject, role=Role(held), meaning=Meaning(meaning), **words)
        return signing.sign(self.parts, self.who[login], command, PASSPHRASE)

    def sign_scope(self) -> Decision:
        brief = self.brief()
        self.sign("data_scientist", brief.id, "submit")
        self.sign("domain_expert", brief.id)
        return self.sign("business_owner", brief.id)

    def decide(self, **decisions: str) -> Dataset:
        made = tuple(
            ColumnDecision.model_validate({"column": name, "decision": what, "reason": "as we agreed"})
            for name, what in (decisions or {"duration": "exclude"}).items()
        )
        command = DecideColumns(use_case=CASE, decisions=made)
        return explore.decide_columns(self.parts, self.who["domain_expert"], command)

    def sign_data(self) -> Decision:
        data = self.dataset()
        self.sign("data_scientist", data.id, "submit")
        return self.sign("domain_expert", data.id)

    def model(
        self, name: str = "By hand", source: str = HONEST, inputs: Sequence[str] = INPUTS, login: str = "data_scientist"
    ) -> Candidate:
        card = ModelCard(
            framework="python", recipe="by hand", task=Task.BINARY, inputs=tuple(inputs), labels=("no", "yes")
        )
        kept = {"model.py": self.parts.vault.put(source.encode())}
        command = SubmitModel(use_case=CASE, name=name, card=card, files=kept)
        made, _ = develop.submit_model(self.parts, self.who[login], command)
        self.drain()
        return self.parts.ledger.get(Candidate, made.id)

    def submit(self, candidate: Candidate, login: str = "data_scientist") -> Decision:
        return self.sign(login, candidate.id, "submit")

    def validate(self, candidate: Candidate, login: str = "validator") -> dict[str, Verdict]:
        validate.ask_validation(self.parts, self.who[login], CASE, candidate.id)
        self.drain()
        return self.verdicts(candidate)

    def accepting(self, candidate: Candidate, days: float = 30) -> dict[str, Any]:
        """The words with which an owner accepts what is inconclusive."""
        unsure = tuple(name for name, verdict in self.verdicts(candidate).items() if verdict is Verdict.INCONCLUSIVE)
        until = self.clock.now() + timedelta(days=days)
        return {"accepts": unsure, "conditions": ("Look again.",), "expires_at": until} if unsure else {}

    def approve(self, candidate: Candidate, days: float = 30) -> Decision:
        self.sign("validator", candidate.id)
        return self.sign("business_owner", candidate.id, **self.accepting(candidate, days))

    # --- the journey

    def go(self, step: str, **brief: Any) -> None:
        """One step of the journey, from the one before it."""
        if step == "empty":
            self.open()
            self.bring(rows())
        elif step == "scoped":
            self.save(self.agreed(**brief))
            must_open(self.sign_scope())
        elif step == "explored":
            self.decide()
            must_open(self.sign_data())
        elif step == "submitted":
            must_open(self.submit(self.model()))
        elif step == "validated":
            self.validate(self.candidate())
        elif step == "released":
            must_open(self.approve(self.candidate()))


def must_open(decision: Decision) -> None:
    """The gate opened; else its reasons."""
    assert decision.open, decision.reasons


@contextmanager
def opened(home: Path, **settings: Any) -> Iterator[Bench]:
    """An installation, new or as it was left."""
    chosen = Settings(home=home, environment="test", **settings)
    fresh = not factory.home_exists(chosen)
    if fresh:
        factory.create_office(chosen)
    endpoint, clock = Endpoint(chosen), MovableClock()
    try:
        with factory.opened(chosen, endpoint, clock) as parts:
            bench = Bench(parts, clock)
            if fresh:
                _found(bench)
            bench.who |= {one.login: people.actor(one) for one in parts.ledger.find(Person)}
            yield bench
    finally:
        endpoint.close()


def _found(bench: Bench) -> None:
    champion = Invite(name="Carla Champion", login="champion", roles=(Role.CHAMPION,))
    first, _ = office.found(bench.parts, champion, HERE, password=PASSWORD, passphrase=PASSPHRASE)
    people.open_line(bench.parts, people.actor(first), THERE)
    for role in Role:
        if role is not Role.CHAMPION:
            bench.join(role.value, role)
    bench.join("other_validator", Role.VALIDATOR, line=THERE)


class Shelf:
    """Homes kept at each step of the journey: made once, copied for each test."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def kept(self, step: str) -> Path:
        """The kept home that stands at a step; it is not to be changed."""
        home = self._place / step
        if not home.exists():
            place = STEPS.index(step)
            draft = self._place / f"{step}-draft"
            if place:
                shutil.copytree(self.kept(STEPS[place - 1]), draft)
            with opened(draft) as bench:
                bench.go(step)
            draft.rename(home)
        return home

    def copy(self, step: str, home: Path) -> Path:
        """A home of one's own that stands at a step."""
        shutil.copytree(self.kept(step), home)
        return home
