"""What a policy pack asks beyond another, in plain sentences; the linter says where it asks for less."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from glassworks.core.contract import Tier
from glassworks.core.people import Role
from glassworks.core.policy import GateRules, PolicyPack
from glassworks.core.stage import STAGES, Stage

Titles = Mapping[Stage, Mapping[str, str]]
ByTier = Mapping[Tier, tuple[str, ...]]


class Part(NamedTuple):
    """One kind of rule, and what the pack asks of it."""

    title: str
    sentences: list[str]


def beyond(pack: PolicyPack, office: PolicyPack, titles: Titles, named: Callable[[str], str]) -> list[Part]:
    """What a pack asks beyond the office's, kind by kind; kinds in which it asks for no more are left out.

    Parameters
    ----------
    titles : the titles of the checks there are, by stage and id.
    named : a field of the brief, by dotted path, as people know it.
    """
    found = (
        Part("Who signs", list(_signers(pack, office))),
        Part("Questions that must have an answer", list(_checks(pack, office, titles))),
        Part("What a brief must say", list(_asked(pack, office, named))),
        Part("Risk tier", list(_tiers(pack, office))),
        Part("Limits and time", [*_closing(pack, office), *_numbers(pack, office), *_limits(pack, office)]),
    )
    return [one for one in found if one.sentences]


def whole(pack: PolicyPack, titles: Titles, named: Callable[[str], str]) -> list[Part]:
    """Everything that the office's own pack asks of signers, checks, briefs and tiers."""
    nothing: dict[str, object] = {"conflicts": (), "gates": {}, "inconclusive_closes": (), "tier_rules": ()}
    return beyond(pack, pack.model_copy(update=nothing | {"asked": None}), titles, named)


def at_tiers(tiers: Iterable[Tier]) -> str:
    """At which risk tiers, in words.

    Examples
    --------
    >>> at_tiers(Tier), at_tiers([Tier.MEDIUM, Tier.HIGH]), at_tiers([Tier.LOW])
    ('at every tier', 'from medium tier on', 'at low tier')
    """
    found = [tier for tier in Tier if tier in set(tiers)]
    if found == list(Tier):
        return "at every tier"
    if found == [Tier.MEDIUM, Tier.HIGH]:
        return "from medium tier on"
    return f"at {' and '.join(found)} tier"


def _signers(pack: PolicyPack, office: PolicyPack) -> Iterator[str]:
    for stage, rules in pack.gates.items():
        title, own = STAGES[stage].title, office.gates.get(stage, GateRules())
        for role in rules.submit:
            if role not in own.submit:
                yield f"{title}: the {role.words} submits, by signature."
        for tiers, roles in _more(_roles(rules.approve), _roles(own.approve)).items():
            names = " and ".join(f"the {Role(one).words}" for one in roles)
            yield f"{title}: {names} must approve, {at_tiers(tiers)}."
        if rules.independent and not own.independent:
            yield f"{title}: who approves may have made no part of the work."
    for first, second in pack.conflicts:
        if (first, second) not in office.conflicts and (second, first) not in office.conflicts:
            yield f"Nobody signs one subject both as {first.words} and as {second.words}."


def _roles(asked: Mapping[Tier, tuple[Role, ...]]) -> dict[Tier, tuple[str, ...]]:
    return {tier: tuple(role.value for role in roles) for tier, roles in asked.items()}


def _more(own: ByTier, office: ByTier) -> dict[tuple[Tier, ...], list[str]]:
    """What is asked beyond the office's, by the tiers at which it is asked."""
    at: dict[str, list[Tier]] = {}
    for tier in Tier:
        for one in own.get(tier, ()):
            if one not in office.get(tier, ()):
                at.setdefault(one, []).append(tier)
    found: dict[tuple[Tier, ...], list[str]] = {}
    for one, tiers in at.items():
        found.setdefault(tuple(tiers), []).append(one)
    return found


def _checks(pack: PolicyPack, office: PolicyPack, titles: Titles) -> Iterator[str]:
    for stage, rules in pack.gates.items():
        known = titles.get(stage, {})
        for tiers, ids in _more(rules.checks, office.gates.get(stage, GateRules()).checks).items():
            yield f"{STAGES[stage].title}, {at_tiers(tiers)}: {'; '.join(known.get(one, one) for one in ids)}."


def _asked(pack: PolicyPack, office: PolicyPack, named: Callable[[str], str]) -> Iterator[str]:
    more = _more({t: pack.asked_at(t) for t in Tier}, {t: office.asked_at(t) for t in Tier})
    for tiers, paths in more.items():
        said = at_tiers(tiers)
        yield f"{said[0].upper()}{said[1:]}: {'; '.join(named(path) for path in paths)}."


def _tiers(pack: PolicyPack, office: PolicyPack) -> Iterator[str]:
    for rule in pack.tier_rules:
        if rule not in office.tier_rules:
            yield f"A use case is of {rule.tier} tier when {rule.because}."


def _closing(pack: PolicyPack, office: PolicyPack) -> Iterator[str]:
    more = [tier for tier in pack.inconclusive_closes if tier not in office.inconclusive_closes]
    if more:
        yield f"An inconclusive answer closes the gate {at_tiers(more)}; no business owner can accept it by signature."


def _numbers(pack: PolicyPack, office: PolicyPack) -> Iterator[str]:
    if pack.max_looks < office.max_looks:
        yield f"The sealed rows are opened at most {pack.max_looks} times; the office allows {office.max_looks}."
    if pack.alpha < office.alpha:
        yield f"A test may be wrong by chance in {pack.alpha:.3g} of its uses; the office allows {office.alpha:.3g}."
    if pack.permit_hours < office.permit_hours:
        yield f"A permit lasts {pack.permit_hours:g} hours; the office allows {office.permit_hours:g}."
    for tier in Tier:
        own, most = pack.exception_days.get(tier, 0), office.exception_days.get(tier, 0)
        if own < most:
            yield f"An exception at {tier} tier lasts at most {own} days; the office allows {most}."


def _limits(pack: PolicyPack, office: PolicyPack) -> Iterator[str]:
    for name, own in pack.limits.items():
        words, limit, way = name.replace("_", " "), office.limits.get(name), office.stricter.get(name)
        if limit is None:
            yield f"The limit {words} is {own:g}; the office sets none."
        elif own != limit and (own > limit) == (way == "higher"):
            yield f"The limit {words} is {own:g}; the office's is {limit:g}, and {way} is stricter."
