"""The shipped use case, stage by stage, through the acts that a user calls; killed, it goes on where it stopped."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from glassworks.cli.personas import CAST, assemble, secrets_of
from glassworks.cli.scripts import TELCO_CHURN, TERM_DEPOSIT, Script
from glassworks.core.commands import AddData, DecideColumns, OpenUseCase, SaveBrief, Sign, SubmitModel
from glassworks.core.contract import Brief, Task
from glassworks.core.errors import NotAllowed, NotFound
from glassworks.core.estimate import Estimate
from glassworks.core.people import Actor, LineOfBusiness, Role
from glassworks.core.result import Verdict
from glassworks.core.signoff import Meaning, SignOff
from glassworks.core.stage import STAGES, Stage
from glassworks.core.usecase import Candidate, Dataset, ModelCard, MonitoringRound, UseCase
from glassworks.factory import worker
from glassworks.line import audit, cases, develop, explore, operate, outcome, people, scope, signing, validate
from glassworks.line.parts import Parts
from glassworks.stages.scope.brief_file import brief_from_yaml

KINDS = 3
PLANTED = "planted for this demonstration: it is made from the length of the call, which is known only afterwards"
ACCEPTANCE_DAYS = 90
PEOPLE = {
    Role.BUSINESS_OWNER: "olga",
    Role.DOMAIN_EXPERT: "emil",
    Role.DATA_SCIENTIST: "dana",
    Role.VALIDATOR: "viktor",
    Role.OPERATOR: "oona",
}
Say = Callable[[str, str, dict[str, Any]], None]


@dataclass
class Story:
    """One telling of a script: the parts, the cast, and who listens. `held` collects whether every step held."""

    parts: Parts
    say: Say
    script: Script = TERM_DEPOSIT
    held: dict[str, bool] = field(default_factory=dict)
    cast: dict[str, Actor] = field(default_factory=dict)

    def tell(self) -> str:
        """Every stage in order; the answer names the intended ending, or is empty when a step did not hold.

        `approved`: an honest candidate runs. `second case`: no honest candidate cleared, the case ended refused, and
        the second shipped case carries the approval.
        """
        self.cast = assemble(self.parts)
        for chapter in (self.scope, self.explore, self.develop, self.validate, self.operate):
            chapter()
        outcome.publish(self.parts)
        if self.script is not TELCO_CHURN and not self.case().release:
            self.say("second case", f"A second shipped case carries the approval: {TELCO_CHURN.title}", {})
            carried = Story(self.parts, self.say, TELCO_CHURN).tell() == "approved"
            return "second case" if carried and all(self.held.values()) else ""
        return "approved" if all(self.held.values()) else ""

    # --- small tools -------------------------------------------------------------------------------------------

    def case(self) -> UseCase:
        """The use case as it stands now."""
        return self.parts.ledger.get(UseCase, self.script.case)

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
        done = self.parts.ledger.find(
            SignOff, use_case=self.script.case, subject=subject, person=self.cast[login].person
        )
        if any(s.stage is stage and s.role is role for s in done):
            return
        command = Sign.model_validate(
            {"use_case": self.script.case, "subject": subject, "role": role, "meaning": meaning, **words}
        )
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
        parts, script, dana = self.parts, self.script, self.cast["dana"]
        if not parts.ledger.find(LineOfBusiness, name=script.line):
            people.open_line(parts, self.cast["carla"], script.line)
        line = parts.ledger.find(LineOfBusiness, name=script.line)[0]
        if not parts.ledger.find(UseCase, id=script.case):
            command = OpenUseCase(id=script.case, title=script.title, question=script.question, line=line.id)
            cases.open_use_case(parts, dana, command)
        if not cases.briefs(parts, self.case()):
            named = {role: self.cast[login].person for role, login in PEOPLE.items()}
            brief = brief_from_yaml(script.file("brief.yaml").decode(), self.case(), named, parts.now())
            scope.save_brief(parts, dana, SaveBrief(use_case=script.case, brief=brief))
        brief = cases.briefs(parts, self.case())[-1]
        self.say("brief", _promise(brief), {"target": brief.kpi.target})
        self.results(brief.id, Stage.SCOPE)
        self.sign(Stage.SCOPE, "dana", Meaning.SUBMIT, brief.id)
        self.sign(Stage.SCOPE, "emil", Meaning.APPROVE, brief.id)
        known = "I know that this counts people reached, not outcomes caused by the call."
        self.sign(Stage.SCOPE, "olga", Meaning.APPROVE, brief.id, statement=known)
        self.hold("scope", self.case().brief == brief.id, "The brief is signed: it is the KPI contract now.")

    def explore(self) -> None:
        """The data, sealed before anyone looks."""
        self.chapter(Stage.EXPLORE)
        parts, script, dana = self.parts, self.script, self.cast["dana"]
        known = parts.ledger.find(Dataset, use_case=script.case)
        command = AddData(use_case=script.case, name=script.data, source=script.source)
        dataset = known[-1] if known else explore.add_data(parts, dana, command, script.file(script.data))
        self.say("sealed", dataset.division, {"open": dataset.rows_open, "sealed": dataset.rows_sealed})
        if dataset.contract is None:
            dataset = explore.explore(parts, dana, script.case)
            self.results(dataset.id, Stage.EXPLORE)
        if not explore.decided(dataset):
            decisions = DecideColumns(use_case=script.case, decisions=script.decisions)
            dataset = explore.decide_columns(parts, self.cast["emil"], decisions)
        for one in explore.decided(dataset):
            self.say("decide", f"Emil decides on {one.column}: {one.decision}. {one.reason}", {"column": one.column})
        self.sign(Stage.EXPLORE, "dana", Meaning.SUBMIT, dataset.id)
        self.sign(Stage.EXPLORE, "emil", Meaning.APPROVE, dataset.id)
        self.hold("explore", self.case().dataset == dataset.id, "The data contract is signed.")

    def develop(self) -> None:
        """Candidates by the builder, and in the first case one by hand that looks wonderful."""
        self.chapter(Stage.DEVELOP)
        parts, dana = self.parts, self.cast["dana"]
        builder = [c for c in cases.candidates(parts, self.case()) if c.made_by == "builder"]
        if len(builder) < KINDS:
            develop.ask_build(parts, dana, self.script.case)
        self.drain()
        if self.script.planted and not self._planted():
            self._by_hand()
            self.drain()
        for one in cases.candidates(parts, self.case()):
            self.say("candidate", f"{one.name}: {_figures(one.claims)}", {"candidate": one.id, "planted": one.planted})
        for one in self._entered():
            self.sign(Stage.DEVELOP, "dana", Meaning.SUBMIT, one.id)
        states = {c.name: parts.ledger.get(Candidate, c.id).state for c in self._entered()}
        names = " and ".join(states)
        self.hold("develop", "proposed" not in states.values(), f"Submitted for validation: {names}.")

    def _entered(self) -> list[Candidate]:
        """The candidates that go to validation: the planted one, if any, and the best honest one."""
        return [*self._planted(), self._honest()]

    def _planted(self) -> list[Candidate]:
        """The candidate with the leak, if it was brought."""
        return [c for c in cases.candidates(self.parts, self.case()) if c.planted]

    def _honest(self) -> Candidate:
        """The builder's candidate with the best claimed KPI."""
        made = [c for c in cases.candidates(self.parts, self.case()) if c.made_by == "builder"]
        return max(made, key=lambda c: c.claims[0].value)

    def _by_hand(self) -> None:
        """Dana's own model uses the length of the call: once declared, once not."""
        parts, script, dana = self.parts, self.script, self.cast["dana"]
        dataset = cases.dataset(parts, self.case())
        agreed = tuple(develop.allowed(cases.contract(parts, self.case()), dataset))
        card = ModelCard(
            framework="python",
            recipe="a scorecard written by hand",
            task=Task.BINARY,
            inputs=(*agreed, script.leak),
            labels=("no", "yes"),
        )
        kept = {"model.py": parts.vault.put(script.file(script.planted))}
        command = SubmitModel(use_case=script.case, name="Dana's scorecard", card=card, files=kept, planted=PLANTED)
        self.refused(
            "declared leak",
            lambda: develop.submit_model(parts, dana, command),
            "declared-inputs",
            "Dana brings a model that declares the length of the call as an input.",
        )
        quiet = command.model_copy(update={"card": card.model_copy(update={"inputs": agreed})})
        develop.submit_model(parts, dana, quiet)
        self.say("hidden leak", "Dana brings it again and leaves the length of the call off the list.", {})

    def validate(self) -> None:
        """The office recomputes on sealed rows; a separate validator and the owner decide."""
        self.chapter(Stage.VALIDATE)
        for candidate in self._entered():
            current = self.parts.ledger.get(Candidate, candidate.id)
            if current.state == "submitted" and not cases.results_of(
                self.parts, self.case(), candidate.id, Stage.VALIDATE
            ):
                validate.ask_validation(self.parts, self.cast["viktor"], self.script.case, candidate.id)
                self.drain()
            self.say(
                "validated",
                f"The office has recomputed {candidate.name} on the sealed rows.",
                {"candidate": candidate.id},
            )
            self.results(candidate.id, Stage.VALIDATE)
        for leaky in self._planted():
            self._refuse_planted(leaky)
        self._approve_honest()

    def _refuse_planted(self, planted: Candidate) -> None:
        """The validator refuses the leak."""
        words = "With the call's length withheld, as the contract asks, it does not do what its author measured."
        self.sign(Stage.VALIDATE, "viktor", Meaning.REFUSE, planted.id, statement=words)
        state = self.parts.ledger.get(Candidate, planted.id).state
        self.hold("refusal", state == "refused", f"{planted.name} is {state}.", candidate=planted.id)

    def _approve_honest(self) -> None:
        """The best honest candidate, if every check and signer lets it pass."""
        best = self._honest()
        if self.parts.ledger.get(Candidate, best.id).state == "submitted":
            attempt = Sign(use_case=self.script.case, subject=best.id, role=Role.VALIDATOR, meaning=Meaning.APPROVE)
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
            refused = self.parts.ledger.get(Candidate, best.id).state == "refused"
            step = "approval" if self.script is TELCO_CHURN else "no approval"
            self.hold(step, refused and step != "approval", "No honest candidate clears: the case ends refused.")
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
        if not cases.dataset(parts, self.case()).rows_replay:
            self.say("operate", "There is no replay window: monitoring begins with the first real outcomes.", {})
            return
        if not parts.ledger.find(MonitoringRound, use_case=self.script.case):
            operate.ask_replay(parts, oona, self.script.case)
            self.drain()
        turn = parts.ledger.find(MonitoringRound, use_case=self.script.case)
        if not turn:
            raise NotFound("The first monitoring round did not happen.", "", "Run the demonstration again.")
        self.results(turn[0].id, Stage.OPERATE)
        self.say("round", turn[0].sentence, {"action": turn[0].action, "rows": turn[0].rows})
        self.sign(Stage.OPERATE, "oona", Meaning.APPROVE, turn[0].id)
        audit.close_minutes(parts)
        self.hold("operate", True, "The first monitoring round waits for its business owner: that approval is yours.")


def _promise(brief: Brief) -> str:
    return (
        f"{brief.kpi.name}: at least {brief.kpi.target:,.0f} {brief.kpi.unit} a {brief.kpi.period} "
        f"with probability {brief.kpi.min_probability:g}; baseline: {brief.kpi.baseline}."
    )


def _figures(claims: tuple[Estimate, ...]) -> str:
    return "; ".join(one.says() for one in claims) or "no figures"
