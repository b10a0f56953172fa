"""Content-addressed files: named by their SHA-256, put if absent, verified on every read."""

import os
import re
import secrets
from pathlib import Path

from glassworks.core import canonical
from glassworks.core.errors import Broken, NotFound

DIGEST = re.compile(re.escape(canonical.DIGEST_PREFIX) + "[0-9a-f]{64}")


class FileVault:
    """`core.ports.Vault` in a folder; what `put` has answered survives a power cut."""

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)
        self._path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def put(self, content: bytes) -> str:
        """Keep the bytes; the answer is their digest. Raises `Broken` when a kept copy of them was altered."""
        digest = canonical.digest_bytes(content)
        file = self._file(digest)
        if file.exists():
            self._verified(file, digest)
        else:
            if not file.parent.exists():
                file.parent.mkdir(mode=0o700, exist_ok=True)
            _sync_folder(self._path)
            _write(file, content)
        _sync_folder(file.parent)
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes with that digest. Raises `NotFound`, or `Broken` when the bytes were altered."""
        return self._verified(self._file(digest), digest)

    def has(self, digest: str) -> bool:
        """Whether the bytes are kept."""
        return DIGEST.fullmatch(digest) is not None and self._file(digest).exists()

    def _file(self, digest: str) -> Path:
        if DIGEST.fullmatch(digest) is None:
            raise NotFound("This is not the digest of kept bytes.", "A digest is sha256: and 64 hex digits.")
        name = digest.removeprefix(canonical.DIGEST_PREFIX)
        return self._path / name[:2] / name

    def _verified(self, file: Path, digest: str) -> bytes:
        try:
            content = file.read_bytes()
        except FileNotFoundError as error:
            raise NotFound(
                f"The vault does not keep {digest}.", "", "Check the digest, or restore a backup."
            ) from error
        if canonical.digest_bytes(content) != digest:
            raise Broken(
                f"The bytes kept as {digest} were altered.",
                "They no longer have the digest that they are kept under.",
                "Restore this file from a backup and find out who could write to the vault.",
            )
        return content


def _write(file: Path, content: bytes) -> None:
    draft = file.parent / f".{file.name}.{secrets.token_hex(8)}"
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        draft.rename(file)
    finally:
        draft.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
