"""A brief as a YAML file that a person edits; people stand in it by their sign-in names."""

from collections.abc import Mapping

import yaml

from glassworks.core.contract import Brief
from glassworks.core.errors import FixTheInput
from glassworks.core.people import Person, Role
from glassworks.core.usecase import UseCase
from glassworks.line import people
from glassworks.line.parts import Parts
from glassworks.stages.scope.brief_file import brief_from_yaml

OWN = {"id", "kind", "use_case", "line", "version", "people", "saved_by", "saved_at"}


def as_yaml(parts: Parts, brief: Brief) -> str:
    """The brief without what the office fills in. A role that one person alone holds here is filled with them."""
    logins = {one.id: one.login for one in parts.ledger.find(Person)}
    named = {role.value: logins.get(person, "") for role, person in brief.people.items()}
    asked = {role for rules in parts.policy(brief.line).gates.values() for role in rules.signers(brief.tier)}
    for role, holders in people.roster(parts, brief.line).items():
        if role in asked:
            named.setdefault(role.value, holders[0].login if len(holders) == 1 else "")
    fields = {name: value for name, value in brief.facts().items() if name not in OWN}
    return yaml.safe_dump({**fields, "people": named}, sort_keys=False, allow_unicode=True)


def from_yaml(parts: Parts, case: UseCase, text: str, known: Mapping[Role, str]) -> Brief:
    """The brief that a file says; without `people` in it, those of the version before stay."""
    return brief_from_yaml(text, case, _people(parts, text, known), parts.now())


def _people(parts: Parts, text: str, known: Mapping[Role, str]) -> Mapping[Role, str]:
    try:
        fields = yaml.safe_load(text)
    except yaml.YAMLError:
        return known
    said = fields.get("people") if isinstance(fields, dict) else None
    if not isinstance(said, dict):
        return known
    return {_role(name): _person(parts, str(login)) for name, login in said.items() if login}


def _role(name: object) -> Role:
    try:
        return Role(str(name))
    except ValueError as error:
        words = ", ".join(role.value for role in Role)
        raise FixTheInput(f"There is no role {name!r}.", f"The roles are: {words}.", field="people") from error


def _person(parts: Parts, login: str) -> str:
    found = parts.ledger.find(Person, login=login)
    if not found:
        raise FixTheInput(
            f"Nobody signs in as {login!r}.", "", "Invite them first: `glassworks admin invite`.", field="people"
        )
    return found[0].id
