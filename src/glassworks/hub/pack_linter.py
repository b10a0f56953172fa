"""The pack linter: what is wrong with a policy pack, found before anyone works by it."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import get_origin

from glassworks.core.contract import Brief, Tier
from glassworks.core.policy import DocumentField, Fault, PolicyPack, looser
from glassworks.core.stage import Stage

Known = Mapping[Stage, Collection[str]]


def faults(pack: PolicyPack, office: PolicyPack, known: Known, today: date) -> list[Fault]:
    """Everything wrong with a pack that can be told without a use case.

    Parameters
    ----------
    office : the office's pack in force, than which a line's may not be looser.
    known : the checks there are, by stage.
    today : the day of asking; a pack of a later date is judged on its own first day.
    """
    day = max(today, pack.effective_from)
    return [
        *_looser(pack, office),
        *_checks(pack, known),
        *_asked(pack),
        *_sources(pack, day),
        *_documents(pack, known),
    ]


def _looser(pack: PolicyPack, office: PolicyPack) -> Iterator[Fault]:
    restore = "Restore it. What one model cannot meet now takes an exception from that check, signed and dated."
    own = "This pack names no line, so it would be the office's own: the office may loosen its rules, and says why."
    for field, says in looser(office, pack):
        yield Fault(
            rule="looser",
            field=field,
            reason=f"{says[0].upper()}{says[1:]}.",
            next_step=restore if pack.line else own,
        )


def _checks(pack: PolicyPack, known: Known) -> Iterator[Fault]:
    for stage, rules in pack.gates.items():
        for tier, asked in rules.checks.items():
            for name in asked:
                if name not in known[stage]:
                    yield _unknown(f"gates.{stage}.checks.{tier}", name, stage, known)


def _unknown(field: str, name: str, stage: Stage, known: Known) -> Fault:
    elsewhere = [other for other in Stage if name in known[other]]
    reason = f"No check {name} answers at gate {stage}, so the gate would wait for it for ever."
    hint = f"It answers at gate {elsewhere[0]}: ask for it there." if elsewhere else "Correct the name, or take it out."
    return Fault(rule="unknown check", field=field, reason=reason, next_step=hint)


def _asked(pack: PolicyPack) -> Iterator[Fault]:
    for tier in Tier:
        for path in (pack.asked or {}).get(tier, ()):
            if not is_field(path):
                yield Fault(
                    rule="unknown field",
                    field=f"asked.{tier}",
                    reason=f"A brief has no field {path}, so nobody could ever write it.",
                    next_step="Correct the path: `glassworks work scope --schema` prints every field.",
                )


def is_field(path: str) -> bool:
    """Whether a brief can say something at a dotted path; what stands inside a list is free."""
    fields = Brief.model_fields
    for step in path.split("."):
        if step not in fields:
            return False
        kind = fields[step].annotation
        if get_origin(kind) in (tuple, dict):
            return True
        fields = getattr(kind, "model_fields", {})
    return True


def _sources(pack: PolicyPack, day: date) -> Iterator[Fault]:
    followers = {old: one for one in pack.sources if one.effective_from <= day for old in one.supersedes}
    for place, one in enumerate(pack.sources):
        newer, field = followers.get(one.id), f"sources.{place}"
        if one.lapsed(day):
            reason = f"{one.title} held until {one.effective_to}, and the pack goes by it on {day}."
            next_step = "Follow what took its place, or take it out."
        elif newer:
            reason = f"{one.title} is superseded by {newer.title} from {newer.effective_from} on."
            next_step = f"Go by {newer.id}, and take {one.id} out."
        else:
            continue
        yield Fault(rule="lapsed source", field=field, reason=reason, next_step=next_step)


def _documents(pack: PolicyPack, known: Known) -> Iterator[Fault]:
    named = {one.id for one in pack.sources}
    for one in pack.documents:
        field = f"documents.{one.id}"
        if one.source not in named:
            reason = f"The point follows the source {one.source}, which the pack does not list."
            yield Fault(rule="lapsed source", field=field, reason=reason, next_step="List the source with its dates.")
        yield from _held(field, one, known)


def _held(field: str, one: DocumentField, known: Known) -> Iterator[Fault]:
    checks = {f"{stage}/{name}" for stage in Stage for name in known[stage]}
    for place in one.held_in:
        kind, _, name = place.partition(":")
        if kind == "check" and name not in checks:
            reason = f"There is no check {name}."
            yield Fault(rule="unknown check", field=field, reason=reason, next_step="Write it as stage/check.")
        if kind == "brief" and not is_field(name):
            reason = f"A brief has no field {name}."
            yield Fault(rule="unknown field", field=field, reason=reason, next_step="Correct the path.")
