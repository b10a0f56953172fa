"""Rows become bytes and back; sealed rows are encrypted so that only the office's key opens them."""

import io
import os

import polars as pl
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from glassworks.core.errors import Broken

MARK = b"glassworks-seal/1\n"
NONCE = 12


def pack(frame: pl.DataFrame) -> bytes:
    """The rows as Parquet bytes."""
    out = io.BytesIO()
    frame.write_parquet(out, compression="zstd", statistics=False)
    return out.getvalue()


def unpack(content: bytes) -> pl.DataFrame:
    """The rows from `pack`. Raises `Broken` when they cannot be read."""
    try:
        return pl.read_parquet(io.BytesIO(content))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise Broken("Stored rows cannot be read.", f"The reader stopped: {type(error).__name__}.") from error


def lock(key: bytes, content: bytes) -> bytes:
    """Encrypt and authenticate bytes with a key of 32 bytes (ChaCha20-Poly1305, a fresh nonce each time)."""
    nonce = os.urandom(NONCE)
    return MARK + nonce + ChaCha20Poly1305(key).encrypt(nonce, content, MARK)


def unlock(key: bytes, content: bytes) -> bytes:
    """The bytes from `lock`. Raises `Broken` when the key is another one or a byte was changed."""
    body = content[len(MARK) :]
    try:
        if not content.startswith(MARK):
            raise InvalidTag
        return ChaCha20Poly1305(key).decrypt(body[:NONCE], body[NONCE:], MARK)
    except (InvalidTag, ValueError) as error:
        raise Broken(
            "The sealed rows do not open.",
            "They were sealed with another office's key, or their bytes were altered.",
            "Restore the office's key and the vault from the same backup.",
        ) from error
