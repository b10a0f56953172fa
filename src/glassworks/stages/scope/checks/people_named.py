"""Is there a person for every signature that the line will ask for, and nobody in two conflicting roles?"""

from glassworks.core.check import check
from glassworks.core.contract import Brief
from glassworks.core.people import Person, Role
from glassworks.core.policy import PolicyPack
from glassworks.core.result import Answer, Verdict
from glassworks.core.stage import Stage


@check(
    "people_named",
    stage=Stage.SCOPE,
    title="People",
    question="Is there a person for every signature the line will ask for, and nobody in conflicting roles?",
    order=90,
)
def people_named(brief: Brief, policy: PolicyPack, people: tuple[Person, ...]) -> Answer:
    """Every role that some gate of the policy asks for at the brief's tier has a person who holds it.

    Which roles conflict, the policy says.

    `people` : everyone who can sign in; whoever is not among them is not known to the office yet.
    """
    needed = [role for role in Role if any(role in rules.signers(brief.tier) for rules in policy.gates.values())]
    missing = [role.words for role in needed if not brief.people.get(role, "").strip()]
    faults = [
        f"one person is {first.words} and {second.words}"
        for first, second in policy.conflicts
        if brief.people.get(first) and brief.people.get(first) == brief.people.get(second)
    ]
    known = {one.id: one for one in people}
    faults += [
        f"{known[id].name} is named as {role.words} and does not hold that role"
        for role, id in brief.people.items()
        if id in known and role not in known[id].roles
    ]
    if missing:
        faults.append(
            f"nobody is named as {' and '.join([', '.join(missing[:-1]), missing[-1]] if missing[1:] else missing)}"
        )
    if faults:
        return Answer(
            verdict=Verdict.FAIL,
            sentence=f"The people are not complete: {faults[0]}.",
            examples=tuple(faults),
            next_step="Invite who is missing; name people who hold their roles, different ones where roles conflict.",
        )
    distinct = len({brief.people[role] for role in needed})
    return Answer(
        verdict=Verdict.PASS,
        sentence=f"{distinct} people hold the {len(needed)} roles that gates ask for; no two of their roles conflict.",
    )
