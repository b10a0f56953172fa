"""The shipped use case, stage by stage, through the acts that a user calls; killed, it goes on where it stopped."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.resources import files
from typing import Any

from glassworks.cli.personas import CAST, assemble, secrets_of
from glassworks.core.commands import AddData, DecideColumns, OpenUseCase, SaveBrief, Sign, SubmitModel
from glassworks.core.contract import Brief, Task
from glassworks.core.errors import Broken, NotAllowed, NotFound
from glassworks.core.estimate import Estimate
from glassworks.core.people import Actor, LineOfBusiness, Role
from glassworks.core.result import Verdict
from glassworks.core.signoff import Meaning, SignOff
from glassworks.core.stage import STAGES, Stage
from glassworks.core.usecase import Candidate, ColumnDecision, Dataset, GateRecord, ModelCard, MonitoringRound, UseCase
from glassworks.factory import worker
from glassworks.line import cases, develop, explore, operate, outcome, people, scope, signing, validate
from glassworks.line.parts import Parts
from glassworks.stages.scope.brief_file import brief_from_yaml

CASE = "term-deposit"
LINE = "Retail banking"
DATA = "calls.parquet"
PLANTED = "planted for the demonstration: it was trained on the length of the call, which is known only after the call"
ACCEPTANCE_DAYS = 90
PEOPLE = {
    Role.BUSINESS_OWNER: "olga",
    Role.DOMAIN_EXPERT: "emil",
    Role.DATA_SCIENTIST: "dana",
    Role.VALIDATOR: "viktor",
    Role.OPERATOR: "oona",
}
DECISIONS = (
    ColumnDecision(
        column="duration", decision="exclude", reason="The length of the call is known only after the call."
    ),
    ColumnDecision(column="campaign", decision="exclude", reason="The file holds the final number of calls."),
    ColumnDecision(column="day", decision="exclude", reason="The calendar of the campaign sets it, not the customer."),
    ColumnDecision(column="pdays", decision="sentinel", sentinel=-1.0, reason="-1 means: never phoned before."),
    ColumnDecision(column="call_month", decision="exclude", reason="It only divides the rows in time."),
)

Say = Callable[[str, str, dict[str, Any]], None]


@dataclass
class Story:
    """One telling: the parts, the cast, and who listens. `held` collects whether every step held."""

    parts: Parts
    say: Say
    held: dict[str, bool] = field(default_factory=dict)
    cast: dict[str, Actor] = field(default_factory=dict)

    def tell(self) -> bool:
        """Every stage in order; True when every step held, the expected refusals included."""
        self.cast = assemble(self.parts)
        for chapter in (self.scope, self.explore, self.develop, self.validate, self.operate):
            chapter()
        outcome.publish(self.parts)
        return all(self.held.values())

    # --- small tools -------------------------------------------------------------------------------------------

    def case(self) -> UseCase:
        """The use case as it stands now."""
        return self.parts.ledger.get(UseCase, CASE)

    def hold(self, step: str, held: bool, sentence: str, **facts: Any) -> None:
        """Take down whether a step held, and tell it."""
        self.held[step] = held
        self.say(step, sentence if held else f"DID NOT HOLD: {step}. {sentence}", {"held": held, **facts})

    def passphrase(self, login: str) -> str:
        """A persona's passphrase, from the visitor's file."""
        return secrets_of(self.parts.settings.home)[login].passphrase

    def sign(self, stage: Stage, login: str, meaning: Meaning, subject: str, **words: Any) -> None:
        """A persona signs at a gate, unless they did so before the last kill."""
        role = CAST[login][1][0]
        done = self.parts.ledger.find(SignOff, use_case=CASE, subject=subject, person=self.cast[login].person)
        if any(s.stage is stage and s.role is role for s in done):
            return
        command = Sign.model_validate({"use_case": CASE, "subject": subject, "role": role, "meaning": meaning, **words})
        decision = signing.sign(self.parts, self.cast[login], command, self.passphrase(login))
        wait = ", ".join(r.words for r in decision.waits_for)
        after = "The gate opens." if decision.open else f"Waiting for: {wait}." if wait else "The gate stays closed."
        name = self.cast[login].name
        self.say(
            "sign", f"{name} ({role.words}) signs: {meaning.value.replace('_', ' ')}. {after}", {"subject": subject}
        )

    def refused(self, step: str, act: Callable[[], object], expected: str, sentence: str) -> None:
        """An act that the rules must refuse."""
        try:
            act()
        except NotAllowed as error:
            self.hold(step, error.rule == expected, f"{sentence} Refused: {error}", rule=error.rule)
            return
        self.hold(step, False, f"{sentence} It was not refused, and it should have been.")

    def drain(self) -> None:
        """Run every waiting job here and now."""
        worker(self.parts, "demo").drain()

    def results(self, subject: str, stage: Stage) -> None:
        """Say every answer about a subject."""
        for one in cases.results_of(self.parts, self.case(), subject, stage):
            self.say(
                "result",
                f"[{one.verdict.value.replace('_', ' ')}] {one.title}: {one.answer.sentence}",
                {"check": one.check, "verdict": one.verdict.value, "subject": subject},
            )

    def chapter(self, stage: Stage) -> None:
        """Announce a stage."""
        self.say("stage", f"{list(Stage).index(stage) + 1}. {STAGES[stage].title}", {"stage": stage.value})

    # --- the five stages ---------------------------------------------------------------------------------------

    def scope(self) -> None:
        """The KPI contract, before any code."""
        self.chapter(Stage.SCOPE)
        parts, carla, dana = self.parts, self.cast["carla"], self.cast["dana"]
        if not parts.ledger.find(LineOfBusiness):
            people.open_line(parts, carla, LINE)
        line = parts.ledger.find(LineOfBusiness)[0]
        if not parts.ledger.find(UseCase):
            question = "Which half of the quarter's list should the call centre phone about a term deposit?"
            title = "Whom should we call? Term-deposit campaign"
            cases.open_use_case(parts, dana, OpenUseCase(id=CASE, title=title, question=question, line=line.id))
        if not cases.briefs(parts, self.case()):
            text = (files("glassworks.examples") / "term_deposit" / "brief.yaml").read_text(encoding="utf-8")
            named = {role: self.cast[login].person for role, login in PEOPLE.items()}
            brief = brief_from_yaml(text, self.case(), named, parts.now())
            scope.save_brief(parts, dana, SaveBrief(use_case=CASE, brief=brief))
        brief = cases.briefs(parts, self.case())[-1]
        self.say("brief", _promise(brief), {"target": brief.kpi.target})
        self.results(brief.id, Stage.SCOPE)
        self.sign(Stage.SCOPE, "dana", Meaning.SUBMIT, brief.id)
        self.sign(Stage.SCOPE, "emil", Meaning.APPROVE, brief.id)
        self.sign(
            Stage.SCOPE,
            "olga",
            Meaning.APPROVE,
            brief.id,
            statement="I know that this counts subscribers reached, not caused by the call.",
        )
        self.hold("scope", self.case().brief == brief.id, "The brief is signed: it is the KPI contract now.")

    def explore(self) -> None:
        """The data, sealed before anyone looks."""
        self.chapter(Stage.EXPLORE)
        parts = self.parts
        content = (files("glassworks.examples") / "term_deposit" / DATA).read_bytes()
        known = parts.ledger.find(Dataset, use_case=CASE)
        if known:
            dataset = known[-1]
        else:
            source = "UCI Machine Learning Repository, Bank Marketing (CC BY 4.0), see ATTRIBUTION.md"
            dataset = explore.add_data(
                parts, self.cast["dana"], AddData(use_case=CASE, name=DATA, source=source), content
            )
        self.say("sealed", dataset.division, {"open": dataset.rows_open, "sealed": dataset.rows_sealed})
        if dataset.contract is None:
            dataset = explore.explore(parts, self.cast["dana"], CASE)
            self.results(dataset.id, Stage.EXPLORE)
        if not explore.decided(dataset):
            command = DecideColumns(use_case=CASE, decisions=DECISIONS)
            dataset = explore.decide_columns(parts, self.cast["emil"], command)
        for one in explore.decided(dataset):
            self.say("decide", f"Emil decides on {one.column}: {one.decision}. {one.reason}", {"column": one.column})
        self.sign(Stage.EXPLORE, "dana", Meaning.SUBMIT, dataset.id)
        self.sign(Stage.EXPLORE, "emil", Meaning.APPROVE, dataset.id)
        self.hold("explore", self.case().dataset == dataset.id, "The data contract is signed.")

    def develop(self) -> None:
        """Candidates by the builder, and one by hand that looks wonderful."""
        self.chapter(Stage.DEVELOP)
        parts, dana = self.parts, self.cast["dana"]
        builder = [c for c in cases.candidates(parts, self.case()) if c.made_by == "builder"]
        if len(builder) < 3:
            develop.ask_build(parts, dana, CASE)
        self.drain()
        self.by_hand()
        self.drain()
        for one in cases.candidates(parts, self.case()):
            self.say("candidate", f"{one.name}: {_figures(one.claims)}", {"candidate": one.id, "planted": one.planted})
            self.sign(Stage.DEVELOP, "dana", Meaning.SUBMIT, one.id) if one in self.entered() else None
        self.hold(
            "develop",
            len(self.entered()) == 2,
            "Two candidates are submitted: the best honest one and the planted one.",
        )

    def entered(self) -> list[Candidate]:
        """The two candidates that go to validation."""
        return [self.planted(), self.honest()]

    def planted(self) -> Candidate:
        """The candidate with the leak."""
        return next(c for c in cases.candidates(self.parts, self.case()) if c.planted)

    def honest(self) -> Candidate:
        """The builder's candidate with the best claimed KPI."""
        made = [c for c in cases.candidates(self.parts, self.case()) if c.made_by == "builder"]
        return max(made, key=lambda c: c.claims[0].value)

    def by_hand(self) -> None:
        """Dana's own model uses the length of the call: once declared, once not."""
        if any(c.planted for c in cases.candidates(self.parts, self.case())):
            return
        dataset = cases.dataset(self.parts, self.case())
        agreed = tuple(develop.allowed(cases.contract(self.parts, self.case()), dataset))
        source = (files("glassworks.examples") / "term_deposit" / "danas_model.py.txt").read_bytes()
        card = ModelCard(
            framework="python",
            recipe="a scorecard written by hand",
            task=Task.BINARY,
            inputs=(*agreed, "duration"),
            labels=("no", "yes"),
        )
        kept = {"model.py": self.parts.vault.put(source)}
        command = SubmitModel(use_case=CASE, name="Dana's scorecard", card=card, files=kept, planted=PLANTED)
        dana = self.cast["dana"]
        self.refused(
            "declared leak",
            lambda: develop.submit_model(self.parts, dana, command),
            "declared-inputs",
            "Dana brings a model that declares the length of the call as an input.",
        )
        quiet = command.model_copy(update={"card": card.model_copy(update={"inputs": agreed})})
        develop.submit_model(self.parts, dana, quiet)
        self.say("hidden leak", "Dana brings it again and leaves the length of the call off the list.", {})

    def validate(self) -> None:
        """The office recomputes on sealed rows; a separate validator and the owner decide."""
        self.chapter(Stage.VALIDATE)
        for candidate in self.entered():
            current = self.parts.ledger.get(Candidate, candidate.id)
            if current.state == "submitted" and not cases.results_of(
                self.parts, self.case(), candidate.id, Stage.VALIDATE
            ):
                validate.ask_validation(self.parts, self.cast["viktor"], CASE, candidate.id)
                self.drain()
            self.say(
                "validated",
                f"The office has recomputed {candidate.name} on the sealed rows.",
                {"candidate": candidate.id},
            )
            self.results(candidate.id, Stage.VALIDATE)
        self.refuse_planted()
        self.approve_honest()

    def refuse_planted(self) -> None:
        """The validator refuses the leak."""
        planted = self.planted()
        words = "With the call's length withheld, as the contract asks, it does not do what its author measured."
        self.sign(Stage.VALIDATE, "viktor", Meaning.REFUSE, planted.id, statement=words)
        state = self.parts.ledger.get(Candidate, planted.id).state
        self.hold("refusal", state == "refused", f"{planted.name} is {state}.", candidate=planted.id)

    def approve_honest(self) -> None:
        """The best honest candidate, if every check and signer lets it pass."""
        best = self.honest()
        if self.parts.ledger.get(Candidate, best.id).state == "submitted":
            attempt = Sign(use_case=CASE, subject=best.id, role=Role.VALIDATOR, meaning=Meaning.APPROVE)
            self.refused(
                "own work",
                lambda: signing.sign(self.parts, self.cast["dana"], attempt, self.passphrase("dana")),
                "own-work",
                "Dana tries to approve her own candidate.",
            )
        answers = cases.results_of(self.parts, self.case(), best.id, Stage.VALIDATE)
        failed = [r for r in answers if r.verdict is Verdict.FAIL]
        if failed:
            self.sign(Stage.VALIDATE, "viktor", Meaning.REFUSE, best.id, statement=failed[0].answer.sentence)
            self.hold("approval", False, "No honest candidate clears: the case ends refused.")
            return
        self.sign(Stage.VALIDATE, "viktor", Meaning.APPROVE, best.id)
        open_questions = tuple(r.check for r in answers if r.verdict is Verdict.INCONCLUSIVE)
        accept: dict[str, Any] = {}
        if open_questions:
            until = self.parts.now() + timedelta(days=ACCEPTANCE_DAYS)
            accept = {
                "accepts": open_questions,
                "expires_at": until,
                "conditions": ("Decide again with a quarter's live outcomes.",),
            }
        self.sign(Stage.VALIDATE, "olga", Meaning.APPROVE, best.id, **accept)
        released = bool(self.case().release)
        self.hold("approval", released, f"{best.name} is released." if released else f"{best.name} is not released.")

    def operate(self) -> None:
        """The release answers under its permit; the replay window comes as traffic with late outcomes."""
        self.chapter(Stage.OPERATE)
        parts, oona = self.parts, self.cast["oona"]
        outcome.publish(parts)
        if not self.case().release:
            return
        if not parts.ledger.find(MonitoringRound, use_case=CASE):
            operate.ask_replay(parts, oona, CASE)
            self.drain()
        turn = parts.ledger.find(MonitoringRound, use_case=CASE)
        if not turn:
            raise NotFound("The first monitoring round did not happen.", "", "Run the demonstration again.")
        self.results(turn[0].id, Stage.OPERATE)
        self.say("round", turn[0].sentence, {"action": turn[0].action, "rows": turn[0].rows})
        self.sign(Stage.OPERATE, "oona", Meaning.APPROVE, turn[0].id)
        operate.close_minutes(parts)
        self.hold("operate", True, "The first monitoring round waits for its business owner: that approval is yours.")


def _promise(brief: Brief) -> str:
    return (
        f"{brief.kpi.name}: at least {brief.kpi.target:,.0f} {brief.kpi.unit} a {brief.kpi.period} "
        f"with probability {brief.kpi.min_probability:g}; baseline: {brief.kpi.baseline}."
    )


def _figures(claims: tuple[Estimate, ...]) -> str:
    return "; ".join(one.says() for one in claims) or "no figures"


def verdicts(parts: Parts) -> list[GateRecord]:
    """Every gate's answer about the shipped use case."""
    found = parts.ledger.find(GateRecord, use_case=CASE)
    if not found:
        raise Broken("The demonstration left no gate's answer.")
    return found
