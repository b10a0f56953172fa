"""A release runs with the packages it was validated with: what is absent refuses, another version is told."""

import logging
import platform
from importlib.metadata import version
from typing import Any

import pytest

from glassworks.core.lock import Lock
from glassworks.store import releases

HERE = {"numpy": version("numpy"), "polars": version("polars")}


def run_with(yard: Any, python: str = platform.python_version(), **packages: str) -> None:
    """A release whose package holds this lock."""
    lock = Lock(python=python, packages=HERE | packages)
    yard.package = yard.make_package(yard.files, lock=lock, lock_file=lock.file_digest)
    yard.release(yard.permit(release="rel-2"))


def ready(send: Any) -> Any:
    return send("GET", "/v2/models/rel-2/ready")


def test_the_same_packages_run_without_a_word(send: Any, yard: Any) -> None:
    run_with(yard)
    assert ready(send).json() == {"name": "rel-2", "ready": True}
    told = (yard.folder / "rel-2" / releases.LOCK).read_text()
    assert f"numpy=={HERE['numpy']}\n" in told and f"# Python {platform.python_version()}\n" in told


def test_another_version_is_told_and_logged_and_runs(send: Any, yard: Any, caplog: pytest.LogCaptureFixture) -> None:
    run_with(yard, numpy="0.9")
    with caplog.at_level(logging.WARNING):
        answer = ready(send)
    sentence = f"numpy is {HERE['numpy']} here; the model was validated with 0.9."
    assert answer.status_code == 200 and answer.json()["environment"] == [sentence]
    assert sentence in caplog.text


@pytest.mark.parametrize(("lock", "word"), [({"python": "2.7.1"}, "Python 2.7"), ({"no_such": "1"}, "no_such")])
def test_another_python_or_an_absent_package_is_refused_with_its_rule(
    send: Any, yard: Any, lock: dict[str, str], word: str
) -> None:
    run_with(yard, **lock)
    answer = ready(send)
    assert answer.status_code == 403 and answer.json()["rule"] == "environment-lock" and word in answer.json()["why"]
    assert yard.host.loaded == []
    assert releases.take_refusals(yard.folder)[-1]["rule"] == "environment-lock"


@pytest.mark.parametrize("what", ["changed", "gone"])
def test_a_lock_file_that_is_not_the_packages_own_is_refused(send: Any, yard: Any, what: str) -> None:
    run_with(yard)
    path = yard.folder / "rel-2" / releases.LOCK
    path.write_text("numpy==0.9\n") if what == "changed" else path.unlink()
    assert ready(send).json()["rule"] == "permit-bytes"


def test_a_package_from_before_the_lock_runs_as_before(send: Any) -> None:
    assert send("GET", "/v2/models/rel-1/ready").json() == {"name": "rel-1", "ready": True}
