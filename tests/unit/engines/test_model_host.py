"""The model host against models that hang, die, print, lie, swell and pry."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from glassworks.core.contract import Task
from glassworks.core.errors import Broken, FixTheInput
from glassworks.core.ports import Recipe
from glassworks.core.usecase import ModelCard
from glassworks.engines.host import LoadedModel, ModelHost, environment

ROWS = pl.DataFrame({"age": [31, 52, None], "job": ["nurse", None, "smith"], "secret": ["a", "b", "c"]})
HALF = "def predict(frame): return [0.5] * frame.height"


@pytest.fixture(scope="module")
def host() -> Iterator[ModelHost]:
    with ModelHost(deadline=60) as one:
        yield one


def model(
    host: ModelHost, source: str, task: Task = Task.BINARY, labels: tuple[str, ...] = ("no", "yes")
) -> LoadedModel:
    card = ModelCard(framework="python", recipe="own", task=task, inputs=("age", "job"), labels=labels)
    return host.load(card, {"model.py": source.encode()})


def test_a_model_sees_the_declared_columns_and_no_other(host: ModelHost) -> None:
    seen = model(host, "def predict(frame): return [float(frame.columns == ['age', 'job'])] * frame.height")
    assert seen.predict(ROWS).tolist() == [1.0, 1.0, 1.0]
    assert seen.scores({"secret": ["x"], "job": ["smith"], "age": [3]}).tolist() == [1.0]


def test_a_column_that_a_model_wants_and_does_not_declare_is_all_missing(host: ModelHost) -> None:
    source = "INPUTS = ('duration', 'age')\ndef predict(frame): return frame['duration'].is_null().cast(float)"
    assert model(host, source).predict(ROWS.with_columns(duration=7)).tolist() == [1.0, 1.0, 1.0]


def test_a_model_without_any_declared_column_still_answers_for_each_row(host: ModelHost) -> None:
    card = ModelCard(framework="python", recipe="own", task=Task.BINARY, inputs=(), labels=("no", "yes"))
    assert len(host.load(card, {"model.py": HALF.encode()}).predict(ROWS)) == 3


def test_a_loop_without_end_meets_the_deadline_and_the_next_request_a_fresh_process() -> None:
    with ModelHost(deadline=8) as host:
        good = model(host, HALF)
        hung = model(host, "def predict(frame):\n    while True: pass")
        host.deadline = 0.5
        with pytest.raises(FixTheInput, match=r"did not answer within 0\.5 seconds"):
            hung.predict(ROWS)
        host.deadline = 60
        assert good.predict(ROWS).tolist() == [0.5, 0.5, 0.5]


@pytest.mark.parametrize(
    ("death", "named"),
    [
        ("os._exit(3)", "exit code 3"),
        ("os.abort()", "SIGABRT"),
        ("os.kill(os.getpid(), 9)", "SIGKILL"),
        ("ctypes.string_at(0)", "SIGSEGV"),
    ],
)
def test_a_model_that_ends_its_process_is_named_and_others_live_on(host: ModelHost, death: str, named: str) -> None:
    good = model(host, HALF)
    deadly = model(host, f"import ctypes, os\ndef predict(frame): {death}")
    with pytest.raises(FixTheInput, match=named):
        deadly.predict(ROWS)
    assert good.predict(ROWS).tolist() == [0.5, 0.5, 0.5]


def test_a_model_that_asks_to_exit_only_fails(host: ModelHost) -> None:
    with pytest.raises(FixTheInput, match="SystemExit"):
        model(host, "import sys\ndef predict(frame): sys.exit(0)").predict(ROWS)
    assert host.running


def test_prints_do_not_reach_the_answer(host: ModelHost) -> None:
    loud = "import os, sys\ndef predict(frame):\n    print('x' * 100000); sys.stderr.write('y')\n"
    loud += "    os.write(1, b'z' * 70000); return [0.25] * frame.height"
    assert model(host, loud).predict(ROWS).tolist() == [0.25, 0.25, 0.25]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("[0.5]", "shape"),
        ("[[0.5, 0.5, 0.0]] * 3", "shape"),
        ("0.5", "shape"),
        ("[0.5] * 1000000", "cannot be read"),
        ("[0.5, float('nan'), 0.5]", "1 of 3"),
        ("[0.5, float('inf'), 0.5]", "1 of 3"),
        ("[0.5, 7.0, 0.5]", "not probabilities"),
        ("['a', 'b', 'c']", "not a number"),
        ("None", "shape|finite"),
        ("[object()] * 3", "not a number"),
    ],
)
def test_an_answer_that_is_no_answer_is_refused(host: ModelHost, answer: str, said: str) -> None:
    with pytest.raises(FixTheInput, match=said):
        model(host, f"def predict(frame): return {answer}").predict(ROWS)


def test_class_probabilities_must_add_up_to_one(host: ModelHost) -> None:
    with pytest.raises(FixTheInput, match="add up to 1"):
        model(host, "def predict(frame): return [[0.5, 0.1, 0.1]] * 3", Task.MULTICLASS, ("a", "b", "c")).predict(ROWS)


def test_a_model_that_swells_is_stopped_by_the_memory_limit() -> None:
    with ModelHost(memory_mb=2048, deadline=60) as host:
        good = model(host, HALF)
        with pytest.raises(FixTheInput, match="more memory"):
            model(host, "def predict(frame): return bytearray(4 * 2**30)").predict(ROWS)
        assert good.predict(ROWS).tolist() == [0.5, 0.5, 0.5]


def test_the_model_finds_no_secret_in_its_environment(host: ModelHost, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLASSWORKS_PASSPHRASE", "tell nobody")
    assert not any("GLASSWORKS" in name or "tell nobody" in value for name, value in environment("/x").items())
    source = (
        "import os\nassert 'GLASSWORKS_PASSPHRASE' not in os.environ\nassert os.environ['OMP_NUM_THREADS'] == '1'\n"
    )
    with ModelHost(deadline=60) as fresh:
        assert model(fresh, source + HALF).predict(ROWS).size == 3


def test_the_model_works_in_an_empty_folder_that_vanishes(tmp_path: Path) -> None:
    note = tmp_path / "where"
    with ModelHost(deadline=60) as host:
        model(host, f"import os\nopen({str(note)!r}, 'w').write(os.getcwd())\n" + HALF)
        folder = Path(note.read_text())
        assert folder.is_dir()
        assert folder != Path.cwd()
    assert not folder.exists()


def test_no_row_is_told_by_an_error(host: ModelHost) -> None:
    source = "def predict(frame):\n    raise ValueError('cannot use ' + frame['job'][0])"
    with pytest.raises(FixTheInput) as raised:
        model(host, source).predict(ROWS)
    assert "nurse" not in str(raised.value)
    assert "ValueError in model.py line 2" in str(raised.value)


def test_a_misspelt_column_is_told_by_name(host: ModelHost) -> None:
    with pytest.raises(FixTheInput, match="agee"):
        model(host, "def predict(frame): return frame['agee']").predict(ROWS)


@pytest.mark.parametrize("name", ["../model.py", "/etc/x", "a/../../x", "a\\..\\x"])
def test_a_file_name_that_leads_out_of_the_folder_is_refused(host: ModelHost, name: str) -> None:
    card = ModelCard(framework="python", recipe="own", task=Task.BINARY, inputs=("age",), labels=("no", "yes"))
    with pytest.raises(FixTheInput, match="leads out"):
        host.load(card, {"model.py": HALF.encode(), name: b""})


def test_one_host_has_one_process_for_many_models_and_threads(host: ModelHost) -> None:
    source = "import os\ndef predict(frame): return [float(os.getpid())] * frame.height"
    models = [model(host, source, Task.REGRESSION, ()) for _ in range(3)]
    found: list[float] = []
    threads = [threading.Thread(target=lambda one=one: found.append(float(one.predict(ROWS)[0]))) for one in models]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3
    assert len(set(found)) == 1
    assert found[0] != os.getpid()


def test_unknown_frameworks_kinds_columns_and_interpreters_are_refused_in_words(host: ModelHost) -> None:
    card = ModelCard(framework="abacus", recipe="x", task=Task.BINARY, inputs=("age",), labels=("no", "yes"))
    with pytest.raises(FixTheInput, match="no framework abacus"):
        host.load(card, {})
    asked = {"target": "secret", "task": Task.MULTICLASS, "labels": ("a", "b", "c"), "seed": 1}
    with pytest.raises(FixTheInput, match="does not fit magic"):
        host.fit(Recipe(name="m", framework="rule", kind="magic"), ROWS, inputs=("age",), **asked)
    with pytest.raises(FixTheInput, match="no column income"):
        host.fit(Recipe(name="m", framework="rule", kind="rule"), ROWS, inputs=("income",), **asked)
    with pytest.raises(Broken, match="cannot start"):
        ModelHost(python="/no/such/python").load(card, {})


def test_two_hosts_agree_to_the_last_bit() -> None:
    random = np.random.default_rng(0)
    rows = pl.DataFrame({"x": random.normal(size=400), "y": random.normal(size=400)})
    recipe = Recipe(name="b", framework="lightgbm", kind="boosting", parameters={"rounds": 20})
    made = []
    for _ in range(2):
        with ModelHost(deadline=120) as one:
            made.append(one.fit(recipe, rows, target="y", task=Task.REGRESSION, inputs=("x",), labels=(), seed=5))
    assert made[0] == made[1]


ORPHAN = """
import sys
import polars as pl
from glassworks.core.contract import Task
from glassworks.core.usecase import ModelCard
from glassworks.engines.host import ModelHost

source = f"import os\\nopen({sys.argv[1]!r}, 'w').write(str(os.getpid()))\\ndef predict(frame):\\n    while True: pass"
card = ModelCard(framework="python", recipe="own", task=Task.BINARY, inputs=("age",), labels=("no", "yes"))
ModelHost().load(card, {"model.py": source.encode()}).predict(pl.DataFrame({"age": [1]}))
"""


def test_a_looping_model_does_not_outlive_a_killed_factory(tmp_path: Path) -> None:
    note, until = tmp_path / "pid", time.monotonic() + 60
    factory = subprocess.Popen([sys.executable, "-c", ORPHAN, str(note)])
    while not (note.exists() and note.read_text()) and time.monotonic() < until:
        time.sleep(0.05)
    child = int(note.read_text())
    assert alive(child)
    factory.kill()
    factory.wait()
    while alive(child) and time.monotonic() < until:
        time.sleep(0.05)
    assert not alive(child)


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended and waits to be collected does not."""
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def checked(host: ModelHost, source: str, seconds: float = 60) -> object:
    frame = ROWS.with_columns(pl.Series("outcome:", [0, 1, 0]), pl.Series("score:0", [0.1, 0.9, 0.2]))
    return host.check(source.encode(), frame, seconds)


def test_an_own_check_is_given_rows_outcome_and_score_and_its_answer_comes_back_as_plain_data(host: ModelHost) -> None:
    source = (
        "def check(rows, outcome, score, group):\n"
        "    print('not heard')\n"
        "    return {'columns': rows.columns, 'right': float((score.round() == outcome).mean()), 'group': group}"
    )
    assert checked(host, source) == {"columns": ["age", "job", "secret"], "right": 1.0, "group": None}
    assert checked(host, "def check(rows, outcome, score, group): return 'fine'") is None
    several = ROWS.with_columns(
        pl.Series("outcome:", ["a", "b", "a"]),
        pl.Series("score:0", [0.1, 0.9, 0.2]),
        pl.Series("score:1", [0.9, 0.1, 0.8]),
    )
    shape = host.check(b"def check(rows, outcome, score, group): return {'shape': list(score.shape)}", several, 60)
    assert shape == {"shape": [3, 2]}


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("def check(rows, outcome, score, group):\n    while True: pass", "did not answer within 2 seconds"),
        ("import os\ndef check(rows, outcome, score, group): os.abort()", "ended its own process"),
        ("def check(rows, outcome, score, group): return {'x': 'a' * 20_000_000}", "cannot be read"),
        ("def check(rows, outcome, score, group): return {'x': bytearray(2**40)}", "more memory"),
        ("def chekc(): pass", "defines no check"),
        ("raise ValueError('secret')", "failed to check"),
    ],
)
def test_an_own_check_that_loops_dies_swells_or_breaks_is_ended_in_words(source: str, says: str) -> None:
    with ModelHost(deadline=60) as host:
        with pytest.raises(FixTheInput) as told:
            checked(host, source, seconds=2)
        assert says in told.value.what and "secret" not in str(told.value)
        assert checked(host, "def check(rows, outcome, score, group): return {}") == {}, "the next one is asked afresh"
