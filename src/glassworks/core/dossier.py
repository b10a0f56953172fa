"""The dossier: everything a gate saw, in one content-addressed file an outsider can verify."""

from collections.abc import Iterable
from typing import Any, ClassVar, Literal

from pydantic import Field

from glassworks.core import canonical, counter, signoff
from glassworks.core.carried import Earlier, carried
from glassworks.core.contract import Brief, Tier
from glassworks.core.finding import Finding
from glassworks.core.gate import Decision, Evidence, decide
from glassworks.core.people import KeyList
from glassworks.core.policy import PolicyPack
from glassworks.core.record import Moment, Part, Record, added
from glassworks.core.result import Result
from glassworks.core.signoff import SignOff
from glassworks.core.stage import Stage
from glassworks.core.usecase import LineStop, Look, Waiver


class Body(Part):
    """What signers sign the hash of: the subject, the brief, the results, the policy in force.

    `subject` is the record decided about (brief, dataset, candidate or round) as plain data.
    `attachments` maps a name to base64 content, inlined so that the file stands alone. Before the second format an
    exception was granted without a signature of its own.
    """

    format: Literal["glassworks-dossier/1", "glassworks-dossier/2"] = "glassworks-dossier/2"
    use_case: str
    title: str
    stage: Stage
    tier: Tier
    environment: str
    demonstration: bool = False
    seal: str = ""
    subject_kind: str
    subject_id: str
    subject: dict[str, Any]
    brief: Brief
    results: tuple[Result, ...]
    policy: PolicyPack
    authors: tuple[str, ...] = ()
    looks: tuple[Look, ...] = ()
    attachments: dict[str, str] = Field(default_factory=dict)
    made_at: Moment


class Prepared(Record):
    """A body laid ready for signatures; its id is the body's digest, its bytes lie in the vault."""

    kind: ClassVar[str] = "dossier"
    stage: Stage
    subject: str
    made_at: Moment


class Signed(Part):
    """The body of an earlier version of a KPI contract with the approvals of it that may still hold."""

    body: Body
    body_digest: str
    signoffs: tuple[SignOff, ...] = ()

    def terms(self) -> Earlier:
        """What was agreed, and who approved it."""
        return Earlier(
            dossier=self.body_digest, brief=self.body.brief, policy=self.body.policy.digest, signoffs=self.signoffs
        )


class Dossier(Part):
    """The file: the signed body, and everything the gate needs beside it to be decided again.

    `earlier` are the versions of a KPI contract from which approvals are carried, whole, so that an outsider can tell.
    """

    body: Body
    body_digest: str
    signoffs: tuple[SignOff, ...] = ()
    exceptions: tuple[Waiver, ...] = ()
    findings: tuple[Finding, ...] = ()
    stops: tuple[LineStop, ...] = ()
    earlier: tuple[Signed, ...] = added(())
    keys: KeyList
    decided_at: Moment
    decision: Decision
    office_signature: str = ""

    def evidence(self) -> Evidence:
        """What the gate was shown, rebuilt from the file."""
        return Evidence(
            stage=self.body.stage,
            subject=self.body.subject_id,
            dossier=self.body_digest,
            tier=self.body.tier,
            policy=self.body.policy,
            results=self.body.results,
            signoffs=self.signoffs,
            carried=held(self.body, (one.terms() for one in self.earlier), self.decided_at),
            authors=self.body.authors,
            exceptions=self.exceptions,
            void=void(self.body, self.exceptions, self.keys),
            findings=self.findings,
            stops=self.stops,
            now=self.decided_at,
        )

    def payload(self) -> bytes:
        """The bytes that the office signs: the whole file but the office's signature."""
        return _unsealed(self.facts())

    def content(self) -> bytes:
        """The file's canonical bytes."""
        return canonical.to_bytes(self.facts())


def held(body: Body, earlier: Iterable[Earlier], now: Moment) -> tuple[SignOff, ...]:
    """The approvals of earlier versions that count at this body's gate: at gate 1 alone."""
    if body.stage is not Stage.SCOPE:
        return ()
    return carried(body.brief, body.policy, body.tier, earlier, now)


def void(body: Body, exceptions: tuple[Waiver, ...], keys: KeyList) -> dict[str, str]:
    """The exceptions that the gate of this body does not honour, by id, with the reasons in words."""
    return {} if body.format == "glassworks-dossier/1" else counter.void(exceptions, keys, body.authors)


def _unsealed(file: dict[str, Any]) -> bytes:
    return canonical.to_bytes({k: v for k, v in file.items() if k != "office_signature"})


def _signoff_faults(dossier: Dossier, one: SignOff) -> list[str]:
    """Everything wrong with one sign-off in its dossier."""
    found = signoff.faults(one, dossier.keys)
    if one.dossier != dossier.body_digest:
        found.append("it is for another dossier")
    if (one.stage, one.subject) != (dossier.body.stage, dossier.body.subject_id):
        found.append("it is for another gate or subject")
    return found + _invented(dossier, one)


def _earlier_faults(dossier: Dossier, file: dict[str, Any]) -> list[str]:
    """What is wrong with the earlier versions from which approvals are carried."""
    found = []
    for one, read in zip(dossier.earlier, file.get("earlier", ()), strict=True):
        if canonical.digest(read["body"]) != one.body_digest:
            found.append(f"the earlier version {one.body.subject_id} does not have the digest that was signed")
        if (one.body.use_case, one.body.stage) != (dossier.body.use_case, Stage.SCOPE):
            found.append(f"the earlier version {one.body.subject_id} is of another use case or gate")
        if one.body.subject_id != one.body.brief.id:
            found.append(f"the earlier version {one.body.subject_id} is about another brief than it holds")
        for given in one.signoffs:
            wrong = signoff.faults(given, dossier.keys) + _invented(dossier, given)
            wrong += ["it is for another dossier"] if given.dossier != one.body_digest else []
            found += [f"carried sign-off {given.id}: {fault}" for fault in wrong]
    return found


def _invented(dossier: Dossier, one: SignOff) -> list[str]:
    persona = any(key.persona for key in dossier.keys.keys if key.key_id == one.key_id)
    if (persona or one.method == "demonstration") and not dossier.body.demonstration:
        return ["it is by an invented person, but the dossier does not say that it is a demonstration"]
    return []


def _counter_faults(dossier: Dossier) -> list[str]:
    """What is wrong beside the gate: grants by invented people, and stops that say they are released but are not."""
    found = [
        f"exception {one.id}: {fault}"
        for one in dossier.exceptions
        if one.grant
        for fault in _invented(dossier, one.grant)
    ]
    if dossier.body.format != "glassworks-dossier/1":
        found += [
            f"release of stop {one.id}: {fault}"
            for one in dossier.stops
            if not one.holds
            for fault in counter.release_faults(one, dossier.keys)
        ]
    return found


def faults(dossier: Dossier, file: dict[str, Any] | None = None) -> list[str]:
    """Everything in a dossier that does not hold together; an empty list means it is consistent.

    Consistent is not trusted: whether the office's key is the right one, only a pinned fingerprint can say.
    `file` is the parsed file, when the dossier was read from one: hashes are of what the file says, so that a file
    still verifies after a later version gave its records new fields.
    """
    file = file or dossier.facts()
    found = []
    if canonical.digest(file["body"]) != dossier.body_digest:
        found.append("the body does not have the digest that was signed: it was altered")
    office = dossier.keys.office_public_key
    found += signoff.keylist_faults(dossier.keys)
    if not signoff.is_signed(office, _unsealed(file), dossier.office_signature):
        found.append("the office's seal does not fit the file: something in it was altered")
    for one in dossier.signoffs:
        found += [f"sign-off {one.id}: {fault}" for fault in _signoff_faults(dossier, one)]
    found += _earlier_faults(dossier, file)
    found += _counter_faults(dossier)
    if len({one.id for one in dossier.signoffs}) != len(dossier.signoffs):
        found.append("one sign-off stands in the file twice")
    author = dossier.body.subject.get("author")
    if author and author not in dossier.body.authors:
        found.append("the author of the subject is missing from the authors, who may not approve it")
    if decide(dossier.evidence()) != dossier.decision:
        found.append("the gate, asked again, does not give the decision that is written in the file")
    return found
