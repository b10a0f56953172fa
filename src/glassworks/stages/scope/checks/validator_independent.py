"""Does the validator report to somebody whose work is validated?"""

from glassworks.core.check import check
from glassworks.core.contract import Brief
from glassworks.core.people import Person, Role
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage

JUDGED = (Role.DATA_SCIENTIST, Role.BUSINESS_OWNER)


@check(
    "validator_independent",
    stage=Stage.SCOPE,
    title="The validator's independence",
    question="Is the validator free of reporting to those whose work is validated?",
    order=92,
)
def validator_independent(brief: Brief, people: tuple[Person, ...]) -> Answer:
    """No reports lead from the validator to the data scientist or the business owner; one manager is a warning.

    `people` : those whom the brief names, and everybody above them.

    Source: SR 26-2 and SS1/23: validation is independent of development, in person and in line of report.
    """
    known = {one.id: one for one in people}
    validator = known.get(brief.people.get(Role.VALIDATOR, ""))
    if validator is None:
        return Answer(verdict=Verdict.PASS, sentence="No validator who works here is named yet.")
    above = chain(validator, known)
    for role in JUDGED:
        judged = brief.people.get(role, "")
        if judged and judged in above:
            return Answer(
                verdict=Verdict.FAIL,
                sentence=f"The validator {validator.name} reports to the {role.words} {known[judged].name}.",
                next_step="Name another validator in `people.validator`.",
            )
    boss = validator.reports_to
    shared = [role.words for role in JUDGED if boss and _boss(brief, role, known) == boss]
    if shared:
        return Answer(
            verdict=Verdict.PASS,
            warning=True,
            sentence=f"The validator and the {' and the '.join(shared)} report to the same person.",
            next_step="Name a validator from another team, or say in `oversight` who else looks.",
        )
    told = "reports to none of those whose work is validated" if boss else "is named; to whom they report is not known"
    return Answer(verdict=Verdict.PASS, sentence=f"The validator {validator.name} {told}.")


def chain(person: Person, known: dict[str, Person]) -> tuple[str, ...]:
    """Everybody above a person, nearest first; a circle of reports ends it."""
    found: list[str] = []
    while person.reports_to and person.reports_to not in found:
        found.append(person.reports_to)
        if person.reports_to not in known:
            break
        person = known[person.reports_to]
    return tuple(found)


def _boss(brief: Brief, role: Role, known: dict[str, Person]) -> str:
    person = known.get(brief.people.get(role, ""))
    return person.reports_to if person else ""
