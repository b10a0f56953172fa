"""The vault: bytes are named by their hash, and an altered byte is found on read."""

import hashlib
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from glassworks.core.errors import Broken, NotFound
from glassworks.store.vault import FileVault


@pytest.fixture
def vault(tmp_path: Path) -> FileVault:
    return FileVault(tmp_path / "vault")


def files(vault: FileVault) -> list[Path]:
    return [file for file in vault._path.rglob("*") if file.is_file()]


@pytest.mark.parametrize("content", [b"", b"\x00\xff" * 100_000], ids=["empty", "large"])
def test_bytes_come_back_under_their_digest(vault: FileVault, content: bytes) -> None:
    digest = vault.put(content)
    assert digest == "sha256:" + hashlib.sha256(content).hexdigest()
    assert vault.get(digest) == content
    assert vault.has(digest)


def test_the_same_bytes_are_kept_once(vault: FileVault) -> None:
    assert vault.put(b"model") == vault.put(b"model")
    assert len(files(vault)) == 1


def test_an_altered_byte_is_found_on_read_and_on_put(vault: FileVault) -> None:
    digest = vault.put(b"model")
    files(vault)[0].write_bytes(b"mobel")
    with pytest.raises(Broken, match="altered"):
        vault.get(digest)
    with pytest.raises(Broken, match="altered"):
        vault.put(b"model")


def test_what_is_not_kept_is_not_found(vault: FileVault) -> None:
    absent = "sha256:" + "0" * 64
    assert not vault.has(absent)
    with pytest.raises(NotFound, match="does not keep"):
        vault.get(absent)


@pytest.mark.parametrize("digest", ["", "sha256:../../etc/passwd", "sha256:" + "A" * 64, "sha256:" + "0" * 64 + "\n"])
def test_a_name_that_is_no_digest_is_refused(vault: FileVault, digest: str) -> None:
    assert not vault.has(digest)
    with pytest.raises(NotFound, match="not the digest"):
        vault.get(digest)


def test_kept_files_are_for_their_owner_only(vault: FileVault) -> None:
    vault.put(b"model")
    for path in [vault._path, *vault._path.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_many_processes_put_the_same_bytes_at_once(vault: FileVault, crew: Any) -> None:
    first, second, third = crew.run(*[("keep", vault._path, 15)] * 3)
    assert first == second == third
    assert len(files(vault)) == 15


def test_an_interrupted_put_leaves_nothing_under_the_name(vault: FileVault, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("glassworks.store.vault.os.fsync", full)
        with pytest.raises(OSError, match="No space"):
            vault.put(b"model")
    assert files(vault) == []
    assert vault.get(vault.put(b"model")) == b"model"


def test_the_vault_is_imported_without_a_database_library() -> None:
    code = "import sys, glassworks.store.vault; sys.exit('sqlalchemy' in sys.modules or 'alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
