"""What was signed before and may still hold: earlier KPI contracts at gate 1, earlier released candidates at gate 4."""

from collections.abc import Sequence
from typing import NamedTuple

from glassworks.core import canonical, signoff
from glassworks.core.dossier import CARRYING, Body, Prepared, Signed
from glassworks.core.finding import Finding
from glassworks.core.people import KeyList
from glassworks.core.ports import Ledger, Vault
from glassworks.core.record import Moment
from glassworks.core.result import Result, Verdict
from glassworks.core.signoff import Meaning, SignOff
from glassworks.core.stage import Stage
from glassworks.core.usecase import GateRecord, MonitoringRound, Release

QUIET = ("none", "log")
"""What the ladder does when nothing is wrong."""


class Trouble(NamedTuple):
    """Something that came up about a release after it was approved: what, and since when."""

    sentence: str
    since: Moment


def bodies(ledger: Ledger, vault: Vault, keys: KeyList, prepared: Prepared) -> list[Signed]:
    """What was agreed or released before, with the sign-offs of it that verify.

    From a release that has been found wanting since, nothing is carried: who approved it signs again.
    """
    if prepared.stage not in CARRYING:
        return []
    gates = [g for g in ledger.find(GateRecord, use_case=prepared.use_case) if g.stage is prepared.stage and g.open]
    if prepared.stage is Stage.VALIDATE:
        sound = {one.candidate for one in ledger.find(Release, use_case=prepared.use_case) if not troubles(ledger, one)}
        gates = [gate for gate in gates if gate.subject in sound]
    settled = min((gate.decided_at for gate in gates if gate.dossier == prepared.id), default=None)
    gates = [gate for gate in gates if settled is None or gate.decided_at < settled]
    opened = dict.fromkeys(gate.dossier for gate in gates)
    return [
        signed(vault, digest, tuple(s for s in given if not signoff.faults(s, keys)))
        for digest in opened
        for given in [ledger.find(SignOff, use_case=prepared.use_case, dossier=digest)]
    ]


def signed(vault: Vault, digest: str, signoffs: tuple[SignOff, ...]) -> Signed:
    """A body of the vault with these sign-offs."""
    return Signed(
        body=Body.model_validate(canonical.parse_strict(vault.get(digest))), body_digest=digest, signoffs=signoffs
    )


def unrefused(carried: tuple[SignOff, ...], every: Sequence[SignOff], stage: Stage) -> tuple[SignOff, ...]:
    """Approvals whose role has refused nothing later at this gate: who refused once is asked again."""
    refused = [s for s in every if s.stage is stage and s.meaning is Meaning.REFUSE]
    return tuple(one for one in carried if not any(s.role is one.role and s.signed_at > one.signed_at for s in refused))


def troubles(ledger: Ledger, release: Release) -> list[Trouble]:
    """What came up about a release after its approval: findings still open, and the newest monitoring round."""
    rounds = ledger.find(MonitoringRound, use_case=release.use_case, release=release.id)
    about = {release.id, release.candidate, *(one.id for one in rounds)}
    found = [
        Trouble(f"An open finding of {one.severity} severity: {one.text}", one.raised_at)
        for one in ledger.find(Finding, use_case=release.use_case)
        if one.is_open and one.subject in about and one.raised_at > release.released_at
    ]
    if rounds:
        last = max(rounds, key=lambda one: one.number)
        failed = [
            one.title
            for one in ledger.find(Result, use_case=release.use_case, subject=last.id)
            if one.verdict is Verdict.FAIL
        ]
        said = [f"failed: {', '.join(failed)}"] if failed else []
        said += [f"the ladder's step was: {last.action}"] if last.action not in QUIET else []
        if said:
            told = last.sentence or f"{'; '.join(said)}."
            found.append(Trouble(f"Monitoring round {last.number}: {told}", last.made_at))
    return found
