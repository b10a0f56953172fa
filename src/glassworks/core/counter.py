"""Counter-signatures: who may grant an exception or release a stop, and everything wrong with such a signature."""

from collections.abc import Iterable

from glassworks.core import signoff
from glassworks.core.people import KeyList, Role
from glassworks.core.signoff import Meaning, SignOff
from glassworks.core.usecase import LineStop, Waiver

GRANTERS = (Role.CHAMPION, Role.APPROVER)
RELEASERS = (Role.BUSINESS_OWNER, Role.VALIDATOR, Role.CHAMPION)
UNSIGNED = "it is not signed by key"


def _wrong(one: SignOff, meaning: Meaning, subject: str, digest: str, roles: tuple[Role, ...]) -> list[str]:
    """What is wrong with a counter-signature beside the key and the signature."""
    found = []
    if one.meaning is not meaning or one.subject != subject:
        found.append("the signature is for something else")
    elif one.dossier != digest:
        found.append("it was altered after it was signed")
    if one.role not in roles:
        found.append(f"the role {one.role.words} may not {meaning.words}")
    return found


def grant_faults(waiver: Waiver, keys: KeyList, authors: Iterable[str] = ()) -> list[str]:
    """Why a granted exception is not honoured; an empty list means that its grant holds.

    Parameters
    ----------
    waiver : an exception that somebody granted.
    keys : the key list against which the grant is verified.
    authors : who made the subject or a parent of it; none of them may grant.
    """
    one = waiver.grant
    if one is None:
        return [UNSIGNED]
    found = _wrong(one, Meaning.GRANT_EXCEPTION, waiver.id, waiver.asked, GRANTERS)
    found += signoff.faults(one, keys)
    if one.person != waiver.granted_by:
        found.append("it names another granter than the one who signed")
    if one.person == waiver.requested_by:
        found.append("the one who asked for it granted it")
    if one.person in authors:
        found.append("an author of the work granted it")
    return found


def void(waivers: Iterable[Waiver], keys: KeyList, authors: Iterable[str]) -> dict[str, str]:
    """The granted exceptions that no gate honours, by id, with the reasons in words."""
    makers = tuple(authors)
    faults = {one.id: grant_faults(one, keys, makers) for one in waivers if one.granted_by}
    return {id: "; ".join(found) for id, found in faults.items() if found}


def release_faults(stop: LineStop, keys: KeyList) -> list[str]:
    """Everything wrong with the release of a stop; an empty list means that it holds."""
    one = stop.release
    if one is None:
        return [UNSIGNED]
    found = _wrong(one, Meaning.RELEASE_STOP, stop.id, stop.pulled, RELEASERS)
    found += signoff.faults(one, keys)
    if (one.person, one.signed_at, one.statement) != (stop.released_by, stop.released_at, stop.release_reason):
        found.append("it was altered after it was signed")
    if one.person == stop.pulled_by:
        found.append("the one who pulled it released it")
    return found
