"""Acts on a brief as a file: write it out, check it, save it over the version that it was written from."""

from collections.abc import Mapping
from typing import Any

from glassworks.core import check, registry, strict_yaml
from glassworks.core.commands import SaveBrief
from glassworks.core.contract import Brief
from glassworks.core.errors import FixTheInput
from glassworks.core.people import Actor, Person, Role
from glassworks.core.policy import PolicyPack
from glassworks.core.record import Moment
from glassworks.core.result import Result
from glassworks.core.stage import Stage
from glassworks.core.usecase import UseCase
from glassworks.line import cases, scope
from glassworks.line.parts import Parts
from glassworks.stages.scope.brief_file import brief_of, edited_version, yaml_of


def as_yaml(parts: Parts, who: Actor, use_case: str) -> str:
    """The newest brief as YAML; people stand in it by their sign-in names."""
    case = cases.get(parts, who, use_case)
    brief = cases.newest_brief(parts, case)
    logins = {one.id: one.login for one in parts.ledger.find(Person)}
    return yaml_of(brief, {role: logins.get(id, id) for role, id in brief.people.items()})


def save_file(parts: Parts, who: Actor, content: bytes, use_case: str = "") -> Brief:
    """Save a file's brief as the next version, when nobody saved since the version that the file names.

    A file that says what the newest version says saves nothing: the answer is that version.

    Parameters
    ----------
    use_case : whose brief it is; without it the file names its `use_case`.
    """
    fields = strict_yaml.read(content)
    case = cases.at_work(parts, who, _case_named(fields, use_case), "edit brief")
    known = cases.briefs(parts, case)
    brief = brief_of(fields, case, _people(parts, fields, known[-1].people if known else {}), parts.now())
    if known and _terms(known[-1]) == _terms(brief):
        return known[-1]
    return scope.save_brief(
        parts, who, SaveBrief(use_case=case.id, expected_version=edited_version(fields), brief=brief)
    )


def check_file(parts: Parts, who: Actor, content: bytes, use_case: str = "") -> list[Result]:
    """What the checks of the scope stage say about a file's brief; nothing is saved."""
    fields = strict_yaml.read(content)
    case = cases.get(parts, who, _case_named(fields, use_case))
    known = cases.briefs(parts, case)
    brief = brief_of(fields, case, _people(parts, fields, known[-1].people if known else {}), parts.now())
    return scope.answers(parts, case, brief)


def check_alone(content: bytes, policy: PolicyPack, now: Moment) -> list[Result]:
    """The same without an installation, by a pack's rules: who works where, and what data there are, is not known."""
    fields = strict_yaml.read(content)
    name = str(fields.get("use_case", "brief"))
    case = UseCase(id=name, title=name, question=name, opened_by="", opened_at=now, moved_at=now)
    brief = brief_of(fields, case, {role: login for role, login in _said(fields).items() if login}, now)
    evidence = {
        "brief": brief,
        "policy": policy,
        "people": (),
        "columns": (),
        "today": now.date(),
        "positive_rate": None,
        "means": {},
        "rows_expected": scope.rows_expected(brief),
    }
    return check.results(
        registry.checks(Stage.SCOPE), evidence, task=brief.task, subject=brief.id, subject_digest=brief.digest,
        evidence_digests=(), policy=policy.version, use_case=case.id, line="", now=now,
    )  # fmt: skip


def _terms(brief: Brief) -> dict[str, object]:
    return {name: value for name, value in brief.terms().items() if name not in ("id", "version")}


def _case_named(fields: Mapping[str, Any], use_case: str) -> str:
    named = fields.get("use_case", "")
    if not isinstance(named, str) or not (named or use_case) or (use_case and named not in ("", use_case)):
        raise FixTheInput(
            f"The file is the brief of {named!r}, not of {use_case!r}." if named else "The file names no use case.",
            "",
            "Write its id in the file: `use_case: ...`.",
            field="use_case",
        )
    return use_case or named


def _said(fields: Mapping[str, Any]) -> dict[Role, str]:
    said = fields.get("people") or {}
    if not isinstance(said, dict):
        raise FixTheInput(
            "The brief's field people is not right.",
            "It names sign-in names by role.",
            "Write for example `people: {validator: vera}`.",
            field="people",
        )
    found = {}
    for name, login in said.items():
        if name not in set(Role):
            words = ", ".join(role.value for role in Role)
            raise FixTheInput(
                f"There is no role {name!r}.", f"The roles are: {words}.", "Use one of them.", field=f"people.{name}"
            )
        if login is not None and not isinstance(login, str):
            raise FixTheInput(f"The field people.{name} is no sign-in name.", "", "Quote it.", field=f"people.{name}")
        found[Role(name)] = login or ""
    return found


def _people(parts: Parts, fields: Mapping[str, Any], known: Mapping[Role, str]) -> Mapping[Role, str]:
    """Who holds which role, by id; without `people` in the file, those of the version before stay."""
    if "people" not in fields:
        return known
    ids = {one.login: one.id for one in parts.ledger.find(Person)}
    kept = set(known.values())
    found = {}
    for role, login in _said(fields).items():
        if login and login not in ids and login not in kept:
            raise FixTheInput(
                f"Nobody signs in as {login!r}.",
                "",
                "Invite them first: `glassworks admin invite`.",
                field=f"people.{role.value}",
            )
        if login:
            found[role] = ids.get(login, login)
    return found
