"""What follows when a gate has answered: the records it settles, the release, and the folder that serving reads."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from glassworks.core import canonical
from glassworks.core.dossier import Body, Dossier
from glassworks.core.errors import GateClosed, GlassworksError
from glassworks.core.gate import Decision, Evidence, closes_at
from glassworks.core.journal import Act
from glassworks.core.package import Package
from glassworks.core.permit import Permit
from glassworks.core.record import Moment, Record, new_id
from glassworks.core.signoff import Meaning
from glassworks.core.stage import Stage
from glassworks.core.usecase import Candidate, GateRecord, Release, Token, UseCase
from glassworks.hub import gatekeeper
from glassworks.line import cases, people
from glassworks.line.parts import Parts
from glassworks.stages.validate.package import pack
from glassworks.store import releases
from glassworks.store.segments import write_whole

NO_END = datetime(9999, 1, 1, tzinfo=UTC)
PURPOSE = "the decision named in the KPI contract"


def follow(parts: Parts, case: UseCase, seen: Evidence, decision: Decision, file: Dossier) -> None:
    """Write what a gate's answer settles. Runs inside the signature's transaction."""
    blob = parts.vault.put(file.content())
    changes: dict[str, str] = {}
    if decision.open and seen.stage is Stage.SCOPE:
        changes = {"brief": seen.subject}
    elif decision.open and seen.stage is Stage.EXPLORE:
        changes = {"dataset": seen.subject}
    elif seen.stage is Stage.DEVELOP:
        _mark(parts, case, seen.subject, "submitted" if decision.open else "withdrawn")
    elif seen.stage is Stage.VALIDATE:
        _mark(parts, case, seen.subject, "approved" if decision.open else "refused")
        if decision.open:
            changes = {"release": _release(parts, case, seen, blob).id}
    gatekeeper.record(
        parts.ledger, seen, decision, case=case, changes=changes, file=blob, why=_why(parts, seen, decision)
    )


def _why(parts: Parts, seen: Evidence, decision: Decision) -> str:
    refusals = [s.statement for s in seen.signoffs if s.meaning is Meaning.REFUSE]
    return "" if decision.open or not refusals else f"Gate {seen.stage} refused {seen.subject}: {refusals[0]}"


def _mark(parts: Parts, case: UseCase, candidate_id: str, state: str) -> Candidate:
    candidate = cases.of_case(parts, Candidate, case, candidate_id)
    changed = candidate.model_copy(update={"state": state, "version": candidate.version + 1})
    act = Act(
        act=f"candidate {state}",
        who="office",
        what=candidate.id,
        use_case=case.id,
        line=case.line,
        sentence=f"The candidate {candidate.name} is {state}.",
    )
    parts.ledger.replace(changed, candidate.version, act)
    return changed


def _release(parts: Parts, case: UseCase, seen: Evidence, dossier: str) -> Release:
    """Make the release and its first permit."""
    candidate = cases.of_case(parts, Candidate, case, seen.subject)
    body = Body.model_validate(canonical.parse_strict(parts.vault.get(seen.dossier)))
    ground = ground_ends(parts, case, body)
    if ground and ground <= seen.now:
        raise GateClosed("What an earlier gate rests on has run out.", [ended(ground)])
    brief = cases.contract(parts, case)
    dataset = cases.signed_data(parts, case, candidate.dataset)
    if dataset.contract is None:
        raise GateClosed("There is no data contract.", ["The domain expert decides on the columns first."])
    package = pack(candidate, dataset.contract, brief, body.lock)
    kpi = next((r for r in seen.results if r.check == "kpi"), None)
    release = Release(
        id=new_id("rel"),
        use_case=case.id,
        line=case.line,
        candidate=candidate.id,
        dossier=dossier,
        package=parts.vault.put(canonical.to_bytes(package.facts())),
        environment=parts.settings.environment,
        purpose=brief.purpose or PURPOSE,
        threshold=package.threshold,
        capacity_share=package.capacity_share,
        promised=tuple(one.asked() for one in kpi.answer.estimates) if kpi else (),
        conditions=tuple(dict.fromkeys(c for s in (*seen.carried, *seen.signoffs) for c in s.conditions)),
        released_at=seen.now,
    )
    act = Act(
        act="release",
        who="office",
        what=release.id,
        use_case=case.id,
        line=case.line,
        sentence=f"{candidate.name} is released to run in {release.environment}.",
    )
    _end_earlier(parts, case, candidate.name)
    parts.ledger.add(release, act)
    issue(parts, release, case, seen.now, min((end for end in (ground, closes_at(seen)) if end), default=None))
    return release


def _end_earlier(parts: Parts, case: UseCase, successor: str) -> None:
    """A use case runs one release at a time: the one before it stops running when its successor is released."""
    for earlier in parts.ledger.find(Release, use_case=case.id, state="active"):
        ended = earlier.model_copy(update={"state": "retired", "version": earlier.version + 1})
        act = Act(
            act="retire release",
            who="office",
            what=earlier.id,
            use_case=case.id,
            line=case.line,
            sentence=f"The release {earlier.id} ends: {successor} follows it.",
        )
        parts.ledger.replace(ended, earlier.version, act)


def ground_ends(parts: Parts, case: UseCase, body: Body) -> Moment | None:
    """When the first of gates 1 to 3 under a candidate would close, because an exception or acceptance there runs out.

    `body` is the candidate's at gate 4. None: nothing there runs out.
    """
    under = {
        Stage.SCOPE: body.brief.id,
        Stage.EXPLORE: str(body.subject["dataset"]),
        Stage.DEVELOP: body.subject_id,
    }
    found = [_answer_ends(parts, case, stage, subject) for stage, subject in under.items()]
    return min((end for end in found if end), default=None)


def _answer_ends(parts: Parts, case: UseCase, stage: Stage, subject: str) -> Moment | None:
    """When the newest open answer of a gate about a subject would close."""
    gates = [g for g in parts.ledger.find(GateRecord, use_case=case.id, subject=subject) if g.stage is stage and g.open]
    return closes_at(_dossier(parts, gates[-1]).evidence()) if gates else None


def _dossier(parts: Parts, gate: GateRecord) -> Dossier:
    return Dossier.model_validate(canonical.parse_strict(parts.vault.get(gate.file)))


def ended(ground: Moment) -> str:
    """What to say when an exception or acceptance under a candidate has run out."""
    return (
        f"An exception or acceptance of an earlier gate ran out on {ground:%Y-%m-%d %H:%M} UTC. "
        "Mend what it excused, or have that gate signed anew."
    )


def issue(parts: Parts, release: Release, case: UseCase, now: Moment, ends: Moment | None) -> Permit:
    """Sign the next lease of a release's permit."""
    earlier = parts.ledger.find(Permit, use_case=case.id, release=release.id)
    lease = now + timedelta(hours=parts.policy(case.line).permit_hours)
    serial = len(earlier) + 1
    permit = Permit(
        id=f"permit-{release.id}-{serial}",
        use_case=case.id,
        line=case.line,
        release=release.id,
        package=release.package,
        environment=release.environment,
        purpose=release.purpose,
        conditions=release.conditions,
        demonstration=case.demonstration,
        dossier=release.dossier,
        office_public_key=parts.office.public_key,
        serial=serial,
        issued_at=now,
        expires_at=min(lease, ends) if ends else lease,
    )
    signed = parts.office.sign_permit(permit)
    act = Act(
        act="issue permit",
        who="office",
        what=release.id,
        use_case=case.id,
        line=case.line,
        sentence=f"The permit runs until {signed.expires_at:%Y-%m-%d %H:%M} UTC.",
    )
    parts.ledger.add(signed, act)
    return signed


def permit_of(parts: Parts, release: Release) -> Permit:
    """The newest permit of a release."""
    return max(parts.ledger.find(Permit, use_case=release.use_case, release=release.id), key=lambda p: p.serial)


def renew(parts: Parts) -> int:
    """Renew every lease that has less than half its time left, unless it is stopped or its ground has run out."""
    now, renewed, stopped = parts.now(), 0, revoked(parts)
    for release in parts.ledger.find(Release):
        case = parts.ledger.get(UseCase, release.use_case)
        permit = permit_of(parts, release)
        half = permit.issued_at + (permit.expires_at - permit.issued_at) / 2
        if release.id not in stopped and now > half:
            ends = _release_ends(parts, case, release)
            if ends is None or ends > now:
                issue(parts, release, case, now, ends)
                renewed += 1
    publish(parts)
    return renewed


def _release_ends(parts: Parts, case: UseCase, release: Release) -> Moment | None:
    """When the first of the four gates under a release would close, because something there runs out."""
    dossier = Dossier.model_validate(canonical.parse_strict(parts.vault.get(release.dossier)))
    found = (ground_ends(parts, case, dossier.body), closes_at(dossier.evidence()))
    return min((end for end in found if end), default=None)


def revoked(parts: Parts) -> list[str]:
    """Releases that may not run now: stopped, retired, or under a stopped use case or line."""
    found = []
    for release in parts.ledger.find(Release):
        case = parts.ledger.get(UseCase, release.use_case)
        if release.state != "active" or gatekeeper.stops_over(
            parts.ledger, case.model_copy(update={"release": release.id})
        ):
            found.append(release.id)
    return found


def publish(parts: Parts) -> list[str]:
    """Make the folders that serving and outsiders read match the ledger. Repeating it changes nothing.

    Stops and tokens come first and wait for nothing. The answer says which files could not be written because bytes
    were altered: that holds up neither another release nor a stop, and serving refuses altered bytes by itself.
    """
    releases.write_revocations(parts.serving, parts.office.sign_revocations(revoked(parts), parts.now()))
    releases.write_tokens(parts.serving, tokens(parts))
    found = [_tried(_publish_release, parts, release) for release in parts.ledger.find(Release)]
    parts.dossiers.mkdir(parents=True, exist_ok=True)
    found += [_tried(_publish_dossier, parts, gate, name) for name, gate in dossier_files(parts).items()]
    return [fault for fault in found if fault]


def tokens(parts: Parts) -> dict[str, tuple[str, Moment]]:
    """Who may ask for predictions: this installation itself, always, and each live token; see `write_tokens`."""
    live = [t for t in parts.ledger.find(Token) if t.purpose == "predict" and not t.revoked]
    own = {people.secret_hash(parts.service_token): ("", NO_END)}
    return own | {t.token_hash: (t.release, t.expires_at) for t in live}


def dossier_files(parts: Parts) -> dict[str, GateRecord]:
    """The newest answer of each gate about each subject, by the name of its dossier's file."""
    return {f"{g.use_case}-{g.stage}-{g.subject}.dossier": g for g in parts.ledger.find(GateRecord) if g.file}


def _tried(write: Callable[..., None], parts: Parts, record: Record, *names: str) -> str:
    try:
        write(parts, record, *names)
    except GlassworksError as error:
        return f"{record.id}: {error.what}"
    return ""


def _publish_release(parts: Parts, release: Release) -> None:
    package = Package.model_validate(canonical.parse_strict(parts.vault.get(release.package)))
    files = {name: parts.vault.get(digest) for name, digest in package.files.items()}
    releases.write_release(parts.serving / release.id, package, files, permit_of(parts, release))


def _publish_dossier(parts: Parts, gate: GateRecord, name: str) -> None:
    path, content = parts.dossiers / name, parts.vault.get(gate.file)
    if not path.exists() or path.read_bytes() != content:
        write_whole(path, content)
