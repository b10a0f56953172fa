"""Papers of one small use case with real keys and signatures: brief, policy, results, sign-offs, dossier, permit."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from glassworks.core import canonical, signoff
from glassworks.core.contract import Brief, Decision, Kpi, Tier, ValueMatrix
from glassworks.core.dossier import Body, Dossier, Signed
from glassworks.core.gate import Evidence, decide
from glassworks.core.lock import Lock
from glassworks.core.people import Key, KeyList, Role
from glassworks.core.permit import Permit
from glassworks.core.policy import GateRules, PolicyPack
from glassworks.core.reapproval import Grounds
from glassworks.core.result import Answer, Result, Verdict
from glassworks.core.signoff import Meaning, SignOff
from glassworks.core.stage import Stage
from glassworks.core.usecase import Look, Waiver
from glassworks.hub.keys import Office

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
CHECKS = ("performance", "kpi")
SUBJECT = "cand-1"

PEOPLE: dict[str, tuple[Role, ...]] = {
    "ada": (Role.DATA_SCIENTIST,),
    "bo": (Role.BUSINESS_OWNER,),
    "dora": (Role.DOMAIN_EXPERT,),
    "vera": (Role.VALIDATOR,),
    "axel": (Role.APPROVER,),
    "otto": (Role.OPERATOR,),
    "max": tuple(Role),
}

OWNER_AND_VALIDATOR = (Role.VALIDATOR, Role.BUSINESS_OWNER)
PACK = PolicyPack(
    id="pack-1",
    title="A pack for tests",
    version="1",
    effective_from=date(2026, 1, 1),
    conflicts=((Role.DATA_SCIENTIST, Role.VALIDATOR), (Role.BUSINESS_OWNER, Role.VALIDATOR)),
    gates={
        Stage.SCOPE: GateRules(
            submit=(Role.DATA_SCIENTIST,), approve=dict.fromkeys(Tier, (Role.BUSINESS_OWNER, Role.DOMAIN_EXPERT))
        ),
        Stage.EXPLORE: GateRules(submit=(Role.DATA_SCIENTIST,), approve=dict.fromkeys(Tier, (Role.DOMAIN_EXPERT,))),
        Stage.DEVELOP: GateRules(submit=(Role.DATA_SCIENTIST,)),
        Stage.VALIDATE: GateRules(
            approve={
                Tier.LOW: OWNER_AND_VALIDATOR,
                Tier.MEDIUM: OWNER_AND_VALIDATOR,
                Tier.HIGH: (*OWNER_AND_VALIDATOR, Role.APPROVER),
            },
            checks=dict.fromkeys(Tier, CHECKS),
            independent=True,
        ),
        Stage.OPERATE: GateRules(approve=dict.fromkeys(Tier, (Role.OPERATOR, Role.BUSINESS_OWNER))),
    },
    limits={"calibration_low": 0.8, "psi": 0.1, "undirected": 5.0},
    stricter={"calibration_low": "higher", "psi": "lower"},
)


def private_key(name: str) -> Ed25519PrivateKey:
    """Always the same key for the same name; for tests only."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"test key of {name}".encode()).digest())


OFFICE = Office(private_key("the office"))


def key(person: str, **changes: Any) -> Key:
    """The public key of a person, as the key list carries it."""
    facts: dict[str, Any] = {
        "key_id": f"key-{person}",
        "person": person,
        "person_name": person.title(),
        "roles": PEOPLE[person],
        "public_key": signoff.public_text(private_key(person)),
        "valid_from": NOW - timedelta(days=30),
    }
    return Key(**(facts | changes))


def key_list(*keys: Key, office: Office = OFFICE) -> KeyList:
    """A signed key list; without keys, that of everybody."""
    return office.sign_keylist(keys or tuple(key(person) for person in PEOPLE), NOW)


def result(check: str, verdict: Verdict = Verdict.PASS, **changes: Any) -> Result:
    """An answer about the candidate at gate 4."""
    facts: dict[str, Any] = {
        "id": f"res-{check}",
        "use_case": "case-1",
        "check": check,
        "title": check.title(),
        "stage": Stage.VALIDATE,
        "subject": SUBJECT,
        "subject_digest": canonical.digest(SUBJECT),
        "answer": Answer(verdict=verdict, sentence=f"The answer is {verdict}."),
        "made_at": NOW - timedelta(hours=2),
    }
    return Result(**(facts | changes))


RESULTS = tuple(result(check) for check in CHECKS)


def sign_off(
    person: str, role: Role, dossier: str = "sha256:d", meaning: Meaning = Meaning.APPROVE, **changes: Any
) -> SignOff:
    """A sign-off with a true signature by the person's key, whatever is claimed."""
    facts: dict[str, Any] = {
        "id": f"sign-{person}-{role.value}-{meaning.value}",
        "use_case": "case-1",
        "stage": Stage.VALIDATE,
        "dossier": dossier,
        "subject": SUBJECT,
        "role": role,
        "person": person,
        "key_id": f"key-{person}",
        "meaning": meaning,
        "method": "passphrase",
        "signed_at": NOW - timedelta(hours=1),
    }
    draft = SignOff(**(facts | changes))
    return draft.model_copy(update={"signature": signoff.sign(private_key(person), draft.payload())})


def accepting(check: str, **changes: Any) -> SignOff:
    """The business owner accepts an inconclusive check with a condition and a date."""
    facts: dict[str, Any] = {
        "accepts": (check,),
        "conditions": ("look again after the next quarter",),
        "expires_at": NOW + timedelta(days=30),
    }
    return sign_off("bo", Role.BUSINESS_OWNER, meaning=Meaning.ACCEPT_INCONCLUSIVE, **(facts | changes))


APPROVALS = (sign_off("vera", Role.VALIDATOR), sign_off("bo", Role.BUSINESS_OWNER))


def evidence(**changes: Any) -> Evidence:
    """What gate 4 sees when everything is in order; change what the test is about."""
    facts: dict[str, Any] = {
        "stage": Stage.VALIDATE,
        "subject": SUBJECT,
        "dossier": "sha256:d",
        "tier": Tier.LOW,
        "policy": PACK,
        "results": RESULTS,
        "signoffs": APPROVALS,
        "authors": ("ada",),
        "now": NOW,
    }
    return Evidence(**(facts | changes))


def waiver(check: str = "kpi", grant: dict[str, Any] | None = None, **changes: Any) -> Waiver:
    """An exception that covers a check of the candidate now; `grant` changes what its granter truly signs."""
    facts: dict[str, Any] = {
        "id": "exc-1",
        "use_case": "case-1",
        "subject": SUBJECT,
        "check": check,
        "reason": "the hold-out is small this year",
        "compensation": "a person looks at every decision",
        "requested_by": "ada",
        "granted_by": "axel",
        "requested_at": NOW - timedelta(days=1),
        "expires_at": NOW + timedelta(days=10),
    }
    asked = Waiver(**(facts | changes))
    if not asked.granted_by:
        return asked
    signed: dict[str, Any] = {"person": asked.granted_by, "role": Role.APPROVER, "subject": asked.id}
    signed |= {"dossier": asked.asked, "meaning": Meaning.GRANT_EXCEPTION} | (grant or {})
    return asked.model_copy(update={"grant": sign_off(**signed)})


def brief() -> Brief:
    """A brief as short as a brief may be."""
    return Brief(
        id="brief-1",
        use_case="case-1",
        title="Whom should we call?",
        problem="Too many calls reach people who do not want the product.",
        target="subscribed",
        positive="yes",
        decision=Decision(
            unit="a customer",
            action="call",
            otherwise="do not call",
            volume_per_period=1000,
            if_model_down="list order",
        ),
        kpi=Kpi(name="net value", unit="EUR", baseline="list order", target=180000.0),
        value=ValueMatrix(),
    )


def body(**changes: Any) -> Body:
    """The body of gate 4's dossier about the candidate."""
    facts: dict[str, Any] = {
        "use_case": "case-1",
        "title": "Whom should we call?",
        "stage": Stage.VALIDATE,
        "tier": Tier.LOW,
        "environment": "production",
        "seal": "same machine",
        "subject_kind": "candidate",
        "subject_id": SUBJECT,
        "subject": {"id": SUBJECT, "author": "ada", "name": "glass box"},
        "brief": brief(),
        "results": RESULTS,
        "policy": PACK,
        "authors": ("ada",),
        "looks": (Look(id="look-1", dataset="data-1", candidate=SUBJECT, number=1, opened_by="office", opened_at=NOW),),
        "made_at": NOW - timedelta(hours=2),
    }
    return Body(**(facts | changes))


def dossier(
    one: Body | None = None,
    signers: Sequence[tuple[str, Role]] = (("vera", Role.VALIDATOR), ("bo", Role.BUSINESS_OWNER)),
    *,
    keys: KeyList | None = None,
    office: Office = OFFICE,
    signing: dict[str, Any] | None = None,
    **changes: Any,
) -> Dossier:
    """A dossier signed by these people and sealed by the office; `changes` are made before the seal."""
    one = one or body()
    digest = canonical.digest(one.facts())
    draft = Dossier(
        body=one,
        body_digest=digest,
        signoffs=tuple(sign_off(person, role, digest, **(signing or {})) for person, role in signers),
        keys=keys or key_list(office=office),
        decided_at=NOW,
        decision=decide(evidence()),
    ).model_copy(update=changes)
    if "decision" not in changes:
        draft = draft.model_copy(update={"decision": decide(draft.evidence())})
    return office.seal_dossier(draft)


GROUNDS = Grounds(table="sha256:table", division="sha256:division", contract="sha256:contract")
LOCK = Lock(python="3.12.3", packages={"numpy": "2.3.1", "scikit-learn": "1.7.0"})
LIMIT = "at most 500 cases a day"


def candidate_body(number: int = 1, **changes: Any) -> Body:
    """The body of gate 4's dossier about a candidate of the builder, as it is written since approvals are carried."""
    name = f"cand-{number}"
    subject: dict[str, Any] = {
        "id": name,
        "author": "ada",
        "name": "glass box",
        "made_by": "builder",
        "card": {"framework": "lightgbm", "recipe": "boosted trees", "inputs": ["age"], "window": "all (480 rows)"},
        "files": {"model.txt": "sha256:bytes"},
    }
    facts: dict[str, Any] = {"subject_id": name, "grounds": GROUNDS, "lock": LOCK, "tier": Tier.HIGH}
    facts["results"] = tuple(result(check, subject=name) for check in CHECKS)
    facts["made_at"] = NOW - timedelta(hours=3 if number == 1 else 2)
    return body(**(facts | {"subject": subject | changes.pop("subject", {})} | changes))


def signed(one: Body, *signers: tuple[str, Role], **signing: Any) -> Signed:
    """A body that was approved by these people, two hours before the papers' noon."""
    digest = canonical.digest(one.facts())
    facts: dict[str, Any] = {"subject": one.subject_id, "signed_at": NOW - timedelta(hours=2, minutes=30)} | signing
    given = (sign_off(who, role, digest, id=f"early-{who}-{role.value}", **facts) for who, role in signers)
    return Signed(body=one, body_digest=digest, signoffs=tuple(given))


def carried_dossier(**changes: Any) -> Dossier:
    """The dossier of a candidate of which only the bytes changed: owner and approver are carried, on a condition."""
    first = candidate_body(1)
    owners = (("bo", Role.BUSINESS_OWNER), ("axel", Role.APPROVER))
    earlier = (signed(first, *owners, conditions=(LIMIT,)),)
    second = candidate_body(2, subject={"files": {"model.txt": "sha256:refitted"}})
    facts: dict[str, Any] = {"earlier": earlier, "signing": {"subject": second.subject_id}} | changes
    return dossier(second, (("vera", Role.VALIDATOR),), **facts)


def permit(**changes: Any) -> Permit:
    """A permit that holds now in production for the bytes `sha256:model`."""
    facts: dict[str, Any] = {
        "id": "permit-1",
        "release": "rel-1",
        "package": "sha256:model",
        "environment": "production",
        "purpose": "to choose whom to call",
        "dossier": "sha256:dossier",
        "office_public_key": OFFICE.public_key,
        "issued_at": NOW - timedelta(hours=1),
        "expires_at": NOW + timedelta(hours=23),
    }
    return OFFICE.sign_permit(Permit(**(facts | changes)))
