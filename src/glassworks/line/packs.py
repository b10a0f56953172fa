"""Acts on policy packs before they are in force: read one from a file or the shipped ones, and ask the linter."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml
from pydantic import ValidationError

from glassworks.core import registry
from glassworks.core.contract import Brief
from glassworks.core.errors import FixTheInput, NotFound
from glassworks.core.people import Actor, LineOfBusiness
from glassworks.core.policy import Fault, PolicyPack, loosened
from glassworks.core.stage import Stage
from glassworks.core.tightening import Tightening
from glassworks.core.usecase import UseCase
from glassworks.hub import pack_differences, pack_linter, policies, shipped_packs
from glassworks.hub.access import not_here
from glassworks.hub.pack_differences import Part
from glassworks.line import cases, scope
from glassworks.line.parts import Parts
from glassworks.stages.scope.pack_power import Declared, without_verdict

LARGEST_PACK = 200_000


def find_pack(named: str, office: PolicyPack, line: str = "") -> PolicyPack:
    """A shipped pack by its name, else the pack in a YAML or JSON file; with `line`, as that of this line.

    A file that says `extends: office` holds only what it asks beyond the office's pack.
    """
    if named in shipped_packs.names():
        return shipped_packs.shipped(named, office, line)
    return shipped_packs.for_line(read_pack(Path(named), office), line)


def read_pack(path: Path, office: PolicyPack) -> PolicyPack:
    """A policy pack from a YAML or JSON file."""
    if not path.is_file():
        shipped = ", ".join(shipped_packs.names())
        raise NotFound(
            f"There is no file {path}.", f"The shipped packs are: {shipped}.", "Name a file, or one of them."
        )
    if path.stat().st_size > LARGEST_PACK:
        raise FixTheInput("The pack's file is too large to be one.", f"It may have {LARGEST_PACK:,} bytes.")
    try:
        return pack_in(path.read_text(encoding="utf-8"), office)
    except UnicodeDecodeError as error:
        raise _not_yaml(error) from error


def pack_in(told: str, office: PolicyPack) -> PolicyPack:
    """A policy pack from YAML or JSON text."""
    if len(told) > LARGEST_PACK:
        raise FixTheInput("The pack's text is too large to be one.", f"It may have {LARGEST_PACK:,} letters.")
    try:
        if any(isinstance(one, yaml.AliasEvent) for one in yaml.parse(told, yaml.SafeLoader)):
            raise FixTheInput(
                "The pack repeats a part by reference.", "A short text could grow without end.", "Write the part out."
            )
        return pack_of(yaml.safe_load(told), office)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _not_yaml(error) from error


def _not_yaml(error: Exception) -> FixTheInput:
    return FixTheInput("The pack is not YAML or JSON.", type(error).__name__, "Mend the file.")


def pack_of(told: object, office: PolicyPack) -> PolicyPack:
    """A pack from plain data: whole, or what it asks beyond the office's pack."""
    if not isinstance(told, dict):
        raise FixTheInput("This is no pack.", "It names no field.", "Begin it with `extends: office`.")
    try:
        if "extends" in told:
            return Tightening.model_validate(told).upon(office)
        return PolicyPack.model_validate(told)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        raise FixTheInput(f"The pack's field {name} is not right.", first["msg"], "Correct it.", field=name) from error


def check_alone(pack: PolicyPack, office: PolicyPack, today: date) -> list[Fault]:
    """What the linter finds by a pack of the office, without an installation or a use case."""
    return pack_linter.faults(pack, office, {s: {one.id for one in registry.checks(s)} for s in Stage}, today)


def check_answerable(pack: PolicyPack, today: date) -> None:
    """Refuse a pack that asks for a check or a field that does not exist: its gates would wait for ever."""
    wrong = [one for one in check_alone(pack, pack, today) if one.rule in ("unknown check", "unknown field")]
    if wrong:
        why = " ".join(one.reason for one in wrong)
        raise FixTheInput("This pack asks for what nobody can answer.", why, wrong[0].next_step, field=wrong[0].field)


def check_pack(parts: Parts, who: Actor, pack: PolicyPack, use_case: str = "") -> list[Fault]:
    """What the linter finds by the office's pack in force; nothing is written.

    With a use case also: which tests its rows could not bring to a verdict, by its newest brief.
    """
    if not who.sees(pack.line):
        raise not_here()
    office = parts.policy("")
    found = check_alone(pack, office, parts.now().date())
    if use_case:
        case = cases.get(parts, who, use_case)
        found += without_verdict(pack, *_rows(parts, case))
    return found


def _rows(parts: Parts, case: UseCase) -> tuple[Brief, Declared]:
    brief = cases.newest_brief(parts, case)
    known = scope.planned(parts, case, brief)
    return brief, Declared(known["rows_expected"], known["positive_rate"], known["means"])


@dataclass(frozen=True)
class Standing:
    """The packs of a line of business, or of the office where `line` is empty, and which of them holds today.

    `set_aside` : why the line's own pack does not hold, though its day has come: the office asks for more by now.
    `others` : its earlier and later packs, the newest first.
    """

    line: str
    name: str
    holds: PolicyPack
    set_aside: tuple[str, ...]
    others: tuple[PolicyPack, ...]


def standing(parts: Parts, who: Actor) -> list[Standing]:
    """Which pack holds where, for the office and every line that this person sees."""
    lines = [one for one in parts.ledger.find(LineOfBusiness) if who.sees(one.id)]
    return [_standing(parts, id, name) for id, name in [("", ""), *((one.id, one.name) for one in lines)]]


def _standing(parts: Parts, line: str, name: str) -> Standing:
    holds, today = parts.policy(line), parts.now().date()
    own = sorted(adopted(parts, line), key=lambda one: (one.effective_from, one.version), reverse=True)
    begun = [one for one in own if one.effective_from <= today]
    aside = loosened(parts.policy(""), begun[0]) if line and begun and holds.id != begun[0].id else []
    return Standing(line, name, holds, tuple(aside), tuple(one for one in own if one.id != holds.id))


def adopted(parts: Parts, line: str) -> list[PolicyPack]:
    """Every pack that was adopted for a line, or for the office."""
    return [one for one in parts.ledger.find(PolicyPack) if one.line == line]


def of_id(parts: Parts, who: Actor, id: str) -> PolicyPack:
    """A pack that was adopted, or the office's as it comes with the factory."""
    found = next((one for one in [*parts.ledger.find(PolicyPack), policies.OFFICE_PACK] if one.id == id), None)
    if found is None or not who.sees(found.line):
        raise not_here()
    return found


def says(parts: Parts, pack: PolicyPack, named: Callable[[str], str]) -> list[Part]:
    """What a pack asks beyond the office's in force, in sentences; of the office's own pack all that it asks."""
    office = parts.policy("")
    titles = {stage: {one.id: one.title for one in registry.checks(stage)} for stage in Stage}
    if pack.id == office.id:
        return pack_differences.whole(pack, titles, named)
    return pack_differences.beyond(pack, office, titles, named)
