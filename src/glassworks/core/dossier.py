"""The dossier: everything a gate saw, in one content-addressed file an outsider can verify."""

from collections.abc import Iterable
from typing import Any, ClassVar, Literal

from pydantic import Field

from glassworks.core import canonical, counter, reapproval, signoff
from glassworks.core.carried import Earlier, carried
from glassworks.core.contract import Brief, Tier
from glassworks.core.finding import Finding
from glassworks.core.gate import Decision, Evidence, decide
from glassworks.core.lock import Lock
from glassworks.core.people import KeyList
from glassworks.core.policy import PolicyPack
from glassworks.core.reapproval import Grounds, Stood
from glassworks.core.record import Moment, Part, Record, added
from glassworks.core.result import Result
from glassworks.core.signoff import SignedBefore, SignOff
from glassworks.core.stage import Stage
from glassworks.core.usecase import LineStop, Look, Waiver

CARRYING = (Stage.SCOPE, Stage.VALIDATE)
"""The gates at which approvals of an earlier body may still count."""


class Body(Part):
    """What signers sign the hash of: the subject, the brief, the results, the policy in force.

    `subject` is the record decided about (brief, dataset, candidate or round) as plain data.
    `attachments` maps a name to base64 content, inlined so that the file stands alone. Before the second format an
    exception was granted without a signature of its own. At gate 4, `grounds` says what data the candidate was judged
    on, and `lock` with which packages it was recomputed. `before` says who signed the gates before, so that one person
    in two conflicting roles is found across gates too.
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
    before: tuple[SignedBefore, ...] = added(())
    looks: tuple[Look, ...] = ()
    attachments: dict[str, str] = Field(default_factory=dict)
    grounds: Grounds | None = added(None)
    lock: Lock | None = added(None)
    made_at: Moment


class Prepared(Record):
    """A body laid ready for signatures; its id is the body's digest, its bytes lie in the vault."""

    kind: ClassVar[str] = "dossier"
    stage: Stage
    subject: str
    made_at: Moment


class Signed(Part):
    """An earlier body, of a KPI contract or of a released candidate, with the approvals of it that may still hold."""

    body: Body
    body_digest: str
    signoffs: tuple[SignOff, ...] = ()

    def terms(self) -> Earlier:
        """What was agreed, and who approved it."""
        return Earlier(
            dossier=self.body_digest, brief=self.body.brief, policy=self.body.policy.digest, signoffs=self.signoffs
        )

    def stood(self) -> Stood:
        """The candidate as it stood at gate 4, and who approved it."""
        return stood(self.body, self.body_digest, self.signoffs)


class Dossier(Part):
    """The file: the signed body, and everything the gate needs beside it to be decided again.

    `earlier` are the versions of a KPI contract, or the released candidates, from which approvals are carried: whole,
    so that an outsider can tell.
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
            carried=held(self.body, self.body_digest, self.earlier, self.decided_at),
            authors=self.body.authors,
            before=self.body.before,
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


def held(body: Body, digest: str, earlier: Iterable[Signed], now: Moment) -> tuple[SignOff, ...]:
    """The approvals of earlier bodies that count at this body's gate: at gates 1 and 4 alone."""
    if body.stage is Stage.SCOPE:
        return carried(body.brief, body.policy, body.tier, (one.terms() for one in earlier), now)
    if body.stage is Stage.VALIDATE:
        return reapproval.carried(stood(body, digest), body.policy, (one.stood() for one in earlier), now)
    return ()


def stood(body: Body, digest: str, signoffs: tuple[SignOff, ...] = ()) -> Stood:
    """The candidate that a body of gate 4 is about, as far as re-approval asks."""
    subject = body.subject
    return Stood(
        dossier=digest,
        use_case=body.use_case,
        environment=body.environment,
        demonstration=body.demonstration,
        candidate=body.subject_id,
        made_by=str(subject.get("made_by", "")),
        card=subject.get("card") or {},
        files=subject.get("files") or {},
        brief=body.brief,
        grounds=body.grounds,
        lock=body.lock,
        policy=body.policy.digest,
        tier=body.tier,
        verdicts={one.check: one.verdict for one in body.results},
        authors=body.authors,
        signoffs=signoffs,
    )


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
    """What is wrong with the earlier bodies from which approvals are carried."""
    found, stage = [], dossier.body.stage
    for one, read in zip(dossier.earlier, file.get("earlier", ()), strict=True):
        body = one.body
        what = f"the earlier version {body.subject_id}"
        if canonical.digest(read["body"]) != one.body_digest:
            found.append(f"{what} does not have the digest that was signed")
        if (body.use_case, body.stage) != (dossier.body.use_case, stage) or stage not in CARRYING:
            found.append(f"{what} is of another use case or gate")
        if body.stage is Stage.SCOPE and body.subject_id != body.brief.id:
            found.append(f"{what} is about another brief than it holds")
        if body.stage is Stage.VALIDATE and body.subject_id != body.subject.get("id"):
            found.append(f"{what} is about another candidate than it holds")
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
