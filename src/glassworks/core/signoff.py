"""A sign-off: a person in a role signs the hash of a dossier with a key. Also the office's signature."""

import base64
import hashlib
from enum import StrEnum
from typing import ClassVar, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from glassworks.core import canonical
from glassworks.core.errors import FixTheInput
from glassworks.core.people import Key, KeyList, Role
from glassworks.core.record import Moment, Part, Record
from glassworks.core.stage import Stage

RAW = serialization.Encoding.Raw
KEY_BYTES = 32
SMALL_ORDER = frozenset(
    bytes.fromhex(one)
    for one in (
        "00" * 32,
        "01" + "00" * 31,
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ec" + "ff" * 30 + "7f",
        "ed" + "ff" * 30 + "7f",
        "ee" + "ff" * 30 + "7f",
    )
)
"""Points of order 1, 2, 4 and 8 and their other spellings, without the sign bit: to them one signature fits any text.

Source: the points that libsodium refuses (`ge25519_has_small_order`); Chalkias et al. (2020), Taming the many EdDSAs.
"""


class Meaning(StrEnum):
    """What a signature says. A submission of one's own work is not an approval."""

    SUBMIT = "submit"
    APPROVE = "approve"
    REFUSE = "refuse"
    ACCEPT_INCONCLUSIVE = "accept_inconclusive"
    RELEASE_STOP = "release_stop"
    GRANT_EXCEPTION = "grant_exception"

    @property
    def words(self) -> str:
        """The meaning as a verb, for sentences."""
        longer = {
            "accept_inconclusive": "accept what is inconclusive",
            "release_stop": "release a stop",
            "grant_exception": "grant an exception",
        }
        return longer.get(self.value, self.value)


class SignOff(Record):
    """One signature over one dossier's digest; `payload()` is what is signed.

    On an exception or a stop, `subject` is its id and `dossier` the digest of what was asked for or pulled.
    """

    kind: ClassVar[str] = "signoff"
    format: Literal["glassworks-signoff/1"] = "glassworks-signoff/1"
    stage: Stage
    dossier: str
    subject: str
    role: Role
    person: str
    key_id: str
    meaning: Meaning
    statement: str = ""
    accepts: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    expires_at: Moment | None = None
    method: Literal["passphrase", "local key", "demonstration"]
    signed_at: Moment
    signature: str = ""

    def payload(self) -> bytes:
        """The canonical bytes that the key signs: the whole record but the signature itself."""
        return canonical.to_bytes({k: v for k, v in self.facts().items() if k != "signature"})

    def live(self, now: Moment) -> bool:
        """Whether it counts now: not before it was made, and not once it has run out."""
        return self.signed_at <= now and (self.expires_at is None or now < self.expires_at)


class SignedBefore(Part):
    """Who signed as what at a gate before, about what the subject is made from."""

    person: str
    role: Role
    stage: Stage


def new_private_key() -> Ed25519PrivateKey:
    """A fresh Ed25519 key."""
    return Ed25519PrivateKey.generate()


def private_bytes(key: Ed25519PrivateKey) -> bytes:
    """The 32 raw bytes of a private key."""
    return key.private_bytes(RAW, serialization.PrivateFormat.Raw, serialization.NoEncryption())


def public_text(key: Ed25519PrivateKey) -> str:
    """The public half, base64."""
    return base64.b64encode(key.public_key().public_bytes(RAW, serialization.PublicFormat.Raw)).decode()


def strict_base64(text: str) -> bytes:
    """The bytes behind base64 text that has exactly one spelling; another spelling is a `ValueError`."""
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("the unused bits at the end are not zero")
    return raw


def fingerprint(public_key: str) -> str:
    """The hex SHA-256 of a public key: short enough to pass on by telephone, in groups of four.

    Raises
    ------
    FixTheInput : the text is not 32 bytes in base64, or a key to which one signature fits any text.
    """
    return hashlib.sha256(_raw(public_key)).hexdigest()


def _raw(public_key: str) -> bytes:
    """The 32 bytes of a public key that binds a signature to its text."""
    try:
        raw = strict_base64(public_key)
    except ValueError:
        raw = b""
    if len(raw) != KEY_BYTES:
        raise FixTheInput("This is not a public key.", f"A public key is {KEY_BYTES} bytes, written in base64.")
    if raw[:-1] + bytes([raw[-1] & 0x7F]) in SMALL_ORDER:
        raise FixTheInput(
            "This public key binds nobody.", "One signature would fit any text under it.", "Make a new key."
        )
    return raw


def sign(key: Ed25519PrivateKey, content: bytes) -> str:
    """An Ed25519 signature, base64."""
    return base64.b64encode(key.sign(content)).decode()


def is_signed(public_key: str, content: bytes, signature: str) -> bool:
    """Whether `signature` over `content` was made by the key behind `public_key`."""
    try:
        Ed25519PublicKey.from_public_bytes(_raw(public_key)).verify(strict_base64(signature), content)
    except (InvalidSignature, ValueError, FixTheInput):
        return False
    return True


def keylist_payload(keys: KeyList) -> bytes:
    """The bytes of a key list that the office signs."""
    return canonical.to_bytes({k: v for k, v in keys.facts().items() if k != "signature"})


def faults(signoff: SignOff, keys: KeyList) -> list[str]:
    """Everything wrong with a sign-off against a key list; an empty list means it holds.

    The fields of a sign-off and of a key list are those of their format; a new field is a new format.
    """
    key: Key | None = next((k for k in keys.keys if k.key_id == signoff.key_id), None)
    if key is None:
        return [f"the key {signoff.key_id} is not on the office's key list"]
    found = []
    if key.person != signoff.person:
        found.append(f"the key {key.key_id} belongs to another person")
    if signoff.role not in key.roles:
        found.append(f"{key.person_name} does not hold the role {signoff.role.words}")
    if signoff.signed_at < key.valid_from or (key.valid_until and signoff.signed_at >= key.valid_until):
        found.append(f"the key of {key.person_name} was not valid when it signed")
    if not is_signed(key.public_key, signoff.payload(), signoff.signature):
        found.append(f"the signature of {key.person_name} does not fit what was signed")
    if signoff.method == "local key" and key.custody != "person":
        found.append(f"the key of {key.person_name} is kept by the office, not by the person as the method says")
    return found


def keylist_faults(keys: KeyList) -> list[str]:
    """Everything wrong with a key list: the office's signature, one id for two keys, one key for two persons."""
    found = []
    if not is_signed(keys.office_public_key, keylist_payload(keys), keys.signature):
        found.append("the key list is not signed by the office's key: it was altered")
    if len({key.key_id for key in keys.keys}) != len(keys.keys):
        found.append("two keys on the key list have the same id")
    owners: dict[str, set[str]] = {keys.office_public_key: {"office"}}
    for key in keys.keys:
        owners.setdefault(key.public_key, set()).add(key.person)
    if any(len(persons) > 1 for persons in owners.values()):
        found.append("one key stands on the key list for two persons")
    return found
