"""Verify a dossier from its bytes: what it is, who signed it as what, and exactly what was altered."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError

from glassworks.core import canonical, signoff
from glassworks.core.dossier import Dossier, faults, stood
from glassworks.core.errors import FixTheInput
from glassworks.core.gate import effective
from glassworks.core.reapproval import differences
from glassworks.core.record import Moment
from glassworks.core.result import Verdict
from glassworks.core.signoff import SignOff
from glassworks.core.stage import STAGES, Stage
from glassworks.core.usecase import Waiver

Outcome = Literal["PASS", "consistent, signer unknown", "FAIL", "unreadable"]

EXIT_CODES: dict[Outcome, int] = {"PASS": 0, "FAIL": 1, "unreadable": 2, "consistent, signer unknown": 3}

METHODS = {
    "passphrase": "with a key that the office keeps, opened by a passphrase",
    "local key": "with a key that never left the signer",
    "demonstration": "by a script, for an invented person",
}

SEALS = {
    "same machine": "seal: same machine. The sealed rows lay on the machine where the model was built; "
    "an operator of that machine could have opened them unseen.",
    "separate machine": "seal: separate machine. The sealed rows lay apart from where the model was built.",
}


@dataclass(frozen=True)
class Verification:
    """What the verifier found: the outcome, and in plain words what the file says and what is wrong with it."""

    outcome: Outcome
    lines: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """0 PASS, 1 FAIL, 2 unreadable, 3 consistent but the signer is unknown."""
        return EXIT_CODES[self.outcome]


def verify_dossier(content: bytes, pinned: str | None = None) -> Verification:
    """Verify a dossier file.

    Parameters
    ----------
    content : the file's bytes.
    pinned : the fingerprint of the office's key, received on another way than the file; spaces and colons are
        allowed. Without it the outcome is never PASS: a forger can make a consistent file with a key of their own.

    Examples
    --------
    >>> verify_dossier(b"{}").outcome
    'unreadable'
    """
    try:
        dossier, file = _read(content)
        found = faults(dossier, file)
    except FixTheInput as error:
        return _said("unreadable", [f"This is not a dossier that can be read. {error}"])
    fingerprint = _fingerprint(dossier)
    wanted = "".join((pinned or "").replace(":", " ").split()).lower()
    if wanted and wanted != fingerprint:
        found.append("the office's key is not the one with the fingerprint you gave: another signer made this file")
    lines = [*_what_it_is(dossier), *_who_signed(dossier), *_what_was_seen(dossier), *_what_was_decided(dossier)]
    lines.append(f"Fingerprint of the office's key: {_in_fours(fingerprint) or 'none: the key cannot be read'}.")
    if found:
        lines += [f"WRONG: {fault}." for fault in found]
        lines.append("FAIL: this file is not what was signed. Ask the office for the original.")
        return _said("FAIL", lines)
    if not wanted:
        lines.append(
            "CONSISTENT, SIGNER UNKNOWN: nothing contradicts itself, but anyone could have made such a file. "
            "Get the fingerprint of the office's key on another way and pass it with --fingerprint."
        )
        return _said("consistent, signer unknown", lines)
    lines.append(
        "PASS: sealed by the office whose fingerprint you gave, and unaltered since; every signature holds, "
        "and the gate, asked again, decides the same."
    )
    return _said("PASS", lines)


def _read(content: bytes) -> tuple[Dossier, dict[str, Any]]:
    """The dossier behind canonical bytes, and the parsed file; anything else is refused."""
    file = canonical.parse_strict(content)
    try:
        dossier = Dossier.model_validate(file)
        same = canonical.to_bytes(dossier.told()) == content
    except ValidationError as error:
        where = ".".join(str(step) for step in error.errors()[0]["loc"])
        raise FixTheInput(
            "It does not have the form of a dossier.", f"The first field that does not fit: {where or 'all'}."
        ) from error
    except (ValueError, RecursionError) as error:
        raise FixTheInput("It is nested too deeply.") from error
    if not same:
        raise FixTheInput("A value in it is not written in its one canonical form.")
    return dossier, file


def _said(outcome: Outcome, lines: list[str]) -> Verification:
    """The lines with every control character shown as `?`: text in a file must not pass for the verifier's own."""
    clean = ("".join(c if c.isprintable() else "?" for c in line) for line in lines)
    return Verification(outcome, tuple(clean))


def _fingerprint(dossier: Dossier) -> str:
    try:
        return signoff.fingerprint(dossier.keys.office_public_key)
    except FixTheInput:
        return ""


def _in_fours(fingerprint: str) -> str:
    return " ".join(fingerprint[i : i + 4] for i in range(0, len(fingerprint), 4))


def _day(moment: Moment) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _what_it_is(dossier: Dossier) -> list[str]:
    body = dossier.body
    number = list(Stage).index(body.stage) + 1
    lines = [
        f'The dossier of gate {number}, {STAGES[body.stage].title}, of the use case "{body.title}" ({body.use_case}).',
        f"Decided about: {body.subject_kind} {body.subject_id}; tier {body.tier}; environment {body.environment}.",
        f"What was signed: {dossier.body_digest}, laid ready on {_day(body.made_at)}.",
    ]
    if body.demonstration:
        lines.append("This is a demonstration.")
    return lines


def _who_signed(dossier: Dossier) -> list[str]:
    invented = {key.key_id for key in dossier.keys.keys if key.persona}
    lines = [_one_signature(dossier, one) for one in dossier.signoffs]
    lines += [_one_carried(dossier, one) for one in dossier.evidence().carried]
    grants = [one.grant for one in dossier.exceptions if one.grant]
    grants += [given for one in dossier.earlier for given in one.signoffs]
    if any(one.key_id in invented or one.method == "demonstration" for one in (*dossier.signoffs, *grants)):
        lines.append("Signed by a script for invented people: no real person answers for these signatures.")
    return lines or ["Nobody has signed it."]


def _name(dossier: Dossier, person: str) -> str:
    return next((key.person_name for key in dossier.keys.keys if key.person == person), f"Somebody ({person})")


def _one_signature(dossier: Dossier, one: SignOff) -> str:
    name = _name(dossier, one.person)
    author = " (an author of what was decided about)" if one.person in dossier.body.authors else ""
    text = (
        f"{name}{author} signed as {one.role.words}: {one.meaning.words}, {METHODS[one.method]}, {_day(one.signed_at)}."
    )
    if one.accepts:
        text += f" Accepts as inconclusive: {', '.join(one.accepts)}."
    if one.conditions:
        text += f" On condition: {'; '.join(one.conditions).rstrip('.')}."
    if one.expires_at:
        text += f" Until {_day(one.expires_at)}."
    return f'{text} Says: "{one.statement}"' if one.statement else text


def _one_carried(dossier: Dossier, one: SignOff) -> str:
    body = next(e.body for e in dossier.earlier if e.body_digest == one.dossier)
    if body.stage is Stage.SCOPE:
        what, why = f"signed version {body.brief.version}", f"nothing changed since that a {one.role.words} answers for"
    else:
        then = stood(body, one.dossier)
        changes = " ".join(c.sentence for c in differences(then, stood(dossier.body, dossier.body_digest)))
        what = f"approved the earlier candidate {body.subject.get('name') or body.subject_id} ({body.subject_id})"
        why = f"a {one.role.words} does not answer for what changed. Since then: {changes or 'nothing changed.'}"
    text = f"{_name(dossier, one.person)} {what} as {one.role.words}, {METHODS[one.method]}, {_day(one.signed_at)}; "
    text += f"it still holds: {why.removesuffix('.')}."
    return text + (f" On condition: {'; '.join(one.conditions)}." if one.conditions else "")


def _what_was_seen(dossier: Dossier) -> list[str]:
    body, evidence = dossier.body, dossier.evidence()
    verdicts = [(result, effective(result, evidence)) for result in body.results]
    counts = Counter(verdict.value.replace("_", " ") for _, verdict in verdicts)
    lines = [f"Checks: {', '.join(f'{n} {word}' for word, n in sorted(counts.items())) or 'none'}."]
    lines += [
        f"{result.title}: {verdict.value}. {result.answer.sentence}"
        for result, verdict in verdicts
        if verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.EXCEPTED)
    ]
    lines += [_one_exception(dossier, waiver, evidence.void) for waiver in dossier.exceptions if waiver.granted_by]
    if body.seal:
        lines.append(SEALS.get(body.seal, f"seal: {body.seal}."))
    if body.looks:
        lines.append(f"Looks at the sealed rows: {len(body.looks)}; the policy allows {body.policy.max_looks}.")
    lines.append(f"Policy: {body.policy.title}, version {body.policy.version} ({body.policy.legal_note}).")
    return lines


def _one_exception(dossier: Dossier, waiver: Waiver, void: dict[str, str]) -> str:
    text = f'Exception for {waiver.check} until {_day(waiver.expires_at)}: "{waiver.reason}"'
    if waiver.id in void:
        return f"{text} NOT HONOURED: {void[waiver.id]}."
    name, one = _name(dossier, waiver.granted_by), waiver.grant
    if one is None:
        return f"{text} Granted by {name}, not signed by key: the office's seal alone vouches for it."
    return f"{text} Granted by {name} as {one.role.words}, {METHODS[one.method]}, {_day(one.signed_at)}."


def _what_was_decided(dossier: Dossier) -> list[str]:
    decision = dossier.decision
    word = "open" if decision.open else "closed"
    return [
        f"The gate's decision on {_day(dossier.decided_at)}: {word}.",
        *(f"Closed because: {reason}" for reason in decision.reasons),
    ]
