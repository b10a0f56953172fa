"""The office's key, people's keys and passwords: made, kept, unlocked and retired."""

import base64
import os
import stat
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import argon2
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from glassworks.core import signoff
from glassworks.core.dossier import Dossier
from glassworks.core.errors import Broken, Conflict, FixTheInput, NotAllowed, NotFound
from glassworks.core.people import HeldKey, Key, KeyList, Person
from glassworks.core.permit import Permit, Revocations
from glassworks.core.ports import Ledger
from glassworks.core.record import Moment, new_id
from glassworks.core.signoff import SignOff

MIN_SECRET = 10
MAX_SECRET = 1024
SEALED_FORM = "argon2id-chacha20poly1305/1:"
_TIME, _MEMORY_KIB, _LANES = 2, 48 * 1024, 1
_SALT, _NONCE = 16, 12
_PASSWORDS = argon2.PasswordHasher(time_cost=_TIME, memory_cost=_MEMORY_KIB, parallelism=_LANES)
_NOBODY = f"$argon2id$v=19$m={_MEMORY_KIB},t={_TIME},p={_LANES}${'A' * 22}${'A' * 43}"
"""A well-formed hash that no password has: checking against it takes as long as checking a person's."""


def write_key_file(path: Path, key: Ed25519PrivateKey) -> None:
    """Write a private key as base64 text, readable by its owner alone; an existing file is never overwritten."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{new_id('draft')}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(base64.b64encode(signoff.private_bytes(key)).decode() + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError as error:
        raise Conflict(
            f"There is already a key at {path}.",
            "A key that is lost cannot be made again, so it is never overwritten.",
            "Use the key that is there, or move it away first.",
        ) from error
    finally:
        draft.unlink()


def read_key_file(path: Path) -> Ed25519PrivateKey:
    """Read a private key; a file that others can read is refused.

    Raises
    ------
    NotFound : there is no such file.
    NotAllowed : its mode lets others read or write it.
    Broken : it does not hold a key.
    """
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            content = file.read(200)
    except FileNotFoundError as error:
        raise NotFound(
            f"There is no key at {path}.", "", "Run `glassworks admin init`, or correct the path."
        ) from error
    if mode & 0o077:
        raise NotAllowed(
            f"The key at {path} can be read by others (mode {mode:04o}).",
            "Whoever reads it can sign in its name.",
            f"Run `chmod 600 {path}`; if someone may have read it, make a new key.",
            rule="key-file-mode",
        )
    try:
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(content.strip(), validate=True))
    except ValueError as error:
        raise Broken(f"The file {path} does not hold a key.", "", "Restore it from a backup.") from error


class Office:
    """The governance office's key and everything it signs. The private key never leaves this object."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public_key = signoff.public_text(key)
        self.fingerprint = signoff.fingerprint(self.public_key)

    @classmethod
    def create(cls, path: Path) -> "Office":
        """Make the office's key and keep it at `path`. Raises `Conflict` when a key is there already."""
        key = signoff.new_private_key()
        write_key_file(path, key)
        return cls(key)

    @classmethod
    def open(cls, path: Path) -> "Office":
        """The office whose key is kept at `path`; see `read_key_file` for what is refused."""
        return cls(read_key_file(path))

    def sign(self, content: bytes) -> str:
        """The office's signature over these bytes, base64."""
        return signoff.sign(self._key, content)

    def seal_key(self) -> bytes:
        """The 32 bytes that lock the sealed hold-outs, derived from the office's key (HKDF-SHA256)."""
        derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"glassworks sealed hold-out/1")
        return derive.derive(signoff.private_bytes(self._key))

    def log_key(self) -> bytes:
        """The 32 bytes that tie the prediction log's rows to each other, derived from the office's key."""
        derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"glassworks prediction log/1")
        return derive.derive(signoff.private_bytes(self._key))

    def sign_keylist(self, keys: Iterable[Key], now: Moment) -> KeyList:
        """Every key the office vouches for at this moment, signed."""
        ordered = tuple(sorted(keys, key=lambda key: key.key_id))
        draft = KeyList(issued_at=now, office_public_key=self.public_key, keys=ordered)
        return draft.model_copy(update={"signature": self.sign(signoff.keylist_payload(draft))})

    def key_list(self, ledger: Ledger, now: Moment) -> KeyList:
        """The signed list of every key in the ledger, retired ones too: old signatures must still verify."""
        return self.sign_keylist((held.key for held in ledger.find(HeldKey)), now)

    def sign_permit(self, permit: Permit) -> Permit:
        """The permit with the office's key and signature filled in."""
        draft = permit.model_copy(update={"office_public_key": self.public_key, "signature": ""})
        return draft.model_copy(update={"signature": self.sign(draft.payload())})

    def sign_revocations(self, releases: Iterable[str], now: Moment) -> Revocations:
        """The signed list of releases that may not run now."""
        ordered = tuple(sorted(set(releases)))
        draft = Revocations(issued_at=now, releases=ordered, office_public_key=self.public_key)
        return draft.model_copy(update={"signature": self.sign(draft.payload())})

    def seal_dossier(self, dossier: Dossier) -> Dossier:
        """The dossier with the office's signature over the whole file filled in."""
        return dossier.model_copy(update={"office_signature": self.sign(dossier.payload())})


def _checked_secret(secret: str, word: str) -> bytes:
    if not MIN_SECRET <= len(secret) <= MAX_SECRET:
        raise FixTheInput(
            f"This {word} has {len(secret)} characters.",
            f"A {word} has {MIN_SECRET} to {MAX_SECRET}; a few unrelated words are easy to remember.",
            f"Choose a longer {word}." if len(secret) < MIN_SECRET else f"Choose a shorter {word}.",
            field=word,
        )
    return _secret_bytes(secret)


def _secret_bytes(secret: str) -> bytes:
    return unicodedata.normalize("NFKC", secret).encode("utf-8", "surrogatepass")


def _cipher(passphrase: bytes, salt: bytes) -> ChaCha20Poly1305:
    raw = hash_secret_raw(passphrase, salt, _TIME, _MEMORY_KIB, _LANES, 32, Type.ID)
    return ChaCha20Poly1305(raw)


def _bound_to(key: Key) -> bytes:
    return f"{SEALED_FORM}{key.key_id}:{key.person}:{key.public_key}".encode()


def _key_of(person: Person, public_key: str, now: Moment, valid_until: Moment | None) -> Key:
    return Key(
        key_id=new_id("key"),
        person=person.id,
        person_name=person.name,
        roles=person.roles,
        public_key=public_key,
        valid_from=now,
        valid_until=valid_until,
        persona=person.persona,
    )


def new_personal_key(person: Person, passphrase: str, *, now: Moment, valid_until: Moment | None = None) -> HeldKey:
    """A fresh key for a person, kept by the office and encrypted with the person's passphrase.

    Raises
    ------
    FixTheInput : the passphrase is too short or too long.
    """
    secret = _checked_secret(passphrase, "passphrase")
    private = signoff.new_private_key()
    key = _key_of(person, signoff.public_text(private), now, valid_until)
    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    locked = _cipher(secret, salt).encrypt(nonce, signoff.private_bytes(private), _bound_to(key))
    sealed = SEALED_FORM + base64.b64encode(salt + nonce + locked).decode()
    return HeldKey(id=key.key_id, key=key, sealed_private=sealed)


def enrol_public_key(person: Person, public_key: str, *, now: Moment, valid_until: Moment | None = None) -> HeldKey:
    """Put a key on the list whose private half stays with the person. Raises `FixTheInput` when it is not a key."""
    signoff.fingerprint(public_key)
    key = _key_of(person, public_key, now, valid_until).model_copy(update={"custody": "person"})
    return HeldKey(id=key.key_id, key=key)


def unlock(held: HeldKey, passphrase: str) -> Ed25519PrivateKey:
    """The private key of a person, for one signature.

    Raises
    ------
    NotAllowed : the passphrase is wrong, or the person keeps this key and not the office.
    Broken : what is kept cannot be read.
    """
    if held.key.custody == "person":
        raise NotAllowed(
            "This key stays with its owner; the office does not hold it.",
            "",
            "Sign the file on your own machine: `glassworks sign FILE --key`.",
            rule="key-custody",
        )
    if not held.sealed_private:
        raise NotAllowed("This key was retired and signs no more.", "", "Use your present key.", rule="key-retired")
    form, _, text = held.sealed_private.partition(":")
    if form + ":" != SEALED_FORM:
        raise Broken(f"The key {held.id} is kept in a form that this version does not know.")
    try:
        kept = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Broken(f"The key {held.id} cannot be read.", "", "Restore the ledger from a backup.") from error
    salt, nonce, locked = kept[:_SALT], kept[_SALT : _SALT + _NONCE], kept[_SALT + _NONCE :]
    try:
        raw = _cipher(_secret_bytes(passphrase[:MAX_SECRET]), salt).decrypt(nonce, locked, _bound_to(held.key))
    except (InvalidTag, ValueError, argon2.exceptions.HashingError) as error:
        raise NotAllowed(
            "The passphrase does not open your key.",
            "The key is encrypted with the passphrase chosen when it was made; nobody else knows it.",
            "Try again. If it is lost, ask the factory champion for a new key; old signatures still verify.",
            rule="key-passphrase",
        ) from error
    return Ed25519PrivateKey.from_private_bytes(raw)


def retire_key(held: HeldKey, now: Moment) -> HeldKey:
    """The same key, not valid from now on; what it signed before still verifies."""
    until = min(held.key.valid_until, now) if held.key.valid_until else now
    return held.model_copy(update={"key": held.key.model_copy(update={"valid_until": until}), "sealed_private": ""})


def sign_off(draft: SignOff, private: Ed25519PrivateKey) -> SignOff:
    """The sign-off with its signature filled in."""
    return draft.model_copy(update={"signature": signoff.sign(private, draft.payload())})


def hash_password(password: str) -> str:
    """An argon2id hash to keep. Raises `FixTheInput` when the password is too short or too long."""
    return _PASSWORDS.hash(_checked_secret(password, "password"))


def check_password(kept: str, password: str) -> bool:
    """Whether this is the password. With nothing kept it takes as long and answers False: no one learns who exists."""
    try:
        right = _PASSWORDS.verify(kept or _NOBODY, _secret_bytes(password[:MAX_SECRET]))
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False
    return right and bool(kept)
