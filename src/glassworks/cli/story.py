"""The shipped use case, stage by stage, through the acts that a user calls; killed, it goes on where it stopped."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from glassworks.cli.personas import CAST, assemble, secrets_of
from glassworks.cli.scripts import SCRIPTS, TERM_DEPOSIT, Script
from glassworks.core.commands import AddData, DecideColumns, OpenUseCase, SaveBrief, Sign, SubmitModel
from glassworks.core.contract import Brief, Task
from glassworks.core.errors import NotAllowed, NotFound
from glassworks.core.estimate import Estimate, rounded
from glassworks.core.people import Actor, LineOfBusiness, Role
from glassworks.core.result import Result, Verdict
from glassworks.core.signoff import Meaning, SignOff
from glassworks.core.stage import STAGES, Stage
from glassworks.core.usecase import Candidate, Dataset, ModelCard, MonitoringRound, UseCase
from glassworks.factory import worker
from glassworks.line import audit, cases, develop, explore, operate, outcome, people, scope, sealed, signing, validate
from glassworks.line.parts import Parts
from glassworks.measures.worth import columns
from glassworks.stages.scope.brief_file import brief_from_yaml

KINDS = 3
PLANTED = "planted for this demonstration: it is made from the length of the call, which is known only afterwards"
REACHED = "I know that this counts people reached, not outcomes caused by acting on them."
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

        `approved`: an honest candidate runs. `refused`: no honest candidate cleared, and the case ended there. `second
        case`: it ended so, and the second shipped case carries the approval.
        """
        self.cast = assemble(self.parts)
        for chapter in (self.scope, self.explore, self.develop, self.validate, self.operate):
            chapter()
        outcome.publish(self.parts)
        if not all(self.held.values()):
            return ""
        if self.case().release:
            return "approved"
        if not self.script.second:
            return "refused"
        second = SCRIPTS[self.script.second]
        self.say("second case", f"A second shipped case carries the approval: {second.title}", {})
        return "second case" if Story(self.parts, self.say, second).tell() == "approved" else ""

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
        brief = self._with_data_first(cases.briefs(parts, self.case())[-1])
        self.say("brief", _promise(brief), {"target": brief.kpi.target})
        self.results(brief.id, Stage.SCOPE)
        self.sign(Stage.SCOPE, "dana", Meaning.SUBMIT, brief.id)
        self.sign(Stage.SCOPE, "emil", Meaning.APPROVE, brief.id)
        self.sign(Stage.SCOPE, "olga", Meaning.APPROVE, brief.id, statement=REACHED if brief.acknowledged else "")
        self.hold("scope", self.case().brief == brief.id, "The brief is signed: it is the KPI contract now.")

    def _with_data_first(self, brief: Brief) -> Brief:
        """Where values differ by row, only rows tell whether the target is within reach: they are sealed first."""
        if not columns(brief.value, brief.task) or self.case().brief:
            return brief
        self._data()
        self.say("data first", "What a case is worth differs by row: the data are sealed now, and the brief asked.", {})
        if brief.version > 1:
            return brief
        again = SaveBrief(use_case=self.script.case, expected_version=brief.version, brief=brief)
        return scope.save_brief(self.parts, self.cast["dana"], again)

    def _data(self) -> Dataset:
        """The data of the case; brought, they are divided and sealed at once."""
        known = self.parts.ledger.find(Dataset, use_case=self.script.case)
        command = AddData(use_case=self.script.case, name=self.script.data, source=self.script.source)
        content = self.script.file(self.script.data)
        return known[-1] if known else explore.add_data(self.parts, self.cast["dana"], command, content)

    def explore(self) -> None:
        """The data, sealed before anyone looks."""
        self.chapter(Stage.EXPLORE)
        parts, script, dana = self.parts, self.script, self.cast["dana"]
        dataset = self._data()
        self.say("sealed", dataset.division, {"open": dataset.rows_open, "sealed": dataset.rows_sealed})
        if dataset.contract is None:
            dataset = explore.explore(parts, dana, script.case)
            self.results(dataset.id, Stage.EXPLORE)
        if script.decisions and not explore.decided(dataset):
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
            self._submit(one)
        states = {c.name: parts.ledger.get(Candidate, c.id).state for c in self._entered()}
        names = " and ".join(states)
        self.hold("develop", "proposed" not in states.values(), f"Submitted for validation: {names}.")

    def _entered(self) -> list[Candidate]:
        """The candidates that go to validation first: the planted one, if any, and the best honest one."""
        return [*self._planted(), self._honest()[0]]

    def _planted(self) -> list[Candidate]:
        """The candidate with the leak, if it was brought."""
        return [c for c in cases.candidates(self.parts, self.case()) if c.planted]

    def _honest(self) -> list[Candidate]:
        """The builder's candidates, the largest claimed KPI first; what failed on open rows is not worth a look."""
        made = [c for c in cases.candidates(self.parts, self.case()) if c.made_by == "builder"]
        return sorted(made, key=lambda c: (bool(self._failed(c, Stage.DEVELOP)), -c.claims[0].value))

    def _failed(self, candidate: Candidate, stage: Stage) -> list[Result]:
        """What a candidate failed at a stage."""
        found = cases.results_of(self.parts, self.case(), candidate.id, stage)
        return [one for one in found if one.verdict is Verdict.FAIL]

    def _submit(self, candidate: Candidate) -> None:
        """Dana submits; where open rows leave it undecided, the owner says whether it is worth a look."""
        self.sign(Stage.DEVELOP, "dana", Meaning.SUBMIT, candidate.id)
        if self._state(candidate) == "proposed" and not self._failed(candidate, Stage.DEVELOP):
            accepting = self._accepting(candidate, Stage.DEVELOP)
            self.sign(Stage.DEVELOP, "olga", Meaning.ACCEPT_INCONCLUSIVE, candidate.id, **accepting)

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
        for planted in self._planted():
            self._recompute(planted)
            self._refuse_planted(planted)
        best, *others = self._honest()
        self._recompute(best)
        self._own_work(best)
        self._decide(best)
        for other in others:
            if self.case().release or not self._may_look(other):
                break
            self.say("next", f"A further look is left: Dana submits the next candidate, {other.name}.", {})
            self._submit(other)
            self._recompute(other)
            self._decide(other)
        if not self.case().release:
            states = [self._state(one) for one in cases.candidates(self.parts, self.case())]
            ended = "approved" not in states and "refused" in states
            self.hold("no approval", ended, "No honest candidate clears: the case ends refused.")

    def _may_look(self, candidate: Candidate) -> bool:
        """Whether a look at the sealed rows is left for a candidate that failed nothing on open rows."""
        policy = self.parts.policy(self.case().line)
        taken = sealed.looks(self.parts, cases.dataset(self.parts, self.case()), policy)
        known = any(one.candidate == candidate.id for one in taken)
        return known or (len(taken) < policy.max_looks and not self._failed(candidate, Stage.DEVELOP))

    def _state(self, candidate: Candidate) -> str:
        return self.parts.ledger.get(Candidate, candidate.id).state

    def _recompute(self, candidate: Candidate) -> None:
        """The office's scorer opens the sealed rows for one candidate."""
        known = cases.results_of(self.parts, self.case(), candidate.id, Stage.VALIDATE)
        if self._state(candidate) == "submitted" and not known:
            validate.ask_validation(self.parts, self.cast["viktor"], self.script.case, candidate.id)
            self.drain()
        words = f"The office has recomputed {candidate.name} on the sealed rows."
        self.say("validated", words, {"candidate": candidate.id})
        self.results(candidate.id, Stage.VALIDATE)

    def _refuse_planted(self, planted: Candidate) -> None:
        """The validator refuses the leak."""
        words = "With the call's length withheld, as the contract asks, it does not do what its author measured."
        self.sign(Stage.VALIDATE, "viktor", Meaning.REFUSE, planted.id, statement=words)
        state = self.parts.ledger.get(Candidate, planted.id).state
        self.hold("refusal", state == "refused", f"{planted.name} is {state}.", candidate=planted.id)

    def _own_work(self, best: Candidate) -> None:
        """Nobody approves what they made."""
        if self._state(best) != "submitted":
            return
        attempt = Sign(use_case=self.script.case, subject=best.id, role=Role.VALIDATOR, meaning=Meaning.APPROVE)
        self.refused(
            "own work",
            lambda: signing.sign(self.parts, self.cast["dana"], attempt, self.passphrase("dana")),
            "own-work",
            "Dana tries to approve her own candidate.",
        )

    def _decide(self, best: Candidate) -> None:
        """An honest candidate is refused when a check failed, or when a figure that is undecided falls short itself."""
        found = cases.results_of(self.parts, self.case(), best.id, Stage.VALIDATE)
        unsure = [one for one in found if one.verdict is Verdict.INCONCLUSIVE]
        short = [one for one in unsure if not all(figure.reaches for figure in one.answer.estimates)]
        if failed := [*self._failed(best, Stage.VALIDATE), *short]:
            self.sign(Stage.VALIDATE, "viktor", Meaning.REFUSE, best.id, statement=failed[0].answer.sentence)
            return
        self.sign(Stage.VALIDATE, "viktor", Meaning.APPROVE, best.id)
        self.sign(Stage.VALIDATE, "olga", Meaning.APPROVE, best.id, **self._accepting(best, Stage.VALIDATE))
        released = bool(self.case().release)
        self.hold("approval", released, f"{best.name} is released." if released else f"{best.name} is not released.")

    def _accepting(self, candidate: Candidate, stage: Stage) -> dict[str, Any]:
        """The words with which the owner accepts, for a time and under a condition, what the rows cannot decide."""
        found = cases.results_of(self.parts, self.case(), candidate.id, stage)
        unsure = tuple(r.check for r in found if r.verdict is Verdict.INCONCLUSIVE)
        if not unsure:
            return {}
        until = self.parts.now() + timedelta(days=ACCEPTANCE_DAYS)
        self.say(
            "undecided", f"Not enough data to decide: {', '.join(unsure)}. Olga accepts it until {until:%Y-%m-%d}.", {}
        )
        return {"accepts": unsure, "expires_at": until, "conditions": (self.script.condition,)}

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
        f"{brief.kpi.name}: at least {rounded(brief.kpi.target)} {brief.kpi.unit} a {brief.kpi.period} "
        f"with probability {brief.kpi.min_probability:g}; baseline: {brief.kpi.baseline}."
    )


def _figures(claims: tuple[Estimate, ...]) -> str:
    return "; ".join(one.says() for one in claims) or "no figures"
