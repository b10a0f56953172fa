"""Acts about people: open an account, invite, accept, sign in, renew a key, hand over a leaver's work, tokens."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import timedelta

from glassworks.core import canonical
from glassworks.core.commands import Invite
from glassworks.core.dossier import Body
from glassworks.core.errors import Conflict, FixTheInput, NotAllowed, NotFound
from glassworks.core.journal import Act
from glassworks.core.people import Actor, HeldKey, Invitation, LineOfBusiness, Person, Role
from glassworks.core.record import new_id
from glassworks.core.signoff import Meaning, SignOff
from glassworks.core.stage import Stage
from glassworks.core.usecase import GateRecord, Release, Token
from glassworks.hub import gatekeeper, keys
from glassworks.hub.access import not_here
from glassworks.line.parts import Parts
from glassworks.line.refusals import check_may, check_reach, journalled

INVITATION_DAYS = 14


def secret_hash(secret: str) -> str:
    """How a random token is kept: its SHA-256 (the token itself has 256 bits of entropy)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def home_of(who: Person | Actor) -> str:
    """The line whose journal tells about a person: their only one, else the office's."""
    return who.lines[0] if len(who.lines) == 1 else ""


def actor(person: Person) -> Actor:
    """The person as acts see them."""
    return Actor(person=person.id, name=person.name, roles=person.roles, lines=person.lines, persona=person.persona)


def actor_of(parts: Parts, person_id: str) -> Actor:
    """The signed-in person; a leaver no longer is one."""
    person = parts.ledger.get(Person, person_id)
    if not person.active:
        raise NotAllowed("This account is closed.", "", "Ask the governance office.", rule="active-account")
    check_invented(parts, person)
    return actor(person)


def check_invented(parts: Parts, who: Person | Actor) -> None:
    """Invented people act in the demonstration only, also when its home is served as something else."""
    if who.persona and not parts.settings.demo:
        raise NotAllowed(
            f"{who.name} is invented, and acts in the environment demo only.",
            "Rule no-default-account: outside the demonstration no account exists that nobody asked for.",
            "Sign in as a person whom the office invited.",
            rule="no-default-account",
        )


def open_line(parts: Parts, who: Actor, name: str) -> LineOfBusiness:
    """Open a line of business."""
    check_reach(parts, who, "administer", "")
    slug = "-".join("".join(c if c.isalnum() else " " for c in name.lower()).split())
    if not slug:
        raise FixTheInput("A line of business needs a name.", field="name")
    line = LineOfBusiness(id=slug, line=slug, name=name, created_at=parts.now())
    parts.ledger.add(line, Act(act="open line", who=who.person, what=line.id, line=slug, sentence=f"{name} is opened."))
    return line


def add_person(
    parts: Parts, invite: Invite, *, password: str, passphrase: str, by: str, persona: bool = False
) -> Person:
    """Write a person with their first key. The private half is kept encrypted with the passphrase."""
    if parts.ledger.find(Person, login=invite.login):
        raise Conflict(f"The sign-in name {invite.login} is taken.", "", "Choose another.")
    lines = (invite.line,) if invite.line else ()
    person = Person(
        id=new_id("person"),
        line="",
        name=invite.name,
        login=invite.login,
        roles=invite.roles,
        lines=lines,
        persona=persona,
        password_hash=keys.hash_password(password),
        reports_to=_manager(parts, invite.reports_to),
        created_at=parts.now(),
    )
    held = keys.new_personal_key(person, passphrase, now=parts.now())
    with parts.ledger.transaction():
        sentence = f"{person.name} joins as {', '.join(r.words for r in person.roles)}."
        parts.ledger.add(person, Act(act="add person", who=by, what=person.id, line=invite.line, sentence=sentence))
        act = Act(act="add key", who=by, what=held.id, line=invite.line, sentence=f"A key for {person.name}.")
        parts.ledger.add(held, act)
    return person


def _manager(parts: Parts, login: str) -> str:
    """The id of the person above somebody, by sign-in name; nobody is above when it is empty."""
    found = parts.ledger.find(Person, login=login) if login else []
    if login and not found:
        raise FixTheInput(f"Nobody signs in as {login!r}.", "", "Invite them first.", field="reports_to")
    return found[0].id if found else ""


def invite(parts: Parts, who: Actor, command: Invite) -> tuple[Invitation, str]:
    """Invite a person; the answer holds the one-time secret for the invitation link."""
    check_may(parts, who, "invite", command.line)
    check_reach(parts, who, "invite", command.line)
    if command.line:
        parts.ledger.get(LineOfBusiness, command.line)
    if parts.ledger.find(Person, login=command.login):
        raise Conflict(f"The sign-in name {command.login} is taken.", "", "Choose another.")
    _manager(parts, command.reports_to)
    secret = secrets.token_urlsafe(32)
    invitation = Invitation(
        id=new_id("invite"),
        line=command.line,
        name=command.name,
        login=command.login,
        roles=command.roles,
        reports_to=command.reports_to,
        token_hash=secret_hash(secret),
        invited_by=who.person,
        created_at=parts.now(),
        expires_at=parts.now() + timedelta(days=INVITATION_DAYS),
    )
    sentence = f"{who.name} invites {command.name} as {', '.join(r.words for r in command.roles)}."
    parts.ledger.add(
        invitation, Act(act="invite", who=who.person, what=invitation.id, line=command.line, sentence=sentence)
    )
    return invitation, secret


def invitation(parts: Parts, invitation_id: str, secret: str) -> Invitation:
    """An open invitation, for whoever holds its secret."""
    found = parts.ledger.get(Invitation, invitation_id)
    fits = hmac.compare_digest(found.token_hash, secret_hash(secret))
    if not fits or found.used or parts.now() >= found.expires_at:
        raise NotAllowed(
            "This invitation is not open.",
            "It was used, has expired, or the link is incomplete.",
            "Ask the factory champion for a new one.",
            rule="invitation",
        )
    return found


def accept(parts: Parts, invitation_id: str, secret: str, *, password: str, passphrase: str) -> Person:
    """Accept an invitation: choose a password and a passphrase, get a key. Works once."""
    found = invitation(parts, invitation_id, secret)
    command = Invite(
        name=found.name, login=found.login, roles=found.roles, line=found.line, reports_to=found.reports_to
    )
    with parts.ledger.transaction():
        person = add_person(parts, command, password=password, passphrase=passphrase, by=found.invited_by)
        version = parts.ledger.version(Invitation, found.id)
        used = found.model_copy(update={"used": True})
        act = Act(
            act="accept invitation",
            who=person.id,
            what=found.id,
            line=found.line,
            sentence=f"{person.name} accepts the invitation.",
        )
        parts.ledger.replace(used, version, act)
    return person


def sign_in(parts: Parts, login: str, password: str) -> str:
    """A session token for the right password; the same refusal for an unknown name and a wrong password."""
    found = parts.ledger.find(Person, login=login.strip().lower())
    right = keys.check_password(found[0].password_hash if found else "", password)
    real = bool(found) and (parts.settings.demo or not found[0].persona)
    if not (real and right and found[0].active):
        parts.ledger.note(Act(act="sign in", who="nobody", sentence="A sign-in was refused.", refused=True))
        raise NotAllowed("Name or password is not right.", "", "Try again, or ask the office.", rule="sign-in")
    return parts.sessions.create(found[0].id, timedelta(hours=parts.settings.session_hours))


def new_key(parts: Parts, who: Actor, passphrase: str) -> HeldKey:
    """Replace a lost key or passphrase: the old key ends now, its signatures go on to verify."""
    person = parts.ledger.get(Person, who.person)
    return _replace_key(parts, who, person, keys.new_personal_key(person, passphrase, now=parts.now()))


def enrol_key(parts: Parts, who: Actor, public_key: str) -> HeldKey:
    """Put a key on the list whose private half stays with its owner; the old key ends now."""
    person = parts.ledger.get(Person, who.person)
    with journalled(parts, who, "enrol key", line=home_of(who)):
        return _replace_key(parts, who, person, keys.enrol_public_key(person, public_key, now=parts.now()))


def _replace_key(parts: Parts, who: Actor, person: Person, held: HeldKey) -> HeldKey:
    taken = {one.key.public_key for one in parts.ledger.find(HeldKey)}
    if held.key.public_key in taken:
        raise NotAllowed(
            "This key is on the key list already.",
            "Rule own-key: a key belongs to one person and is enrolled once.",
            "Make a new key.",
            rule="own-key",
        )
    told = Act(act="add key", who=who.person, what=held.id, line=home_of(who), sentence=f"A key for {person.name}.")
    with parts.ledger.transaction():
        for old in parts.ledger.find(HeldKey):
            if old.key.person == person.id and old.key.valid_until is None:
                ended = keys.retire_key(old, parts.now())
                words = {"act": "end key", "what": old.id, "sentence": f"A key of {person.name} ends."}
                parts.ledger.replace(ended, parts.ledger.version(HeldKey, old.id), told.model_copy(update=words))
        parts.ledger.add(held, told)
    return held


def current_key(parts: Parts, person: str) -> HeldKey:
    """The key a person signs with now."""
    found = [h for h in parts.ledger.find(HeldKey) if h.key.person == person and h.key.valid_until is None]
    if not found:
        raise NotFound("You have no valid key.", "", "Make a new key on your page, then sign.")
    return found[-1]


def leave(parts: Parts, who: Actor, person_id: str, heir_id: str) -> Person:
    """Close a leaver's account, end their keys and sessions, and hand their work to an heir.

    Roles go with it where nobody gets one in a line in which neither held it, and no two of them conflict.
    """
    check_may(parts, who, "administer")
    person, heir = parts.ledger.get(Person, person_id), parts.ledger.get(Person, heir_id)
    check_reach(parts, who, "administer", *(person.lines or ("",)), *(heir.lines or ("",)), what=person_id)
    if person.id == heir.id or not (person.active and heir.active):
        raise FixTheInput(
            "A leaver's work goes to another person who is here.", "", "Name two active people.", field="heir"
        )
    _check_unbiased(parts, person, heir)
    wider, kept_back = _handed(parts, person, heir)
    with parts.ledger.transaction():
        gone = person.model_copy(update={"active": False})
        version = parts.ledger.version(Person, person.id)
        sentence = f"{person.name} leaves."
        act = Act(act="leave", who=who.person, what=person.id, line=home_of(person), sentence=sentence)
        parts.ledger.replace(gone, version, act)
        took = tuple(dict.fromkeys((*heir.took_over, person.id, *person.took_over)))
        taken = wider.model_copy(update={"took_over": took})
        sentence = f"{heir.name} takes over the work of {person.name}{kept_back}."
        act = Act(act="hand over", who=who.person, what=heir.id, line=home_of(taken), sentence=sentence)
        parts.ledger.replace(taken, parts.ledger.version(Person, heir.id), act)
        for held in parts.ledger.find(HeldKey):
            if held.key.person in (person.id, heir.id) and held.key.valid_until is None:
                _reissue(parts, who, held, taken if held.key.person == heir.id else None)
        for token in parts.ledger.find(Token, person=person.id):
            if not token.revoked:
                _revoke(parts, who, token)
        parts.sessions.end_all(person.id)
    return taken


def _check_unbiased(parts: Parts, person: Person, heir: Person) -> None:
    """Refuse an heir who approved what would then be their own work, while its gate has not answered."""
    answered = {gate.dossier for gate in parts.ledger.find(GateRecord)}
    theirs = {person.id, *person.took_over}
    for given in parts.ledger.find(SignOff, person=heir.id, meaning=Meaning.APPROVE.value):
        newest = gatekeeper.latest(parts.ledger, given.use_case, given.subject, given.stage).id == given.dossier
        if given.stage is Stage.VALIDATE and newest and given.dossier not in answered:
            body = Body.model_validate(canonical.parse_strict(parts.vault.get(given.dossier)))
            if theirs & set(body.authors):
                raise NotAllowed(
                    f"{heir.name} approved what {person.name} made, and the gate has not answered yet.",
                    "Rule own-work: inherited work is own work, and nobody approves their own.",
                    "Name another heir, or wait for the gate.",
                    rule="own-work",
                )


def _handed(parts: Parts, person: Person, heir: Person) -> tuple[Person, str]:
    """An heir with the leaver's roles and lines, or as before with the reason why only the work is theirs."""
    roles = tuple(dict.fromkeys((*heir.roles, *person.roles)))
    every = not heir.lines or not person.lines
    lines = () if every else tuple(dict.fromkeys((*heir.lines, *person.lines)))
    if set(heir.roles) != set(roles) or set(person.roles) != set(roles):
        if set(heir.lines) != set(person.lines):
            return heir, ", not the roles: they work in other lines of business"
    within = lines or ("", *(line.id for line in parts.ledger.find(LineOfBusiness)))
    for first, second in [pair for line in within for pair in parts.policy(line).conflicts]:
        if {first, second} <= set(roles) and not {first, second} <= set(heir.roles):
            return heir, f", not the roles: nobody is {first.words} and {second.words} in one"
    return heir.model_copy(update={"roles": roles, "lines": lines}), ""


def with_heirs(parts: Parts, authors: Iterable[str]) -> tuple[str, ...]:
    """Authors, and whoever took their work over: inherited work is own work."""
    known = set(authors)
    return tuple(sorted(known | {p.id for p in parts.ledger.find(Person) if known & set(p.took_over)}))


def _reissue(parts: Parts, who: Actor, held: HeldKey, heir: Person | None) -> None:
    """End a leaver's key, or write an heir's wider roles onto theirs."""
    changed = (
        held.model_copy(update={"key": held.key.model_copy(update={"roles": heir.roles})})
        if heir
        else keys.retire_key(held, parts.now())
    )
    act = Act(act="change key", who=who.person, what=held.id, sentence="A key changes with its holder.")
    parts.ledger.replace(changed, parts.ledger.version(HeldKey, held.id), act)


def make_token(
    parts: Parts, who: Actor, *, purpose: str = "api", release: str = "", days: int = 30
) -> tuple[Token, str]:
    """An API or prediction token; the secret is shown once and only its hash is kept.

    A prediction token is for one release that its owner may see.
    """
    check_may(parts, who, "make token")
    if purpose == "predict" or release:
        found = parts.ledger.find(Release, id=release)
        if not found:
            raise not_here()
        check_may(parts, who, "make token", found[0].line)
    secret = "gw_" + secrets.token_urlsafe(32)
    token = Token.model_validate(
        {
            "id": new_id("token"),
            "person": who.person,
            "token_hash": secret_hash(secret),
            "purpose": purpose,
            "release": release,
            "created_at": parts.now(),
            "expires_at": parts.now() + timedelta(days=days),
        }
    )
    sentence = f"{who.name} makes a token."
    act = Act(act="make token", who=who.person, what=token.id, line=home_of(who), sentence=sentence)
    parts.ledger.add(token, act)
    return token, secret


def revoke_token(parts: Parts, who: Actor, token_id: str) -> Token:
    """End a token of one's own; another's looks as if it did not exist."""
    found = [t for t in parts.ledger.find(Token, id=token_id) if t.person == who.person]
    if not found:
        raise not_here()
    return _revoke(parts, who, found[0])


def _revoke(parts: Parts, who: Actor, token: Token) -> Token:
    ended = token.model_copy(update={"revoked": True})
    sentence = f"{who.name} revokes a token."
    act = Act(act="revoke token", who=who.person, what=token.id, line=home_of(who), sentence=sentence)
    parts.ledger.replace(ended, parts.ledger.version(Token, token.id), act)
    return ended


def actor_of_token(parts: Parts, secret: str) -> Actor:
    """The person behind an API token."""
    found = parts.ledger.find(Token, token_hash=secret_hash(secret))
    if not found or found[0].revoked or found[0].purpose != "api" or parts.now() >= found[0].expires_at:
        raise NotAllowed("This token is not valid.", "", "Make a new one on your page.", rule="token")
    return actor_of(parts, found[0].person)


def roster(parts: Parts, line: str) -> dict[Role, list[Person]]:
    """Who holds which role in a line, active people only."""
    people = [p for p in parts.ledger.find(Person) if p.active and (not p.lines or line in p.lines)]
    return {role: [p for p in people if role in p.roles] for role in Role}
