"""Signatures that still hold for a changed KPI contract, because nothing changed that their role answers for."""

from collections.abc import Iterable

from glassworks.core.contract import Brief, Tier
from glassworks.core.difference import difference
from glassworks.core.people import Role
from glassworks.core.policy import PolicyPack
from glassworks.core.record import Moment, Part
from glassworks.core.signoff import Meaning, SignOff
from glassworks.core.stage import Stage


class Earlier(Part):
    """A version of the contract that was signed before: what was agreed, under which pack, and who approved it."""

    dossier: str
    brief: Brief
    policy: str
    signoffs: tuple[SignOff, ...] = ()


def carried(
    brief: Brief, policy: PolicyPack, tier: Tier, earlier: Iterable[Earlier], now: Moment
) -> tuple[SignOff, ...]:
    """The approvals of earlier versions that count for this one, at most one a role.

    An approval is carried when it is live, was given under the same policy pack, and the difference between what was
    signed and this brief holds nothing that its role answers for. Only the newest approval of a role counts: who has
    agreed to other terms since has left the older ones, and going back to them is signed again. Submissions are never
    carried: whoever lays a changed contract ready signs that. What an earlier signature accepted as inconclusive is not
    carried either.
    """
    rules = policy.gates.get(Stage.SCOPE)
    if rules is None:
        return ()
    asked, signers = rules.approve.get(tier, ()), rules.signers(tier)
    found: dict[Role, tuple[SignOff, Earlier]] = {}
    for one in earlier:
        for given in one.signoffs:
            holds = given.dossier == one.dossier and given.stage is Stage.SCOPE and given.subject == one.brief.id
            if holds and given.meaning is Meaning.APPROVE and given.role in asked:
                if given.role not in found or found[given.role][0].signed_at < given.signed_at:
                    found[given.role] = (given, one)
    return tuple(
        given
        for role in asked
        if role in found
        for given, one in [found[role]]
        if one.policy == policy.digest and one.brief.tier is tier
        if given.live(now)
        if not any(role in change.signs for change in difference(one.brief, brief, signers))
    )
