"""Docs are held to the code: generated pages are current; each command, address, link and file they name exists."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from glassworks.cli.main import root as commands
from glassworks.core.stage import Stage
from glassworks.serving.app import ROUTES
from glassworks.settings import PREFIX, Settings
from glassworks.web.app import routers

LAW = (
    "use case, line of business, governance office, brief, KPI contract, data contract, candidate, release, check, "
    "result, finding, verdict, estimate, policy pack, gate, sign-off, dossier, exception, sealed hold-out, look, "
    "permit, journal, line stop, guardrail ladder"
)
VERDICTS = ("pass", "fail", "inconclusive", "excepted", "not applicable")


@pytest.fixture(scope="session")
def told(texts: dict[str, str]) -> dict[str, str]:
    """Every page of prose; what is generated is held elsewhere, and formats quote bytes."""
    return {
        name: text
        for name, text in texts.items()
        if name.endswith(".md") and not name.startswith(("tests/", "src/", "docs/reference/", "docs/formats/"))
    }


def spans(text: str) -> list[str]:
    """What a page quotes from the machine: code in a line, and lines of fenced code."""
    fenced = re.findall(r"```(?:text|sh|bash|console)?\n(.*?)```", text, flags=re.DOTALL)
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    return [line.strip() for block in fenced for line in block.replace("\\\n", " ").splitlines()] + inline


def test_generated_pages_are_current(root: Path) -> None:
    check = [sys.executable, "scripts/generate_docs.py", "--check"]
    done = subprocess.run(check, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}Run: python scripts/generate_docs.py"


def test_the_glossary_has_every_word_of_the_law(root: Path) -> None:
    text = (root / "GLOSSARY.md").read_text(encoding="utf-8").lower()
    assert not [word for word in LAW.split(", ") if f"**{word.lower()}**" not in text]
    assert not [word for word in VERDICTS if word not in text]


def test_every_stage_has_its_page(root: Path) -> None:
    assert not [stage.value for stage in Stage if not (root / "docs" / "stages" / f"{stage.value}.md").is_file()]


def test_every_link_leads_somewhere(texts: dict[str, str], root: Path) -> None:
    broken = []
    for name, text in texts.items():
        for target in re.findall(r"\]\(([^)#\s]+)", text if name.endswith(".md") else ""):
            if "://" not in target and not ((root / name).parent / target).exists():
                broken.append(f"{name}: {target}")
    assert not broken


def addresses() -> list[re.Pattern[str]]:
    """Every path that the program answers to."""
    patterns = [route.path for route in ROUTES]
    for prefix, found in routers().items():
        for router in found:
            for one in router.routes:
                path = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(prefix + getattr(one, "path", "")))
                patterns.append(re.compile(path))
    return patterns


def test_every_address_in_the_docs_is_answered(told: dict[str, str]) -> None:
    known, unknown = addresses(), []
    for name, text in told.items():
        for span in spans(text):
            path = span.split()[-1].partition("?")[0] if span else ""
            method = re.fullmatch(r"(?:(?:GET|POST) )?(/[A-Za-z0-9_{}/.-]*)", span)
            if method and not any(one.fullmatch(path) for one in known):
                unknown.append(f"{name}: {span}")
    assert not unknown


def resolved(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that words name, and the words left over."""
    command: click.Command = commands
    context = click.Context(commands)
    while words and isinstance(command, click.Group):
        found = command.get_command(context, words[0])
        if found is None:
            break
        command, words = found, words[1:]
    return command, words


def test_every_command_in_the_docs_exists_with_its_options(told: dict[str, str]) -> None:
    wrong = []
    for name, text in told.items():
        for span in spans(text):
            if not re.match(r"(?:\$ )?(?:\.venv/bin/)?glassworks(?: |$)", span):
                continue
            command, rest = resolved(re.split(r"\s+", re.sub(r"^.*?glassworks", "", span).strip()))
            options = {flag for one in command.params for flag in getattr(one, "opts", ())} | {"--help", "--version"}
            used = [word.partition("=")[0].rstrip(".,;]") for word in rest if word.startswith("--")]
            if (isinstance(command, click.Group) and rest and rest[0].isalpha()) or set(used) - options:
                wrong.append(f"{name}: {span}")
    assert not wrong


def test_every_variable_and_make_target_in_the_docs_exists(told: dict[str, str], root: Path) -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    known |= {"GLASSWORKS_LOGIN", "GLASSWORKS_PASSWORD", "GLASSWORKS_PASSPHRASE"}
    known |= {"GLASSWORKS_URL", "GLASSWORKS_TOKEN"}
    targets = set(re.findall(r"^([a-z-]+):", (root / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    wrong = []
    for name, text in told.items():
        wrong += [f"{name}: {word}" for word in re.findall(r"GLASSWORKS_[A-Z_]*[A-Z]", text) if word not in known]
        made = [match[1] for span in spans(text) if (match := re.match(r"make ([a-z-]+)", span))]
        wrong += [f"{name}: make {target}" for target in made if target not in targets]
    assert not wrong


def test_every_file_that_the_developers_page_names_is_there(told: dict[str, Any], root: Path) -> None:
    text = "\n".join(text for name, text in told.items() if name in ("DEVELOPERS.md",) or "/adr/" in name)
    named = {span for span in spans(text) if re.fullmatch(r"[\w./-]+(?:\.py|\.md|\.toml|\.yaml|/)", span)}
    places = (root, root / "src" / "glassworks")
    assert named and not [
        name for name in named if "/" in name and not any((place / name).exists() for place in places)
    ]
