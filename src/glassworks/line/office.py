"""Acts of the governance office: found an installation, adopt a policy pack."""

from glassworks.core.commands import Invite
from glassworks.core.journal import Act
from glassworks.core.people import Actor, LineOfBusiness, Person
from glassworks.core.policy import PolicyPack
from glassworks.hub import policies
from glassworks.line import outcome, packs, people
from glassworks.line.parts import Parts
from glassworks.line.refusals import check_may, check_reach


def found(
    parts: Parts, champion: Invite, line: str, *, password: str, passphrase: str
) -> tuple[Person, LineOfBusiness]:
    """The first acts of an installation: its champion, its first line of business, the office's policy pack."""
    with parts.ledger.transaction():
        person = people.add_person(parts, champion, password=password, passphrase=passphrase, by="office")
        opened = people.open_line(parts, people.actor(person), line)
        adopt(parts, people.actor(person), policies.OFFICE_PACK)
    outcome.publish(parts)
    return person, opened


def adopt(parts: Parts, who: Actor, pack: PolicyPack) -> PolicyPack:
    """Put a policy pack in force from its date; a line's pack may only tighten the office's."""
    check_may(parts, who, "administer", pack.line, pack.id)
    check_reach(parts, who, "administer", pack.line, what=pack.id)
    if pack.line:
        parts.ledger.get(LineOfBusiness, pack.line)
        policies.check_tightens(policies.in_force(parts.ledger, "", pack.effective_from), pack)
    packs.check_answerable(pack, parts.now().date())
    sentence = f"{who.name} adopts {pack.title} {pack.version}, in force from {pack.effective_from}."
    parts.ledger.add(pack, Act(act="adopt policy", who=who.person, what=pack.id, line=pack.line, sentence=sentence))
    return pack
