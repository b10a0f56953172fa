"""Signing with one's own key, at a gate as on an exception or a stop: here by passphrase, or at home from a file."""

from collections.abc import Callable
from datetime import timedelta

from glassworks.core import canonical, signoff
from glassworks.core.errors import Conflict, NotAllowed
from glassworks.core.journal import Act
from glassworks.core.people import Actor, HeldKey
from glassworks.core.signoff import SignOff
from glassworks.hub import keys
from glassworks.line import people
from glassworks.line.parts import Parts

SIGNED_WITHIN = timedelta(days=1)
Draft = Callable[[str, str], SignOff]
"""What is about to be signed, checked against every rule, for a key's id and a method."""


def custody(parts: Parts, who: Actor) -> str:
    """Who keeps the key with which this person signs now: `office` or `person`; an empty text when they have none."""
    held = [h for h in parts.ledger.find(HeldKey) if h.key.person == who.person and h.key.valid_until is None]
    return held[-1].key.custody if held else ""


def mark(*what: object) -> str:
    """The id of a sign-off over these facts: the same file is given out each time it is asked for."""
    return f"sign-{canonical.digest(list(what)).removeprefix(canonical.DIGEST_PREFIX)[:24]}"


def sign_here(parts: Parts, who: Actor, draft: Draft, passphrase: str) -> SignOff:
    """Sign with the key that the office keeps for this person."""
    people.check_invented(parts, who)
    held = people.current_key(parts, who.person)
    unsigned = draft(held.key.key_id, "demonstration" if who.persona else "passphrase")
    return keys.sign_off(unsigned, keys.unlock(held, passphrase))


def to_sign_at_home(parts: Parts, who: Actor, draft: Draft) -> SignOff:
    """The file that a person signs on their own machine, with the key that they keep."""
    people.check_invented(parts, who)
    held = people.current_key(parts, who.person)
    if held.key.custody != "person":
        raise NotAllowed(
            "The office keeps your key.",
            "Rule key-custody: it signs with your passphrase, here.",
            "Sign on the page, or put a key of your own on the key list.",
            rule="key-custody",
        )
    return draft(held.key.key_id, "local key")


def keep(parts: Parts, signed: SignOff, act: Act) -> None:
    """Write a sign-off; of two who sign at once the first counts, and the other is told so."""
    try:
        parts.ledger.add(signed, act)
    except Conflict as error:
        raise NotAllowed(
            "This signature is refused.",
            f"Rule once: a {signed.role.words} has already signed this dossier.",
            "Nothing needs to be done: read the signature that stands.",
            rule="once",
        ) from error


def check_brought(parts: Parts, who: Actor, draft: Draft, signed: SignOff) -> None:
    """Refuse a signed file that is not what the office would give out now, or that is older than a day."""
    again = to_sign_at_home(parts, who, draft)
    same = again.model_copy(update={"signed_at": signed.signed_at, "signature": signed.signature}) == signed
    if not same or not timedelta(0) <= again.signed_at - signed.signed_at <= SIGNED_WITHIN:
        raise NotAllowed(
            "This is not the sign-off that the office would give out now.",
            "Rule same-dossier: a signature covers exactly what was shown, and is brought within a day.",
            "Fetch the sign-off again, read the evidence, and sign it.",
            rule="same-dossier",
        )


def check_signed(parts: Parts, who: Actor, signed: SignOff) -> None:
    """Refuse a signature that does not verify against the key list, or that is another person's."""
    faults = signoff.faults(signed, parts.keys())
    if signed.person != who.person:
        faults.append("the signature belongs to another person")
    if faults:
        raise NotAllowed(
            "This signature is refused.",
            f"Rule signature: {'; '.join(faults)}.",
            "Sign the file again as it was given out, with the private key whose public half is on the key list.",
            rule="signature",
        )
