"""A home has one server, a demonstration's home stays one, and a real one never becomes one."""

import os
from pathlib import Path

import pytest

from glassworks import factory
from glassworks.cli.demo import MARK, fresh_home, tell_story
from glassworks.cli.parent import held
from glassworks.cli.serve import LOCK, supervise, without_secrets
from glassworks.cli.session import SECRETS, taken
from glassworks.core.errors import Conflict, FixTheInput
from glassworks.settings import Settings


def test_a_second_server_of_one_home_is_refused(tmp_path: Path) -> None:
    with held(tmp_path / LOCK), pytest.raises(Conflict, match="is served already"):
        supervise(Settings(home=tmp_path))


def test_what_people_sign_with_is_not_handed_to_a_process_that_runs_models(monkeypatch: pytest.MonkeyPatch) -> None:
    shell = {"GLASSWORKS_HOME": "here", "PATH": "/bin"} | dict.fromkeys(SECRETS, "a secret")
    assert without_secrets(shell) == {"GLASSWORKS_HOME": "here", "PATH": "/bin"}
    monkeypatch.setenv("GLASSWORKS_PASSPHRASE", "a secret")
    assert taken("GLASSWORKS_PASSPHRASE") == "a secret" and "GLASSWORKS_PASSPHRASE" not in os.environ
    assert taken("GLASSWORKS_PASSPHRASE") == ""


def test_a_served_demonstration_is_not_removed(tmp_path: Path) -> None:
    (tmp_path / MARK).write_text("")
    with held(tmp_path / LOCK), pytest.raises(Conflict, match="being served"):
        fresh_home(tmp_path)
    assert (tmp_path / MARK).exists()
    fresh_home(tmp_path)
    assert not tmp_path.exists()


def test_invented_people_never_join_a_real_installation(tmp_path: Path) -> None:
    chosen = Settings(home=tmp_path, environment=MARK)
    factory.create_office(chosen)
    before = sorted(p.name for p in tmp_path.rglob("*"))
    with pytest.raises(FixTheInput, match="not a demonstration's home"):
        tell_story(chosen, as_json=True)
    assert sorted(p.name for p in tmp_path.rglob("*")) == before


def test_a_demonstrations_home_is_served_as_one_unless_another_environment_is_named(tmp_path: Path) -> None:
    chosen = Settings(home=tmp_path)
    assert factory.of_home(chosen).environment == "production"
    (tmp_path / MARK).write_text("")
    assert factory.of_home(chosen).demo
    assert factory.of_home(chosen.model_copy(update={"environment": "test"})).environment == "test"
