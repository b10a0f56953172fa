"""The environment lock: what a model needs here, exactly, and nothing that it does not need."""

import platform
from importlib.metadata import version

import pytest

from glassworks.core.contract import Task
from glassworks.core.lock import Lock, differing, why_not_load
from glassworks.core.usecase import ModelCard
from glassworks.engines.host import ModelHost
from glassworks.frameworks.lock import installed, lock_of

OURS = "glassworks.frameworks"
LOCK = Lock(python="3.12.3", packages={"numpy": "2.3.1", "scipy": "1.16.0"})


def test_a_framework_brings_all_that_its_packages_need_and_no_extra_of_them() -> None:
    found = lock_of(f"{OURS}.scikit_learn", {}).packages
    assert {"scikit-learn", "numpy", "scipy", "joblib", "threadpoolctl", "polars"} <= set(found)
    assert found["scikit-learn"] == version("scikit-learn")
    assert "matplotlib" not in found and "lightgbm" not in found and "fastapi" not in found
    assert list(found) == sorted(found)


def test_python_code_brings_what_it_imports_and_a_list_what_is_installed_of_it() -> None:
    source = b"import os, yaml.nodes\nfrom scipy.special import expit\nfrom . import beside\n"
    found = lock_of(f"{OURS}.python_callable", {"model.py": source}).packages
    assert {"pyyaml", "scipy", "numpy"} <= set(found) and "scikit-learn" not in found
    named = lock_of(f"{OURS}.python_callable", {"in/requirements.txt": b"# ours\nscikit_learn==0.1\nno-such-thing\n"})
    assert named.packages["scikit-learn"] == version("scikit-learn") and "no-such-thing" not in named.packages
    assert lock_of(f"{OURS}.python_callable", {"model.py": b"not python at all ("}).packages


def test_the_host_tells_the_lock_of_its_own_process() -> None:
    card = ModelCard(framework="python", recipe="half", task=Task.BINARY, inputs=("age",), labels=("no", "yes"))
    with ModelHost() as host:
        found = host.lock(card, {"model.py": b"def predict(frame): return [0.5] * frame.height"})
    assert found == lock_of(f"{OURS}.python_callable", {}) and found.python == platform.python_version()


def test_what_is_not_installed_is_left_out_of_what_is() -> None:
    assert installed(["numpy", "no-such-thing"]).packages == {"numpy": version("numpy")}


@pytest.mark.parametrize(
    ("change", "refuses", "tells"),
    [
        ({}, False, 0),
        ({"python": "3.12.9"}, False, 1),
        ({"python": "3.13.3"}, True, 1),
        ({"packages": {"numpy": "2.4.0", "scipy": "1.15.0"}}, False, 2),
        ({"packages": {"numpy": "2.3.1"}}, True, 0),
        ({"packages": {"numpy": "2.3.1", "scipy": "1.16.0", "extra": "1"}}, False, 0),
    ],
)
def test_another_python_line_or_an_absent_package_refuses_another_version_is_told(
    change: dict[str, object], refuses: bool, tells: int
) -> None:
    here = LOCK.model_copy(update=change)
    assert bool(why_not_load(LOCK, here)) is refuses
    assert len(differing(LOCK, here)) == tells


def test_equal_locks_are_equal_bytes_in_whatever_order_they_were_found() -> None:
    turned = Lock(python="3.12.3", packages={"scipy": "1.16.0", "numpy": "2.3.1"})
    assert turned.content() == LOCK.content() and turned.file_digest == LOCK.file_digest
