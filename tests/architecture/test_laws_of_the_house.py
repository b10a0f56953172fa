"""Laws that no type can hold: who reads the environment, who moves a use case, what a write carries, which words."""

import ast
import inspect
import re
from typing import Any

from glassworks.core.journal import Act
from glassworks.core.ports import Ledger
from glassworks.engines.host import PASSED_ON
from glassworks.settings import PREFIX, Settings
from glassworks.store.ledger import SqlLedger
from glassworks.store.memory import MemoryLedger

READERS = {
    "src/glassworks/settings.py": "reads every setting, once",
    "src/glassworks/engines/host.py": "passes the names of PASSED_ON, and no other, to a model's process",
    "src/glassworks/cli/serve.py": "hands its own environment without secrets, and the settings, to its two children",
    "src/glassworks/cli/session.py": "takes password and passphrase of a command out of the environment",
    "src/glassworks/sdk/client.py": "finds a notebook's server and who asks; the SDK knows no settings",
    "src/glassworks/sdk/server.py": "finds the home whose server a notebook starts; the SDK knows no settings",
}
SECRETS = {"GLASSWORKS_PASSWORD", "GLASSWORKS_PASSPHRASE"}
WHO_ASKS = {"GLASSWORKS_LOGIN"}
NOTEBOOK = {"GLASSWORKS_URL", "GLASSWORKS_TOKEN"}
READS = {"newest", "transaction", "get", "version", "find", "entries", "standing"}


def names_environment(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv", "putenv")


def test_only_the_settings_read_the_environment(house: list[Any]) -> None:
    found = {one.name for one in house if any(names_environment(node) for node in ast.walk(one.tree))}
    assert found == set(READERS)
    assert not [one.name for one in house if re.search(r"from os import .*\b(environ|getenv)", one.text)]


def test_a_models_process_is_told_none_of_our_settings() -> None:
    assert not [name for name in PASSED_ON if name.startswith(PREFIX)]


def test_every_variable_named_in_the_code_is_a_setting_or_a_secret_asked_for(house: list[Any]) -> None:
    settings = {PREFIX + name.upper() for name in Settings.model_fields}
    named = {
        word
        for one in house
        for node in ast.walk(one.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for word in re.findall(r"GLASSWORKS_[A-Z_]*[A-Z]", node.value)
    }
    assert named - settings == SECRETS | WHO_ASKS | NOTEBOOK


def updated(call: ast.Call, function: ast.AST) -> set[str]:
    """The field names that a `model_copy(update=...)` may change, as far as they are written in its function."""
    (given,) = [word.value for word in call.keywords if word.arg == "update"] or [None]
    if isinstance(given, ast.Dict):
        return {key.value for key in given.keys if isinstance(key, ast.Constant)}
    return {
        key.value
        for node in ast.walk(function)
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant)
    }


def movers(module: Any) -> list[str]:
    """Functions that write a stage or a status onto a record."""
    found = []
    for function in module.functions():
        for node in ast.walk(function):
            copies = isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "model_copy"
            if copies and updated(node, function) & {"stage", "status"}:
                found.append(f"{module.name}:{function.name}")
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "UseCase":
                found += [module.name for word in node.keywords if word.arg in ("stage", "status")]
    return found


def test_only_the_gatekeeper_moves_a_use_case(house: list[Any]) -> None:
    found = {one.name for one in house if movers(one)}
    assert found == {"src/glassworks/hub/gatekeeper.py"}


def test_every_write_to_the_ledger_carries_the_act_that_caused_it() -> None:
    writes = {name for name in vars(Ledger) if not name.startswith("_")} - READS
    assert writes == {"add", "replace", "note"}
    for kind in (Ledger, SqlLedger, MemoryLedger):
        methods = {name: one for name, one in inspect.getmembers(kind, inspect.isfunction) if not name.startswith("_")}
        assert set(methods) == writes | READS
        for name in writes:
            act = inspect.signature(methods[name]).parameters["act"]
            assert act.annotation is Act and act.default is inspect.Parameter.empty


def sayings(module: Any) -> list[str]:
    """Every text in the code but docstrings."""
    told = {
        one.body[0].value
        for one in ast.walk(module.tree)
        if isinstance(one, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and one.body
        and isinstance(one.body[0], ast.Expr)
    }
    found = [one for one in ast.walk(module.tree) if isinstance(one, ast.Constant) and one not in told]
    return [one.value for one in found if isinstance(one.value, str)]


OVERCLAIMS = re.compile(r"\b(?:unbiased|debiase?d|guaranteed|safe)\b(?!-)", re.IGNORECASE)


def test_no_text_for_people_claims_too_much(house: list[Any], texts: dict[str, str]) -> None:
    said = {one.name: "\n".join(sayings(one)) for one in house}
    for name, text in texts.items():
        if name.endswith((".md", ".yaml", ".html")) and not name.startswith("tests/"):
            said[name] = re.sub(r"`[^`\n]*`|\{[{%#].*?[#%}]\}", "", text, flags=re.DOTALL)
    found = {name: OVERCLAIMS.findall(text) for name, text in said.items() if OVERCLAIMS.search(text)}
    assert not found


REGISTRIES = ("py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "crates" + ".io", "anaconda" + ".org")
WORKPLACE = re.compile(r"(?<![\w.)}>])/(?:wo" + r"rk)(?=[/\s\"'`)]|$)")


def test_no_file_names_a_package_registry_or_the_place_where_it_was_made(texts: dict[str, str]) -> None:
    found = {
        name: [word for word in REGISTRIES if word in text] + WORKPLACE.findall(text) for name, text in texts.items()
    }
    assert not {name: words for name, words in found.items() if words}
