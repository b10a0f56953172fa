"""A verifier written from docs/formats alone, without a line of Glassworks: the formats say enough."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

GOLDEN = Path(__file__).parents[2] / "golden"


def canonical(value: Any) -> bytes:
    """Enough of RFC 8785 for a file with plain keys and whole numbers or short decimals."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def holds(public_key: str, fields: dict[str, Any], signed_by: str) -> bool:
    """Whether the field named `signed_by` signs all the others."""
    content = canonical({name: value for name, value in fields.items() if name != signed_by})
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key)).verify(
            base64.b64decode(fields[signed_by]), content
        )
    except InvalidSignature:
        return False
    return True


def outsider(content: bytes, fingerprint: str) -> bool:
    """Steps 1 to 6 of docs/formats/dossier.md."""
    file = json.loads(content)
    keys = file["keys"]
    office = keys["office_public_key"]
    by_id = {key["key_id"]: key for key in keys["keys"]}
    return (
        canonical(file) == content
        and hashlib.sha256(base64.b64decode(office)).hexdigest() == fingerprint
        and holds(office, file, "office_signature")
        and holds(office, keys, "signature")
        and "sha256:" + hashlib.sha256(canonical(file["body"])).hexdigest() == file["body_digest"]
        and all(
            one["dossier"] == file["body_digest"]
            and by_id[one["key_id"]]["person"] == one["person"]
            and one["role"] in by_id[one["key_id"]]["roles"]
            and holds(by_id[one["key_id"]]["public_key"], one, "signature")
            for one in file["signoffs"]
        )
        and all(granted(one, by_id) for one in file["exceptions"] if one["granted_by"])
        and all(agreed_before(one, by_id) for one in file.get("earlier", ()))
    )


def agreed_before(earlier: dict[str, Any], by_id: dict[str, Any]) -> bool:
    """Whether an earlier body is the one that its carried sign-offs sign."""
    return "sha256:" + hashlib.sha256(canonical(earlier["body"])).hexdigest() == earlier["body_digest"] and all(
        one["dossier"] == earlier["body_digest"] and holds(by_id[one["key_id"]]["public_key"], one, "signature")
        for one in earlier["signoffs"]
    )


FIELDS = [
    "id",
    "use_case",
    "line",
    "subject",
    "check",
    "reason",
    "compensation",
    "requested_by",
    "requested_at",
    "expires_at",
]


def granted(exception: dict[str, Any], by_id: dict[str, Any]) -> bool:
    """Whether a grant signs this exception, by a key of a granter who did not ask for it."""
    grant = exception["grant"]
    asked = {"format": "glassworks-exception/1"} | {name: exception[name] for name in FIELDS}
    key = by_id[grant["key_id"]]
    return (
        grant["dossier"] == "sha256:" + hashlib.sha256(canonical(asked)).hexdigest()
        and grant["subject"] == exception["id"]
        and grant["meaning"] == "grant_exception"
        and grant["role"] in ("champion", "approver")
        and grant["role"] in key["roles"]
        and grant["person"] == exception["granted_by"] == key["person"] != exception["requested_by"]
        and holds(key["public_key"], grant, "signature")
    )


@pytest.mark.parametrize(
    "name",
    ["approved-1.dossier", "demonstration-1.dossier", "approved-2.dossier", "excepted-2.dossier", "carried-2.dossier"],
)
def test_an_outsider_can_verify_a_golden_dossier(name: str) -> None:
    content = (GOLDEN / name).read_bytes()
    fingerprint = (GOLDEN / "office-1.fingerprint").read_text().strip()
    assert outsider(content, fingerprint)
    assert not outsider(content.replace(b"Whom should", b"Whom would ", 1), fingerprint)
    assert not outsider(content.replace(b'"performance"', b'"performancf"', 1), fingerprint)
