"""The permit: the signed right of one release to run in one environment, for one purpose, until a date."""

from typing import ClassVar, Literal

from glassworks.core import canonical, signoff
from glassworks.core.errors import PermitRefused
from glassworks.core.record import Moment, Part, Record

DEMONSTRATION_ENVIRONMENT = "demo"


class Permit(Record):
    """A lease: renewed by the office while nothing is revoked; checked offline at every load."""

    kind: ClassVar[str] = "permit"
    format: Literal["glassworks-permit/1"] = "glassworks-permit/1"
    release: str
    package: str
    environment: str
    purpose: str
    conditions: tuple[str, ...] = ()
    demonstration: bool = False
    dossier: str
    office_public_key: str
    serial: int = 1
    issued_at: Moment
    expires_at: Moment
    signature: str = ""

    def payload(self) -> bytes:
        """The bytes that the office signs."""
        return canonical.to_bytes({k: v for k, v in self.facts().items() if k != "signature"})


class Revocations(Part):
    """The office's signed list of releases that may not run now; connected servers read it every few seconds."""

    format: Literal["glassworks-revocations/1"] = "glassworks-revocations/1"
    issued_at: Moment
    releases: tuple[str, ...] = ()
    office_public_key: str
    signature: str = ""

    def payload(self) -> bytes:
        """The bytes that the office signs."""
        return canonical.to_bytes({k: v for k, v in self.facts().items() if k != "signature"})


def revoked_releases(revocations: Revocations, *, pinned: str) -> frozenset[str]:
    """The releases on a signed list of revocations.

    Raises
    ------
    PermitRefused : the list was altered, or signed by another key than the one with the pinned fingerprint.
    """
    if not signoff.is_signed(revocations.office_public_key, revocations.payload(), revocations.signature):
        raise PermitRefused(
            "The list of revocations was altered after it was signed.",
            "Without it nobody can know which releases may run.",
            "Fetch it again from the office.",
            rule="revocations-signature",
        )
    if signoff.fingerprint(revocations.office_public_key) != pinned:
        raise PermitRefused(
            "The list of revocations is signed by a key that this server does not trust.",
            "Only the office with the pinned fingerprint may revoke.",
            "Compare the fingerprint with the one received from the office.",
            rule="revocations-signer",
        )
    return frozenset(revocations.releases)


def why_not_run(
    permit: Permit, *, pinned: str, package: str, environment: str, now: Moment, revoked: frozenset[str] = frozenset()
) -> str:
    """Why these bytes may not run here and now; an empty text means they may.

    `pinned` is the fingerprint of the office's key as this server received it, apart from the permit.
    """
    if not signoff.is_signed(permit.office_public_key, permit.payload(), permit.signature):
        return "Rule permit-signature: the permit was altered after it was signed."
    if signoff.fingerprint(permit.office_public_key) != pinned:
        return "Rule permit-signer: the permit is signed by a key that this server does not trust."
    if permit.release in revoked:
        return "Rule permit-revoked: the office has revoked this release."
    if package != permit.package:
        return "Rule permit-bytes: these are not the bytes that were approved."
    if environment != permit.environment:
        return f"Rule permit-environment: the permit is for {permit.environment}, this server is {environment}."
    if permit.demonstration and environment != DEMONSTRATION_ENVIRONMENT:
        return "Rule permit-demonstration: a permit signed by invented people holds in the demonstration only."
    if not permit.issued_at <= now < permit.expires_at:
        run = f"from {permit.issued_at:%Y-%m-%d %H:%M} to {permit.expires_at:%Y-%m-%d %H:%M} UTC"
        return f"Rule permit-expired: the permit runs {run}; ask the office to renew it."
    return ""
