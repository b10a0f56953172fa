"""Conditions of a signature: which are refused before it is given, and who keeps each of them."""

from collections.abc import Sequence

from glassworks.core.commands import Sign
from glassworks.core.conditions import LONGEST, MOST, Signed, kept, refusal, terms, unfit
from glassworks.core.dossier import Body, Prepared
from glassworks.core.errors import FixTheInput
from glassworks.core.gate import Decision
from glassworks.core.signoff import SignOff
from glassworks.core.usecase import Dataset
from glassworks.line.parts import Parts


def check_said(said: Sequence[str]) -> None:
    """Refuse a condition that says nothing, or more than whoever keeps it would read."""
    if len(said) > MOST:
        raise FixTheInput(f"At most {MOST} conditions can be set.", "", "Join some of them.", field="conditions")
    if not all(one.strip() for one in said):
        raise FixTheInput("A condition is blank.", "", "Say what it is, or leave it out.", field="conditions")
    if any(len(one) > LONGEST for one in said):
        why = "Whoever keeps it reads it on a line."
        raise FixTheInput(
            f"A condition is longer than {LONGEST} letters.", why, "Say more in the statement.", field="conditions"
        )


def check_kept(parts: Parts, command: Sign, body: Body) -> None:
    """Refuse a condition on which one would count in vain: nearly in a form that the server keeps, or fitting no row.

    It fits no row on a column that the model is not told, or with a value that the column never has.
    """
    for said in command.conditions:
        if why := refusal(said):
            raise _not_kept(f"The condition \u201c{said[:60]}\u201d", why)
    contract = parts.ledger.get(Dataset, str(body.subject["dataset"])).contract
    columns = {one.name: one for one in contract.columns} if contract else {}
    for one in terms(command.conditions).only:
        if why := unfit(one, columns.get(one.column) if one.column in body.subject["card"]["inputs"] else None):
            raise _not_kept(f"The condition on {one.column[:60]}", why)


def answered(parts: Parts, decision: Decision, given: Sign | SignOff) -> Signed:
    """What the gate says after a signature, with who keeps each of its conditions."""
    ready = parts.ledger.find(Prepared, use_case=given.use_case, subject=given.subject)
    return Signed(**decision.facts(), conditions=kept(given.conditions, ready[-1].stage))


def _not_kept(what: str, why: str) -> FixTheInput:
    return FixTheInput(
        f"{what} cannot be kept.",
        f"{why[0].upper()}{why[1:]}.",
        "Write it so that the server can keep it, or in other words, for people to keep.",
        field="conditions",
    )
