"""What changed between two versions of a KPI contract, and who must therefore sign again."""

from collections.abc import Mapping
from typing import Any

from glassworks.core.contract import Brief
from glassworks.core.people import Role
from glassworks.core.record import Part

ANSWERS_FOR: Mapping[str, tuple[Role, ...]] = {
    "kpi": (Role.BUSINESS_OWNER,),
    "value": (Role.BUSINESS_OWNER,),
    "decision": (Role.BUSINESS_OWNER,),
    "kill_criteria": (Role.BUSINESS_OWNER,),
    "plan": (Role.BUSINESS_OWNER,),
    "playbacks": (Role.BUSINESS_OWNER,),
    "features": (Role.DOMAIN_EXPERT,),
    "population": (Role.DOMAIN_EXPERT,),
    "data_sources": (Role.DOMAIN_EXPERT,),
    "constraints.proxies_to_test": (Role.DOMAIN_EXPERT,),
    "metric_targets": (Role.BUSINESS_OWNER,),
}
"""Whose signature a part of the brief needs, by the start of its path; what is not named needs everybody's."""


class Change(Part):
    """One field that differs: its dotted path, and its value before and after (None: it was not there)."""

    path: str
    before: Any = None
    after: Any = None
    signs: tuple[Role, ...] = ()

    @property
    def readable(self) -> bool:
        """Whether there is anything to read: an entry left empty in a new part says no more than none."""
        return any(one not in (None, "") for one in (self.before, self.after))


class ContractChanges(Part):
    """The newest brief against the signed contract (`signed` is empty: none is), and who must sign it (again)."""

    signed: str = ""
    newest: str
    changes: tuple[Change, ...] = ()
    sign_again: tuple[Role, ...] = ()


def difference(before: Brief, after: Brief, signers: tuple[Role, ...]) -> tuple[Change, ...]:
    """Every agreed field that differs, with who of the `signers` answers for it, in the order of the paths.

    Items of a list are compared by their name where they have one, else by place. Who saved, when, which version, and
    what is still marked as filled in by the factory are no terms.
    """
    old, new = _flat(_terms(before)), _flat(_terms(after))
    return tuple(
        Change(path=path, before=old.get(path), after=new.get(path), signs=_signs(path, signers))
        for path in sorted(old.keys() | new.keys())
        if old.get(path) != new.get(path)
    )


def sign_again(
    changes: tuple[Change, ...], signers: tuple[Role, ...], submit: tuple[Role, ...] = ()
) -> tuple[Role, ...]:
    """The roles that must sign the changed contract anew, in the gate's order; those who `submit` it always sign."""
    asked = {role for change in changes for role in change.signs} | set(submit if changes else ())
    return tuple(role for role in signers if role in asked)


def _terms(brief: Brief) -> dict[str, Any]:
    return {name: value for name, value in brief.terms().items() if name not in ("id", "version", "defaulted")}


def _signs(path: str, signers: tuple[Role, ...]) -> tuple[Role, ...]:
    named = [roles for start, roles in ANSWERS_FOR.items() if path == start or path.startswith(f"{start}.")]
    answering = tuple(role for role in signers if role in named[0]) if named else ()
    return answering or signers


def _flat(value: Any, path: str = "") -> dict[str, Any]:
    """Leaves by dotted path; a list of named parts is keyed by their names, any other list by place."""
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        pairs = _keyed(value)
    else:
        return {path: value}
    leaves: dict[str, Any] = {}
    for name, part in pairs:
        leaves |= _flat(part, f"{path}.{name}" if path else str(name))
    return leaves


def _keyed(items: list[dict[str, Any]]) -> Any:
    names = [str(item.get("name", "")) for item in items]
    distinct = all(names) and len(set(names)) == len(names)
    return zip(names if distinct else range(len(items)), items, strict=True)
